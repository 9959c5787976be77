"""Give a warning the file and line that it has in plain Python, where frames of the engine lie between."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from torch.overrides import handle_torch_function

from gradviz.engine.frames.stack_frames import is_ours, outer
from gradviz.engine.torch_compat import never_compiled

# Python's function that shows a warning which passed its filters.
_SHOWS = "_showwarnmsg"


@contextmanager
def relocate_warnings() -> Iterator[None]:
    """Context manager: no warning is attributed to the engine."""
    show: Any = getattr(warnings, _SHOWS)
    if show.__module__ == __name__:
        yield  # an outer context does so already
        return

    @never_compiled
    def show_in_place(message: Any) -> None:
        """Show a warning at its corrected place, if it is new there."""
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename == warnings.__file__:
            frame = frame.f_back
        if _relocate(message, frame):
            show(message)

    setattr(warnings, _SHOWS, show_in_place)
    try:
        yield
    finally:
        setattr(warnings, _SHOWS, show)


def _relocate(message: Any, frame: FrameType) -> bool:
    """Correct the place of `message`, which code in `frame` caused; return whether the warning is new there."""
    stack = [frame]
    while (stack[-1].f_code.co_filename, stack[-1].f_lineno) != (message.filename, message.lineno):
        around = stack[-1].f_back
        if around is None:
            return True  # it was given a place of its own
        stack.append(around)
    if not any(is_ours(each.f_code.co_filename) for each in stack):
        return True
    # As many frames outwards as its stacklevel asks for, counting only those that plain Python would have.
    level = len(stack) - 1
    plain = _plain(frame)
    place = plain[min(level, len(plain) - 1)]
    wrong, right = stack[-1].f_globals, place.f_globals
    message.filename, before = place.f_code.co_filename, message.lineno
    message.lineno = place.f_lineno
    return _is_new(message, before, wrong.get("__warningregistry__", {}), right.setdefault("__warningregistry__", {}))


def _plain(frame: FrameType) -> list[FrameType]:
    """Return the frames from `frame` outwards, without those that the engine adds."""
    found: list[FrameType] = []
    around = outer(frame) if is_ours(frame.f_code.co_filename) else frame
    while around is not None:
        handed_over = len(found) > 1 and found[-1].f_code is handle_torch_function.__code__
        if handed_over and around.f_code is found[-2].f_code:
            del found[-1]  # a function that torch passed to the engine's mode, which ran it
        else:
            found.append(around)
        around = outer(around)
    return found


def _is_new(message: Any, line: int, wrong: dict[Any, Any], right: dict[Any, Any]) -> bool:
    """Return whether the line has not shown it yet: Python shows most warnings once for each line, so it is registered
    for the right line instead of the wrong one."""
    text = str(message.message)
    if wrong.pop((text, message.category, line), None) is None:
        return True  # it is shown each time
    if right.get("version") != wrong.get("version"):
        right.clear()  # the filters were changed since
        right["version"] = wrong.get("version")
    key = text, message.category, message.lineno
    is_new = key not in right
    right[key] = True
    return is_new
