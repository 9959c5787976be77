"""Record the regions of a forward that autograd sees as one: checkpoints whose inside is computed again during
backward."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import torch.utils.checkpoint

from gradviz.engine.capture.module_calls import ModuleCalls
from gradviz.engine.torch_compat import CHECKPOINT

_NOTE = "its activations are computed again during backward"


@contextmanager
def record_checkpoints(modules: ModuleCalls) -> Iterator[None]:
    """Context manager: each checkpoint that is not reentrant becomes a region among the calls of `modules`."""
    around = getattr(torch.utils.checkpoint, CHECKPOINT, None)
    if around is None:
        yield
        return

    def noted(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        """Run a checkpoint's generator within a region."""
        region = modules.begin_region("checkpoint", _NOTE)
        try:
            return (yield from around(*args, **kwargs))
        finally:
            modules.end_region(region)

    setattr(torch.utils.checkpoint, CHECKPOINT, noted)
    try:
        yield
    finally:
        setattr(torch.utils.checkpoint, CHECKPOINT, around)
