"""Two layers from torch.nn, updated by an optimizer of torch.optim."""

import torch
from torch import nn

from gradviz.experiment import Experiment


def build(n=64, d_in=1000, h=100, d_out=10):
    """Return the experiment: x (n, d_in), y (n, d_out), and weights for h hidden units."""
    x = torch.randn(n, d_in)
    y = torch.randn(n, d_out)
    model = nn.Sequential(
        nn.Linear(d_in, h),
        nn.ReLU(),
        nn.Linear(h, d_out),
    )
    loss_fn = nn.MSELoss(reduction="sum")
    return Experiment(model, inputs=x, targets=y, loss=loss_fn, optimizer=("Adam", {"lr": 1e-4}))
