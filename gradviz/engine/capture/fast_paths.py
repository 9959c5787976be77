"""Keep torch's fast paths enabled while the engine records: its function mode must not switch them off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.overrides
from torch.overrides import TorchFunctionMode

from gradviz.engine.torch_compat import disabled_torch_function, function_mode_at, function_mode_count


@contextmanager
def keep_fast_paths(mode: TorchFunctionMode) -> Iterator[None]:
    """Context manager: `torch.overrides.has_torch_function` answers as if `mode` were not active.

    The transformer modules call it, and if it is true they take the slow path, whose results differ in the last bits.
    """
    ask = torch.overrides.has_torch_function

    def answer(args: Iterable[Any]) -> bool:
        """Return whether any of `args` overloads torch's functions, or another mode is active."""
        if _alone(mode):
            return any(_overloads(type(tensor)) for tensor in args)
        return ask(args)

    torch.overrides.has_torch_function = answer
    try:
        yield
    finally:
        torch.overrides.has_torch_function = ask


def _alone(mode: TorchFunctionMode) -> bool:
    """Return whether this thread's only mode is `mode`."""
    return function_mode_count() == 1 and function_mode_at(0) is mode


def _overloads(kind: type) -> bool:
    """Return whether tensors of this class overload torch's functions: torch's own rule, without modes."""
    return (
        kind is not torch.Tensor
        and getattr(kind, "__torch_function__", disabled_torch_function) is not disabled_torch_function
    )
