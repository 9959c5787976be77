"""Lets iterations that run as one which no breakpoint stopped pass by the gate, compared with it and not recorded.

The forward is compared while it runs. One that is not known is run again, from the same start, through the gate: so
stops, losses and what is held for looking back are those of a gate that every op passes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from gradviz.engine.capture.known_forwards import KnownForwards, Trail
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.gate.gate import Gate
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.replay.iteration_start import IterationStart, number_of
from gradviz.engine.replay.kept_values import NotRepeatableError
from gradviz.engine.torch_compat import compiles_backward
from gradviz.experiment import Experiment


class Comparable(Protocol):
    """A run of a network, as `training.runner.Runner` is one."""

    experiment: Experiment
    start: IterationStart
    step: int
    gate: Gate | None
    meter: Any
    graph: CapturedGraph | None

    @property
    def held_loss(self) -> Any:
        """The loss, once forward has run."""

    def forward(self, *, captured: bool = False, again: bool = False) -> None:
        """Run the forward; `again`: on the same batch."""

    def enter(self, phase: str) -> None:
        """Note that the iteration is in `phase`."""


class KnownIterations:
    """Those of one run."""

    def __init__(self) -> None:
        self._forwards = KnownForwards()
        self._trail: Trail | None = None
        """The steps of the forward, if it may be one that is known from then on."""
        self._loss: float | None = None
        """What a forward gave that is run again."""
        self._passed = False
        """Whether the last forward was known."""

    def run(self, run: Comparable, forward: Callable[[], None], recorder: Capture | None) -> CapturedGraph | None:
        """Run `forward` if nothing but a breakpoint on a point could stop it; return its graph, without nodes. None if
        it has to run, or to run again, through the gate. `recorder`: of the forwards before."""
        gate, forwards, self._loss, self._passed = run.gate, self._forwards, None, False
        if gate is None or not _may_be_known(run, gate) or not forwards.are_of(gate.breakpoints):
            return None
        if recorder is not None and recorder.earlier:
            return None  # what the network keeps of one forward is explained in the next
        comparison = forwards.compare(run.experiment.inputs, modules=run.experiment.module is not None)
        comparison.conditions = gate.breakpoints.quickly("forward")
        gate.passed_over = True
        with comparison:
            forward()
        forwards.count(comparison.result is not None)
        if comparison.result is not None:
            self._passed = True
            record, types = comparison.result
            return CapturedGraph(record, types=types)
        loss = number_of(run.held_loss)
        try:
            run.start.put_back()
        except NotRepeatableError as error:
            gate.breakpoints.unchecked.append(str(error))
            return run.graph
        self._loss, gate.passed_over = loss, False
        return None

    def backward(self, run: Comparable) -> bool:
        """Run the backward of a forward that was known, if there are conditions on its values. Return False if it has
        to run through the gate: one of them found something, and the forward was run again there."""
        gate, self._passed, passed = run.gate, False, self._passed
        conditions = gate.breakpoints.quickly("backward") if gate is not None and passed else None
        if gate is None or conditions is None or compiles_backward():
            return False
        with conditions.following(run.held_loss):
            run.experiment.backward(run.held_loss)
        if not conditions.met:
            return True
        loss = number_of(run.held_loss)
        try:
            run.start.put_back()
        except NotRepeatableError as error:
            gate.breakpoints.unchecked.append(str(error))
            return True
        gate.passed_over = False
        run.forward(again=True)
        run.enter("backward")
        self._loss = loss
        return False

    def begin(self, run: Comparable, capture: Capture) -> None:
        """Note the steps of the forward that `capture` records next, if it may be known then."""
        self._trail = None
        if run.gate is not None and _may_be_known(run, run.gate):
            self._trail = capture.trail = Trail(run.experiment.inputs)
            capture.modules.noted = self._trail.module

    def learn(self, run: Comparable) -> None:
        """Remember the forward, if nothing stopped it and no node can stop the backward, which has run."""
        gate, graph, trail, self._trail = run.gate, run.graph, self._trail, None
        if gate is None or graph is None:
            return
        passes = gate.passed_over or not gate.breakpoints.may_stop_at_nodes(graph.record)
        if trail is not None and passes and gate.stops_as_known:
            self._forwards.learn(trail, (graph.record, graph.types), gate.breakpoints)
        try:
            if self._loss is not None:
                run.start.compare(self._loss, number_of(run.held_loss))
        except NotRepeatableError as error:
            gate.breakpoints.unchecked.append(str(error))


def _may_be_known(run: Comparable, gate: Gate) -> bool:
    return (
        gate.stops_as_known
        and run.meter is None
        and run.experiment.has_autograd
        and run.start.noted == run.step
        and not run.start.refusal
    )
