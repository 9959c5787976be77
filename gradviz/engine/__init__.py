"""The process that holds torch. Imports protocol, experiment, networks, errors, torch, numpy; never Qt or model."""
