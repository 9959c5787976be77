"""Show errors and warnings as plain Python would: without the engine's own frames."""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

from torch.overrides import handle_torch_function

from gradviz.engine.frames.stack_frames import is_ours, is_passing_on, outer, owner_of
from gradviz.engine.torch_compat import never_compiled
from gradviz.language import tr

_LONGEST_TRACEBACK = 100_000
"""In letters; an error can carry a message of any length."""
_HANDS_OVER = handle_torch_function.__name__


def leave_out_ours(error: BaseException) -> None:
    """Remove the engine's frames and the first one, that of the caller, from the traceback of `error`.

    The caller then raises it on, by a bare `raise`, which adds no frame. An error of the engine's own keeps its frames,
    which show where it arose.
    """
    trace = error.__traceback__
    kept: list[TracebackType] = []
    while trace is not None:
        kept.append(trace)
        trace = trace.tb_next
    code = kept[-1].tb_frame.f_code if kept else None
    if code is None or _is_our_fault(code.co_filename, code.co_name):
        return
    following = None
    for each in reversed(kept[1:]):
        if not is_ours(each.tb_frame.f_code.co_filename):
            each.tb_next = following
            following = each
    error.__traceback__ = following


def traceback_text(error: BaseException) -> str:
    """Return the traceback of `error` as plain Python would print it, from the user's code on.

    Where the engine has caught the error before the user's code has seen it, the frames that it would pass belong to it
    too.
    """
    shown = traceback.TracebackException.from_exception(error)
    trace = error.__traceback__
    if trace is not None and owner_of(trace.tb_frame.f_code.co_filename) == "engine":
        around = traceback.StackSummary.extract((frame, frame.f_lineno) for frame in _outwards(trace.tb_frame))
        shown.stack[:0] = reversed(around)
    _leave_out(shown, set())
    return _shorten("".join(shown.format()))


def stack_text(frame: FrameType) -> str:
    """Return where a thread is, as a traceback would show it, from the user's code on; empty if none of it is there."""
    stack = traceback.StackSummary.extract(traceback.walk_stack(frame))
    kept = [each for each in reversed(stack) if not is_ours(each.filename)]
    first = next((i for i, each in enumerate(kept) if owner_of(each.filename) == "user"), len(kept))
    return "".join(traceback.StackSummary.from_list(kept[first:]).format())


def _shorten(text: str) -> str:
    """Return the beginning and the end of a traceback that is too long to be read."""
    left_out = len(text) - _LONGEST_TRACEBACK
    if left_out <= 0:
        return text
    half = _LONGEST_TRACEBACK // 2
    gap = tr("… {count:,} letters are left out …").format(count=left_out)
    return f"{text[:half]}\n{gap}\n{text[-half:]}"


def _is_same_function(one: traceback.FrameSummary, other: traceback.FrameSummary) -> bool:
    return (one.filename, one.name) == (other.filename, other.name)


def _is_our_fault(file: str, name: str) -> bool:
    """Return whether what was raised there is an error of the engine's own."""
    return is_ours(file) and not is_passing_on(file, name)


def _outwards(frame: FrameType) -> Iterator[FrameType]:
    around = outer(frame)
    while around is not None:
        yield around
        around = outer(around)


def _leave_out(shown: traceback.TracebackException, seen: set[int]) -> None:
    """Leave out the engine's frames, here and in the causes of the error."""
    if id(shown) in seen:
        return
    seen.add(id(shown))
    frames = shown.stack
    if frames and _is_our_fault(frames[-1].filename, frames[-1].name):
        return
    kept: list[traceback.FrameSummary] = []
    for frame in frames:
        if is_ours(frame.filename):
            continue
        if len(kept) > 1 and kept[-1].name == _HANDS_OVER and _is_same_function(kept[-2], frame):
            del kept[-2:]  # torch passed the function to the engine's mode, which ran it
        kept.append(frame)
    first = next((i for i, frame in enumerate(kept) if owner_of(frame.filename) == "user"), 0)
    frames[:] = kept[first:]
    for other in (shown.__cause__, shown.__context__, *(shown.exceptions or ())):
        if other is not None:
            _leave_out(other, seen)


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
    if not plain:  # what our own networks call
        return True
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
