"""The known facts of one module, as titled rows for the inspector: parameters, shapes, time, memory, gradient."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from gradviz.gui.panels.inspector.node_facts import MOST_ROWS, FactRow, FactSection, end_text, shape_at
from gradviz.language import tr
from gradviz.model.graph.graph import Graph, line_text, shape_text
from gradviz.model.number_text import significant, size_text, value_text
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.module_totals import SUMMED, ModuleRow, Totals
from gradviz.protocol.records import EdgeRecord, MeasureKind, ParameterRecord

MEASURES: tuple[MeasureKind, ...] = (*SUMMED, "grad_norm")
"""What is measured while a module is shown."""


def module_chips(row: ModuleRow, use: int) -> list[str]:
    """Return short tags: what it is, its class, which of its calls is shown."""
    called = tr("use {use} of {uses}").format(use=use, uses=row.uses) if row.uses > 1 else ""
    return [text for text in (tr("module"), row.class_name, called if row.uses else tr("never called")) if text]


def module_sections(
    graph: Graph,
    totals: Totals,
    row: ModuleRow,
    cluster: int | None,
    parameters: Sequence[ParameterRecord],
    columns: Mapping[MeasureKind, Column],
) -> list[FactSection]:
    """Return all that is known of a module; `cluster` is its call that is shown, None for one without."""
    found = [
        _module(graph, row, cluster),
        *([_shapes(graph, row, cluster)] if cluster is not None else []),
        _parameters(row, parameters),
        _measured(totals, totals.index[row.path], columns),
        _gradient(graph, row, columns.get("grad_norm")),
    ]
    return [section for section in found if section.rows]


def _module(graph: Graph, row: ModuleRow, cluster: int | None) -> FactSection:
    rows = [FactRow(tr("Class"), row.class_name, manner="mono")] if row.class_name else []
    inside = _inside(graph, cluster) if cluster is not None else set()
    lines = Counter(node.file for node in graph.nodes if node.id in inside and node.file)
    if lines:
        file = lines.most_common(1)[0][0]
        numbers = [node.line for node in graph.nodes if node.id in inside and node.file == file]
        first, last = min(numbers), max(numbers)
        text = line_text(file, first) + (f"–{last}" if last > first else "")
        rows.append(FactRow(tr("Source"), text, manner="source", file=file, line=first))
    if inside:
        ops = sum(node.kind in ("function", "custom", "op") for node in graph.nodes if node.id in inside)
        rows.append(FactRow(tr("Operations"), f"{ops:,}"))
    return FactSection(tr("Module"), "", tuple(rows), labelled=True)


def _shapes(graph: Graph, row: ModuleRow, cluster: int) -> FactSection:
    """Return what goes into a call and what comes out of it, each tensor once; parameters are no inputs."""
    inside = _inside(graph, cluster)
    into: dict[tuple[int, int], EdgeRecord] = {}
    out: dict[tuple[int, int], EdgeRecord] = {}
    for edge in graph.edges:
        place = (edge.source, edge.output_nr)
        if edge.target in inside and edge.source not in inside:
            if graph.node(edge.source).kind not in ("parameter", "leaf"):
                into.setdefault(place, edge)
        elif edge.source in inside and edge.target not in inside:
            out.setdefault(place, edge)
    rows = [
        FactRow(word, end_text(graph, edge.source), shape_at(graph, edge), "node", edge.source)
        for word, edges in ((tr("input"), into), (tr("output"), out))
        for edge in list(edges.values())[:MOST_ROWS]
    ]
    if not out and row.output is not None:
        rows.append(FactRow(tr("output"), "", shape_text(row.output)))
    return FactSection(tr("Inputs and output"), "", tuple(rows))


def _parameters(row: ModuleRow, parameters: Sequence[ParameterRecord]) -> FactSection:
    before = f"{row.path}." if row.path else ""
    rows = []
    for record in parameters:
        name = next((name for name in record.names if name.startswith(before)), None)
        if name is not None:
            frozen = "" if record.requires_grad else tr("frozen")
            rows.append(FactRow(name.removeprefix(before), frozen, shape_text(record.shape)))
    left = len(rows) - MOST_ROWS
    if left > 0:
        rows = [*rows[:MOST_ROWS], FactRow("", tr("and {count} more").format(count=left), manner="note")]
    if not rows:
        return FactSection(tr("Parameters"), "", (FactRow("", tr("It has none."), manner="note"),))
    return FactSection(tr("Parameters"), f"{row.total:,} · {size_text(row.size)}", tuple(rows))


def _measured(totals: Totals, index: int, columns: Mapping[MeasureKind, Column]) -> FactSection:
    names = {
        "time_forward": (tr("Forward"), "s"),
        "time_backward": (tr("Backward"), "s"),
        "flops": (tr("Work"), "FLOP"),
        "saved_bytes": (tr("Held for backward"), "B"),
    }
    rows = []
    for kind, (name, unit) in names.items():
        sums = totals.sums(columns[kind]) if kind in columns else None
        if sums is not None and sums.measured[index]:
            rows.append(FactRow(name, "", value_text(float(sums.values[index]), unit)))
    if not rows:
        rows = [FactRow("", tr("Nothing measured yet: press Run (F5) or One iteration (F7)."), manner="note")]
    return FactSection(tr("Time and memory"), _iteration(columns), tuple(rows), labelled=True)


def _gradient(graph: Graph, row: ModuleRow, column: Column | None) -> FactSection:
    """Return the norm of the gradient of all its parameters together, and of the parameter where it is largest."""
    before = f"{row.path}." if row.path else ""
    norms = {
        node.name: float(column.values[at])
        for at, node in enumerate(graph.nodes)
        if column is not None
        and node.kind == "parameter"
        and column.measured[at]
        and any(name.startswith(before) for name in node.names or (node.name,))
    }
    if not norms:
        return FactSection("", "", ())
    whole = math.hypot(*norms.values())
    rows = [FactRow(tr("norm, all parameters"), "", significant(whole))]
    if len(norms) > 1:
        largest = max(norms, key=lambda name: np.nan_to_num(norms[name], nan=math.inf))
        rows.append(FactRow(tr("largest"), largest.removeprefix(before), significant(norms[largest])))
    return FactSection(tr("Gradient"), "", tuple(rows), labelled=True)


def _iteration(columns: Mapping[MeasureKind, Column]) -> str:
    steps = [column.step for column in columns.values() if column.step is not None and not column.empty]
    return tr("iteration {0}").format(f"{max(steps):,}") if steps else ""


def _inside(graph: Graph, cluster: int) -> set[int]:
    """Return the nodes in a call of a module, however deep."""
    clusters, stack = set(), [cluster]
    while stack:
        at = stack.pop()
        clusters.add(at)
        stack.extend(graph.cluster_children[at])
    return {node.id for node in graph.nodes if node.cluster in clusters}
