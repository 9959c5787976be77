"""Brings each node of a backward to the gate, by hooks that are put on the real nodes and taken off again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import torch
from msgspec import Struct
from msgspec.structs import replace
from torch.autograd.graph import Node

from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_request import Calls, Position
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.stepping.gradient_hooks import GradientHooks
from gradviz.engine.torch_compat import isolated, never_compiled
from gradviz.language import tr
from gradviz.protocol.node_location import module_of, places
from gradviz.protocol.records import GraphRecord, HookRecord, PlaceRecord, PointRecord

_Gradients = tuple[torch.Tensor | None, ...]
_MOST = 8
"""Graphs of which what their records show is remembered."""


class _Shown(Struct, frozen=True):
    """What the record of a graph shows of one node; equal for equal graphs."""

    point: PointRecord
    calls: Calls
    paths: list[str]
    place: PlaceRecord
    names: dict[int, str]
    """Position of an input → what its gradient is called."""


class BackwardSteps:
    """The backward of one iteration as the gate sees it. The order is the engine's own; a gradient that the user put
    in place of the real one is handed to the node, all others go by untouched."""

    def __init__(self, gate: Gate, captured: CapturedGraph) -> None:
        live = {**captured.live, **captured.leaves}
        self._gate = gate
        history = gate.history
        # A hook may write through `.data`, which no version shows.
        self._hooks = GradientHooks(captured, live, history.tensor_hooks, history.figures.forget)
        self._live = live
        self._shown = _shown_of(captured.record)
        self._input = tr("input {index}")
        self._running: tuple[Position, _Gradients] | None = None

    @contextmanager
    def followed(self) -> Iterator[None]:
        """While this lasts, every node passes the gate. An `AccumulateGrad` lives as long as its leaf: a hook that
        stayed on it would be there in the next iteration."""
        handles = []
        try:
            for node_id, node in self._live.items():
                shown = self._shown[node_id]
                handles.append(node.register_prehook(partial(self._before, node_id, shown)))
                handles.append(node.register_hook(partial(self._after, node_id, shown, node)))
            self._gate.begin_phase("backward", len(self._live))
            with self._hooks.watched():
                yield
        finally:
            for handle in handles:
                handle.remove()

    def failed(self, error: BaseException) -> None:
        """Stop at the node that was running when backward raised, if one was."""
        if self._running is not None:
            here, gradients = self._running
            self._gate.raised(here, "grad_output", gradients, error)

    @never_compiled
    def _before(self, node_id: int, shown: _Shown, gradients: _Gradients) -> _Gradients | None:
        gate = self._gate
        point = replace(shown.point, index=gate.next_index())
        with isolated():
            self._note(point.index, self._hooks.came(node_id))
            current_stop = gate.arrive(
                point, shown.calls, place=shown.place, paths=shown.paths, role="grad_output", values=gradients
            )
            if current_stop.replaced:
                gradients = tuple(current_stop.replaced.get(i, gradient) for i, gradient in enumerate(gradients))
            gate.history.store_given(point.index, "grad_output", gradients)
        self._running = current_stop.here, gradients
        return gradients if current_stop.replaced else None

    @never_compiled
    def _after(
        self, node_id: int, shown: _Shown, node: Node, grad_inputs: _Gradients, grad_outputs: _Gradients
    ) -> None:
        if self._running is None:
            return
        here, came = self._running
        self._running = None
        with isolated():
            self._note(here.point.index, self._hooks.left(node_id, came, grad_inputs))
            if node_id < 0:
                # A leaf's node passes nothing on: what it made is the gradient that the leaf now has.
                results = [(shown.names[0], node.variable.grad)]  # type: ignore[attr-defined]
            else:
                results = [
                    (shown.names.get(i) or self._input.format(index=i), gradient)
                    for i, gradient in enumerate(grad_inputs)
                ]
            self._gate.leave(here, "grad_input", results)

    def _note(self, index: int, hooks: list[HookRecord]) -> None:
        if hooks:
            self._gate.history.hooks.setdefault(index, []).extend(hooks)


_known: dict[str, dict[int, _Shown]] = {}
"""By the signature of a graph, which is mostly that of the iteration before."""


def _shown_of(graph: GraphRecord) -> dict[int, _Shown]:
    known = _known.get(graph.signature)
    if known is None:
        if len(_known) >= _MOST:
            _known.pop(next(iter(_known)))
        known = _known[graph.signature] = _read(graph)
    return known


def _read(graph: GraphRecord) -> dict[int, _Shown]:
    nodes, where, named = {node.id: node for node in graph.nodes}, places(graph), tr("gradient of {name}")
    names: dict[int, dict[int, str]] = {
        node.id: {0: f"{node.name}.grad"} if node.id < 0 else {} for node in graph.nodes
    }
    for edge in graph.edges:
        if edge.target >= 0:
            names[edge.target][edge.input_nr] = named.format(name=nodes[edge.source].name)
    around: dict[int, Calls] = {-1: ()}
    for i, cluster in enumerate(graph.clusters):
        around[i] = (*around[cluster.parent], i)
    found = {}
    for node in graph.nodes:
        calls, (module, use) = around[node.cluster], module_of(graph, node)
        point = PointRecord(
            0, "backward", node.id, node.op, node.type_name, module, use, node.file, node.line, depth=len(calls)
        )
        paths = [graph.clusters[call].path for call in calls]
        found[node.id] = _Shown(point, calls, paths, where[node.id], names[node.id])
    return found
