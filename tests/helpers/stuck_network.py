"""A network whose forward gets stuck once it has run a few times."""

from __future__ import annotations

_TEXT = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear, self.count = nn.Linear(2, 2), 0
    def forward(self, x):
        self.count += 1
        {stuck}
            {body}
        return self.linear(x)
def build():
    return Net(), torch.ones(1, 2)
"""
LINES = 10, 11
"""Where it is stuck."""


def stuck_network(stuck: str, body: str) -> str:
    """Return the source of a network with `stuck`, which looks at `self.count`, and below it `body`."""
    return _TEXT.format(stuck=stuck, body=body)
