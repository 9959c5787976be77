"""Totals by module: parameters, bytes, calls, output shapes, and measured values, each tied weight counted once."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradviz.model.graph.graph import Graph, shape_text
from gradviz.model.overlay.overlay_table import MEASURED
from gradviz.model.overlay.overlay_values import Aggregate, Column, Rollup, item_bytes
from gradviz.protocol.records import MeasureKind, ParameterRecord, Shape

SUMMED: tuple[MeasureKind, ...] = ("flops", "time_forward", "time_backward", "saved_bytes")
"""The measured quantities that the rows add up."""


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """One module, however often it is called. Counts are of elements."""

    path: str
    """Empty for the whole model."""
    class_name: str
    """Empty for one that is never called, such as a list of modules."""
    parent: int
    """Row of the module around it, -1 for the whole model."""
    uses: int
    clusters: tuple[int, ...]
    """Its calls in the graph."""
    output: Shape | None
    """Of its first call; None where it is not known."""
    own: int
    """Parameters that the module itself holds."""
    total: int
    """With those of the modules inside, each tensor once."""
    trainable: int
    """Of `total`, those that require a gradient."""
    size: int
    """Bytes of `total`."""

    @property
    def name(self) -> str:
        """Return the path relative to the module around it."""
        return self.path.rpartition(".")[2]


class Totals:
    """The modules of one graph and model as a tree: parents before children, in the order of the model."""

    def __init__(self, graph: Graph | None, parameters: Sequence[ParameterRecord], title: str) -> None:
        """`title` names the whole model; without a graph the rows know parameters only."""
        self.title = title
        self.tied = tuple(record.names for record in parameters if len(record.names) > 1)
        """Names of one tensor, for each that has several."""
        calls: dict[str, list[int]] = {}
        for cluster_id, cluster in enumerate(graph.clusters if graph is not None else ()):
            if cluster.kind == "module":
                calls.setdefault(cluster.path, []).append(cluster_id)
        paths = _tree([_module_of(name) for record in parameters for name in record.names], calls)
        self.index = {path: row for row, path in enumerate(paths)}
        """Path → row."""
        counts = _count_parameters(parameters, self.index)
        outputs = _outputs(graph) if graph is not None else {}
        self.rows = tuple(
            self._row(path, graph, calls.get(path, []), counts[row], outputs) for row, path in enumerate(paths)
        )
        homes = [self._home(graph, node.cluster) for node in graph.nodes] if graph is not None else []
        self._rollup = Rollup(homes, [row.parent for row in self.rows])
        self.children: dict[int, list[int]] = {row: [] for row in range(-1, len(self.rows))}
        """Row → rows directly inside; -1 holds the whole model alone."""
        for row, module in enumerate(self.rows):
            self.children[module.parent].append(row)

    def sums(self, column: Column, how: Aggregate = "sum") -> Column:
        """Return (R,) sums over the nodes in each module."""
        return self._rollup.over(column, how)

    def _row(self, path: str, graph: Graph | None, calls: list[int], counts: list[int],
             outputs: Mapping[int, Shape | None]) -> ModuleRow:  # fmt: skip
        first = graph.clusters[calls[0]] if graph is not None and calls else None
        parent = -1 if not path else self.index[_module_of(path)]
        own, total, trainable, size = counts
        return ModuleRow(
            path=path,
            class_name=first.class_name if first is not None else "",
            parent=parent,
            uses=len(calls),
            clusters=tuple(calls),
            output=outputs.get(calls[0]) if calls else None,
            own=own,
            total=total,
            trainable=trainable,
            size=size,
        )

    def _home(self, graph: Graph, cluster: int) -> int:
        while cluster >= 0 and graph.clusters[cluster].kind != "module":
            cluster = graph.clusters[cluster].parent
        return self.index[graph.clusters[cluster].path] if cluster >= 0 else 0


def as_csv(totals: Totals, columns: Mapping[MeasureKind, Column]) -> str:
    """Return every row in full precision; a value that was not measured is empty."""
    sums = {kind: totals.sums(columns[kind]) for kind in SUMMED if kind in columns}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["module", "class", "calls", "output", "own_parameters", "parameters", "trainable", "parameter_bytes"]
        + [measure_heading(kind) for kind in sums]
    )
    for index, row in enumerate(totals.rows):
        measured = [cell(column, index) for column in sums.values()]
        writer.writerow(
            [row.path, row.class_name, row.uses, shape_text(row.output).replace(" × ", "x"), row.own, row.total,
             row.trainable, row.size, *measured]
        )  # fmt: skip
    return out.getvalue()


def measure_heading(kind: MeasureKind) -> str:
    """Return the name of a measured column in a file, with its unit if it is a time."""
    return f"{kind}_s" if MEASURED[kind].unit == "s" else kind


def cell(column: Column, row: int) -> str:
    """Return a value as Python reads it back exactly; empty for one that was not measured."""
    if not column.measured[row]:
        return ""
    value = float(column.values[row])
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 2**53 else repr(value)


def _module_of(name: str) -> str:
    return name.rpartition(".")[0]


def _tree(holders: Sequence[str], calls: Mapping[str, list[int]]) -> list[str]:
    """Return every module's path, parents first; parts of a list by number, others in order of their first calls."""
    known: dict[str, None] = {"": None}
    for path in (*holders, *calls):
        way = []
        while path not in known:
            way.append(path)
            path = _module_of(path)
        known.update(dict.fromkeys(reversed(way)))
    inside: dict[str, list[str]] = {path: [] for path in known}
    for path in known:
        if path:
            inside[_module_of(path)].append(path)
    turn: dict[str, int] = {}
    for path, clusters in calls.items():
        at = path
        while at and clusters[0] < turn.get(at, clusters[0] + 1):
            turn[at] = clusters[0]
            at = _module_of(at)
    never = max(turn.values(), default=0) + 1
    for paths in inside.values():
        if all(path.rpartition(".")[2].isdecimal() for path in paths):
            paths.sort(key=lambda path: int(path.rpartition(".")[2]))
        else:
            paths.sort(key=lambda path: turn.get(path, never))
    ordered, stack = [], [""]
    while stack:
        path = stack.pop()
        ordered.append(path)
        stack.extend(reversed(inside[path]))
    return ordered


def _count_parameters(parameters: Sequence[ParameterRecord], index: Mapping[str, int]) -> list[list[int]]:
    """Return for each row its own elements, all elements, those that require a gradient, and their bytes."""
    around = [index[_module_of(path)] if path else -1 for path in index]
    counts = [[0, 0, 0, 0] for _ in index]
    tied: list[tuple[set[int], list[int]]] = []
    for record in parameters:
        elements = math.prod(record.shape)
        size = elements * (item_bytes(record.dtype) or 0)
        amounts = [elements, elements if record.requires_grad else 0, size]
        owners = {index[_module_of(name)] for name in record.names}
        for row in owners:
            counts[row][0] += elements
        if len(owners) > 1:
            tied.append((owners, amounts))
        else:
            _add(counts, owners, amounts)
    for row in range(len(counts) - 1, 0, -1):  # parents come before what is inside
        _add(counts, {around[row]}, counts[row][1:])
    for owners, amounts in tied:
        _add(counts, _with_parents(owners, around), amounts)
    return counts


def _add(counts: list[list[int]], rows: set[int], amounts: Sequence[int]) -> None:
    for row in rows:
        for place, amount in enumerate(amounts, start=1):
            counts[row][place] += amount


def _with_parents(rows: set[int], around: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for row in rows:
        while row != -1 and row not in found:
            found.add(row)
            row = around[row]
    return found


def _outputs(graph: Graph) -> dict[int, Shape | None]:
    """Return, by cluster, the shape of the last node inside whose output is used outside."""
    last: dict[int, int] = {}
    clusters, index = graph.clusters, graph.index
    begin, end = _spans(graph)
    for edge in graph.edges:
        row = index[edge.source]
        user = graph.nodes[index[edge.target]].cluster
        place = begin[user] if user >= 0 else -1
        at = graph.nodes[row].cluster
        while at >= 0 and not begin[at] <= place < end[at]:
            last[at] = max(last.get(at, -1), row)
            at = clusters[at].parent
    return {cluster: graph.nodes[row].shape for cluster, row in last.items()}


def _spans(graph: Graph) -> tuple[list[int], list[int]]:
    """Return per cluster its place in a walk through the tree, and the place after the last cluster inside."""
    begin, end = [0] * len(graph.clusters), [0] * len(graph.clusters)
    walk: list[int] = []
    stack = list(graph.cluster_children[-1])
    while stack:
        cluster = stack.pop()
        begin[cluster], end[cluster] = len(walk), len(walk) + 1
        walk.append(cluster)
        stack.extend(graph.cluster_children[cluster])
    for cluster in reversed(walk):
        parent = graph.clusters[cluster].parent
        if parent >= 0:
            end[parent] = max(end[parent], end[cluster])
    return begin, end
