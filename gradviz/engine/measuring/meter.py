"""Measures one iteration: told of each op by the capture, of each node by hooks, of the update by copies before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node, node_of
from gradviz.engine.capture.op_recorder import Op, flatten
from gradviz.engine.graph.graph_builder import CapturedGraph
from gradviz.engine.measuring.dead_units import Firing, firing, is_rectifier, unit_dimension
from gradviz.engine.measuring.flops import Call, FlopCounter, call_of, product_of_arrays
from gradviz.engine.measuring.saved_bytes import saved_bytes
from gradviz.engine.measuring.timers import Clock
from gradviz.engine.measuring.update_ratio import UpdateRatios
from gradviz.engine.tensors.reductions import can_be_read, is_floating, mean_and_std, norm, read, untracked
from gradviz.engine.torch_compat import DisableTorchFunctionSubclass, never_compiled, sequence_number
from gradviz.protocol.node_location import places
from gradviz.protocol.records import ColumnRecord, MeasureKind

_TIMES = frozenset(("time_forward", "time_backward"))
_ACTIVATIONS = frozenset(("activation_mean", "activation_std"))
Maker = Node | Op
"""What an op is known by before the graph is put together: the node that it made, or itself where it is recorded."""


@dataclass(slots=True)
class _Ran:
    """What was seen of one op, or of all ops inside one custom Function."""

    begin: Any = None
    end: Any = None
    calls: tuple[Call, ...] = ()
    statistics: tuple[Any, Any] | None = None
    unit: int | None = None
    """Of a ReLU-like output, the dimension in which its units lie."""
    fires: torch.Tensor | None = None
    memory: int = 0
    """Where the output lies, to tell whether a custom Function returns what its last op made."""


class Meter:
    """The measurements of one iteration. It looks at tensors while they live and keeps numbers, shapes and masks.

    An op that makes several nodes (`linear` makes `t` and `addmm`) is measured as one: its figures are those of the
    node whose output it returned; for the others nothing was measured. What ran inside a custom Function's forward is
    the Function's, from its first op to its last. An op that made no node has no place in the graph: its time is in
    nobody's figures.
    """

    def __init__(
        self, step: int, kinds: frozenset[MeasureKind], clock: Clock | None, flops: FlopCounter, dead: Firing
    ) -> None:
        """`kinds` may grow while the iteration runs: what is added is measured of what runs from then on."""
        self.step = step
        self.kinds = kinds
        self.graph: CapturedGraph | None = None
        """Of this iteration, once its forward has run."""
        self._clock = clock
        self._flops = flops
        self._dead = dead
        self._ran: dict[Maker, _Ran] = {}
        self._inside: dict[Op, _Ran] = {}
        self._now = _Ran()
        self._rectifies = False
        self._calls: dict[int, tuple[Call, ...]] = {}
        self.units: dict[int, int] = {}
        """Node id of a ReLU-like op → the dimension in which its output's units lie."""
        self._spans: dict[MeasureKind, dict[int, tuple[Any, Any]]] = {"time_forward": {}, "time_backward": {}}
        self._values: dict[MeasureKind, dict[int, Any]] = {}
        self._begun: dict[int, Any] = {}

    # -- forward, as the capture tells it ----------------------------------------------------------------------------

    def begin(self, op: Op, function: Callable[..., Any] | None, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """`op` runs next. `function` is None for NumPy's, whose arguments come in one flat list."""
        with DisableTorchFunctionSubclass():  # a subclass must not hear that its shape is asked
            self._expect(op, function, args, kwargs)
        if not self.kinds.isdisjoint(_TIMES):
            self._now.begin = self._mark()

    def _expect(self, op: Op, function: Callable[..., Any] | None, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        if "flops" in self.kinds:
            call = product_of_arrays(op.name, args) if function is None else call_of(op.name, function, args, kwargs)
            self._now = _Ran(calls=() if call is None else (call,))
        else:
            self._now = _Ran()
        self._rectifies = is_rectifier(op.name, args, kwargs)

    def end(self) -> None:
        """It has run, just now."""
        if self._now.begin is not None:
            self._now.end = self._mark()

    def note(self, op: Op, result: Any, new: Sequence[Node], inside: Op | None, *, recorded: bool) -> None:
        """What it made. `inside`: the custom Function that it ran in; `recorded`: the op itself is a node."""
        ran, self._now = self._now, _Ran()
        maker: Maker | None = op if recorded else _maker(result, new)
        node = maker if not isinstance(maker, Op) else None
        if maker is not None or inside is not None:
            self._look_at(ran, result, node)
        if maker is not None:
            self._ran[maker] = ran
        elif inside is not None:
            before = self._inside.get(inside)
            if before is not None:
                ran.begin, ran.calls = before.begin, before.calls + ran.calls
            self._inside[inside] = ran

    def unseen(self, op: Op, nodes: Sequence[Node], outputs: Sequence[Any]) -> None:
        """A custom Function's nodes: they have the figures of what ran inside it, and of its own output."""
        ran = self._inside.pop(op, None) or _Ran()
        if not nodes:
            return
        inner = ran.unit, ran.fires, ran.memory
        self._rectifies = False
        self._look_at(ran, outputs, None)
        if ran.memory and ran.memory == inner[2]:
            # It returns what its last op made: if that was ReLU-like, so is the Function.
            ran.unit, ran.fires = inner[:2]
        self._ran[nodes[-1]] = ran

    def _look_at(self, ran: _Ran, result: Any, node: Node | None) -> None:
        output = next((value for value in flatten(result) if is_floating(value)), None)
        if output is None:
            return
        if not self.kinds.isdisjoint(_ACTIVATIONS):
            ran.statistics = mean_and_std(output)
        ran.unit = unit_dimension(output, node) if self._rectifies else None
        ran.fires = firing(output, ran.unit) if ran.unit is not None and "dead_units" in self.kinds else None
        ran.memory = _memory(output)

    def forward_done(self, graph: CapturedGraph, held_anyway: Iterable[Any]) -> None:
        """The forward is over and its graph is put together. `held_anyway`: parameters, buffers and data."""
        self.graph = graph
        ids: dict[Any, int] = {node: node_id for node_id, node in graph.live.items()} or dict(graph.ops)
        phase_of = {node.id: node.phase for node in graph.record.nodes}
        place_of = places(graph.record)
        for maker, ran in self._ran.items():
            node_id = ids.get(maker)
            if node_id is None:
                continue  # it leads to no output
            self._calls[node_id] = ran.calls
            if ran.end is not None:
                timed: MeasureKind = "time_backward" if phase_of[node_id] == "backward" else "time_forward"
                self._spans[timed][node_id] = ran.begin, ran.end
            if ran.unit is not None:
                self.units[node_id] = ran.unit
            if ran.statistics is not None:
                self._put("activation_mean", node_id, ran.statistics[0])
                self._put("activation_std", node_id, ran.statistics[1])
            if ran.fires is not None:
                self._put("dead_units", node_id, self._dead.add(place_of[node_id], ran.fires))
        self._ran, self._inside = {}, {}
        if "saved_bytes" in self.kinds:
            self.look_at_saved(held_anyway)

    def look_at_saved(self, held_anyway: Iterable[Any]) -> None:
        """What the nodes hold, as long as backward has not begun. `held_anyway` as in `forward_done`."""
        if self.graph is not None:
            with untracked():
                self._values["saved_bytes"] = saved_bytes(self.graph.live, held_anyway)

    # -- backward ----------------------------------------------------------------------------------------------------

    @contextmanager
    def at_ends(self) -> Iterator[None]:
        """While this lasts, nodes that have run are noted. To be entered before anybody else's hooks: whoever hooks a
        node later comes after the mark, and what he does is not the node's time."""
        with self._hooked("register_hook", self._after, self.kinds & {"time_backward"}):
            yield

    @contextmanager
    def at_beginnings(self) -> Iterator[None]:
        """While this lasts, nodes are noted before they run. To be entered after anybody else's hooks."""
        with self._hooked("register_prehook", self._before, self.kinds & {"time_backward", "grad_norm"}):
            yield

    @contextmanager
    def _hooked(self, register: str, hook: Callable[[int], Any], kinds: frozenset[MeasureKind]) -> Iterator[None]:
        graph = self.graph
        nodes = {**graph.live, **graph.leaves} if graph is not None and kinds else {}
        handles = [getattr(node, register)(hook(node_id)) for node_id, node in nodes.items()]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _before(self, node_id: int) -> Callable[[tuple[Any, ...]], None]:
        norms = self._values.setdefault("grad_norm", {})
        wants_norm = "grad_norm" in self.kinds and node_id >= 0
        wants_time = "time_backward" in self.kinds

        @never_compiled
        def hook(gradients: tuple[Any, ...]) -> None:
            if wants_norm and gradients and gradients[0] is not None:
                value = norm(gradients[0])
                if value is not None:
                    norms[node_id] = value
            if wants_time:
                self._begun[node_id] = self._mark()

        return hook

    def _after(self, node_id: int) -> Callable[[Any, Any], None]:
        spans = self._spans["time_backward"]

        @never_compiled
        def hook(grad_inputs: Any, grad_outputs: Any) -> None:
            begin = self._begun.pop(node_id, None)
            if begin is not None:
                spans[node_id] = begin, self._mark()

        return hook

    def backward_done(self, gradients: Mapping[int, Any]) -> None:
        """`gradients`: node id of a leaf → its gradient, as it stands now."""
        if "grad_norm" in self.kinds:
            for node_id, gradient in gradients.items():
                self._put("grad_norm", node_id, norm(gradient))

    # -- update ------------------------------------------------------------------------------------------------------

    @contextmanager
    def updating(self, parameters: Callable[[], Mapping[int, Any]]) -> Iterator[None]:
        """Around the update. `parameters()`: node id → parameter, as they are now."""
        if "update_ratio" not in self.kinds:
            yield
            return
        ratios = UpdateRatios(parameters())
        yield
        self._values["update_ratio"] = ratios.ratios(parameters())

    # -- what came of it ---------------------------------------------------------------------------------------------

    def add(self, node_id: int, fires: torch.Tensor) -> None:
        """Take in which units of a node fired, as seen later from its kept output."""
        if self.graph is not None:
            self._put("dead_units", node_id, self._dead.add(places(self.graph.record)[node_id], fires))

    def columns(self, kinds: Iterable[MeasureKind]) -> dict[MeasureKind, dict[int, float]]:
        """Kind → node id → value, of those `kinds` that were measured so far. Waits for the device."""
        found: dict[MeasureKind, dict[int, float]] = {}
        for kind in kinds:
            if kind in self._spans:
                found[kind] = self._seconds(kind)
            elif kind == "flops":
                found[kind] = self._counted()
            else:
                found[kind] = read(self._values.get(kind, {}))
        return {kind: values for kind, values in found.items() if values}

    def _seconds(self, kind: MeasureKind) -> dict[int, float]:
        spans = self._spans[kind]
        if self._clock is None or not spans:
            return {}
        self._clock.settle()
        return {node_id: self._clock.seconds(begin, end) for node_id, (begin, end) in spans.items()}

    def _counted(self) -> dict[int, float]:
        found = {}
        for node_id, calls in self._calls.items():
            counts = [count for call in calls if (count := self._flops.count(call)) is not None]
            if counts:
                found[node_id] = float(sum(counts))
        return found

    def _mark(self) -> Any:
        return None if self._clock is None else self._clock.mark()

    def _put(self, kind: MeasureKind, node_id: int, value: Any) -> None:
        if value is not None:
            self._values.setdefault(kind, {})[node_id] = value


def column_record(kind: MeasureKind, values: Mapping[int, float]) -> ColumnRecord:
    """A column as it is sent."""
    ids = np.fromiter(values, "<i4", len(values))
    return ColumnRecord(kind, ids.tobytes(), np.fromiter(values.values(), "<f8", len(values)).tobytes())


def _maker(result: Any, new: Sequence[Node]) -> Node | None:
    """Of the nodes that an op made, the one whose output it returned; the last made by an op that returned none."""
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
