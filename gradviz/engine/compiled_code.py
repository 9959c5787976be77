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
        away = False

        def heard(callback: Any) -> Any:
            nonlocal away
            if callback is not None and not away and can_leave():
                away = True
                called(next_number(), sys._getframe(1))
                looks.close()
            elif callback is None and away:
                away = False
                looks.enter_context(look())
                returned(next_number())
            return real(callback)

        dynamo._maybe_set_eval_frame = heard
        try:
            yield
        finally:
            dynamo._maybe_set_eval_frame = real
