"""What a training script may say to gradviz: the model to follow, and numbers to record. Nothing is done without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Listener = Callable[["torch.nn.Module", "torch.optim.Optimizer | None"], None]
Logger = Callable[[Mapping[str, Any], "int | None"], None]

_listener: Listener | None = None
_logger: Logger | None = None


def watch(model: torch.nn.Module, optimizer: torch.optim.Optimizer | None = None) -> None:
    """Follow `model` in this script, and name the `optimizer` that updates it.

    Call it once for each model, before the loop. It is only needed where gradviz should not find the model by itself;
    in a script that plain Python runs, it does nothing.
    """
    if _listener is not None:
        _listener(model, optimizer)


def log(metrics: Mapping[str, Any], step: int | None = None) -> None:
    """Record numbers with the run, by name: `gradviz.log({"acc/train": 0.9})`.

    `step` is the iteration that is under way by default. Numbers may be Python's, NumPy's or tensors of one element; a
    value that is none is left out, which is said once. In a script that plain Python runs, it does nothing.
    """
    if _logger is not None:
        _logger(metrics, step)


def listen(listener: Listener | None) -> None:
    """Set the callback of `watch`, or remove it with None. The engine calls this around a script."""
    global _listener
    _listener = listener


def log_to(logger: Logger | None) -> None:
    """Set the callback of `log`, or remove it with None."""
    global _logger
    _logger = logger
