"""Remember which line turned autograd's recording off, through all that turns it on and off again within."""

from __future__ import annotations

from types import FrameType

import torch

from gradviz.engine.capture.ops import Op

Place = tuple[str, int]
_NOWHERE: Place = ("", 0)
_DECORATED = "decorate_context"
_MANAGERS = torch.no_grad.__enter__.__code__.co_filename


class GradSwitch:
    """Follows the calls that set the grad mode."""

    def __init__(self) -> None:
        self.off: Place = _NOWHERE
        """File and line of what turned recording off, while it is off."""
        self._outer: list[Place] = []
        """What had turned it off where it was turned on again for a while."""

    def note(self, op: Op, frame: FrameType | None) -> None:
        """Record that `op`, a call of `SET_GRAD_ENABLED` from `frame`, has run."""
        on = torch.is_grad_enabled()
        if on == op.grad_mode:
            return
        frame = _outermost(frame)
        leaves = frame is not None and frame.f_code.co_name == "__exit__"
        if on:
            if not leaves:
                self._outer.append(self.off)
            self.off = _NOWHERE
        elif leaves:
            self.off = self._outer.pop() if self._outer else _NOWHERE
        else:
            self.off = _decorated(frame) or (op.file, op.line)


def _outermost(frame: FrameType | None) -> FrameType | None:
    """Return the frame of the context manager's method that was called: they call one another."""
    while frame is not None and (around := frame.f_back) is not None and around.f_code.co_filename == _MANAGERS:
        frame = around
    return frame


def _decorated(frame: FrameType | None) -> Place | None:
    """Return where a decorated function begins; the line of its caller would not show what turned recording off."""
    caller = frame.f_back if frame is not None else None
    if caller is None or caller.f_code.co_name != _DECORATED:
        return None
    code = getattr(caller.f_locals.get("func"), "__code__", None)
    return None if code is None else (code.co_filename, code.co_firstlineno)
