"""Isolate what the engine computes: the user's dispatch modes, functorch transforms and tensor subclasses do not see
it."""

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
    """Context manager: no dispatch mode and no transform (vmap, grad) is active in this thread, and no subclass of
    Tensor sees function calls. Usually there are none, and then this costs next to nothing."""
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
