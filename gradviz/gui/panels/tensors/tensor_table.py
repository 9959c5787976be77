"""The values of a tensor as a table with the true indices at its edges, copied as text and edited cell by cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableView, QWidget

from gradviz.appearance.text_styles import CODE
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color, current
from gradviz.model.number_text import as_typed, complex_text, significant
from gradviz.model.slices import Plane, plane
from gradviz.protocol.events import TensorAnswered

Values = npt.NDArray[np.float64] | npt.NDArray[np.complex128]
Index = QModelIndex | QPersistentModelIndex

_COLUMN = 92
_MARGIN = 16


class TensorTableModel(QAbstractTableModel):
    """Rows and columns over the array of an answer. An edit is a request; the next answer brings its result."""

    edit_requested = Signal(tuple, str)
    """(index of the element in the whole tensor, the new value as it was typed)"""
    edit_refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._values: Values = np.empty((0, 0))
        self._plane = Plane(())
        self._dtype = "float64"
        self.editable = False

    def set_answer(self, answer: TensorAnswered) -> None:
        """Show the values of an answer; without values the table is empty."""
        self.beginResetModel()
        if answer.values is None:
            self._values = np.empty((0, 0))
        else:
            sizes, data = answer.values
            self._plane = plane(answer.slice, answer.shape or ()).cut(sizes)
            self._values = np.frombuffer(data, "<f8").reshape(self._plane.shape)
            if answer.imaginary:
                self._values = self._values + 1j * np.frombuffer(answer.imaginary, "<f8").reshape(self._plane.shape)
        self._dtype = answer.dtype
        self.endResetModel()

    @property
    def plane(self) -> Plane:
        """Which elements the rows and columns are."""
        return self._plane

    def exact(self, row: int, column: int) -> str:
        """Return a value with every digit that its dtype holds."""
        value = self._values[row, column]
        if self._dtype.startswith("complex"):
            single = self._dtype == "complex64"
            return str(np.complex64(value) if single else np.complex128(value)).strip("()")
        if self._dtype in ("float32", "float16", "bfloat16"):
            return str(np.float16(value) if self._dtype == "float16" else np.float32(value))
        if self._dtype.startswith(("int", "uint")):
            return str(int(value))
        return str(bool(value)) if self._dtype == "bool" else repr(float(value))

    @property
    def longest(self) -> int:
        """Return how many characters the longest value has, as it is shown."""
        if not self._values.size:
            return 0
        if self._dtype.startswith(("float", "bfloat")):
            return len(significant(-1e-100))
        if np.iscomplexobj(self._values):
            return 2 * len(significant(-1e-100)) + 1
        return max(len(str(int(end))) for end in (self._values.min(), self._values.max()))

    def text(self, rows: range, columns: range) -> str:
        """Return cells as lines of tab-separated values with all their digits."""
        return "\n".join("\t".join(self.exact(row, column) for column in columns) for row in rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else self._values.shape[0]

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else self._values.shape[1]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let cells be edited where the tensor can be changed."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.editable else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the text, tip, alignment or color of a cell."""
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                if not self._dtype.startswith(("float", "bfloat", "complex")):
                    return self.exact(row, column)
                value = self._values[row, column]
                if np.iscomplexobj(value):
                    return complex_text(float(value.real), float(value.imag))
                return significant(float(value))
            case Qt.ItemDataRole.EditRole:
                return self.exact(row, column)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                element = ", ".join(map(str, self._plane.element(row, column)))
                return f"[{element}] = {self.exact(row, column)}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole:
                value = self._values[row, column]
                if not np.isfinite(value):
                    return color(current().error)
                return color(current().text3) if value == 0 else None
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for an edit; the table changes with the next answer."""
        if role != Qt.ItemDataRole.EditRole or not self.editable:
            return False
        text = as_typed(str(value))
        if text == self.exact(index.row(), index.column()):
            return False
        try:
            number = complex if self._dtype.startswith("complex") else float
            number({"true": "1", "false": "0"}.get(text.lower(), text.replace(" ", "")))
        except ValueError:
            self.edit_refused.emit(self.tr("{text} is not a number; a cell takes one value.").format(text=repr(text)))
            return False
        self.edit_requested.emit(self._plane.element(index.row(), index.column()), text)
        return False  # the next answer brings the result

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the true index of a row or column."""
        if role == Qt.ItemDataRole.DisplayRole:
            across = orientation == Qt.Orientation.Horizontal
            return self._plane.column_label(section) if across else self._plane.row_label(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


class TensorTable(QTableView):
    """A table of values; Ctrl+C copies what is selected, or all of it if no more than one cell is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values = TensorTableModel(self)
        self.setModel(self.values)
        self.setFont(fonts.font(CODE))
        self.setShowGrid(False)
        self.setAccessibleName(self.tr("Values"))
        self.setCornerButtonEnabled(False)
        # The theme rules a line under every heading: right across the top, wrong down the side.
        self.setStyleSheet(
            "QHeaderView::section:vertical, QTableCornerButton::section { border: none; background: transparent; }"
        )
        self.verticalHeader().setDefaultSectionSize(22)
        self.verticalHeader().setMinimumSectionSize(22)
        self.horizontalHeader().setDefaultSectionSize(_COLUMN)
        self.horizontalHeader().setMinimumSectionSize(40)

    def set_answer(self, answer: TensorAnswered) -> None:
        """Show the values of an answer, and keep the current cell if it is still there."""
        current_cell = (self.currentIndex().row(), self.currentIndex().column())
        self.values.set_answer(answer)
        wide = round(fonts.digit_width(CODE) * self.values.longest) + _MARGIN
        self.horizontalHeader().setDefaultSectionSize(max(_COLUMN, wide))  # no number is cut
        index = self.values.index(*current_cell)
        if index.isValid():
            self.setCurrentIndex(index)

    def text(self) -> str:
        """Return the selected cells, or all, as lines of tab-separated values with all their digits."""
        cells = self.selectedIndexes()
        if len(cells) < 2:
            rows, columns = range(self.values.rowCount()), range(self.values.columnCount())
        else:
            rows = range(min(c.row() for c in cells), max(c.row() for c in cells) + 1)
            columns = range(min(c.column() for c in cells), max(c.column() for c in cells) + 1)
        return self.values.text(rows, columns)

    def copy(self) -> None:
        """Put the text on the clipboard."""
        QGuiApplication.clipboard().setText(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy by Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)
