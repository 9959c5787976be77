"""A bug to find: the first iteration is fine, the second raises "backward through the graph a second time".

The hidden state is kept from batch to batch, and with it the graph that made it, whose backward has run. Run, and see
which nodes are of the iteration before, and by which tensor this one leads to them. The cure is
`self.hidden = hidden.detach()`.
"""

import torch
from torch import nn


class Recurrent(nn.Module):
    def __init__(self, features, width):
        super().__init__()
        self.input = nn.Linear(features, width)
        self.carry = nn.Linear(width, width, bias=False)
        self.output = nn.Linear(width, 1)
        self.hidden = torch.zeros(1, width)

    def forward(self, x):
        hidden = torch.tanh(self.input(x) + self.carry(self.hidden))
        self.hidden = hidden
        return self.output(hidden)


def build(rows=8, features=4, width=16):
    return Recurrent(features, width), torch.randn(rows, features), lambda output: output.square().mean()
