"""Everything Qt. Imports protocol, model, layout, errors and networks.catalogue; never torch or the engine."""
