"""The table of recorded runs: its keys, and cells that are written in."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gradviz.gui.panels.runs.runs_table_model import COLUMNS, FIELDS, Index, RunsTableModel
from gradviz.language import tr

_ROW = 22
_PADDING = 14
"""Beside a heading, which is longer in some languages than what is below it."""


class _CellDelegate(QStyledItemDelegate):
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a field that is not higher than its row."""
        field = QLineEdit(parent)
        field.setFrame(False)
        field.setStyleSheet("QLineEdit { min-height: 0; padding: 0 3px; border-radius: 3px; }")
        field.setAccessibleName(tr(COLUMNS[index.column()].heading))
        return field


class RunsTable(QTableView):
    """Rows of one height; a click on a heading sorts, a third one puts the newest first again."""

    shown_requested = Signal()
    """Enter, Space or a double click: on the plot, or off it."""
    delete_requested = Signal()

    def __init__(self, model: RunsTableModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(self.tr("Recorded runs"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setItemDelegate(_CellDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(True)
        header.setMinimumSectionSize(36)
        header.setStretchLastSection(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        for section, column in enumerate(COLUMNS):
            heading = header.fontMetrics().horizontalAdvance(tr(column.heading)) + _PADDING
            self.setColumnWidth(section, max(column.width, heading))
        self.doubleClicked.connect(lambda _index: self.shown_requested.emit())

    def write_in(self, field: str) -> None:
        """Let the user write in a cell of the current row: `name`, `tags` or `note`."""
        index = self.currentIndex()
        if index.isValid():
            place = index.siblingAtColumn(FIELDS[field])
            self.scrollTo(place)
            self.edit(place)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Go to the first and the last run by Home and End: rows are chosen here, not cells."""
        ends = {QAbstractItemView.CursorAction.MoveHome: 0, QAbstractItemView.CursorAction.MoveEnd: -1}
        if action in ends and (rows := self.model().rowCount()):
            return self.model().index(ends[action] % rows, max(self.currentIndex().column(), 0))
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Rename, delete, and show on the plot by keys."""
        match event.key():
            case Qt.Key.Key_F2:
                self.write_in("name")
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.delete_requested.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.shown_requested.emit()
            case _:
                super().keyPressEvent(event)
