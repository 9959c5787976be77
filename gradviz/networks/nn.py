"""Two layers from torch.nn: modules hold the weights; the update is still by hand."""

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

    def update(learning_rate):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.sub_(learning_rate * parameter.grad)

    return Experiment(model, inputs=x, targets=y, loss=loss_fn, zero_grad=model.zero_grad, update=update)
