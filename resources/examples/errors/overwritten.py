"""A bug to find: backward raises, although every line looks harmless.

`sigmoid` keeps its result for its own derivative, s (1 − s). The line after it doubles that result in place, so that
what sigmoid kept is no longer what it computed. Run, and see who saved, who wrote, and who could not read. The cure is
`gate = gate * 2`.
"""

import torch
from torch import nn


class Gated(nn.Module):
    def __init__(self, features, width):
        super().__init__()
        self.first = nn.Linear(features, width)
        self.last = nn.Linear(width, 1)

    def forward(self, x):
        gate = torch.sigmoid(self.first(x))
        gate *= 2
        return self.last(gate)


def build(rows=8, features=4, width=16):
    return Gated(features, width), torch.randn(rows, features), lambda output: output.square().mean()
