"""The user's request about the next points: step in, next, step out, run to here, continue. Holds no tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from gradviz.protocol.records import Phase, PointRecord

Calls = tuple[int, ...]
"""Ids of the module calls that are open around a point, outermost first."""

StopReason = Literal["step", "run_to", "phase", "iteration", "pause"]


class Position(Struct, frozen=True, gc=False):
    """The position of a point: its iteration, and the module calls around it."""

    step: int
    point: PointRecord
    calls: Calls


@dataclass(frozen=True, slots=True)
class StepRequest:
    """Decides whether to stop before a point. `start` is where the request was made; None between iterations."""

    kind: Literal["free", "in", "over", "out", "to", "phase", "iteration", "pause"]
    start: Position | None = None
    leaving: int | None = None
    """The module call that has to be left first (over, out)."""
    node: int | None = None
    phase: Literal["", Phase] = ""

    def reason(self, here: Position) -> StopReason | None:
        """Return why to stop before `here`; None to run on."""
        match self.kind:
            case "free":
                return None
            case "pause":
                return "pause"
            case "in":
                return "step"
            case "over" | "out":
                return "step" if self._left(here) else None
            case "to":
                there = here.point.node == self.node and self.phase in ("", here.point.phase)
                return "run_to" if there else None
            case "phase":
                return "phase" if self._elsewhere(here, phase=True) else None
            case "iteration":
                return "iteration" if self._elsewhere(here, phase=False) else None

    def _left(self, here: Position) -> bool:
        if self._elsewhere(here, phase=True):
            return True
        # Without a module call to leave, `next` is one step and `step out` runs to the end of the phase.
        return self.kind == "over" if self.leaving is None else self.leaving not in here.calls

    def _elsewhere(self, here: Position, phase: bool) -> bool:
        if self.start is None or here.step != self.start.step:
            return True
        return phase and here.point.phase != self.start.point.phase


FREE = StepRequest("free")


def step_over(here: Position | None, before: Position | None) -> StepRequest:
    """Return the request for Next: step over the module call that begins here, or one op where none does. `before` is
    the point before."""
    if here is None:
        return StepRequest("in")
    innermost = here.calls[-1] if here.calls else None
    inside_already = before is not None and before.step == here.step and before.point.phase == here.point.phase
    if innermost is None or (inside_already and before is not None and innermost in before.calls):
        return StepRequest("in", here)
    return StepRequest("over", here, leaving=innermost)


def step_out(here: Position | None) -> StepRequest:
    """Return the request to run to the end of the innermost module call; of the phase, where there is none."""
    if here is None:
        return StepRequest("in")
    return StepRequest("out", here, leaving=here.calls[-1] if here.calls else None)
