"""The table model of nodes: nothing is computed for a row until it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color, current
from gradviz.gui.text import overlays as overlay_words
from gradviz.language import tr
from gradviz.model.number_text import value_text
from gradviz.model.overlay.overlay_table import MEASURED
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.node_table import FIELDS, MEASURES, NodeTable, Rows, order_of
from gradviz.protocol.records import MeasureKind

Index = QModelIndex | QPersistentModelIndex
COLUMNS: tuple[str, ...] = (*FIELDS, *MEASURES)
_MONO = frozenset((*MEASURES, "id", "shape", "line", "dtype"))


class NodeTableModel(QAbstractTableModel):
    """Sorted and filtered rows over the arrays of one graph."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: NodeTable | None = None
        self._columns: Mapping[MeasureKind, Column] = {}
        self._rows = np.zeros(0, np.intp)
        """Position in the graph of each row that is shown."""
        self._sorted: tuple[int, bool] = (-1, False)
        self._filter = ""

    @property
    def table(self) -> NodeTable | None:
        """Return the nodes that are shown."""
        return self._table

    def set_table(self, table: NodeTable | None) -> None:
        """Show the nodes of another graph, in the same order and filter."""
        self.beginResetModel()
        self._table, self._columns = table, {}
        self._rows = self._wanted_rows()
        self.endResetModel()

    def set_columns(self, columns: Mapping[MeasureKind, Column]) -> None:
        """Show new measured values; rows move only if they are sorted by one of them."""
        self._columns = columns
        if measure_at(self._sorted[0]) is not None:
            self._arrange()
        elif len(self._rows):
            first, last = self.index(0, len(FIELDS)), self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(first, last)

    def set_filter(self, text: str) -> None:
        """Show the rows in which all of these words occur."""
        if text != self._filter:
            self._filter = text
            self.beginResetModel()
            self._rows = self._wanted_rows()
            self.endResetModel()

    def row_of(self, node_id: int) -> int | None:
        """Return the row that shows a node; None where the filter hides it."""
        if self._table is None or node_id not in self._table.graph:
            return None
        found = np.flatnonzero(self._rows == self._table.graph.index[node_id])
        return int(found[0]) if len(found) else None

    def node_id(self, row: int) -> int | None:
        """Return the node of a row."""
        if self._table is None or not 0 <= row < len(self._rows):
            return None
        return self._table.graph.nodes[int(self._rows[row])].id

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, Qt's own signature
        """Return the number of rows shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        self._sorted = (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows in a role."""
        if not index.isValid() or self._table is None:
            return None
        row, section = int(self._rows[index.row()]), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(section, row)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
            case Qt.ItemDataRole.FontRole:
                name = COLUMNS[section]
                return fonts.mono(11) if name in _MONO else fonts.ui(12, 600 if name == "name" else 400)
            case Qt.ItemDataRole.ForegroundRole:
                return self._ink(section, row)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._full(section, row)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a heading or its tooltip."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return heading(section)
            case Qt.ItemDataRole.ToolTipRole:
                return meaning(section)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    def _value(self, kind: MeasureKind, row: int) -> float | None:
        column = self._columns.get(kind)
        return float(column.values[row]) if column is not None and column.measured[row] else None

    def _text(self, section: int, row: int) -> str:
        assert self._table is not None
        kind = measure_at(section)
        if kind is None:
            text = self._table.text(FIELDS[section], row)
            # A node that autograd does not know has no place in the order of creation, only an id for the file.
            return "" if FIELDS[section] == "id" and text.startswith("-") else text
        value = self._value(kind, row)
        return "–" if value is None else value_text(value, MEASURED[kind].unit)

    def _full(self, section: int, row: int) -> str:
        """Return the whole text of a cell, a number with all its figures."""
        assert self._table is not None
        node, kind = self._table.graph.nodes[row], measure_at(section)
        if kind is None:
            if FIELDS[section] == "line":
                return f"{node.file}:{node.line}" if node.file else ""
            return self._text(section, row)
        value = self._value(kind, row)
        if value is None:
            return tr("{0}: not measured").format(heading(section))
        return f"{heading(section)}: {self._text(section, row)}\n{value!r}"

    def _ink(self, section: int, row: int) -> Any:
        palette, kind = current(), measure_at(section)
        if kind is None:
            pale = FIELDS[section] in ("id", "kind", "dtype", "type", "line")
            return color(palette.text3 if pale else palette.text if FIELDS[section] == "name" else palette.text2)
        value = self._value(kind, row)
        if value is None:
            return color(palette.text3)
        return color(palette.text if np.isfinite(value) else palette.error)

    def _arrange(self) -> None:
        """Sort the rows; the selection stays on its nodes."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        positions = [int(self._rows[index.row()]) for index in before]
        self._rows = self._wanted_rows()
        rows = {position: row for row, position in enumerate(self._rows.tolist())} if before else {}
        after = [self.index(rows[p], i.column()) for p, i in zip(positions, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _wanted_rows(self) -> Rows:
        table = self._table
        if table is None:
            return np.zeros(0, np.intp)
        section, descending = self._sorted
        kind = measure_at(section)
        if section < 0:
            order = np.arange(len(table))
        elif kind is None:
            order = table.order(FIELDS[section], descending=descending)
        else:
            known = self._columns.get(kind)
            order = np.arange(len(table)) if known is None else order_of(known, descending=descending)
        return order[table.matching(self._filter)[order]] if self._filter else order


def measure_at(section: int) -> MeasureKind | None:
    """Return the quantity measured in a column; None for a column of the graph's own."""
    return MEASURES[section - len(FIELDS)] if section >= len(FIELDS) else None


def heading(section: int) -> str:
    """Return the heading of a column."""
    kind = measure_at(section)
    if kind is not None:
        return overlay_words.heading(kind)
    return {
        "id": "#",
        "name": tr("Name"),
        "kind": tr("Kind"),
        "type": tr("Type"),
        "op": tr("Op"),
        "module": tr("Module"),
        "line": tr("Line"),
        "shape": tr("Shape"),
        "dtype": tr("Dtype"),
    }[FIELDS[section]]


def meaning(section: int) -> str:
    """Return the tooltip of a heading."""
    kind = measure_at(section)
    if kind is not None:
        return overlay_words.meaning(kind)
    return {
        "id": tr("Order of creation; leaves, data and the loss have none"),
        "name": tr("What the node is called; all names of a shared leaf"),
        "kind": tr("Kind of node"),
        "type": tr("Class of the autograd node"),
        "op": tr("The forward call that made it"),
        "module": tr("The module call around it"),
        "line": tr("The line of code that made it"),
        "shape": tr("Shape of the first output"),
        "dtype": tr("Type of the elements of the first output"),
    }[FIELDS[section]]


def _alignment(section: int) -> int:
    right = section == 0 or measure_at(section) is not None
    return (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft).value | (
        Qt.AlignmentFlag.AlignVCenter.value
    )
