"""Build the graph of recorded ops, of a network that computes its gradients by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from msgspec.structs import replace

from gradviz.engine.capture.autograd_nodes import place_of, shape_of
from gradviz.engine.capture.named_tensors import LOSS, NamedTensor, TensorNames
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.ops import Op
from gradviz.engine.capture.tensor_flow import Value
from gradviz.engine.graph.captured_graph import CapturedGraph, signature_of
from gradviz.engine.graph.clusters import Clusters
from gradviz.language import tr
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord, ReachRecord

# Reading a tensor as a Python number makes no new node: the number represents the tensor.
_READINGS = {"item", "__float__", "tolist", "float64", "detach", "requires_grad_"}
# Attributes that are computed by ops.
_VIEWS = {"T", "mT", "H", "mH", "real", "imag"}


@dataclass(frozen=True, slots=True)
class _Source:
    node: int
    output_nr: int
    value: Any
    """Held, so that its `id()` is not reused."""


def assemble_recorded(capture: Capture, names: TensorNames, loss: Any, gradients: Mapping[str, Any]) -> CapturedGraph:
    """Return the graph of `capture.ops`: an edge leads from the op that made a value to each op that used it.

    `loss` is what the loss function returned; `gradients` maps each op that made a gradient to its parameter.
    """
    note = tr("Recorded operations: this network derives its gradients by hand, so there is no autograd graph.")
    recording = _Recording(capture, names, gradients, (note,))
    return CapturedGraph(recording.record(loss), ops=recording.ids)


def assemble_ungraded(
    capture: Capture,
    names: TensorNames,
    loss: Any,
    last: Sequence[torch.Tensor],
    reach: tuple[ReachRecord, ...],
    why: str,
) -> CapturedGraph:
    """Return the graph of a forward's ops of which autograd made no graph; `why` is the reason. `last`: the loss, or
    the outputs where there is none."""
    made = [capture.flow.of(tensor) for tensor in last]
    notes = (tr("Recorded operations: {why}").format(why=why),)
    recording = _Recording(capture, names, {}, notes, reach)
    return CapturedGraph(recording.record_ungraded(made, loss is not None), ops=recording.ids)


def failed_record(node_id: int, op: Op, cluster: int, message: str) -> NodeRecord:
    """Return the node of an op that raised `message` and made nothing."""
    name = _short(op.name).strip("_")
    return NodeRecord(
        node_id, "op", name, op=op.name, cluster=cluster, file=op.file, line=op.line, phase=op.phase,
        note=tr("raised {message}").format(message=message),
    )  # fmt: skip


class _Recording:
    """Builds one recorded graph."""

    def __init__(
        self,
        capture: Capture,
        names: TensorNames,
        gradients: Mapping[str, Any],
        notes: tuple[str, ...],
        reach: tuple[ReachRecord, ...] = (),
    ) -> None:
        self._capture = capture
        self._names = names
        self.ids: dict[Op, int] = {}
        self._made: dict[int, _Source] = {}
        self._nodes: list[NodeRecord] = []
        self._placed: set[int] = set()
        self._edges: list[EdgeRecord] = []
        self._gradient_of = {id(value): name for name, value in gradients.items()}
        failed = [capture.failed[0].call] if capture.failed is not None else []
        self._clusters = Clusters(capture.modules, [op.call for op in capture.ops] + failed)
        self._notes = notes
        self._reach = reach
        self._variables: dict[int, str] = {}
        """Node → what the code calls its first output where that is used first."""
        self._count = 0

    def record(self, loss: Any) -> GraphRecord:
        """Return the record of the graph."""
        for op in self._capture.ops:
            self._take(op)
        if loss is None and self._capture.failed is not None:
            self._draw_failed(*self._capture.failed)
        else:
            self._draw_loss(loss)
        return self._whole()

    def record_ungraded(self, last: Sequence[Value], is_loss: bool) -> GraphRecord:
        """Return the record of a forward that autograd could have recorded. `last`: its loss, or its outputs."""
        for op in self._capture.ops:
            self._take(op)
        if self._capture.failed is not None and not is_loss:
            self._draw_failed(*self._capture.failed)
        elif is_loss:
            self._draw_loss(last[0] if last else None)
        else:
            for i, value in enumerate(last):
                self._draw_output("output" if len(last) == 1 else f"output {i}", value)
        return self._whole()

    def _draw_output(self, name: str, value: Value) -> None:
        source = self._made.get(id(value))
        if source is not None:
            (dtype, device), shape = place_of(value), value.shape
            node_id = self._names.id_of_name(name, "output")
            self._nodes.append(NodeRecord(node_id, "output", name, shape=shape, dtype=dtype, device=device))
            self._edges.append(EdgeRecord(source.node, node_id, source.output_nr, 0, shape))

    def _whole(self) -> GraphRecord:
        nodes = [replace(node, variable=self._variables.get(node.id, "")) for node in self._nodes]
        signature = signature_of("recorded", nodes, self._edges, (self._clusters.records, self._reach))
        return GraphRecord(
            signature,
            "recorded",
            tuple(nodes),
            tuple(self._edges),
            self._clusters.records,
            self._notes,
            self._reach,
        )

    def _draw_failed(self, op: Op, message: str) -> None:
        """Draw the op that raised, with its inputs."""
        node_id = self._count
        self._count += 1
        name = _short(op.name)
        self._draw_inputs(node_id, op, name)
        self._nodes.append(failed_record(node_id, op, self._clusters.of_call(op.call), message))

    def _take(self, op: Op) -> None:
        name = _short(op.name)
        values = [value for value in op.outputs if _is_value(value)]
        if not values and not name.startswith("__setitem__"):
            self._read(op, name)
            return
        if op.name.endswith(".__get__") and name not in _VIEWS:
            return
        if name in _READINGS:
            self._read(op, name)
            return
        # In place: the value that changed is the op's output.
        outputs = values or op.inputs[:1]
        node_id = self._count
        self._count += 1
        self.ids[op] = node_id
        self._draw_inputs(node_id, op, name)
        for output_nr, value in enumerate(outputs):
            self._made[id(value)] = _Source(node_id, output_nr, value)
        self._nodes.append(self._op_record(node_id, op, name, outputs))

    def _read(self, op: Op, name: str) -> None:
        source = next((self._made[id(i)] for i in op.inputs if id(i) in self._made), None)
        if name in _READINGS and source is not None:
            for value in op.outputs:
                self._made[id(value)] = _Source(source.node, source.output_nr, value)

    def _draw_inputs(self, node_id: int, op: Op, name: str) -> None:
        input_nr = 0
        for position, value in enumerate(op.inputs):
            if not _is_value(value):
                continue
            source = self._made.get(id(value)) or self._outside(node_id, input_nr, value, op)
            if position in op.variables and source.node >= 0 and not source.output_nr:
                self._variables.setdefault(source.node, op.variables[position])
            self._edges.append(EdgeRecord(source.node, node_id, source.output_nr, input_nr, shape_of(value)))
            input_nr += 1

    def _outside(self, node_id: int, input_nr: int, value: Any, op: Op) -> _Source:
        """Return a named tensor, or a constant that was made outside of the recorded ops."""
        named = self._named(value)
        (dtype, device), shape = place_of(value), shape_of(value)
        if named is None:
            constant = -1_000_000 - node_id * 1024 - min(input_nr, 1023)
            record = NodeRecord(
                constant, "stub", tr("constant"), shape=shape, dtype=dtype, device=device, phase=op.phase,
                note=tr("made outside of the recorded operations"),
            )  # fmt: skip
        else:
            record = NodeRecord(
                named.id, named.kind, named.names[0], shape=shape, dtype=dtype, device=device, names=named.names
            )
        if record.id not in self._placed:
            self._placed.add(record.id)
            self._nodes.append(record)
        source = _Source(record.id, 0, value)
        if named is None:
            self._made[id(value)] = source
        return source

    def _named(self, value: Any) -> NamedTensor | None:
        return self._names.of(value.tensor() if isinstance(value, Value) else value)

    def _op_record(self, node_id: int, op: Op, name: str, outputs: list[Any]) -> NodeRecord:
        dtype, device = place_of(outputs[0])
        gradient = next((self._gradient_of[id(v)] for v in outputs if id(v) in self._gradient_of), None)
        return NodeRecord(
            node_id,
            "op",
            name.strip("_"),
            op=op.name,
            cluster=self._clusters.of_call(op.call),
            file=op.file,
            line=op.line,
            shape=shape_of(outputs[0]),
            dtype=dtype,
            device=device,
            outputs=len(outputs),
            phase=op.phase,
            note=tr("the gradient of {parameter}").format(parameter=gradient) if gradient else "",
            gradient_of=gradient or "",
        )

    def _draw_loss(self, loss: Any) -> None:
        source = self._made.get(id(loss)) or self._last_of_forward()
        if source is None:
            return
        dtype, device = place_of(source.value)
        loss_id = self._names.id_of_name(LOSS, "loss")
        shape = shape_of(source.value)
        # After the forward's ops and before the backward's: that is when it is known.
        end = next((i for i, node in enumerate(self._nodes) if node.phase == "backward"), len(self._nodes))
        self._nodes.insert(end, NodeRecord(loss_id, "loss", LOSS, shape=shape, dtype=dtype, device=device))
        self._edges.append(EdgeRecord(source.node, loss_id, source.output_nr, 0, shape))

    def _last_of_forward(self) -> _Source | None:
        """Return what forward made last: the loss was turned into a plain number on the way."""
        forward = {node.id for node in self._nodes if node.phase == "forward" and node.kind == "op"}
        made = [source for source in self._made.values() if source.node in forward]
        return max(made, key=lambda source: source.node, default=None)


def _short(name: str) -> str:
    """Return `T` for `torch.Tensor.T.__get__`, `mm` for `torch.Tensor.mm`."""
    return name.removesuffix(".__get__").rpartition(".")[2]


def _is_value(value: Any) -> bool:
    return isinstance(value, Value | torch.Tensor | np.ndarray | np.generic)
