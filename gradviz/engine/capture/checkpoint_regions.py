"""Notes the stretches of a forward that are run as one: checkpoints whose inside is computed again during backward."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import torch.utils.checkpoint

from gradviz.engine.capture.module_calls import ModuleCalls

_NOTE = "its activations are computed again during backward"
# What runs before and after the function of a checkpoint that is not reentrant, as a generator; torch's own name,
# which since 2.14 is that of a mere way to it.
_PLAIN = "_checkpoint_without_reentrant_generator"
_AROUND = f"{_PLAIN}_impl" if hasattr(torch.utils.checkpoint, f"{_PLAIN}_impl") else _PLAIN


@contextmanager
def checkpoints_followed(modules: ModuleCalls) -> Iterator[None]:
    """While this lasts, each checkpoint that is not reentrant is a region among the calls of `modules`."""
    around = getattr(torch.utils.checkpoint, _AROUND, None)
    if around is None:
        yield
        return

    def noted(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        region = modules.begin_region("checkpoint", _NOTE)
        try:
            return (yield from around(*args, **kwargs))
        finally:
            modules.end_region(region)

    setattr(torch.utils.checkpoint, _AROUND, noted)
    try:
        yield
    finally:
        setattr(torch.utils.checkpoint, _AROUND, around)
