"""Schedules measuring: which iterations are measured, how often, and when what was measured is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import perf_counter
from typing import Any

import numpy as np

from gradviz.engine.gate.gate import Gate
from gradviz.engine.measuring.measure import Measure, clock_for
from gradviz.engine.measuring.meter import FLEETING, MEASURES, Columns, Meter, gradients_by_node
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.protocol.commands import SetMeasures
from gradviz.protocol.events import Event, Measured
from gradviz.protocol.records import ColumnRecord, MeasureKind


@dataclass(frozen=True, slots=True)
class _LastMeasured:
    """The last iteration that was measured, or watched, and is over."""

    meter: Meter
    gate: Gate | None
    signature: str


class MeasureScheduler:
    """Measures for one client, over iterations and runs.

    Iterations of a free run are measured at most `rate` times a second, and so seldom that measuring takes at most
    half of the time. Those that the user watches (the one that is held at the start, single ones, those that are
    stepped through) are all measured.
    """

    def __init__(self, post: Callable[[Event], None]) -> None:
        self._post = post
        self.kinds: frozenset[MeasureKind] = frozenset()
        self._order: tuple[MeasureKind, ...] = ()
        self._period = 0.5
        self._next = 0.0
        self._began = 0.0
        self._memories: dict[type[Measure], dict[Any, Any]] = {}
        """What measures keep from iteration to iteration."""
        self._last: _LastMeasured | None = None

    def forget(self) -> None:
        """Begin another run; what is wanted stays wanted."""
        self._memories.clear()
        self._last = None
        self._next = 0.0

    # -- iterations --------------------------------------------------------------------------------------------------

    @property
    def due_at(self) -> float:
        """When an iteration of a free run is to be measured."""
        return self._next if self.kinds else inf

    def due(self, now: float) -> bool:
        """Return whether the next iteration of a free run is to be measured."""
        return now >= self.due_at

    def attend(self, runner: AnyRun, *, watched: bool) -> None:
        """Measure the iteration that begins, if it is `watched` or due."""
        self._began = perf_counter()
        self._last = None
        meter = None
        if watched or self.due(self._began):
            kinds = self.kinds | FLEETING if watched else self.kinds
            clock = clock_for(runner.tensors.named_parameters().values())
            meter = Meter(runner.step, kinds, clock, self._memories)
        runner.begin_measuring(meter)

    def held(self, run: int, runner: AnyRun) -> None:
        """Report what was measured in the forward that has run and is held."""
        if runner.meter is not None and runner.graph is not None and self.kinds:
            self._report(run, runner.meter.step, runner.graph.record.signature, runner.meter.columns(self._order))

    def over(self, run: int, runner: AnyRun) -> None:
        """Report what was measured in the iteration that is over, if it was measured."""
        meter = runner.end_measuring()
        if meter is None or runner.graph is None:
            return
        signature = runner.graph.record.signature
        self._last = _LastMeasured(meter, runner.gate, signature)
        if self.kinds:
            self._report(run, meter.step, signature, meter.columns_with_cached(self._order, runner.gate))
        now = perf_counter()
        self._next = max(self._began + self._period, now + (now - self._began))

    # -- what the user wants -----------------------------------------------------------------------------------------

    def set(self, command: SetMeasures, run: int, runner: AnyRun | None, signature: str) -> None:
        """Measure other kinds from now on, and report what is known of them already, unless the run goes on anyway.
        `signature`: of the graph that the client has."""
        for measure in MEASURES:
            if self.kinds.isdisjoint(measure.kinds):
                self._memories.get(measure, {}).clear()
        self.kinds, self._order = frozenset(command.kinds), tuple(dict.fromkeys(command.kinds))
        self._period = 1 / command.rate if command.rate > 0 else float("inf")
        self._next = 0.0 if command.rate > 0 else self._period
        if runner is None or runner.graph is None or not self.kinds or runner.state == "running":
            return
        meter = runner.meter
        if meter is not None:
            meter.want(self.kinds)
            if runner.state == "ready" and runner.tensors.has_autograd:
                meter.look_at_graph(runner.tensors.named_tensors().values())
        self._report_known(run, runner, signature)

    def _report_known(self, run: int, runner: AnyRun, signature: str) -> None:
        meter, gate, last = runner.meter, runner.gate, self._last
        if meter is not None:
            self._report(run, meter.step, signature, meter.columns_with_cached(self._order, gate))
            return
        if gate is not None and (last is None or last.meter.step != gate.step):
            self._report(run, gate.step, signature, self._meter_of(gate.step).columns_with_cached(self._order, gate))
            return
        if last is not None:
            self._report(run, last.meter.step, last.signature, last.meter.columns_with_cached(self._order, last.gate))
        if last is None or last.meter.step != runner.step - 1:
            # A free run was paused, and let go of its graph: gradients are in the leaves.
            meter = self._meter_of(max(runner.step - 1, 0))
            if runner.graph is not None:
                meter.end_backward(gradients_by_node(runner.graph.record, runner.tensors))
            self._report(run, meter.step, signature, meter.columns(self._order))

    def _meter_of(self, step: int) -> Meter:
        """Return a meter of an iteration that was not measured while it ran."""
        return Meter(step, self.kinds, None, self._memories)

    def _report(self, run: int, step: int, signature: str, columns: Columns) -> None:
        records = tuple(_column_record(kind, columns[kind]) for kind in self._order if kind in columns)
        self._post(Measured(run, step, signature, records))


def _column_record(kind: MeasureKind, values: dict[int, float]) -> ColumnRecord:
    ids = np.fromiter(values, "<i4", len(values))
    return ColumnRecord(kind, ids.tobytes(), np.fromiter(values.values(), "<f8", len(values)).tobytes())
