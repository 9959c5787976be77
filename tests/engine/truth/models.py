"""Models of one function, so that a test shows the whole of what it captures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn


class Model(nn.Module):
    """A module whose forward is `function(model, *inputs)`, with `parts` as its modules, parameters and buffers."""

    def __init__(self, function: Callable[..., Any], buffers: Any = None, **parts: Any) -> None:
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        for name, value in (buffers or {}).items():
            self.register_buffer(name, value)
        self.function = function

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(self, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return super().__getattr__(name)


def weight(*shape: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(*shape))


def total(output: torch.Tensor) -> torch.Tensor:
    """A loss."""
    return output.sum()
