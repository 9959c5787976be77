"""A bug to find: every value of the forward that is used is finite, and yet a gradient is NaN.

Where does it come from? `where` takes 0 for the rows whose ratio would be a logarithm of 0, so its −∞ dies there. But
in backward the slope of the logarithm, 1 / 0, is multiplied by the gradient that comes there, 0: and 0 · ∞ is NaN.
The cure is to put the safe value in before the logarithm, not behind it.
"""

import torch
from torch import nn


class Ratio(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))

    def forward(self, x):
        size = (x * self.weight).abs()
        return torch.where(size > 0, size.log(), torch.zeros_like(size))


def build(rows=8, features=4):
    x = torch.randn(rows, features)
    x[2, 1] = 0.0
    return Ratio(features), x, lambda output: output.square().mean()
