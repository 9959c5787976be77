"""Keeps what the engine computes apart: the network's modes, transforms and tensor classes hear none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch._functorch import pyfunctorch
from torch.utils import _python_dispatch

from gradviz.engine.capture.tensor_flow import functorch

_modes: Any = _python_dispatch


@contextmanager
def apart() -> Iterator[None]:
    """While this lasts, no dispatch mode is asked in this thread, no transform (vmap, grad) is at work, and no subclass
    of a tensor is told of functions. They are mostly not there, and then this costs next to nothing."""
    with torch._C.DisableTorchFunctionSubclass():
        transformed = functorch.peek_interpreter_stack() is not None
        if not transformed and not torch._C._len_torch_dispatch_stack():
            yield
            return
        with ExitStack() as left:
            left.enter_context(_modes._disable_current_modes())
            if transformed:
                left.enter_context(pyfunctorch.temporarily_clear_interpreter_stack())
            yield
