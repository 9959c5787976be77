"""Runs the measures of one iteration: notified of ops by the capture, of nodes by hooks, of phases by the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node, node_of
from gradviz.engine.capture.named_tensors import NameSource
from gradviz.engine.capture.ops import Op, flatten
from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_history import HistoryEntry
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.measuring.dead_units import DeadUnits
from gradviz.engine.measuring.flops import Flops
from gradviz.engine.measuring.measure import Clock, Measure, OpCall, overrides
from gradviz.engine.measuring.simple_measures import Activations, GradientNorm, SavedBytes, Times, UpdateRatio
from gradviz.engine.tensors.reductions import can_be_read, is_floating, read
from gradviz.engine.torch_compat import DisableTorchFunctionSubclass, never_compiled, sequence_number
from gradviz.errors import GradvizError
from gradviz.protocol.node_location import places
from gradviz.protocol.records import GraphRecord, MeasureKind

MEASURES: tuple[type[Measure], ...] = (
    Times, Flops, Activations, DeadUnits, SavedBytes, GradientNorm, UpdateRatio,
)  # fmt: skip
"""All that can be measured: an overlay needs a row here and one in `model/overlay/overlay_table`."""
FLEETING = frozenset(kind for measure in MEASURES if measure.fleeting for kind in measure.kinds)
Columns = dict[MeasureKind, dict[int, float]]
Maker = Node | Op
"""What an op is known by before the graph is put together: the node that it made, or itself where it is recorded."""


@dataclass(slots=True)
class _OpNotes:
    """What was noted of one op, or of all ops inside one custom Function."""

    notes: dict[Measure, Any] = field(default_factory=dict)
    begin: Any = None
    end: Any = None
    memory: int = 0
    """Where the output lies, by which a custom Function that returns what its last op made is recognized."""


class Meter:
    """The measures of one iteration.

    An op that makes several nodes (`linear` makes `t` and `addmm`) is measured as one: its figures are those of the
    node whose output it returned; for the others nothing was measured. What ran inside a custom Function's forward is
    the Function's, from its first op to its last. An op that made no node has no place in the graph: its time is in
    nobody's figures.
    """

    def __init__(
        self,
        step: int,
        kinds: frozenset[MeasureKind],
        clock: Clock | None,
        memories: dict[type[Measure], dict[Any, Any]],
    ) -> None:
        """`memories`: what measures keep from iteration to iteration."""
        self.step = step
        self.graph: CapturedGraph | None = None
        """Of this iteration, once its forward has run."""
        self._clock = clock
        self._measures = [measure(clock, memories.setdefault(measure, {})) for measure in MEASURES]
        self._noted: dict[Maker, _OpNotes] = {}
        self._inside: dict[Op, _OpNotes] = {}
        self._now = _OpNotes()
        self._begun: dict[int, Any] = {}
        self.kinds: frozenset[MeasureKind] = frozenset()
        self.want(kinds)

    def want(self, kinds: frozenset[MeasureKind]) -> None:
        """Measure `kinds` too, of what runs from now on."""
        self.kinds |= kinds
        for measure in self._measures:
            measure.wanted = self.kinds.intersection(measure.kinds)
        self._wanted = [measure for measure in self._measures if measure.wanted]
        self._timed = any(measure.timed for measure in self._wanted)
        self._of_timed_nodes = [measure for measure in self._wanted if measure.times_nodes()]
        notified = [measure for measure in self._measures if measure.wanted or measure.notes_always]
        self._of_ops = [measure for measure in notified if overrides(measure, "begin_op", "end_op", "add_op")]
        self._before_ops = [measure for measure in self._of_ops if overrides(measure, "begin_op")]
        self._after_ops = [measure for measure in self._of_ops if overrides(measure, "end_op")]

    # -- forward, as the capture reports it --------------------------------------------------------------------------

    def begin(self, op: Op, function: Callable[..., Any] | None, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """Note that `op` runs next. `function` as in `OpCall`."""
        call = OpCall(op.name, function, args, kwargs)
        with DisableTorchFunctionSubclass():  # a subclass must not see that its shape is read
            self._now = _OpNotes({measure: measure.begin_op(call) for measure in self._before_ops})
        if self._timed:
            self._now.begin = self._mark()

    def end(self) -> None:
        """Note that the op has run, just now."""
        if self._now.begin is not None:
            self._now.end = self._mark()

    def note(self, op: Op, result: Any, new: Sequence[Node], inside: Op | None, *, recorded: bool) -> None:
        """Note what the op made. `inside`: the custom Function that it ran in; `recorded`: the op itself is a node."""
        noted, self._now = self._now, _OpNotes()
        maker: Maker | None = op if recorded else _maker(result, new)
        if maker is None and inside is None:
            return
        output = next((value for value in flatten(result) if is_floating(value)), None)
        node = maker if not isinstance(maker, Op) else None
        noted.memory = _memory(output)
        for measure in self._after_ops:
            noted.notes[measure] = measure.end_op(noted.notes.get(measure), output, node)
        if maker is not None:
            self._noted[maker] = noted
        elif inside is not None:
            before = self._inside.get(inside)
            if before is not None:
                noted.begin = before.begin
                for measure, note in noted.notes.items():
                    noted.notes[measure] = measure.join_ops(before.notes.get(measure), note)
            self._inside[inside] = noted

    def unseen(self, op: Op, nodes: Sequence[Node], outputs: Sequence[Any]) -> None:
        """Note a custom Function's nodes: they have the figures of what ran inside it, and of its own output."""
        noted = self._inside.pop(op, None) or _OpNotes()
        if not nodes:
            return
        output = next((value for value in flatten(outputs) if is_floating(value)), None)
        if output is not None:
            memory = _memory(output)
            same = memory != 0 and memory == noted.memory
            for measure in self._of_ops:
                noted.notes[measure] = measure.end_function(noted.notes.get(measure), output, same=same)
        self._noted[nodes[-1]] = noted

    def end_forward(self, graph: CapturedGraph, held_anyway: Iterable[Any]) -> None:
        """Note that the forward is over and its graph is put together. `held_anyway`: parameters, buffers and data."""
        self.graph = graph
        ids: dict[Any, int] = {node: node_id for node_id, node in graph.live.items()} or dict(graph.ops)
        nodes, places_ = {node.id: node for node in graph.record.nodes}, places(graph.record)
        for maker, noted in self._noted.items():
            node_id = ids.get(maker)
            if node_id is None:
                continue  # it leads to no output
            span = (noted.begin, noted.end) if noted.end is not None else None
            for measure in self._of_ops:
                measure.add_op(nodes[node_id], places_[node_id], noted.notes.get(measure), span)
        self._noted, self._inside = {}, {}
        self.look_at_graph(held_anyway)

    def look_at_graph(self, held_anyway: Iterable[Any]) -> None:
        """Look at the graph, as long as backward has not begun. `held_anyway` as in `end_forward`."""
        if self.graph is not None:
            for measure in self._wanted:
                measure.look_at_graph(self.graph, held_anyway)

    # -- backward ----------------------------------------------------------------------------------------------------

    @contextmanager
    def following_backward(self, gate: AbstractContextManager[Any]) -> Iterator[None]:
        """While this lasts, nodes are measured, and `gate` hooks them for the user.

        Hooks run in the order in which they were put on: the user may be paused at the gate for minutes, so that the
        mark before a node comes after the gate's hook, and the mark behind it before.
        """
        with self._hooked("register_hook", self._after), gate, self._hooked("register_prehook", self._before):
            yield

    @contextmanager
    def _hooked(self, register: str, hook_for: Callable[[int], Callable[..., None] | None]) -> Iterator[None]:
        graph = self.graph
        nodes = {**graph.live, **graph.leaves} if graph is not None else {}
        hooks = ((node, hook) for node_id, node in nodes.items() if (hook := hook_for(node_id)) is not None)
        handles = [getattr(node, register)(hook) for node, hook in hooks]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _before(self, node_id: int) -> Callable[[tuple[Any, ...]], None] | None:
        hooks = [found for measure in self._wanted if (found := measure.gradient_hook(node_id)) is not None]
        timed = bool(self._of_timed_nodes)
        if not hooks and not timed:
            return None

        @never_compiled
        def hook(gradients: tuple[Any, ...]) -> None:
            for measure_hook in hooks:
                measure_hook(gradients)
            if timed:
                self._begun[node_id] = self._mark()

        return hook

    def _after(self, node_id: int) -> Callable[[Any, Any], None] | None:
        measures = self._of_timed_nodes
        if not measures:
            return None

        @never_compiled
        def hook(grad_inputs: Any, grad_outputs: Any) -> None:
            begin = self._begun.pop(node_id, None)
            if begin is not None:
                span = begin, self._mark()
                for measure in measures:
                    measure.add_node(node_id, span)

        return hook

    def end_backward(self, gradients: Mapping[int, Any]) -> None:
        """Note that backward is over. `gradients`: node id of a leaf → its gradient now."""
        for measure in self._wanted:
            measure.end_backward(gradients)

    # -- update ------------------------------------------------------------------------------------------------------

    @contextmanager
    def updating(self, parameters: Callable[[], Mapping[int, Any]]) -> Iterator[None]:
        """Measure the update. `parameters()`: node id → parameter, as they are now."""
        measures = [measure for measure in self._wanted if overrides(measure, "begin_update", "end_update")]
        for measure in measures:
            measure.begin_update(parameters())
        yield
        for measure in measures:
            measure.end_update(parameters())

    # -- results -----------------------------------------------------------------------------------------------------

    def columns(self, kinds: Iterable[MeasureKind]) -> Columns:
        """Return kind → node id → value, of those `kinds` that were measured so far. Waits for the device."""
        of_kind = {kind: measure for measure in self._measures for kind in measure.kinds}
        found = {kind: of_kind[kind].values(kind) for kind in kinds if kind in of_kind}
        return {kind: values for kind, values in found.items() if values}

    def columns_with_cached(self, kinds: Sequence[MeasureKind], gate: Gate | None) -> Columns:
        """Return the columns; kinds that were not measured are computed from what `gate` cached of this iteration."""
        columns = self.columns(kinds)
        missing = frozenset(kind for kind in kinds if kind not in columns)
        if gate is None or gate.step != self.step or not missing:
            return columns
        cached = _read_all(_of_cached(gate, self._measures, missing))
        return {**cached, **columns, **self.columns(missing)}

    def _mark(self) -> Any:
        return None if self._clock is None else self._clock.mark()


def _of_cached(
    gate: Gate, measures: Sequence[Measure], kinds: frozenset[MeasureKind]
) -> dict[MeasureKind, dict[int, Any]]:
    """Return kind → node id → a tensor of no dimensions, from the values that were cached for looking back.

    Values that are over the budget, or were changed in place since, are not there, and so not measured.
    """
    found: dict[MeasureKind, dict[int, Any]] = {kind: {} for kind in kinds}
    measures = [measure for measure in measures if not kinds.isdisjoint(measure.kinds)]
    of_outputs, of_gradients, of_updates = (
        [measure for measure in measures if overrides(measure, event)]
        for event in ("of_output", "of_gradient", "of_update")
    )

    def add(node_id: int, values: Mapping[MeasureKind, Any]) -> None:
        for kind, value in values.items():
            if kind in kinds and value is not None:
                found[kind][node_id] = value

    for passed in gate.history.passed:
        phase, node = passed.point.phase, passed.point.node
        if phase == "update" and of_updates:
            for i, parameter in enumerate(passed.nodes or (() if node is None else (node,))):
                # Each of the parameters that changed at once has three results: before, after and the change.
                before, change = (_cached(gate, passed, "update", 3 * i + of_three) for of_three in (0, 2))
                if before is not None and change is not None:
                    for measure in of_updates:
                        add(parameter, measure.of_update(parameter, before, change))
        elif phase == "forward" and node is not None and of_outputs:
            outputs = (_cached(gate, passed, "output", i) for i in range(len(passed.names)))
            output = next((value for value in outputs if is_floating(value)), None)
            if output is not None:
                for measure in of_outputs:
                    add(node, measure.of_output(node, output))
        elif phase == "backward" and node is not None and of_gradients:
            # A leaf's is the one that it has now; a node's, what came to its first output.
            gradient = _cached(gate, passed, "grad_input" if node < 0 else "grad_output", 0)
            if gradient is not None:
                for measure in of_gradients:
                    add(node, measure.of_gradient(node, gradient))
    return found


def _cached(gate: Gate, passed: HistoryEntry, role: str, index: int) -> Any:
    try:
        return gate.history.cache.get((passed.point.index, role, index))
    except GradvizError:
        return None


def _read_all(found: Mapping[MeasureKind, Mapping[int, Any]]) -> Columns:
    """Return kind → node id → number; kinds of which nothing was found are left out."""
    return {kind: numbers for kind, values in found.items() if (numbers := read(values))}


def _maker(result: Any, new: Sequence[Node]) -> Node | None:
    """Return, of the nodes that an op made, the one whose output it returned; the last if it returned none's."""
    functions = [node for node in new if not is_leaf_node(node)]
    if not functions:
        return None
    made = set(functions)
    for value in flatten(result):
        if isinstance(value, torch.Tensor) and (node := node_of(value)) in made:
            return node
    return max(functions, key=sequence_number)


def _memory(value: Any) -> int:
    if not isinstance(value, torch.Tensor) or not can_be_read(value) or value.layout != torch.strided:
        return 0
    return value.data_ptr()


# -- the phases of an iteration, which run unmeasured without a meter --------------------------------------------------


def measure_graph(meter: Meter | None, graph: CapturedGraph, tensors: NameSource) -> None:
    """Measure a forward that has run, of which `graph` is recorded. If derived by hand, backward has run too."""
    if meter is not None:
        meter.end_forward(graph, tensors.named_tensors().values())


def measured_backward(
    meter: Meter | None, gate: AbstractContextManager[Any] | None = None
) -> AbstractContextManager[Any]:
    """While this lasts, the nodes of the meter's graph are measured. `gate` hooks them for the user."""
    gate = gate or nullcontext()
    return gate if meter is None else meter.following_backward(gate)


def measure_gradients(meter: Meter | None, graph: CapturedGraph | None, tensors: NameSource) -> None:
    """Measure a backward that has run; gradients are in their leaves, and the update has not begun."""
    if meter is None or graph is None:
        return
    if tensors.has_autograd:
        leaves = {leaf_id: node.variable for leaf_id, node in graph.leaves.items()}  # type: ignore[attr-defined]
        found = {leaf_id: leaf.grad for leaf_id, leaf in leaves.items() if leaf.grad is not None}
    else:
        found = gradients_by_node(graph.record, tensors)
    meter.end_backward(found)


def measured_update(
    meter: Meter | None, graph: CapturedGraph | None, tensors: NameSource
) -> AbstractContextManager[Any]:
    """While this lasts, the update is measured."""
    if meter is None or graph is None:
        return nullcontext()
    ids = _ids_of_parameters(graph.record)

    def parameters() -> Mapping[int, Any]:
        return {ids[name]: value for name, value in tensors.named_parameters().items() if name in ids}

    return meter.updating(parameters)


def gradients_by_node(graph: GraphRecord, tensors: NameSource) -> dict[int, Any]:
    """Return node id → gradient, of the parameters that the graph has."""
    ids = _ids_of_parameters(graph)
    return {ids[name]: value for name, value in tensors.gradients().items() if name in ids}


def _ids_of_parameters(graph: GraphRecord) -> dict[str, int]:
    return {name: node.id for node in graph.nodes if node.kind == "parameter" for name in node.names}
