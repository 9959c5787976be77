"""`gradviz.watch`: a training script names the model and optimizer to follow. It does nothing without gradviz."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

Listener = Callable[["torch.nn.Module", "torch.optim.Optimizer | None"], None]

_listener: Listener | None = None


def watch(model: torch.nn.Module, optimizer: torch.optim.Optimizer | None = None) -> None:
    """Follow `model` in this script, and name the `optimizer` that updates it.

    Call it once for each model, before the loop. It is only needed where gradviz should not find the model by itself;
    in a script that plain Python runs, it does nothing.
    """
    if _listener is not None:
        _listener(model, optimizer)


def listen(listener: Listener | None) -> None:
    """Set the callback of `watch`, or remove it with None. The engine calls this around a script."""
    global _listener
    _listener = listener
