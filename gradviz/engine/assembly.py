"""Puts a captured forward together into the record of its autograd graph."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.autograd.graph import Node

from gradviz.engine.autograd import (
    is_leaf_node,
    leaf_of,
    node_name,
    outputs_of,
    place_of,
    reachable,
    shape_of,
    type_name,
)
from gradviz.engine.capture import Capture
from gradviz.engine.captured_graph import CapturedGraph
from gradviz.engine.clusters import Clusters
from gradviz.engine.flow import Value
from gradviz.engine.inputs_without_gradient import Explainer, Missing
from gradviz.engine.names import LOSS, Named, Names
from gradviz.engine.ops import Op
from gradviz.engine.reach import reach_of, why_no_graph
from gradviz.engine.recorded_graph import assemble_ungraded, failed_record
from gradviz.engine.sealing import signature_of
from gradviz.engine.unexplained import UNREGISTERED, unexplained_of
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeKind, NodeRecord, ReachRecord
from gradviz.trees import leaves


def assemble(capture: Capture, names: Names, loss: Any, output: Any) -> CapturedGraph:
    """The autograd graph behind `loss` and the tensors of `output`, as `capture` saw it grow."""
    names.refresh()
    # A subclass of Tensor must not hear that it is looked at.
    with _collector_at_rest(), torch._C.DisableTorchFunction():
        capture.finish([*(leaf for _, leaf in leaves("", output)), loss])
        return _Assembly(capture, names, loss, output).result()


def assemble_partial(capture: Capture, names: Names) -> GraphRecord:
    """The autograd graph so far, of a forward that stands in the middle."""
    names.refresh()
    with torch._C.DisableTorchFunction():
        return _Assembly(capture, names, None, (), list(capture.births.made_by)).result().record


@dataclass(slots=True)
class _Leaf:
    node: Node
    consumers: list[int] = field(default_factory=list)


class _Assembly:
    """One graph in the making: functions are numbered, then edges are drawn, then everything else takes its place."""

    def __init__(self, capture: Capture, names: Names, loss: Any, output: Any, start: list[Node] | None = None) -> None:
        """`start`: where to walk from, if not from the roots."""
        self._names = names
        self._capture = capture
        self._made_by = capture.births.made_by
        self._loss = loss
        found = [loss] if loss is not None else [leaf for _, leaf in leaves("", output)]
        self._last = [tensor for tensor in found if isinstance(tensor, torch.Tensor)]
        self._behind = _behind(loss)
        self._roots = _roots(loss, output, self._behind)
        nodes = self._behind
        if start is not None or any(name != LOSS for name, _ in self._roots):
            nodes = reachable(start or [node for _, root in self._roots if (node := root.grad_fn) is not None])
        self._is_whole = start is None
        self._functions = [node for node in nodes if not is_leaf_node(node)]
        self._ids = {node: i for i, node in enumerate(self._functions)}
        makers = [self._made_by.get(node) for node in self._functions]
        self._ops: list[Op] = [op or _NOBODY for op in makers]
        calls = [op.call for op in self._ops]
        self._failed = None if self._is_whole else capture.failed
        if self._failed is not None:
            calls.append(self._failed[0].call)
        self._clusters = Clusters(capture.modules, calls)
        self._cluster = [self._clusters.of_call(call) for call in calls]
        self._explainer = Explainer(names, list(zip(self._functions, makers, strict=True)))
        self._leaves: dict[int, _Leaf] = {}
        self._leaf_ids: dict[Node, int] = {}
        self._missing: dict[int, Missing] = {}
        self._consumers: dict[int, list[int]] = {}
        """Of what is no function: who takes it."""
        self._outputs = [outputs_of(node) for node in self._functions]
        self._edges: list[EdgeRecord] = []

    def result(self) -> CapturedGraph:
        for i, node in enumerate(self._functions):
            self._draw_inputs(i, node)
        reach = self._reach() if self._is_whole else ()
        if not self._functions:
            why = why_no_graph(reach) if self._is_whole else "autograd has made no graph so far."
            return assemble_ungraded(self._capture, self._names, self._loss, self._last, reach, why)
        if self._failed is not None:
            self._draw_failed(self._failed[0])
        nodes = self._place_all()
        notes: tuple[str, ...] = ()
        clusters = self._clusters.records
        signature = signature_of("autograd", nodes, self._edges, (clusters, reach))
        record = GraphRecord(
            signature,
            "autograd",
            tuple(nodes),
            tuple(self._edges),
            clusters,
            notes,
            reach,
            unexplained_of(nodes, clusters, self._op_of) if self._capture.watched else (),
        )
        live = dict(enumerate(self._functions))
        accumulating = {leaf_id: leaf.node for leaf_id, leaf in self._leaves.items()}
        return CapturedGraph(record, live, accumulating, {i: type(node) for i, node in live.items()})

    def _reach(self) -> tuple[ReachRecord, ...]:
        named = self._names.parameters()
        for node, leaf_id in self._leaf_ids.items():
            leaf = leaf_of(node)
            if isinstance(leaf, torch.nn.Parameter) and self._names.of(leaf) is None:
                known = self._names.unregistered(leaf)
                named.append(known or Named(leaf_id, "parameter", ("a parameter without a name",), leaf))
        return reach_of(self._capture, self._behind, named, self._last, self._names.reached)

    def _op_of(self, node_id: int) -> Op:
        return self._ops[node_id]

    def _draw_inputs(self, target: int, node: Node) -> None:
        edges: list[EdgeRecord] = []
        explained = self._explainer.explain(target, node, self._made_by.get(node))
        for input_nr, (source, output_nr) in enumerate(node.next_functions):
            if source is None:
                continue
            source_id = self._ids.get(source)
            if source_id is not None:
                outputs = self._outputs[source_id]
                shape = outputs[output_nr].shape if output_nr < len(outputs) else None
            else:
                source_id = self._leaf(source)
                shape = shape_of(leaf_of(source))
                self._consumers.setdefault(source_id, []).append(target)
            edges.append(EdgeRecord(source_id, target, output_nr, input_nr, shape))
        if explained:
            for input_nr, missing in explained.items():
                self._missing[missing.id] = missing
                self._consumers.setdefault(missing.id, []).append(target)
                edges.append(EdgeRecord(missing.id, target, 0, input_nr, missing.shape))
            edges.sort(key=lambda edge: edge.input_nr)
        self._edges += edges

    def _draw_failed(self, op: Op) -> None:
        """What the op that raised was given."""
        target = len(self._functions)
        given = [value for value in op.inputs if isinstance(value, Value)]
        for input_nr, value in enumerate(given):
            source_id = self._ids.get(value.node) if value.node is not None else None
            if source_id is None:
                missing = self._explainer.given_to_failed(target, input_nr, value)
                source_id = missing.id
                if source_id not in self._leaves:
                    self._missing[source_id] = missing
            output_nr = value.output_nr if value.node is not None else 0
            self._consumers.setdefault(source_id, []).append(target)
            self._edges.append(EdgeRecord(source_id, target, output_nr, input_nr, value.shape))

    def _leaf(self, node: Node) -> int:
        if node not in self._leaf_ids:
            named = self._named(leaf_of(node))
            leaf_id = named.id if named else self._names.id_of_name(f"unnamed leaf {len(self._leaf_ids)}")
            self._leaf_ids[node] = leaf_id
            self._leaves[leaf_id] = _Leaf(node)
        return self._leaf_ids[node]

    def _place_all(self) -> list[NodeRecord]:
        """In order of execution; what is no function stands before its first consumer."""
        nodes: list[NodeRecord] = []
        placed: set[int] = set()
        edges = iter(self._edges)
        edge = next(edges, None)
        count = len(self._functions)
        for i in range(count + (self._failed is not None)):
            while edge is not None and edge.target == i:
                if edge.source < 0 and edge.source not in placed:
                    placed.add(edge.source)
                    nodes.append(self._source_record(edge.source))
                edge = next(edges, None)
            if i < count:
                nodes.append(self._function_record(i))
            elif self._failed is not None:
                nodes.append(failed_record(i, self._failed[0], self._cluster[i], self._failed[1]))
        nodes += self._root_records()
        return nodes

    def _source_record(self, node_id: int) -> NodeRecord:
        consumers = self._consumers[node_id]
        cluster = self._clusters.common(self._cluster[c] for c in consumers)
        leaf = self._leaves.get(node_id)
        if leaf is None:
            missing = self._missing[node_id]
            return missing.record(-1 if missing.kind == "data" else cluster)
        return self._leaf_record(node_id, leaf_of(leaf.node), cluster)

    def _leaf_record(self, node_id: int, variable: torch.Tensor, cluster: int) -> NodeRecord:
        named = self._named(variable)
        dtype, device = place_of(variable)
        shape = shape_of(variable)
        if named is None:
            op, note = self._maker(variable)
            name = "a tensor without a name"
            return NodeRecord(
                node_id, "parameter", name, "AccumulateGrad", op.name, cluster, op.file, op.line, shape, dtype, device,
                note=note,
            )  # fmt: skip
        data = named.kind == "data"
        return NodeRecord(
            node_id,
            "parameter",
            named.names[0],
            "AccumulateGrad",
            cluster=-1 if data else cluster,
            shape=shape,
            dtype=dtype,
            device=device,
            names=named.names,
            note="data that wants a gradient" if data else "" if self._names.of(variable) else UNREGISTERED,
        )

    def _named(self, leaf: torch.Tensor) -> Named | None:
        return self._names.of(leaf) or self._names.unregistered(leaf)

    def _maker(self, leaf: torch.Tensor) -> tuple[Op, str]:
        """Who made a leaf that has no name, and what to say of it."""
        if not self._capture.watched:
            return _NOBODY, ""
        op = self._capture.flow.of(leaf).op
        if op is None:
            return _NOBODY, "made before the forward, with requires_grad; no parameter of the model"
        return op, f"made in the forward by {op.name}; it wants a gradient, and none flows past it"

    def _function_record(self, i: int) -> NodeRecord:
        node, outputs = self._functions[i], self._outputs[i]
        kind, name, note = node_name(node)
        op = self._ops[i]
        first = outputs[0] if outputs else None
        return NodeRecord(
            i,
            kind,
            name,
            type_name(node),
            op.name,
            self._cluster[i],
            op.file,
            op.line,
            first.shape if first else None,
            first.dtype if first else "",
            first.device if first else "",
            max(len(outputs), 1),
            note=note,
        )

    def _root_records(self) -> list[NodeRecord]:
        records = []
        for name, tensor in self._roots:
            kind: NodeKind = "loss" if name == LOSS else "output"
            root_id = self._names.id_of_name(name, kind)
            dtype, device = place_of(tensor)
            records.append(NodeRecord(root_id, kind, name, shape=shape_of(tensor), dtype=dtype, device=device))
            self._edges.append(EdgeRecord(self._ids[_made(tensor)], root_id, tensor.output_nr, 0, shape_of(tensor)))
        return records


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Thousands of new objects make the garbage collector look at all that a process with torch holds, again and again,
    and find nothing: that would take longer than the work itself."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


_NOBODY = Op("")


def _made(tensor: torch.Tensor) -> Node:
    node = tensor.grad_fn
    assert node is not None  # roots are chosen by having one
    return node


def _behind(loss: Any) -> list[Node]:
    """All nodes that gradient goes to from the loss."""
    return reachable([loss.grad_fn]) if isinstance(loss, torch.Tensor) and loss.grad_fn is not None else []


def _roots(loss: Any, output: Any, behind: list[Node]) -> list[tuple[str, torch.Tensor]]:
    """The loss, and those leaves of the output that it was not computed from."""
    roots: list[tuple[str, torch.Tensor]] = [(LOSS, loss)] if behind else []
    tensors = [(path, t) for path, t in leaves("output", output) if isinstance(t, torch.Tensor)]
    made = {id(t): (path, t) for path, t in reversed(tensors) if t.grad_fn is not None and t is not loss}
    if not made:
        return roots
    # Two tensors of one node have their own output_nr: that the loss used one says nothing of the other.
    wanted = {(t.grad_fn, t.output_nr) for _, t in made.values()}
    used = {following for node in behind for following in node.next_functions if following in wanted}
    unused = [(path, t) for path, t in reversed(made.values()) if (t.grad_fn, t.output_nr) not in used]
    if len(unused) == 1:
        unused = [("output", unused[0][1])]
    # The loss is drawn last, so it comes last.
    return unused + roots
