"""The known facts of one node, as titled rows of text for the inspector and the clipboard."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from gradviz.gui.text.node_kinds import kind_text
from gradviz.language import tr
from gradviz.model.graph.graph import Graph, line_text, shape_text
from gradviz.model.number_text import size_text
from gradviz.protocol.events import NodeDetails
from gradviz.protocol.records import EdgeRecord, NodeRecord

_BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "int16": 2, "int8": 1,
          "uint8": 1, "bool": 1, "complex64": 8, "complex128": 16}  # fmt: skip
MOST_ROWS = 40
"""A weight used a thousand times has a thousand consumers; nobody reads them all here."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """`label` at the left, `text` beside it, `right` at the right edge."""

    label: str
    text: str
    right: str = ""
    manner: Literal["plain", "mono", "source", "node", "note", "loss"] = "plain"
    node: int | None = None
    """Where a click on a `node` row goes."""
    file: str = ""
    line: int = 0
    """Where a click on a `source` row goes."""


@dataclass(frozen=True, slots=True)
class FactSection:
    """A head, the text at its right, and rows."""

    title: str
    right: str
    rows: tuple[FactRow, ...]
    labelled: bool = False
    """Whether the labels are pale, since they name properties."""


def chips(node: NodeRecord) -> list[str]:
    """Return short tags: kind, phase of a recorded op, dtype, device."""
    phase = node.phase if node.kind == "op" else ""
    return [text for text in (kind_text(node.kind), phase, node.dtype, node.device) if text]


def sections(graph: Graph, node: NodeRecord, details: NodeDetails | None, loss: str = "") -> list[FactSection]:
    """Return all that is known, without the empty sections."""
    found = [
        _operation(graph, node, loss),
        _inputs_and_output(graph, node),
        _consumers(graph, node),
        *([_kept(details) if node.kind == "parameter" else _saved(details)] if details is not None else []),
        _notes(node),
    ]
    return [section for section in found if section.rows]


def as_text(graph: Graph, node: NodeRecord, details: NodeDetails | None, loss: str = "") -> str:
    """Return the sections as plain text for the clipboard."""
    lines = [f"{node.name} {node.type_name} #{node.id}".rstrip(), ", ".join(chips(node))]
    for section in sections(graph, node, details, loss):
        lines += ["", f"{section.title} {section.right}".rstrip()]
        lines += ["  " + "  ".join(part for part in (row.label, row.text, row.right) if part) for row in section.rows]
    return "\n".join(lines)


def _operation(graph: Graph, node: NodeRecord, loss: str) -> FactSection:
    rows: list[FactRow] = []
    if node.op:
        rows.append(FactRow(tr("Forward op"), node.op, manner="mono"))
    if node.file:
        rows.append(
            FactRow(tr("Source"), line_text(node.file, node.line), manner="source", file=node.file, line=node.line)
        )
    if node.kind in ("function", "custom", "op"):
        rows.append(FactRow(tr("Module"), _module(graph, node)))
    if node.kind == "loss" and loss:
        rows.append(FactRow(tr("Value"), loss, manner="loss"))
    if node.kind in ("parameter", "leaf", "data"):
        rows += _tensor_rows(node)
    title = tr("Operation") if node.op or node.kind in ("function", "custom", "op") else tr("Tensor")
    return FactSection(title, "", tuple(rows), labelled=True)


def _module(graph: Graph, node: NodeRecord) -> str:
    if node.cluster == -1:
        return tr("none, plain tensors") if not graph.clusters else tr("none, outside of every module")
    cluster = graph.clusters[node.cluster]
    use = tr(", use {use} of {uses}").format(use=cluster.use, uses=cluster.uses) if cluster.uses > 1 else ""
    path = cluster.path or tr("the network itself")
    return f"{path}, {cluster.class_name}{use}"


def _tensor_rows(node: NodeRecord) -> list[FactRow]:
    rows = []
    if len(node.names) > 1:
        rows.append(FactRow(tr("Names"), " = ".join(node.names), manner="mono"))
    if node.shape is not None:
        rows.append(FactRow(tr("Shape"), shape_text(node.shape), manner="mono"))
        count = math.prod(node.shape)
        size = _BYTES.get(node.dtype.removeprefix("torch."), 0) * count
        rows.append(FactRow(tr("Values"), f"{count:,}", size_text(size) if size else "", manner="mono"))
    wants = node.kind == "parameter"
    rows.append(FactRow(tr("Gradient"), tr("added up here by backward") if wants else tr("not asked for")))
    return rows


def _inputs_and_output(graph: Graph, node: NodeRecord) -> FactSection:
    if node.kind in ("parameter", "leaf", "data", "stub"):
        return FactSection("", "", ())
    rows = [
        FactRow(
            tr("input {input_nr}").format(input_nr=edge.input_nr),
            end_text(graph, edge.source),
            shape_at(graph, edge),
            "node",
            edge.source,
        )
        for edge in graph.incoming[node.id][:MOST_ROWS]
    ]
    going = graph.outgoing[node.id]
    if len(going) == 1:
        edge = going[0]
        to = tr("to {node}").format(node=end_text(graph, edge.target))
        rows.append(FactRow(_output(node, edge), to, shape_at(graph, edge), "node", edge.target))
    elif node.kind != "loss":
        many = tr("to {count} consumers").format(count=len(going)) if going else tr("not used")
        rows.append(FactRow(tr("output") if node.outputs == 1 else tr("outputs"), many, shape_text(node.shape)))
    return FactSection(tr("Inputs and output"), "", tuple(rows))


def _consumers(graph: Graph, node: NodeRecord) -> FactSection:
    going = graph.outgoing[node.id]
    leaf = node.kind in ("parameter", "leaf", "data", "stub")
    if len(going) < (1 if leaf else 2):
        return FactSection("", "", ())
    rows = [
        FactRow(
            tr("use {number}").format(number=number) if leaf else _output(node, edge),
            end_text(graph, edge.target),
            tr("input {input_nr}").format(input_nr=edge.input_nr),
            "node",
            edge.target,
        )
        for number, edge in enumerate(going[:MOST_ROWS], 1)
    ]
    if len(going) > MOST_ROWS:
        rows.append(FactRow("", tr("and {count} more").format(count=len(going) - MOST_ROWS), manner="note"))
    return FactSection(tr("Consumers"), str(len(going)) if len(going) > 1 else "", tuple(rows))


def _output(node: NodeRecord, edge: EdgeRecord) -> str:
    return tr("output {output_nr}").format(output_nr=edge.output_nr) if node.outputs > 1 else tr("output")


def end_text(graph: Graph, node_id: int) -> str:
    """Return how a node is called at the end of an edge."""
    node = graph.node(node_id)
    if node.kind in ("function", "custom", "op", "opaque"):
        return f"{node.name} #{node.id}"
    return node.name if node.kind == "loss" else f"{node.name}, {kind_text(node.kind)}"


def shape_at(graph: Graph, edge: EdgeRecord) -> str:
    """Return the shape of what passes an edge."""
    source = graph.node(edge.source)
    return shape_text(edge.shape if edge.shape is not None else source.shape if source.outputs == 1 else None)


def _saved(details: NodeDetails) -> FactSection:
    title = tr("Saved for backward")
    if not details.saved:
        return FactSection(title, tr("nothing"), (FactRow("", tr("Backward needs no tensor of it."), manner="note"),))
    freed = details.state == "freed"
    if freed and all(saved.shape is None for saved in details.saved):
        names = ", ".join(saved.name for saved in details.saved)
        note = tr("Freed by backward. Run on, and their sizes appear here.")
        return FactSection(title, "", (FactRow("", names, manner="mono"), FactRow("", note, manner="note")))
    rows: list[FactRow] = []
    for saved in details.saved:
        size = size_text(saved.size) if saved.size is not None else ""
        text = shape_text(saved.shape)
        if not text and saved.note and not size:
            rows.append(FactRow(saved.name, saved.note))
            continue
        rows.append(FactRow(saved.name, text, size, "mono"))
        if saved.note:
            rows.append(
                FactRow("", f"{saved.name} {saved.note}" if saved.shape is not None else saved.note, manner="note")
            )
    if freed:
        rows.append(FactRow("", tr("Freed by backward; the next forward saves as much."), manner="note"))
    total = sum(saved.size or 0 for saved in details.saved)
    return FactSection(title, size_text(total) if total else "", tuple(rows))


def _kept(details: NodeDetails) -> FactSection:
    """Return what the optimizer keeps for a parameter."""
    rows = (FactRow(s.name, shape_text(s.shape), size_text(s.size or 0), "mono") for s in details.saved)
    total = sum(record.size or 0 for record in details.saved)
    return FactSection(tr("Kept by the optimizer"), size_text(total) if total else "", tuple(rows))


def _notes(node: NodeRecord) -> FactSection:
    return FactSection(tr("Note"), "", (FactRow("", node.note, manner="note"),) if node.note else ())
