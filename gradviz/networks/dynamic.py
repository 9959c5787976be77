"""A net that decides while it runs: one layer, used 0 to 3 times at random, its weights shared by all its uses."""

import random

import torch
from torch import nn

from gradviz.experiment import Experiment


class DynamicNet(nn.Module):
    """A hidden layer that is used several times, with the same weights."""

    def __init__(self, d_in, h, d_out, layers):
        super().__init__()
        self.layers = layers
        self.input_linear = nn.Linear(d_in, h)
        self.middle_linear = nn.Linear(h, h)
        self.output_linear = nn.Linear(h, d_out)

    def forward(self, x):
        """Return the output (n, d_out) for x (n, d_in); how often the middle layer is used is drawn each time."""
        h = self.input_linear(x).clamp(min=0)
        for _ in range(random.randint(*self.layers)):
            h = self.middle_linear(h).clamp(min=0)
        return self.output_linear(h)


def build(n=64, d_in=1000, h=100, d_out=10, layers_min=0, layers_max=3):
    """Return the experiment: x (n, d_in), y (n, d_out), the middle layer used layers_min to layers_max times."""
    x = torch.randn(n, d_in)
    y = torch.randn(n, d_out)
    model = DynamicNet(d_in, h, d_out, layers=(layers_min, layers_max))
    loss_fn = nn.MSELoss(reduction="sum")
    return Experiment(model, inputs=x, targets=y, loss=loss_fn, optimizer=("SGD", {"lr": 1e-4, "momentum": 0.9}))
