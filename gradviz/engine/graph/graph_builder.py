"""Build the record of the autograd graph of a captured forward."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import (
    NodeOutput,
    OutputReader,
    has_various_names,
    is_leaf_node,
    leaf_of,
    node_name,
    node_of,
    place_of,
    reachable,
    shape_of,
    type_name,
)
from gradviz.engine.capture.named_tensors import LOSS, NamedTensor, TensorNames
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.ops import Op
from gradviz.engine.capture.overwritten_tensors import Overwrites
from gradviz.engine.capture.tensor_flow import Value, writes_in_place
from gradviz.engine.capture.variable_names import name_nodes
from gradviz.engine.graph.captured_graph import CapturedGraph, signature_of
from gradviz.engine.graph.clusters import Clusters
from gradviz.engine.graph.gradient_reach import reach_of, why_no_graph
from gradviz.engine.graph.missing_gradients import Explainer, Missing
from gradviz.engine.graph.op_graph_builder import assemble_ungraded, failed_record
from gradviz.engine.graph.unexplained_nodes import (
    UNREGISTERED,
    creation_numbers,
    renumber_edges,
    renumber_nodes,
    renumber_records,
    unexplained_of,
)
from gradviz.engine.torch_compat import OUTPUT_METADATA, DisableTorchFunction
from gradviz.language import tr
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeKind, NodeRecord, ReachRecord, Shape
from gradviz.pytree import leaves


def assemble(capture: Capture, names: TensorNames, loss: Any, output: Any) -> CapturedGraph:
    """Return the autograd graph behind `loss` and the tensors of `output`, as `capture` recorded it."""
    names.refresh()
    # Subclasses of Tensor must not see this.
    with _without_garbage_collection(), DisableTorchFunction():
        capture.finish([*(leaf for _, leaf in leaves("", output)), loss])
        return _Assembly(capture, names, loss, output).result()


def assemble_partial(capture: Capture, names: TensorNames, output: Any = None) -> GraphRecord:
    """Return the autograd graph so far, of a forward that is stopped; or, where the model has returned its `output`, in
    the loss function."""
    names.refresh()
    with DisableTorchFunction():
        if output is not None:
            capture.finish([leaf for _, leaf in leaves("", output)])
        own = [node for node in capture.makers.made_by if node not in capture.makers.earlier]
        return _Assembly(capture, names, None, output, own).result().record


@dataclass(slots=True)
class _Leaf:
    node: Node
    consumers: list[int] = field(default_factory=list)


class _Assembly:
    """Builds one graph: functions are numbered, then edges are drawn, then everything else is placed."""

    def __init__(
        self, capture: Capture, names: TensorNames, loss: Any, output: Any, start: list[Node] | None = None
    ) -> None:
        """`start`: where to walk from, if not from the roots."""
        self._names = names
        self._capture = capture
        self._made_by = capture.makers.made_by
        self._loss = loss
        found = [loss] if loss is not None else [leaf for _, leaf in leaves("", output)]
        self._last = [tensor for tensor in found if isinstance(tensor, torch.Tensor)]
        self._variables = name_nodes(capture.ops, output)
        self._behind = _behind(loss)
        self._roots = _roots(loss, output, self._behind)
        nodes = self._behind
        if start is not None or any(name != LOSS for name, _ in self._roots):
            nodes = reachable(start or [node for _, root in self._roots if (node := node_of(root)) is not None])
        self._is_whole = start is None
        self._has_reach = self._is_whole or output is not None
        self._functions = [node for node in nodes if not is_leaf_node(node)]
        self._ids = {node: i for i, node in enumerate(self._functions)}
        self._makers: list[Op | None] = list(map(self._made_by.get, self._functions))
        self._ops: list[Op] = [op or _NOBODY for op in self._makers]
        calls = [op.call for op in self._ops]
        self._failed = None if self._is_whole else capture.failed
        if self._failed is not None:
            calls.append(self._failed[0].call)
        self._clusters = Clusters(capture.modules, calls)
        self._cluster = self._clusters.of_calls(calls)
        self._explainer = Explainer(names, self._functions, self._makers)
        self._leaves: dict[int, _Leaf] = {}
        self._leaf_ids: dict[Node, tuple[int, Shape | None]] = {}
        self._missing: dict[int, Missing] = {}
        self._consumers: dict[int, list[int]] = {}
        """Id of what is no function → its consumers."""
        self._placed: set[int] = set()
        self._kinds: dict[type, tuple[NodeKind, str, str, str]] = {}
        self._first_inputs: dict[int, list[int]] = {}
        """Node → what is no function and goes into that node before all others, in order."""
        self._outputs = OutputReader().of_all(self._functions)
        self._edges: list[EdgeRecord] = []

    def result(self) -> CapturedGraph:
        """Build the graph."""
        self._draw_all()
        reach = self._reach() if self._has_reach else ()
        if not self._functions:
            why = why_no_graph(reach) if self._has_reach else tr("autograd has made no graph so far.")
            return assemble_ungraded(self._capture, self._names, self._loss, self._last, reach, why)
        if self._failed is not None:
            self._draw_failed(self._failed[0])
        nodes = self._place_all()
        notes: tuple[str, ...] = ()
        clusters = self._clusters.records
        unexplained = unexplained_of(nodes, clusters, self._op_of) if self._capture.watched else ()
        edges = self._edges
        live = dict(enumerate(self._functions))
        numbers = creation_numbers(self._functions, self._made_by, self._capture.makers.earlier)
        if numbers is not None:
            nodes, edges = renumber_nodes(nodes, numbers), renumber_edges(edges, numbers)
            unexplained = renumber_records(unexplained, numbers)
            live = dict(zip(numbers, self._functions, strict=True))
        signature = signature_of("autograd", nodes, edges, (clusters, reach))
        record = GraphRecord(signature, "autograd", tuple(nodes), tuple(edges), clusters, notes, reach, unexplained)
        accumulating = {leaf_id: leaf.node for leaf_id, leaf in self._leaves.items()}
        overwrites = Overwrites(self._made_by, self._capture.writes, self._names)
        types = {i: type(node) for i, node in live.items()}
        first = self._capture.first_number or 0
        return CapturedGraph(record, live, accumulating, types, first_number=first, overwrites=overwrites)

    def _reach(self) -> tuple[ReachRecord, ...]:
        named = self._names.parameters()
        for node, (leaf_id, _) in self._leaf_ids.items():
            leaf = leaf_of(node)
            if isinstance(leaf, torch.nn.Parameter) and self._names.of(leaf) is None:
                known = self._names.unregistered(leaf)
                named.append(known or NamedTensor(leaf_id, "parameter", (tr("a parameter without a name"),), leaf))
        return reach_of(self._capture, self._behind, named, self._last, self._names.reached)

    def _op_of(self, node_id: int) -> Op:
        return self._ops[node_id]

    def _draw_all(self) -> None:
        """Draw the edges into every function. This runs for each node of large graphs, so nothing is looked up
        twice."""
        ids, outputs, draw = self._ids.get, self._outputs, self._edges.append
        may_use_unplaced = self._explainer.may_use_unplaced
        for target, node in enumerate(self._functions):
            first = len(self._edges)
            has_none = takes_leaf = False
            input_nr = -1
            for source, output_nr in node.next_functions:
                input_nr += 1
                if source is None:
                    has_none = True
                    continue
                source_id = ids(source)
                if source_id is not None:
                    made = outputs[source_id]
                    shape = made[output_nr].shape if output_nr < len(made) else None
                else:
                    source_id, shape = self._leaf(source)
                    self._consumers.setdefault(source_id, []).append(target)
                    takes_leaf = True
                draw(EdgeRecord(source_id, target, output_nr, input_nr, shape))
            if has_none or node in may_use_unplaced:
                self._draw_explained(target, node, first)
            elif takes_leaf:
                self._note_taken(target, first)

    def _draw_explained(self, target: int, node: Node, first: int) -> None:
        """Draw the edges into `target` from inputs without grad; `first`: where its edges begin."""
        explained = self._explainer.explain(target, node, self._makers[target])
        for input_nr, missing in explained.items():
            self._missing[missing.id] = missing
            self._consumers.setdefault(missing.id, []).append(target)
            self._edges.append(EdgeRecord(missing.id, target, 0, input_nr, missing.shape))
        if explained:
            self._edges[first:] = sorted(self._edges[first:], key=_input_nr)
        self._note_taken(target, first)

    def _note_taken(self, target: int, first: int) -> None:
        for edge in self._edges[first:]:
            if edge.source < 0 and edge.source not in self._placed:
                self._placed.add(edge.source)
                self._first_inputs.setdefault(target, []).append(edge.source)

    def _draw_failed(self, op: Op) -> None:
        """Draw the inputs of the op that raised."""
        target, first = len(self._functions), len(self._edges)
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
        self._note_taken(target, first)

    def _leaf(self, node: Node) -> tuple[int, Shape | None]:
        """Return id and shape of a leaf."""
        known = self._leaf_ids.get(node)
        if known is None:
            leaf = leaf_of(node)
            named = self._named(leaf)
            leaf_id = named.id if named else self._names.id_of_name(f"unnamed leaf {len(self._leaf_ids)}")
            known = self._leaf_ids[node] = leaf_id, shape_of(leaf)
            self._leaves[leaf_id] = _Leaf(node)
        return known

    def _place_all(self) -> list[NodeRecord]:
        """Place nodes in order of execution; what is no function comes before its first consumer."""
        nodes: list[NodeRecord] = []
        clusters, makers, outputs = self._cluster, self._ops, self._outputs
        first_inputs, variables = self._first_inputs.get, self._variables.get
        for i, node in enumerate(self._functions):
            for source in first_inputs(i, ()):
                nodes.append(self._source_record(source))
            kind, name, note, type_name = self._kind_of(node)
            op, made = makers[i], outputs[i]
            first = made[0] if made else _UNKNOWN
            nodes.append(
                NodeRecord(
                    i, kind, name, type_name, op.name, clusters[i], op.file, op.line, first.shape, first.dtype,
                    first.device, len(made) or 1, (), "forward", note or (op.note and tr(op.note)),
                    variables(node, ""),
                )
            )  # fmt: skip
        if self._failed is not None:
            i = len(self._functions)
            nodes += [self._source_record(source) for source in first_inputs(i, ())]
            nodes.append(failed_record(i, self._failed[0], clusters[i], self._failed[1]))
        nodes += self._root_records()
        return nodes

    def _kind_of(self, node: Node) -> tuple[NodeKind, str, str, str]:
        """Return kind, name, note and class. Nodes of a class are of one kind, except for the class that many kinds
        share."""
        known = self._kinds.get(type(node))
        if known is None:
            known = *node_name(node), type_name(node)
            if not has_various_names(type(node)):
                self._kinds[type(node)] = known
        return known

    def _source_record(self, node_id: int) -> NodeRecord:
        cluster = self._clusters.common({self._cluster[c] for c in self._consumers[node_id]})
        leaf = self._leaves.get(node_id)
        if leaf is None:
            missing = self._missing[node_id]
            return missing.record(-1 if missing.kind == "data" else cluster)
        return self._leaf_record(node_id, leaf_of(leaf.node), cluster)

    def _leaf_record(self, node_id: int, variable: torch.Tensor, cluster: int) -> NodeRecord:
        named = self._named(variable)
        (dtype, device), shape = place_of(variable), shape_of(variable)
        if named is None:
            op, note = self._maker(variable)
            name = op.name.rpartition(".")[2] or tr("a tensor without a name")
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
            note=tr("data that wants a gradient") if data else "" if self._names.of(variable) else tr(UNREGISTERED),
        )

    def _named(self, leaf: torch.Tensor) -> NamedTensor | None:
        return self._names.of(leaf) or self._names.unregistered(leaf)

    def _maker(self, leaf: torch.Tensor) -> tuple[Op, str]:
        """Return the op that made a leaf without a name, and a note on it."""
        if not self._capture.watched:
            return _NOBODY, ""
        op = self._capture.flow.of(leaf).op
        how = "requires_grad_()" if op is not None and op.name.endswith(".requires_grad_") else "requires_grad=True"
        while op is not None and writes_in_place(op.name):
            # Ops that wrote into it, or made it require grad, do not show where it comes from.
            first = op.inputs[0] if op.inputs else None
            op = first.op if isinstance(first, Value) else None
        if op is None:
            return _NOBODY, tr("made before the forward, with requires_grad; no parameter of the model")
        text = tr("a leaf that the forward makes by {op}, with {how}: its gradient is left in its .grad")
        return op, text.format(op=op.name, how=how)

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
def _without_garbage_collection() -> Iterator[None]:
    """Context manager: the garbage collector is off.

    Thousands of new objects make it search all that a process with torch holds, again and again, and find nothing: that
    would take longer than the work itself.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


_NOBODY = Op("")
_UNKNOWN = NodeOutput(None, "", "")
_input_nr = attrgetter("input_nr")


def _made(tensor: torch.Tensor) -> Node:
    node = node_of(tensor)
    assert node is not None  # roots are chosen by having one
    return node


def _behind(loss: Any) -> list[Node]:
    """Return all nodes that gradient goes to from the loss."""
    node = node_of(loss) if isinstance(loss, torch.Tensor) else None
    return [] if node is None else reachable([node])


def _roots(loss: Any, output: Any, behind: list[Node]) -> list[tuple[str, torch.Tensor]]:
    """Return the loss, and those leaves of the output that it was not computed from."""
    roots: list[tuple[str, torch.Tensor]] = [(LOSS, loss)] if behind else []
    tensors = [(path, t) for path, t in leaves("output", output) if isinstance(t, torch.Tensor)]
    made = {id(t): (path, t) for path, t in reversed(tensors) if node_of(t) is not None and t is not loss}
    if not made:
        return roots
    # Two tensors of one node have their own output_nr: that the loss used one does not imply the other.
    used = _collect_used({(_made(t), t.output_nr) for _, t in made.values()}, behind, loss)
    unused = [(path, t) for path, t in reversed(made.values()) if (_made(t), t.output_nr) not in used]
    if len(unused) == 1:
        unused = [("output", unused[0][1])]
    # The loss is drawn last, so it comes last.
    return unused + roots


def _collect_used(wanted: set[tuple[Node, int]], behind: list[Node], loss: Any) -> set[tuple[Node, int]]:
    """Return those of `wanted`, outputs of nodes, that go into a node of `behind`."""
    known = set(behind)
    there = {(node, output_nr) for node, output_nr in wanted if node in known}
    # Of a node with one output it is enough that it is there. The loss's own is there although nothing consumes it.
    plain = {pair for pair in there if len(getattr(pair[0], OUTPUT_METADATA, ())) == 1}
    if plain == there and all(node is not node_of(loss) for node, _ in plain):
        return plain
    return {following for node in behind for following in node.next_functions if following in there}
