"""Keeps what the engine computes apart: the network's modes, transforms and tensor classes hear none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from gradviz.engine.torch_compat import (
    DisableTorchFunctionSubclass,
    disable_dispatch_modes,
    disable_transforms,
    dispatch_mode_count,
    innermost_transform,
)


@contextmanager
def isolated() -> Iterator[None]:
    """While this lasts, no dispatch mode is asked in this thread, no transform (vmap, grad) is at work, and no subclass
    of a tensor is told of functions. They are mostly not there, and then this costs next to nothing."""
    with DisableTorchFunctionSubclass():
        transformed = innermost_transform() is not None
        if not transformed and not dispatch_mode_count():
            yield
            return
        with ExitStack() as left:
            left.enter_context(disable_dispatch_modes())
            if transformed:
                left.enter_context(disable_transforms())
            yield
