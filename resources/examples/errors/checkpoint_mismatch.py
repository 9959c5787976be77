"""A bug to find: a checkpoint computes its part again in backward, and something else comes out.

The checkpointed part reads an attribute that the forward changes after it: the second time it takes the other branch.
The cure is to give it all that it depends on as an argument.
"""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


class Checkpointed(nn.Module):
    def __init__(self, features, width):
        super().__init__()
        self.first = nn.Linear(features, width)
        self.second = nn.Linear(width, width)
        self.last = nn.Linear(width, 1)
        self.narrow = False

    def middle(self, hidden):
        hidden = torch.tanh(self.second(hidden))
        if self.narrow:
            hidden = hidden[:, :4]
        return hidden.exp()

    def forward(self, x):
        self.narrow = False
        hidden = checkpoint(self.middle, self.first(x), use_reentrant=False)
        self.narrow = True
        return self.last(hidden)


def build(rows=8, features=4, width=16):
    return Checkpointed(features, width), torch.randn(rows, features), lambda output: output.square().mean()
