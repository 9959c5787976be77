"""All nodes as a table: sorted by any column, filtered by typing, joined with the selection of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.panels.tables.node_table_model import COLUMNS, NodeTableModel, heading, measure_at
from gradviz.gui.style import icons
from gradviz.gui.widgets.buttons import icon_button, panel_corner
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.node_table import FIELDS, NodeTable
from gradviz.protocol.records import MeasureKind


class VisibilityPanel(QWidget):
    """Knows whether it can be seen."""

    shown_changed = Signal()
    """It was shown or hidden, or shows other columns: what has to be measured may have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_seen = False
        """Whether it is in front in a dock that is shown."""

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(400, 400)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(200, 120)

    def showEvent(self, event: QShowEvent) -> None:
        """Note that it came into sight."""
        super().showEvent(event)
        self.is_seen = True
        self.shown_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Note that it went out of sight."""
        super().hideEvent(event)
        self.is_seen = False
        self.shown_changed.emit()


ROW = 22
_WIDTHS = {"id": 48, "name": 140, "kind": 84, "type": 150, "op": 170, "module": 120, "line": 110, "shape": 128,
           "dtype": 74}  # fmt: skip
_MEASURE_WIDTH = 86
_ID_ROOM = 16
_FILTER_WAIT = 120
"""Milliseconds after the last key before the rows change."""


class TablePanel(VisibilityPanel):
    """Shows the nodes and values it is given; requests are signals."""

    node_chosen = Signal(int)
    """The user selected a row."""
    node_activated = Signal(int)
    """Enter was pressed on a row, or it was clicked twice."""
    export_requested = Signal()
    window_requested = Signal()

    def __init__(self, parent: QWidget | None = None, *, large: bool = False) -> None:
        """Make the panel; `large` for the one in a window of its own, without a button to open it."""
        super().__init__(parent)
        self.model = NodeTableModel(self)
        self.view = _Table()
        self.view.setModel(self.model)
        self.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Filter: name, op, module, shape"))
        self.field.setAccessibleName(self.tr("Filter the table"))
        self.field.setClearButtonEnabled(True)
        self.field.addAction(icons.icon("find", 16), QLineEdit.ActionPosition.LeadingPosition)
        self.count = QLabel()
        self.count.setProperty("role", "caption")
        self._empty = EmptyState("list", self.tr("No nodes yet"), self.tr("They are listed once a graph is drawn."))
        self._none = EmptyState("find", self.tr("Nothing matches"), self.tr("Type less, or clear the filter."))
        self.corner, self._columns_button = self._make_corner(large)
        self._selecting = False
        self._wait = QTimer(self, singleShot=True, interval=_FILTER_WAIT)
        self._wait.timeout.connect(self._filter)
        self._lay_out(large)
        self._prepare_header(large)
        self.field.textChanged.connect(lambda _text: self._wait.start())
        self.field.returnPressed.connect(self._to_rows)
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        self.view.activated.connect(self._activate)
        self.set_table(None)

    @property
    def measures(self) -> tuple[MeasureKind, ...]:
        """Return the measured columns that are visible now; none while the panel is hidden."""
        header = self.view.horizontalHeader()
        seen = (measure_at(section) for section in range(len(COLUMNS)) if not header.isSectionHidden(section))
        return tuple(kind for kind in seen if kind is not None) if self.is_seen else ()

    @property
    def hidden(self) -> list[str]:
        """Return the names of the columns that the user hid."""
        header = self.view.horizontalHeader()
        return [name for section, name in enumerate(COLUMNS) if header.isSectionHidden(section)]

    def hide_columns(self, names: Iterable[str]) -> None:
        """Hide these columns, and show all others."""
        away = set(names) - {"name"}  # a table without names is useless
        for section, name in enumerate(COLUMNS):
            self.view.setColumnHidden(section, name in away)
        self.shown_changed.emit()

    def set_table(self, table: NodeTable | None) -> None:
        """Show the nodes of a graph, or none."""
        self.model.set_table(table)
        self._fit_ids(table)
        self._show_count()

    def set_columns(self, columns: Mapping[MeasureKind, Column]) -> None:
        """Show these measured values."""
        self.model.set_columns(columns)

    def select(self, node_id: int | None) -> None:
        """Select the row of a node, without a signal."""
        row = None if node_id is None else self.model.row_of(node_id)
        self._selecting = True
        if row is None:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())
        elif row != self.view.currentIndex().row():
            column = max(self.view.currentIndex().column(), 1)
            self.view.setCurrentIndex(self.model.index(row, column))
            self.view.scrollTo(self.model.index(row, column), QAbstractItemView.ScrollHint.EnsureVisible)
        self._selecting = False

    def columns_menu(self) -> QMenu:
        """Return the menu of the columns that can be shown."""
        menu = lettered(QMenu(self))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for section in range(len(COLUMNS)):
            if section == len(FIELDS):
                menu.addSection(self.tr("Measured while shown"))
            action = QAction(heading(section), menu, checkable=True)
            action.setChecked(not self.view.isColumnHidden(section))
            action.setEnabled(COLUMNS[section] != "name")
            action.toggled.connect(lambda on, at=section: self._show_column(at, on))
            menu.addAction(action)
        return menu

    def _lay_out(self, large: bool) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 12, 6)
        top.setSpacing(10)
        top.addWidget(self.field, 1)
        top.addWidget(self.count)
        if large:
            top.addWidget(self.corner)
        rows = QWidget()
        self._stack = QStackedLayout(rows)
        for page in (self.view, self._empty, self._none):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(rows, 1)

    def _make_corner(self, large: bool) -> tuple[QWidget, QToolButton]:
        """Make the buttons, one of which opens the menu of columns."""
        buttons = [icon_button("sliders-horizontal", self.tr("Columns"), self._open_columns)]
        if not large:
            enlarge = self.window_requested.emit
            buttons.append(icon_button("corners-out", self.tr("Table in a large window"), enlarge))
        export = self.export_requested.emit
        buttons.append(icon_button("download-simple", self.tr("Export all nodes and columns as CSV"), export))
        return panel_corner(*buttons), buttons[0]

    def _prepare_header(self, large: bool) -> None:
        header = self.view.horizontalHeader()
        for section, name in enumerate(COLUMNS):
            self.view.setColumnWidth(section, _WIDTHS.get(name, _MEASURE_WIDTH))
        if not large:  # measured columns are where they are seen without scrolling far
            for place, name in enumerate(("id", "name", "shape", *COLUMNS[len(FIELDS) :])):
                header.moveSection(header.visualIndex(COLUMNS.index(name)), place)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(
            lambda place: self.columns_menu().popup(header.viewport().mapToGlobal(place))
        )

    def _fit_ids(self, table: NodeTable | None) -> None:
        """Make the column of ids wide enough for all of them."""
        if table is None or not len(table.graph):
            return
        largest = max(node.id for node in table.graph.nodes)
        wide = self.view.fontMetrics().horizontalAdvance(str(largest))
        self.view.setColumnWidth(COLUMNS.index("id"), max(wide + _ID_ROOM, _WIDTHS["id"]))

    def _open_columns(self) -> None:
        button = self._columns_button
        self.columns_menu().popup(button.mapToGlobal(QPoint(0, button.height())))

    def _show_column(self, section: int, shown: bool) -> None:
        self.view.setColumnHidden(section, not shown)
        self.shown_changed.emit()

    def _filter(self) -> None:
        node = self.model.node_id(self.view.currentIndex().row())
        self.model.set_filter(self.field.text())
        self.select(node)
        if self.field.text():
            self.view.scrollToTop()
        self._show_count()

    def _to_rows(self) -> None:
        """Move from the filter to the first row."""
        self._wait.stop()
        self._filter()
        if self.model.rowCount():
            self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if not self.view.currentIndex().isValid():
                self.view.setCurrentIndex(self.model.index(0, 1))

    def _show_count(self) -> None:
        shown, table = self.model.rowCount(), self.model.table
        total = 0 if table is None else len(table)
        self._stack.setCurrentIndex(1 if not total else 2 if not shown else 0)
        if shown == total:
            self.count.setText(self.tr("1 node") if total == 1 else self.tr("{0} nodes").format(f"{total:,}"))
        else:
            self.count.setText(self.tr("{0} of {1}").format(f"{shown:,}", f"{total:,}"))

    def _choose(self, index: QModelIndex) -> None:
        node = self.model.node_id(index.row()) if index.isValid() else None
        if node is not None and not self._selecting:
            self.node_chosen.emit(node)

    def _activate(self, index: QModelIndex) -> None:
        node = self.model.node_id(index.row())
        if node is not None:
            self.node_activated.emit(node)


class _Table(QTableView):
    """Rows of one height, no row headers; a click on a heading sorts, a third one restores the graph's order."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Nodes"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(36)
        self.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(self.scrollToTop)  # sorting is for seeing what comes first

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Emit Enter on a row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)
