"""No error: three hooks change gradients on their way, and nothing in the forward shows it.

Step through backward. Each hook is named with its line where it acts, with the gradient before and after.
"""

import torch
from torch import nn


def halve(gradient):
    return gradient / 2


def without_bias(gradient):
    return torch.zeros_like(gradient)


def clip(module, grad_input, grad_output):
    return tuple(None if gradient is None else gradient.clamp(-0.001, 0.001) for gradient in grad_input)


class Hooked(nn.Module):
    def __init__(self, features, width):
        super().__init__()
        self.first = nn.Linear(features, width)
        self.last = nn.Linear(width, 1)
        self.last.bias.register_hook(without_bias)
        self.last.register_full_backward_hook(clip)

    def forward(self, x):
        hidden = torch.tanh(self.first(x))
        hidden.register_hook(halve)
        return self.last(hidden)


def build(rows=8, features=4, width=16):
    return Hooked(features, width), torch.randn(rows, features), lambda output: output.square().mean()
