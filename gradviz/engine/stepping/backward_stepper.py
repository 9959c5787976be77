"""Brings each node of a backward to the gate, by hooks that are put on the real nodes and taken off again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.autograd.graph import Node

from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_request import Calls, Position
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.stepping.gradient_hooks import GradientHooks
from gradviz.engine.torch_compat import isolated, never_compiled
from gradviz.language import tr
from gradviz.protocol.node_location import module_of, places
from gradviz.protocol.records import HookRecord, PointRecord


class BackwardSteps:
    """The backward of one iteration as the gate sees it. The order is the engine's own; a gradient that the user put
    in place of the real one is handed to the node, all others go by untouched."""

    def __init__(self, gate: Gate, captured: CapturedGraph) -> None:
        graph, live = captured.record, {**captured.live, **captured.leaves}
        self._gate = gate
        self._hooks = GradientHooks(captured, live, gate.history.tensor_hooks)
        self._live = live
        self._nodes = {node.id: node for node in graph.nodes}
        self._places = places(graph)
        self._graph = graph
        self._calls: dict[int, Calls] = {-1: ()}
        """Cluster → the calls around what is in it."""
        self._inputs: dict[int, dict[int, str]] = {}
        named, self._input = tr("gradient of {name}"), tr("input {index}")
        for edge in graph.edges:
            source = self._nodes[edge.source]
            self._inputs.setdefault(edge.target, {})[edge.input_nr] = named.format(name=source.name)
        self._running: tuple[Position, tuple[Any, ...]] | None = None

    @contextmanager
    def followed(self) -> Iterator[None]:
        """While this lasts, every node passes the gate. An `AccumulateGrad` lives as long as its leaf: a hook that
        stayed on it would be there in the next iteration."""
        handles = []
        try:
            for node_id, node in self._live.items():
                handles.append(node.register_prehook(self._before(node_id)))
                handles.append(node.register_hook(self._after(node_id, node)))
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

    def _before(self, node_id: int) -> Any:
        gate, node = self._gate, self._nodes[node_id]
        calls = self._calls_of(node.cluster)
        paths = [self._graph.clusters[call].path for call in calls]
        place = self._places[node_id]
        module, use = module_of(self._graph, node)

        @never_compiled
        def hook(gradients: tuple[torch.Tensor | None, ...]) -> tuple[torch.Tensor | None, ...] | None:
            point = PointRecord(
                gate.next_index(), "backward", node_id, node.op, node.type_name, module, use, node.file,
                node.line, depth=len(calls),
            )  # fmt: skip
            with isolated():
                self._note(point.index, self._hooks.came(node_id))
                current_stop = gate.arrive(point, calls, place=place, paths=paths, role="grad_output", values=gradients)
                if current_stop.replaced:
                    gradients = tuple(current_stop.replaced.get(i, gradient) for i, gradient in enumerate(gradients))
                gate.history.store_given(point.index, "grad_output", gradients)
            self._running = current_stop.here, gradients
            return gradients if current_stop.replaced else None

        return hook

    def _after(self, node_id: int, node: Node) -> Any:
        names = self._inputs.get(node_id, {})

        @never_compiled
        def hook(grad_inputs: tuple[torch.Tensor | None, ...], grad_outputs: tuple[torch.Tensor | None, ...]) -> None:
            if self._running is None:
                return
            here, came = self._running
            self._running = None
            with isolated():
                self._note(here.point.index, self._hooks.left(node_id, came, grad_inputs))
            if node_id < 0:
                # A leaf's node passes nothing on: what it made is the gradient that the leaf now has.
                results = [(f"{self._nodes[node_id].name}.grad", node.variable.grad)]  # type: ignore[attr-defined]
            else:
                results = [
                    (names.get(i) or self._input.format(index=i), gradient) for i, gradient in enumerate(grad_inputs)
                ]
            with isolated():
                self._gate.leave(here, "grad_input", results)

        return hook

    def _note(self, index: int, hooks: list[HookRecord]) -> None:
        if hooks:
            self._gate.history.hooks.setdefault(index, []).extend(hooks)

    def _calls_of(self, cluster: int) -> Calls:
        if cluster not in self._calls:
            path = []
            outer = cluster
            while outer != -1:
                path.append(outer)
                outer = self._graph.clusters[outer].parent
            self._calls[cluster] = tuple(reversed(path))
        return self._calls[cluster]
