"""The eight lessons as a person would write them in one script each: what gradviz's losses are compared with."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

N, D_IN, H, D_OUT = 64, 1000, 100, 10


def seed_all(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def numpy_losses(steps: int) -> list[float]:
    x, y = np.random.randn(N, D_IN), np.random.randn(N, D_OUT)
    w1, w2 = np.random.randn(D_IN, H), np.random.randn(H, D_OUT)
    losses = []
    for _ in range(steps):
        h = x.dot(w1)
        h_relu = np.maximum(h, 0)
        y_pred = h_relu.dot(w2)
        losses.append(float(np.square(y_pred - y).sum()))
        grad_y_pred = 2.0 * (y_pred - y)
        grad_w2 = h_relu.T.dot(grad_y_pred)
        grad_h = grad_y_pred.dot(w2.T)
        grad_h[h < 0] = 0
        grad_w1 = x.T.dot(grad_h)
        w1 -= 1e-6 * grad_w1
        w2 -= 1e-6 * grad_w2
    return losses


def tensors_losses(steps: int) -> list[float]:
    x, y = torch.randn(N, D_IN), torch.randn(N, D_OUT)
    w1, w2 = torch.randn(D_IN, H), torch.randn(H, D_OUT)
    losses = []
    for _ in range(steps):
        h = x.mm(w1)
        h_relu = h.clamp(min=0)
        y_pred = h_relu.mm(w2)
        losses.append((y_pred - y).pow(2).sum().item())
        grad_y_pred = 2.0 * (y_pred - y)
        grad_w2 = h_relu.t().mm(grad_y_pred)
        grad_h = grad_y_pred.mm(w2.t())
        grad_h[h < 0] = 0
        grad_w1 = x.t().mm(grad_h)
        w1 -= 1e-6 * grad_w1
        w2 -= 1e-6 * grad_w2
    return losses


def autograd_losses(steps: int, relu: Callable[[torch.Tensor], torch.Tensor] = lambda h: h.clamp(min=0)) -> list[float]:
    x, y = torch.randn(N, D_IN), torch.randn(N, D_OUT)
    w1, w2 = torch.randn(D_IN, H, requires_grad=True), torch.randn(H, D_OUT, requires_grad=True)
    losses = []
    for _ in range(steps):
        loss = (relu(x.mm(w1)).mm(w2) - y).pow(2).sum()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w1 -= 1e-6 * w1.grad
            w2 -= 1e-6 * w2.grad
            w1.grad.zero_()
            w2.grad.zero_()
    return losses


class _ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output.masked_fill(x < 0, 0)


def function_losses(steps: int) -> list[float]:
    return autograd_losses(steps, _ReLU.apply)


def _train(model: nn.Module, x: torch.Tensor, y: torch.Tensor, steps: int, make_optimizer) -> list[float]:
    loss_fn = nn.MSELoss(reduction="sum")
    optimizer = make_optimizer(model.parameters())
    losses = []
    for _ in range(steps):
        loss = loss_fn(model(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


def _sequential() -> nn.Module:
    return nn.Sequential(nn.Linear(D_IN, H), nn.ReLU(), nn.Linear(H, D_OUT))


def nn_losses(steps: int) -> list[float]:
    x, y = torch.randn(N, D_IN), torch.randn(N, D_OUT)
    model = _sequential()
    loss_fn = nn.MSELoss(reduction="sum")
    losses = []
    for _ in range(steps):
        loss = loss_fn(model(x), y)
        losses.append(loss.item())
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= 1e-4 * parameter.grad
    return losses


def optim_losses(steps: int) -> list[float]:
    x, y = torch.randn(N, D_IN), torch.randn(N, D_OUT)
    return _train(_sequential(), x, y, steps, lambda p: torch.optim.Adam(p, lr=1e-4))


class _TwoLayerNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(D_IN, H)
        self.second = nn.Linear(H, D_OUT)

    def forward(self, x):
        return self.second(self.first(x).clamp(min=0))


def module_losses(steps: int) -> list[float]:
    x, y = torch.randn(N, D_IN), torch.randn(N, D_OUT)
    return _train(_TwoLayerNet(), x, y, steps, lambda p: torch.optim.SGD(p, lr=1e-4))


class _DynamicNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.input = nn.Linear(D_IN, H)
        self.middle = nn.Linear(H, H)
        self.output = nn.Linear(H, D_OUT)

    def forward(self, x):
        h = self.input(x).clamp(min=0)
        for _ in range(random.randint(0, 3)):
            h = self.middle(h).clamp(min=0)
        return self.output(h)


def dynamic_losses(steps: int) -> list[float]:
    x, y = torch.randn(N, D_IN), torch.randn(N, D_OUT)
    return _train(_DynamicNet(), x, y, steps, lambda p: torch.optim.SGD(p, lr=1e-4, momentum=0.9))


PLAIN: dict[str, Callable[[int], list[float]]] = {
    "numpy": numpy_losses,
    "tensors": tensors_losses,
    "autograd": autograd_losses,
    "function": function_losses,
    "nn": nn_losses,
    "optim": optim_losses,
    "module": module_losses,
    "dynamic": dynamic_losses,
}


def plain_losses(network: str, steps: int, seed: int = 0) -> list[float]:
    """Losses of the plain script for a lesson, from a fresh seed."""
    seed_all(seed)
    return PLAIN[network](steps)
