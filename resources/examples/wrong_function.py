"""A custom Function whose backward is wrong: `gradviz resources/examples/wrong_function.py`.

`SmoothStep` forgets a factor 2 in its backward. The loss falls all the same, only slowly, so nothing fails. Select its
node at a stop and choose "Check derivative": analytic and numeric derivatives differ by the same factor everywhere.
"""

import torch
from torch import nn


class SmoothStep(torch.autograd.Function):
    """x² / (1 + x²)."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x / (1 + x * x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * x / (1 + x * x) ** 2  # the derivative is 2 x / (1 + x²)²


class Net(nn.Module):
    def __init__(self, features, width):
        super().__init__()
        self.inner = nn.Linear(features, width)
        self.outer = nn.Linear(width, 1)

    def forward(self, x):
        return self.outer(SmoothStep.apply(self.inner(x)))


def build(rows=32, features=8, width=16):
    x = torch.randn(rows, features)
    goal = x.square().sum(dim=1, keepdim=True)
    return Net(features, width), x, lambda output: (output - goal).square().mean()
