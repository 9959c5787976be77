"""The interface of a measure: one quantity, or a few that come together, of the nodes of one iteration;
and the clocks of devices, whose marks are read once, after the device has been waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar, Protocol

import torch
from torch.autograd.graph import Node

from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.tensors.reductions import read
from gradviz.protocol.records import MeasureKind, NodeRecord, PlaceRecord

Span = tuple[Any, Any]
"""Two marks of one clock."""


class Clock(Protocol):
    """Marks moments of one iteration."""

    def mark(self) -> Any:
        """Return a mark of the moment at which the device comes to it."""

    def settle(self) -> None:
        """Wait until all marks can be read."""

    def seconds(self, begin: Any, end: Any) -> float:
        """Return the time between two marks, once settled."""


class HostClock:
    """Clock of the CPU, where an op has run when its call returns."""

    def mark(self) -> float:
        """Return the time."""
        return perf_counter()

    def settle(self) -> None:
        """Do nothing: there is nothing to wait for."""

    def seconds(self, begin: float, end: float) -> float:
        """Return the difference."""
        return end - begin


class CudaClock:
    """Clock of a CUDA device, which works off a queue: events in the queue record when it came to them."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def mark(self) -> torch.cuda.Event:
        """Queue an event."""
        event: torch.cuda.Event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call,unused-ignore]
        event.record(torch.cuda.current_stream(self._device))
        return event

    def settle(self) -> None:
        """Wait until the queue is worked off."""
        torch.cuda.synchronize(self._device)

    def seconds(self, begin: torch.cuda.Event, end: torch.cuda.Event) -> float:
        """Return the time between two events."""
        return float(begin.elapsed_time(end)) / 1e3


def clock_for(values: Iterable[Any]) -> Clock | None:
    """Return the clock of the device that the parameters `values` are on, CUDA if any of them is.

    None where there is no clock that would not make every op wait: on other accelerators.
    """
    devices = {value.device for value in values if isinstance(value, torch.Tensor)}
    for device in devices:
        if device.type == "cuda":
            return CudaClock(device)
    return HostClock() if all(device.type == "cpu" for device in devices) else None


@dataclass(slots=True)  # one is made for each op: a frozen one takes three times as long
class OpCall:
    """A call of an op that runs next."""

    name: str
    function: Callable[..., Any] | None
    """None for NumPy's, whose arguments come in one flat list."""
    args: Sequence[Any]
    kwargs: dict[str, Any]


class Measure:
    """Measures one iteration; a row of `meter.MEASURES`. A subclass overrides the events that it needs.

    Events come in the order of the methods below. It looks at tensors while they live, and keeps numbers, shapes and
    masks of them, never the tensors.
    """

    kinds: ClassVar[tuple[MeasureKind, ...]] = ()
    """What it measures, each a column of the graph's nodes."""
    fleeting: ClassVar[bool] = False
    """Whether it is measured unasked in an iteration that the user watches: afterwards it cannot be computed."""
    notes_always: ClassVar[bool] = False
    """Whether it is notified of ops although none of its kinds is wanted: what it notes serves later."""
    timed: ClassVar[bool] = False
    """Whether ops and nodes are timed for it."""

    def __init__(self, clock: Clock | None, memory: dict[Any, Any]) -> None:
        """`memory` is kept from iteration to iteration, until another run begins or the measure is chosen anew."""
        self.wanted: frozenset[MeasureKind] = frozenset()
        """Which of its kinds are wanted. More may come while the iteration runs."""
        self._clock = clock
        self._memory = memory
        self._values: dict[MeasureKind, dict[int, Any]] = {}

    # -- forward -----------------------------------------------------------------------------------------------------

    def begin_op(self, call: OpCall) -> Any:
        """Return what to note of an op that runs next."""

    def end_op(self, note: Any, output: Any, node: Node | None) -> Any:
        """Return what to note of an op that has run. `output` is its first floating-point one, None if it has none;
        `node` is what made it, if autograd knows."""
        return note

    def join_ops(self, before: Any, note: Any) -> Any:
        """Return what to note of ops that ran one after the other in the forward of one custom Function."""
        return note

    def end_function(self, note: Any, output: Any, *, same: bool) -> Any:
        """Return what to note of a custom Function. `note` is that of the ops inside, None if none was seen; `same`:
        it returns what the last of them made."""
        return note

    def add_op(self, node: NodeRecord, place: PlaceRecord, note: Any, span: Span | None) -> None:
        """Add what was noted of the op, or custom Function, that made `node`."""

    def look_at_graph(self, graph: CapturedGraph, held_anyway: Iterable[Any]) -> None:
        """Look at the graph of a forward that has run, before its backward begins. `held_anyway`: parameters, buffers
        and data."""

    # -- backward ----------------------------------------------------------------------------------------------------

    def gradient_hook(self, node_id: int) -> Callable[[tuple[Any, ...]], None] | None:
        """Return what to call with the gradients of a node's outputs before the node runs; None for nothing."""

    def times_nodes(self) -> bool:
        """Return whether nodes of backward are timed for what is wanted."""
        return self.timed

    def add_node(self, node_id: int, span: Span) -> None:
        """Add a node of backward that has run."""

    def end_backward(self, gradients: Mapping[int, Any]) -> None:
        """Look at `gradients`: node id of a leaf → its gradient after backward."""

    # -- update ------------------------------------------------------------------------------------------------------

    def begin_update(self, parameters: Mapping[int, Any]) -> None:
        """Look at `parameters` before the update: node id → parameter."""

    def end_update(self, parameters: Mapping[int, Any]) -> None:
        """Look at `parameters` after the update. A network derived by hand may have put others in their place."""

    # -- afterwards, from the values that the gate cached of an iteration that passed it ------------------------------

    def of_output(self, node_id: int, output: Any) -> Mapping[MeasureKind, Any]:
        """Return what the cached output of an op gives, as tensors of no dimensions."""
        return {}

    def of_gradient(self, node_id: int, gradient: Any) -> Mapping[MeasureKind, Any]:
        """Return what the cached gradient of a node gives: of a leaf its own, of others that of the first output."""
        return {}

    def of_update(self, node_id: int, before: Any, change: Any) -> Mapping[MeasureKind, Any]:
        """Return what a parameter `before` its update, and the `change`, give."""
        return {}

    # -- results -----------------------------------------------------------------------------------------------------

    def values(self, kind: MeasureKind) -> dict[int, float]:
        """Return node id → value, of what was measured so far. Waits for the device."""
        return read(self._values.get(kind, {}))

    def _put(self, kind: MeasureKind, node_id: int, value: Any) -> None:
        if value is not None:
            self._values.setdefault(kind, {})[node_id] = value


def overrides(measure: Measure, *events: str) -> bool:
    """Return whether `measure` does something at one of `events`."""
    return any(getattr(type(measure), event) is not getattr(Measure, event) for event in events)
