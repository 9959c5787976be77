"""Several runs side by side, an engine each: optimizers, learning rates and seeds compared from the same weights and
data order. Imports client, runs, model, protocol, errors; never Qt or torch.

`entries.grid` makes the entries, `race.Race` runs them, `results.results` is the table at the end.
"""
