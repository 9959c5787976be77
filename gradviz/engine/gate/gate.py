"""The gate: every op, node and parameter of an iteration passes it, and it decides whether to stop there.

It works from whichever thread reaches it: on a GPU, backward runs on the device's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Literal

from msgspec import Struct
from torch.autograd.graph import Node

from gradviz.engine.capture.tensor_flow import is_unwritten
from gradviz.engine.gate.aim import Aim
from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.step_history import Result, StepHistory
from gradviz.engine.gate.step_request import Calls, Position, StepRequest
from gradviz.engine.loading.error_explanation import text_of
from gradviz.engine.tensors.tensor_reader import isolated_no_grad
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.language import tr, translatable
from gradviz.protocol.records import BreakpointRecord, GraphRecord, PlaceRecord, PointRecord

Reason = Literal["step", "breakpoint", "pause", "run_to", "phase", "iteration", "exception"]


_UNSEEN = translatable(
    "This forward ran as those before it up to here, where it goes another way, so that values are kept from here on"
    " alone. Run the script again to here to look at all."
)


class Stop(Struct, frozen=True):
    """Why and where the engine has stopped."""

    reason: Reason
    here: Position
    before: Position | None
    """The point before; None at the first of an iteration."""
    breakpoint: int | None = None
    message: str = ""
    after: bool = False
    """The point has run already."""
    error: BaseException | None = None


class AbandonedError(BaseException):
    """The iteration is abandoned in the middle: the window opened something else, or is gone.

    Not an `Exception`: no `except` of the network's own code may swallow it.
    """


class CurrentStop(Struct, eq=False):
    """What the gate holds while it has stopped: the tensors on their way into the point."""

    here: Position
    role: str = ""
    values: list[Any] = []
    replaced: dict[int, Any] = {}
    """Position → the value that the user put in place of it."""
    originals: dict[tuple[int | str | None, str, int], Any] = {}
    """Node or name, what and position of an edited value → what it was before its first edit at this stop."""


class Gate:
    """The points of one iteration. `wait` blocks while stopped and returns the user's next request; `poll` is called at
    each point, so that a pause is noticed."""

    unseen_before = False
    """Whether this iteration was recorded only from some op on, and nothing was said of that."""
    points_before = 0
    """How many points have passed before it was."""

    def __init__(
        self,
        step: int,
        request: StepRequest,
        breakpoints: BreakpointSet,
        cache: ValueCache,
        wait: Callable[[Stop], StepRequest],
        poll: Callable[[], StepRequest | None],
        *,
        whole: bool = False,
        every_node: bool = False,
        recorded: bool = False,
        aim: Aim | None = None,
    ) -> None:
        """`whole`: every phase comes here even if nothing could stop it, for the record. `every_node`: all of backward
        does, so that a pause is noticed soon, and a node that raises is known. `recorded`: it is not
        compared with others in place of being recorded. `aim`: where the iteration, which is run
        again and whole, stops for a trap."""
        self.step = step
        self.request = request
        self.breakpoints = breakpoints
        self.history = StepHistory(cache)
        self.made: dict[int, Node] = {}
        """Node id → what the present forward has made so far; empty once it is over."""
        self.current_stop: CurrentStop | None = None
        self.totals: dict[str, int] = {}
        """How many points a phase has, where it is known."""
        self.starts: dict[str, int] = {}
        """Phase → position of its first point, the last time that it began."""
        self.aim = aim
        self.aimed = aim is not None
        """Whether the iteration is run again for a trap."""
        if aim is not None:
            aim.history = self.history
        self._whole = whole or aim is not None
        self._every_node = every_node
        self.unrecorded = False
        """Whether the iteration ran freely and raised, so that nothing was recorded of what ran."""
        self.stopped_at_error = False
        """Whether something raised here."""
        self.passed_over = False
        """Whether the backward ran, or runs, without coming here."""
        self._stopped = False
        self._wait = wait
        self._poll = poll
        self.inexact = False
        """Whether this iteration cannot be run again, so that traps are tried at each point."""
        self.is_recorded = recorded
        self.unasked = False
        """Whether conditions on values were set that this iteration has not been asked from its start."""
        self.stopped_for: set[int] = set()
        """Ids of the breakpoints whose conditions on values it has stopped for."""
        self.edited: set[int] = set()
        """Positions of the points at which the user edited a value."""
        self._before: Position | None = None
        self._count = 0
        self._began = 0.0

    def watches(self, phase: str) -> bool:
        """Return whether the points of a phase that begins now must come here."""
        return self._whole or self.request.kind != "free" or self.breakpoints.watches(phase)

    @property
    def looked_at(self) -> bool:
        """Return whether the user steps through this iteration, or stopped in it; breakpoints that were not hit do not
        count."""
        return self._whole or self._stopped or self.request.kind != "free"

    @property
    def stops_as_known(self) -> bool:
        """Return whether the iteration stops nowhere if it runs as one that breakpoints did not stop."""
        return not self._every_node and self.may_be_known

    @property
    def may_be_known(self) -> bool:
        """Return whether it stops nowhere if it runs as one that breakpoints did not stop, and raises nothing."""
        return not self.looked_at and not self.is_recorded and self.breakpoints.stops_as_known(self.step)

    def follows_backward(self, graph: GraphRecord) -> bool:
        """Return whether the nodes of `graph`, whose backward begins now, must come here. In an iteration with a stop
        they do: it is recorded whole."""
        self.made.clear()
        self.passed_over = not (self.looked_at or self._every_node or self.breakpoints.may_stop_backward(graph))
        return not self.passed_over

    def begin_phase(self, phase: str, total: int) -> None:
        """Begin a phase of `total` points; an iteration may have several of one kind, as where gradients add up."""
        self.starts[phase], self.totals[phase] = self._count, total

    def next_index(self) -> int:
        """Return the position of the point that comes next."""
        return self._count

    def arrive(
        self,
        point: PointRecord,
        calls: Calls,
        *,
        place: PlaceRecord | None = None,
        paths: Sequence[str] = (),
        role: str = "",
        values: Sequence[Any] = (),
    ) -> CurrentStop:
        """Arrive at `point`, and stop there if there is a reason to. `paths`: the modules' paths of `calls`."""
        here = Position(self.step, point, calls)
        self._count += 1
        if self._before is None or self._before.point.phase != point.phase:
            self.starts[point.phase] = point.index - (0 if self._before else self.points_before)
        self.current_stop = CurrentStop(here, role, list(values))
        if point.phase != "forward":
            self.made.clear()
        self.request = self._poll() or self.request
        stop = self._why(here, place, paths)
        if stop is not None:
            self._stop(stop)
        current_stop, self.current_stop = self.current_stop, None
        self._before = here
        self._began = perf_counter()
        return current_stop

    def leave(
        self,
        here: Position,
        role: str,
        results: list[Result],
        nodes: tuple[int, ...] = (),
        point: PointRecord | None = None,
    ) -> None:
        """Record that `here` has run. `point` replaces its record where running added to it."""
        seconds = perf_counter() - self._began
        point = point or here.point
        self.history.add(point, seconds, role, results, nodes, edited=point.index in self.edited)
        if self.aim is not None:
            if self.aim.after(point, results, nodes):
                self._meet_aim(Position(self.step, point, here.calls))
            return
        if not self.breakpoints.watches_values or is_unwritten(point.op):
            return
        what, traps = point.op or point.grad_fn, self.inexact or bool(self.edited)
        with isolated_no_grad():
            found = self.breakpoints.on_values(point.phase, results, what, point.module, traps=traps)
        if found is not None:
            record, message = found
            self.stopped_for.add(record.id)
            here = Position(self.step, point, here.calls)
            self._stop_after(Stop("breakpoint", here, self._before, record.id, message, after=True))

    def pass_by(self, point: PointRecord, role: str, results: list[Result], nodes: tuple[int, ...]) -> None:
        """Record a point that is known only once it has run, and so was never stopped at."""
        self._count += 1
        self._began = perf_counter()
        self.leave(Position(self.step, point, ()), role, results, nodes)

    def raised(self, here: Position, role: str, values: Sequence[Any], error: BaseException) -> None:
        """Stop at `here`, which raised, with the tensors that went into it."""
        self.stopped_at_error = True
        self.current_stop = CurrentStop(here, role, list(values))
        message = f"{type(error).__name__}: {text_of(error)}"
        self._stop_after(Stop("exception", here, self._before, message=message, after=True, error=error))

    def end_steps(self, here: Position) -> None:
        """Stop after `here`, the last point of a phase, if the user goes point by point; not on the way to a trap."""
        if self.aim is None and self.request.kind in ("in", "over", "out"):
            self._stop_after(Stop("step", here, self._before, after=True))

    def aim_at(self, aim: Aim) -> None:
        """Stop for a trap in the iteration that begins now."""
        self.aim, aim.history = aim, self.history
        self.aimed = self._whole = True

    def miss_aim(self) -> None:
        """Stop for the trap at the end alone: this is another iteration than the one that met it."""
        if self.aim is not None:
            self.aim = Aim(self.aim.record, self.aim.message)

    def end_replay(self) -> None:
        """Stop after the last point that has run, if a trap has not stopped the iteration before."""
        if self.aim is not None and self._before is not None:
            self._meet_aim(self._before)

    def stop_here(self, breakpoint_id: int, message: str) -> bool:
        """Stop after the last point that has run; return False if none has."""
        if self._before is None:
            return False
        self._stop_after(Stop("breakpoint", self._before, self._before, breakpoint_id, message, after=True))
        return True

    def _meet_aim(self, here: Position) -> None:
        aim, self.aim = self.aim, None
        assert aim is not None
        self._stop_after(Stop("breakpoint", here, self._before, aim.id, aim.message, after=True))

    def _stop_after(self, stop: Stop) -> None:
        if self.current_stop is None:
            self.current_stop = CurrentStop(stop.here)
        self._stop(stop)
        self.current_stop = None

    def _stop(self, stop: Stop) -> None:
        self._stopped = True
        if self.unseen_before:
            self.unseen_before = False
            self.breakpoints.unchecked.append(tr(_UNSEEN))
        self.request = self._wait(stop)

    def _why(self, here: Position, place: PlaceRecord | None, paths: Sequence[str]) -> Stop | None:
        before, aim = self._before, self.aim
        if aim is not None:
            # What is on the way there has run before; its breakpoints have stopped it, or will in another iteration.
            if not aim.before(here.point):
                return None
            self.aim = None
            return Stop("breakpoint", here, before, aim.id, aim.message)
        hit = self._breakpoint(here, place, paths) if self.breakpoints.records else None
        if hit is not None:
            return Stop("breakpoint", here, before, hit.id)
        reason = self.request.reason(here)
        return None if reason is None else Stop(reason, here, before)

    def _breakpoint(self, here: Position, place: PlaceRecord | None, paths: Sequence[str]) -> BreakpointRecord | None:
        before = self._before
        point = here.point
        hit = self.breakpoints.at_iteration(self.step) if before is None else None
        if before is None or before.point.phase != point.phase:
            hit = hit or self.breakpoints.at_phase(point.phase)
            open_before: Calls = ()
        else:
            open_before = before.calls
        enters: list[str] = []
        if self.breakpoints.asks_modules:
            enters = [path for call, path in zip(here.calls, paths, strict=False) if call not in open_before]
        return hit or self.breakpoints.at_point(point, place, enters)
