"""Keeps to what a person wants measured: which iterations, how often, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

from gradviz.engine.capture.tensor_ids import NamedTensors
from gradviz.engine.gate.gate import Gate
from gradviz.engine.graph.graph_builder import CapturedGraph
from gradviz.engine.measuring.dead_units import Firing
from gradviz.engine.measuring.flops import FlopCounter
from gradviz.engine.measuring.from_history import measures_held
from gradviz.engine.measuring.meter import Meter, column_record
from gradviz.engine.measuring.phase_measuring import ids_of_parameters
from gradviz.engine.measuring.timers import clock_for
from gradviz.engine.tensors.reductions import norm, read
from gradviz.protocol.commands import SetMeasures
from gradviz.protocol.events import Event, Measured, State
from gradviz.protocol.records import MeasureKind

Columns = dict[MeasureKind, dict[int, float]]
# Of an iteration that a person watches these are noted unasked: they cannot be told afterwards.
_FLEETING: frozenset[MeasureKind] = frozenset(("time_forward", "time_backward", "flops"))


class MeasurableRun(Protocol):
    """What is asked of a run, of which `stepping.run_state.AnyRun` says more."""

    @property
    def tensors(self) -> NamedTensors: ...
    @property
    def state(self) -> State: ...
    @property
    def step(self) -> int: ...
    @property
    def gate(self) -> Gate | None: ...
    @property
    def meter(self) -> Meter | None: ...
    @property
    def graph(self) -> CapturedGraph | None: ...
    def begin_measuring(self, meter: Meter | None) -> None: ...
    def end_measuring(self) -> Meter | None: ...


@dataclass(frozen=True, slots=True)
class _Last:
    """The last iteration that was measured, or watched, and is over."""

    meter: Meter
    gate: Gate | None
    signature: str


class MeasureScheduler:
    """One person's measuring, over iterations and runs.

    Iterations of a free run are measured at most `rate` times a second, and so seldom that measuring takes at most
    half of the time. Those that a person watches (the one that is held at the start, single ones, those that are
    stepped through) are all measured.
    """

    def __init__(self, post: Callable[[Event], None]) -> None:
        self._post = post
        self.kinds: frozenset[MeasureKind] = frozenset()
        self._order: tuple[MeasureKind, ...] = ()
        self._period = 0.5
        self._next = 0.0
        self._began = 0.0
        self._flops = FlopCounter()
        self._firing = Firing()
        self._last: _Last | None = None

    def forget(self) -> None:
        """Another run begins; what is wanted stays wanted."""
        self._firing.forget()
        self._last = None
        self._next = 0.0

    # -- iterations --------------------------------------------------------------------------------------------------

    def due(self, now: float) -> bool:
        """Whether the next iteration of a free run is to be measured."""
        return bool(self.kinds) and now >= self._next

    def attend(self, runner: MeasurableRun, *, watched: bool) -> None:
        """Measure the iteration that begins, if it is `watched` or due."""
        self._began = perf_counter()
        self._last = None
        meter = None
        if watched or self.due(self._began):
            kinds = self.kinds | _FLEETING if watched else self.kinds
            clock = clock_for(runner.tensors.named_parameters().values())
            meter = Meter(runner.step, kinds, clock, self._flops, self._firing)
        runner.begin_measuring(meter)

    def held(self, run: int, runner: MeasurableRun) -> None:
        """The forward of the iteration has run and waits: tell what is known of it."""
        if runner.meter is not None and runner.graph is not None and self.kinds:
            self._tell(run, runner.meter.step, runner.graph.record.signature, runner.meter.columns(self._order))

    def over(self, run: int, runner: MeasurableRun) -> None:
        """The iteration is over."""
        meter = runner.end_measuring()
        if meter is None or runner.graph is None:
            return
        signature = runner.graph.record.signature
        self._last = _Last(meter, runner.gate, signature)
        if self.kinds:
            self._tell(run, meter.step, signature, self._merged(meter, runner.gate))
        now = perf_counter()
        self._next = max(self._began + self._period, now + (now - self._began))

    # -- what a person asks for --------------------------------------------------------------------------------------

    def set(self, command: SetMeasures, run: int, runner: MeasurableRun | None, signature: str) -> None:
        """Measure other kinds from now on, and tell what is known of them already, unless the run goes on anyway.
        `signature`: of the graph that the window has."""
        if "dead_units" not in self.kinds:
            self._firing.forget()
        self.kinds, self._order = frozenset(command.kinds), tuple(dict.fromkeys(command.kinds))
        self._period = 1 / command.rate if command.rate > 0 else float("inf")
        self._next = 0.0 if command.rate > 0 else self._period
        if runner is None or runner.graph is None or not self.kinds or runner.state == "running":
            return
        meter = runner.meter
        if meter is not None:
            meter.kinds |= self.kinds
            if runner.state == "ready" and "saved_bytes" in self.kinds and runner.tensors.has_autograd:
                meter.look_at_saved(runner.tensors.named_tensors().values())
        self._tell_known(run, runner, signature)

    def _tell_known(self, run: int, runner: MeasurableRun, signature: str) -> None:
        meter, gate, last = runner.meter, runner.gate, self._last
        if meter is not None:
            self._tell(run, meter.step, signature, self._merged(meter, gate))
            return
        if gate is not None and (last is None or last.meter.step != gate.step):
            self._tell(run, gate.step, signature, read_all(measures_held(gate, self._order, {})))
            return
        if last is not None:
            self._tell(run, last.meter.step, last.signature, self._merged(last.meter, last.gate))
        if last is None or last.meter.step != runner.step - 1:
            # A free run was paused, and let go of its graph: what stands is in the leaves.
            self._tell(run, max(runner.step - 1, 0), signature, self._in_leaves(runner))

    def _merged(self, meter: Meter, gate: Gate | None) -> Columns:
        """What the meter measured, and for kinds that it did not, what is told by the values kept for looking back."""
        columns = meter.columns(self._order)
        missing = tuple(kind for kind in self._order if kind not in columns)
        if gate is None or gate.step != meter.step or not missing:
            return columns
        found = measures_held(gate, missing, meter.units)
        for node_id, fires in found.pop("dead_units", {}).items():
            meter.add(node_id, fires)
        return {**read_all(found), **columns, **meter.columns(missing)}

    def _in_leaves(self, runner: MeasurableRun) -> Columns:
        if "grad_norm" not in self.kinds or runner.graph is None:
            return {}
        ids = ids_of_parameters(runner.graph.record)
        norms = {ids[name]: norm(value) for name, value in runner.tensors.gradients().items() if name in ids}
        return read_all({"grad_norm": {node_id: value for node_id, value in norms.items() if value is not None}})

    def _tell(self, run: int, step: int, signature: str, columns: Mapping[MeasureKind, Mapping[int, float]]) -> None:
        records = tuple(column_record(kind, columns[kind]) for kind in self._order if kind in columns)
        self._post(Measured(run, step, signature, records))


def read_all(found: Mapping[MeasureKind, Mapping[int, Any]]) -> Columns:
    """Kind → node id → number; kinds of which nothing was found are left out."""
    return {kind: numbers for kind, values in found.items() if (numbers := read(values))}
