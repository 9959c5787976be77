"""The tree model of the totals by module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color, current
from gradviz.language import tr
from gradviz.model.graph.graph import shape_text
from gradviz.model.number_text import size_text, value_text
from gradviz.model.overlay.overlay_table import MEASURED
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.module_totals import SUMMED, ModuleRow, Totals
from gradviz.protocol.records import MeasureKind

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("module", "parameters", "output", "own", "trainable", "size", "flops", "time_forward", "time_backward",
           "share", "saved_bytes")  # fmt: skip
CLASS_ROLE = Qt.ItemDataRole.UserRole
"""The class of the row's module, and how often it is called."""


class ModuleTreeModel(QAbstractItemModel):
    """Rows by their number in `Totals.rows`; sums are computed again when values arrive."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.totals: Totals | None = None
        self._sums: dict[MeasureKind, Column] = {}
        self._share = Column(np.zeros(0), np.zeros(0, np.bool_))

    def set_totals(self, totals: Totals | None) -> None:
        """Show the modules of another model."""
        self.beginResetModel()
        self.totals, self._sums = totals, {}
        self.endResetModel()

    def set_columns(self, columns: Mapping[MeasureKind, Column]) -> None:
        """Sum up new measured values of the nodes."""
        if self.totals is None:
            return
        self._sums = {kind: self.totals.sums(columns[kind]) for kind in SUMMED if kind in columns}
        self._share = self._shares()
        self._report_changed(QModelIndex())

    def sum_of(self, kind: MeasureKind, row: int = 0) -> float | None:
        """Return the sum of a row; None where nothing inside was measured."""
        column = self._sums.get(kind)
        return float(column.values[row]) if column is not None and column.measured[row] else None

    def row_of(self, index: Index) -> int | None:
        """Return the number of a row in `Totals.rows`."""
        return int(index.internalId()) if index.isValid() else None

    def index_of(self, row: int) -> QModelIndex:
        """Return the index of a row in the tree."""
        if self.totals is None or not 0 <= row < len(self.totals.rows):
            return QModelIndex()
        return self.createIndex(self.totals.children[self.totals.rows[row].parent].index(row), 0, row)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a row and column below `parent`."""
        if self.totals is None:
            return QModelIndex()
        inside = self.totals.children[int(parent.internalId()) if parent.isValid() else -1]
        return self.createIndex(row, column, inside[row]) if 0 <= row < len(inside) else QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        """Return the index of the module around a row."""
        if self.totals is None or not index.isValid():
            return QModelIndex()
        around = self.totals.rows[int(index.internalId())].parent
        return self.index_of(around) if around >= 0 else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of modules directly inside `parent`."""
        if self.totals is None or (parent.isValid() and parent.column() > 0):
            return 0
        return len(self.totals.children[int(parent.internalId()) if parent.isValid() else -1])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows in a role."""
        if not index.isValid() or self.totals is None:
            return None
        number, name = int(index.internalId()), COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(number, name)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(name)
            case Qt.ItemDataRole.FontRole:
                return fonts.ui(12, 500) if name == "module" else fonts.mono(11)
            case Qt.ItemDataRole.ForegroundRole:
                palette = current()
                return color(palette.text if name in ("module", "parameters") else palette.text2)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole if name == "module":
                return self._tip(self.totals.rows[number])
            case _ if role == CLASS_ROLE:
                row = self.totals.rows[number]
                return f"{row.class_name} × {row.uses:,}" if row.uses > 1 else row.class_name
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a heading or its tooltip."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _heading(COLUMNS[section])[0]
            case Qt.ItemDataRole.ToolTipRole:
                return _heading(COLUMNS[section])[1]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(COLUMNS[section])
        return None

    def _text(self, number: int, name: str) -> str:
        assert self.totals is not None
        row = self.totals.rows[number]
        match name:
            case "module":
                return row.name or self.totals.title
            case "parameters":
                return f"{row.total:,}" if row.total else "–"
            case "output":
                return shape_text(row.output)
            case "own":
                return f"{row.own:,}" if row.own else "–"
            case "trainable":
                return f"{row.trainable:,}" if row.trainable else "–"
            case "size":
                return size_text(row.size) if row.size else "–"
            case "share":
                known = number < len(self._share.values) and self._share.measured[number]
                return f"{100 * self._share.values[number]:.1f} %" if known else "–"
        value = self.sum_of(name, number)
        return "–" if value is None else value_text(value, MEASURED[name].unit, bare=True)

    def _tip(self, row: ModuleRow) -> str:
        assert self.totals is not None
        lines = [row.path or self.totals.title]
        if row.class_name:
            lines[0] += f", {row.class_name}"
        if row.uses > 1:
            lines.append(tr("called {0} times in the iteration; the output is that of the first call").format(row.uses))
        elif not row.uses and row.path:
            lines.append(tr("never called: no node of the graph is of this module itself"))
        if row.total != row.trainable:
            lines.append(tr("{0} parameters are frozen").format(f"{row.total - row.trainable:,}"))
        return "\n".join(lines)

    def _shares(self) -> Column:
        """Return (R,) each module's share of the time of forward and backward together."""
        assert self.totals is not None
        count = len(self.totals.rows)
        time, known = np.zeros(count), np.zeros(count, np.bool_)
        for kind in ("time_forward", "time_backward"):
            if (column := self._sums.get(kind)) is not None:
                time += np.where(column.measured, column.values, 0.0)
                known |= column.measured
        whole = time[0] if count else 0.0
        return Column(time / whole if whole > 0 else time, known & (whole > 0))

    def _report_changed(self, parent: QModelIndex) -> None:
        """Report all open rows as changed: the views read again those that they show."""
        rows = self.rowCount(parent)
        if rows:
            self.dataChanged.emit(self.index(0, 0, parent), self.index(rows - 1, len(COLUMNS) - 1, parent))


def _alignment(name: str) -> int:
    side = Qt.AlignmentFlag.AlignLeft if name in ("module", "output") else Qt.AlignmentFlag.AlignRight
    return side.value | Qt.AlignmentFlag.AlignVCenter.value


def _heading(name: str) -> tuple[str, str]:
    return {
        "module": (tr("Module"), tr("Name in the model, and class")),
        "parameters": (
            tr("Parameters"),
            tr("Elements of all parameters inside; a tensor with two names counts once"),
        ),
        "output": (tr("Output"), tr("Shape that the first call returns")),
        "own": (tr("Own"), tr("Elements of the parameters that the module itself holds")),
        "trainable": (tr("Trainable"), tr("Elements of the parameters that want a gradient")),
        "size": (tr("Size"), tr("Bytes of all parameters inside")),
        "flops": (tr("FLOP"), tr("Floating-point operations of forward, measured while this is shown")),
        "time_forward": (tr("Forward"), tr("Time in forward, measured while this is shown")),
        "time_backward": (tr("Backward"), tr("Time in backward, measured while this is shown")),
        "share": (tr("Share"), tr("Of the time of forward and backward together")),
        "saved_bytes": (tr("Held"), tr("Bytes held for backward, measured while this is shown")),
    }[name]
