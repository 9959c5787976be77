"""The nodes of a graph as a table: texts, order, filter, and the file of all columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from gradviz.model.graph.graph import Graph, shape_text
from gradviz.model.overlay.overlay_table import MEASURED
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.module_totals import cell, measure_heading
from gradviz.protocol.records import MeasureKind, NodeRecord

Field = Literal["id", "name", "kind", "type", "op", "module", "line", "shape", "dtype"]
FIELDS: tuple[Field, ...] = get_args(Field)
MEASURES: tuple[MeasureKind, ...] = tuple(MEASURED)
Rows = npt.NDArray[np.intp]
_NUMBERS = re.compile(r"(\d+)")


class NodeTable:
    """The N nodes of one graph as rows, in the graph's order. Texts and orders are made when they are first asked
    for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._texts: dict[Field, list[str]] = {}
        self._ranks: dict[Field, Rows] = {}

    def __len__(self) -> int:
        return len(self.graph)

    def text(self, field: Field, row: int) -> str:
        """Return the text of one cell."""
        return self._column(field)[row]

    def matching(self, text: str) -> npt.NDArray[np.bool_]:
        """Return (N,) rows in which each word of `text` occurs, in any column."""
        words = re.sub(r"(?<=\d)\s*[x×]\s*(?=\d)", "x", text.lower()).split()
        if not words:
            return np.ones(len(self), np.bool_)
        return np.fromiter((all(word in line for word in words) for line in self._searchable), np.bool_, len(self))

    def order(self, field: Field, *, descending: bool = False) -> Rows:
        """Return all rows ordered by one column; equal ones stay in the graph's order. Numbers in names count as
        numbers; rows that are no node of autograd come last by id either way."""
        if field not in self._ranks:
            self._ranks[field] = self._rank(field)
        rank = self._ranks[field]
        return np.lexsort((-rank if descending else rank, rank < 0))

    def _column(self, field: Field) -> list[str]:
        if field not in self._texts:
            write = _WRITERS[field]
            self._texts[field] = [write(self.graph, node) for node in self.graph.nodes]
        return self._texts[field]

    def _rank(self, field: Field) -> Rows:
        if field == "id":
            return np.array([node.id for node in self.graph.nodes], np.intp).reshape(len(self))
        if field == "shape":
            sizes = [
                (-1, ()) if n.shape is None else (int(np.prod(n.shape, dtype=float)), n.shape) for n in self.graph.nodes
            ]
            return _dense(sizes)
        return _dense([_natural(text) for text in self._column(field)])

    @cached_property
    def _searchable(self) -> list[str]:
        columns = [self._column(field) for field in FIELDS]
        lines = ["\n".join(cells).lower() for cells in zip(*columns, strict=True)]
        return [
            f"{line.replace(' × ', 'x')}\n{' '.join(node.names).lower()}"
            for line, node in zip(lines, self.graph.nodes, strict=True)
        ]


def order_of(column: Column, *, descending: bool = False) -> Rows:
    """Return all rows ordered by a measured value: rows without one come last either way, a NaN is the largest."""
    values = np.where(column.measured & np.isnan(column.values), np.inf, column.values)
    nan = (column.measured & np.isnan(column.values)).astype(np.int8)
    missing = (~column.measured).astype(np.int8)
    values = np.where(column.measured, values, 0.0)
    if descending:
        values, nan = -values, -nan
    return np.lexsort((nan, values, missing))


def as_csv(table: NodeTable, columns: Mapping[MeasureKind, Column]) -> str:
    """Return all nodes with all columns in full precision; a value that was not measured is empty."""
    known = [kind for kind in MEASURES if kind in columns]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*FIELDS, *(measure_heading(kind) for kind in known)])
    for row, node in enumerate(table.graph.nodes):
        texts = [_place(node) if field == "line" else table.text(field, row) for field in FIELDS]
        texts[FIELDS.index("shape")] = texts[FIELDS.index("shape")].replace(" × ", "x")
        writer.writerow([*texts, *(cell(columns[kind], row) for kind in known)])
    return out.getvalue()


def _place(node: NodeRecord) -> str:
    return f"{node.file}:{node.line}" if node.file else ""


def _module(graph: Graph, node: NodeRecord) -> str:
    if node.cluster < 0:
        return ""
    cluster = graph.clusters[node.cluster]
    return cluster.path if cluster.uses == 1 else f"{cluster.path} #{cluster.use}"


_WRITERS: dict[Field, Callable[[Graph, NodeRecord], str]] = {
    "id": lambda graph, node: str(node.id),
    "name": lambda graph, node: " = ".join(node.names) if len(node.names) > 1 else node.name,
    "kind": lambda graph, node: node.kind,
    "type": lambda graph, node: node.type_name,
    "op": lambda graph, node: node.op,
    "module": _module,
    "line": lambda graph, node: re.split(r"[\\/]", _place(node))[-1],
    "shape": lambda graph, node: shape_text(node.shape),
    "dtype": lambda graph, node: node.dtype,
}


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.lower()) for part in _NUMBERS.split(text) if part
    )


def _dense(keys: list[Any]) -> Rows:
    """Return the position of each key among the different keys, in order."""
    rank = {key: i for i, key in enumerate(sorted(set(keys)))}
    return np.array([rank[key] for key in keys], np.intp).reshape(len(keys))
