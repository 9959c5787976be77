"""Keeps the engine's eyes off compiled code: a mode or hook would be compiled with it, and change what it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import FrameType
from typing import Any

from gradviz.engine.origins import next_number


@contextmanager
def looking_away(
    look: Callable[[], AbstractContextManager[Any]],
    can_leave: Callable[[], bool],
    called: Callable[[int, FrameType | None], None],
    returned: Callable[[int], None],
) -> Iterator[None]:
    """Enter `look()`, and leave it for as long as each call of compiled code lasts.

    `can_leave`: whether that can be left just now. `called` and `returned` are given autograd's sequence number before
    and after such a call, `called` also the frame that it comes from.
    """
    dynamo: Any = sys.modules.get("torch._dynamo.eval_frame")
    # Every call of compiled code begins and ends by setting what is to become of the frames that Python runs.
    real = getattr(dynamo, "_maybe_set_eval_frame", None)
    with ExitStack() as looks:
        looks.enter_context(look())
        if real is None:
            yield
            return
        caller: FrameType | None = None

        def heard(callback: Any) -> Any:
            nonlocal caller
            frame = sys._getframe(1)
            if callback is not None and caller is None and can_leave():
                caller = frame
                called(next_number(), frame)
                looks.close()
            elif callback is None and caller is frame:
                # Nothing is looked at before the outermost call is over: compiling, too, calls what is not compiled.
                caller = None
                looks.enter_context(look())
                returned(next_number())
            return real(callback)

        dynamo._maybe_set_eval_frame = heard
        try:
            yield
        finally:
            dynamo._maybe_set_eval_frame = real
