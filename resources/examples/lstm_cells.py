"""One LSTMCell, called once for each of 1,000 steps: a loop that autograd sees unrolled."""

import torch
from torch import nn


class Unrolled(nn.Module):
    def __init__(self, features, width):
        super().__init__()
        self.cell = nn.LSTMCell(features, width)
        self.head = nn.Linear(width, 1)

    def forward(self, steps):
        hidden = cell = torch.zeros(steps.size(1), self.cell.hidden_size, device=steps.device)
        for x in steps:
            hidden, cell = self.cell(x, (hidden, cell))
        return self.head(hidden)


def build(steps=1000, features=4, width=16):
    return Unrolled(features, width), torch.randn(steps, 2, features)
