"""The rows of the reach panel: heads, parameters without gradient, shared tensors, small gradients, unknown ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QCoreApplication

from gradviz.model.graph.graph import Graph, line_text, shape_text
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.reach_table import ReachTable, name_of
from gradviz.protocol.records import ReachRecord

SMALLEST = 5
"""This many of the smallest gradients are listed."""
ICONS = {
    "frozen": "lock",
    "detached": "scissors",
    "integer": "hash",
    "no_grad": "eye-slash",
    "unused": "prohibit",
    "hidden": "stack",
    "unknown": "question",
}
"""Reason → icon."""


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One row. `name` is bold or mono by kind, `right` is at the right, `text` and `link` below the name."""

    kind: Literal["head", "lost", "shared", "small", "unknown"]
    name: str
    right: str = ""
    text: str = ""
    link: str = ""
    icon: str = ""
    node: int | None = None
    """The node to select; None for one that is not drawn."""
    file: str = ""
    line: int = 0
    tip: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("reach", text)


def rows_of(table: ReachTable, graph: Graph, gradients: Column | None) -> list[ReachRow]:
    """Return all rows. `gradients`: the norm of each node's gradient, None where it is not measured."""
    rows: list[ReachRow] = []
    for title, records in ((_tr("No gradient"), table.lost), (_tr("Only backward can tell"), table.unsure)):
        if records:
            rows.append(ReachRow("head", title, f"{len(records):,}"))
            rows += [_lost(record, graph) for record in records]
    if table.shared:
        rows.append(ReachRow("head", _tr("One tensor, several names"), f"{len(table.shared):,}"))
        for record in table.shared:
            names = " = ".join(record.names)
            node = record.node if record.node in graph else None
            rows.append(ReachRow("shared", names, shape_text(record.shape), icon="link", node=node, tip=names))
    if gradients is not None and not gradients.empty:
        rows += _smallest(graph, gradients)
    if table.unexplained:
        rows.append(ReachRow("head", _tr("What could not be explained"), f"{len(table.unexplained):,}"))
        for item in table.unexplained:
            node = item.node if item.node in graph else None
            rows.append(ReachRow("unknown", item.text, icon="question", node=node, tip=item.text))
    return rows


def as_plain(row: ReachRow) -> str:
    """Return a row's text for the clipboard and for screen readers."""
    return ", ".join(filter(None, (row.name, row.right, row.text, row.link)))


def _lost(record: ReachRecord, graph: Graph) -> ReachRow:
    name = name_of(record)
    node = record.node if record.node in graph else None
    tip = "\n".join(filter(None, (" = ".join(record.names), f"{record.text} {record.file}:{record.line}"
                                  if record.line else record.text)))  # fmt: skip
    return ReachRow("lost", name, shape_text(record.shape) or _tr("scalar"), record.text,
                    line_text(record.file, record.line), ICONS.get(record.reason, "question"), node, record.file,
                    record.line, tip)  # fmt: skip


def _smallest(graph: Graph, gradients: Column) -> list[ReachRow]:
    """Return the parameters with the smallest norms, zero included, those not measured left out."""
    leaf = np.array([node.kind == "parameter" for node in graph.nodes], dtype=bool)
    known = np.flatnonzero(leaf & gradients.measured & np.isfinite(gradients.values))
    order = known[np.argsort(gradients.values[known], kind="stable")][:SMALLEST]
    if not len(order):
        return []
    when = "" if gradients.step is None else _tr("norm in iteration {0}").format(f"{gradients.step:,}")
    rows = [ReachRow("head", _tr("Smallest gradients"), when)]
    for index in order:
        node, value = graph.nodes[index], float(gradients.values[index])
        rows.append(ReachRow("small", node.name, f"{value:.2e}".replace("e-", "e−") if value else "0", node=node.id))
    return rows
