"""A bug to find: the loss is a number, and yet the weights are NaN after one update.

Which node made the first NaN? Every row of `x` after the first is zero, and so is its length: sqrt has an infinite
slope at 0, and infinity times 0 is not a number. Break on NaN, run, and see where backward stops. The cure is to add a
little under the root.
"""

import torch
from torch import nn


class Lengths(nn.Module):
    def __init__(self, features, width):
        super().__init__()
        self.first = nn.Linear(features, width, bias=False)
        self.last = nn.Linear(1, 1)

    def forward(self, x):
        hidden = self.first(x)
        length = hidden.square().sum(dim=1, keepdim=True).sqrt()
        return self.last(length)


def build(rows=8, features=4, width=16):
    x = torch.randn(rows, features)
    x[1:] = 0
    return Lengths(features, width), x, lambda output: output.square().mean()
