"""Two layers as a module of our own: any model is a class with a forward."""

import torch
from torch import nn

from gradviz.experiment import Experiment


class TwoLayerNet(nn.Module):
    """Two linear layers with a ReLU between them."""

    def __init__(self, d_in, h, d_out):
        super().__init__()
        self.linear1 = nn.Linear(d_in, h)
        self.linear2 = nn.Linear(h, d_out)

    def forward(self, x):
        """Return the output (n, d_out) for x (n, d_in)."""
        h_relu = self.linear1(x).clamp(min=0)
        return self.linear2(h_relu)


def build(n=64, d_in=1000, h=100, d_out=10):
    """Return the experiment: x (n, d_in), y (n, d_out), and weights for h hidden units."""
    x = torch.randn(n, d_in)
    y = torch.randn(n, d_out)
    model = TwoLayerNet(d_in, h, d_out)
    loss_fn = nn.MSELoss(reduction="sum")
    return Experiment(model, inputs=x, targets=y, loss=loss_fn, optimizer=("SGD", {"lr": 1e-4}))
