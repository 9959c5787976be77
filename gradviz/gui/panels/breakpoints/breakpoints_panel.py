"""The breakpoints panel: a list where breakpoints are enabled, removed and added by mouse and by key."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.dialogs.breakpoint_dialog import BreakpointDialog, KnownPlaces
from gradviz.gui.panels.breakpoints.breakpoint_rows import ROW, BreakpointDelegate, BreakpointModel, toggle
from gradviz.gui.style import icons
from gradviz.gui.widgets.dock_heights import LOW
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.model.stepping.breakpoint_kinds import KINDS
from gradviz.model.stepping.breakpoints import Breakpoints
from gradviz.protocol.records import BreakpointRecord, Phase


class BreakpointsPanel(QWidget):
    """A list of breakpoints. It emits requests, and shows what it is then given."""

    enabled_changed = Signal(int, bool)
    remove_requested = Signal(int)
    add_requested = Signal(BreakpointRecord)
    """The id of the record means nothing yet."""
    change_requested = Signal(int, BreakpointRecord)
    """The id of a breakpoint, and what it is to be."""
    search_requested = Signal(BreakpointRecord, int)
    """A condition, and the iteration from which on the first that met it is looked for."""
    activated = Signal(int)
    """Go to the place of a breakpoint."""
    count_changed = Signal(int)
    needed_height_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = KnownPlaces()
        self._dialog: BreakpointDialog | None = None
        self.add_action = QAction(icons.icon("plus", 16), self.tr("Add breakpoint…"), self)
        """For the panel's heading and the menus."""
        self.add_action.triggered.connect(self.open_dialog)
        self.corner = _make_corner(self.add_action)
        """The button for the dock's strip."""
        self._model = BreakpointModel(self)
        self._model.enabled_asked.connect(self.enabled_changed)
        self._list = _List(self)
        self._list.setModel(self._model)
        self._list.setItemDelegate(BreakpointDelegate(self._list))
        self._list.setAccessibleName(self.tr("Breakpoints"))
        self._list.doubleClicked.connect(self._open)
        self._list.edit_pressed.connect(self._edit)
        self._list.toggle_pressed.connect(self._toggle)
        self._list.remove_pressed.connect(self._remove)
        self._list.go_pressed.connect(self._go)
        self._list.customContextMenuRequested.connect(self._show_menu)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._empty())
        self.set_breakpoints(Breakpoints())

    @property
    def count(self) -> int:
        """The number of breakpoints."""
        return self._model.rowCount()

    def set_breakpoints(self, breakpoints: Breakpoints) -> None:
        """Show these, in their order."""
        before, row = self.count, self._list.currentIndex().row()
        self._model.set_items(list(breakpoints), breakpoints.held)
        if not self._list.currentIndex().isValid() and self.count:
            self._list.setCurrentIndex(self._model.index(min(max(row, 0), self.count - 1)))
        self._stack.setCurrentIndex(0 if self.count else 1)
        if self.count != before:
            self.count_changed.emit(self.count)
            self.needed_height_changed.emit()

    def needed_height(self) -> int:
        """Return what the rows need, or the sentence in their place."""
        return self.count * ROW + 16 if self.count else LOW

    def set_hit(self, breakpoint_id: int | None, phase: Phase = "backward") -> None:
        """Tint the row of the breakpoint that the run is stopped at, in the color of its phase."""
        self._model.set_hit(breakpoint_id, phase)

    def set_known_places(self, places: KnownPlaces) -> None:
        """Set what the dialog completes: ops, modules and files of the open network."""
        self._known = places

    def open_dialog(self) -> BreakpointDialog:
        """Ask for a new breakpoint; the window is not blocked meanwhile."""
        if self._dialog is None or not self._dialog.isVisible():
            self._show_dialog(None).record_entered.connect(self.add_requested)
        assert self._dialog is not None
        self._dialog.open()
        return self._dialog

    def ask_when(self, count: int) -> BreakpointDialog:
        """Ask for a condition that one of `count` iterations may have met."""
        dialog = self._show_dialog(None)
        dialog.ask_when(count)
        dialog.record_entered.connect(lambda record: self.search_requested.emit(record, int(dialog.since.text() or 0)))
        dialog.open()
        return dialog

    def edit(self, row: int) -> BreakpointDialog | None:
        """Ask what a breakpoint is to be from now on; None for one at a node, which is what it is."""
        record = self._model.item(self._model.index(row)).record
        if not KINDS[record.kind].fields:
            return None
        dialog = self._show_dialog(record)
        dialog.record_entered.connect(partial(self.change_requested.emit, record.id))
        dialog.open()
        return dialog

    def _show_dialog(self, record: BreakpointRecord | None) -> BreakpointDialog:
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = BreakpointDialog(self._known, self.window(), record)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.destroyed.connect(partial(self._forget_dialog, self._dialog))
        return self._dialog

    def menu_for(self, row: int) -> QMenu:
        """Return the context menu of a row; of the empty space if there is no such row."""
        menu = lettered(QMenu(self))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if 0 <= row < self.count:
            index = self._model.index(row)
            item = self._model.item(index)
            kind = KINDS[item.record.kind]
            if kind.family == "place":
                go = menu.addAction(self.tr("Go to place"), lambda: self.activated.emit(item.record.id))
                go.setShortcut("Return")
            if kind.fields:
                menu.addAction(self.tr("Edit…"), lambda: self.edit(row)).setShortcut("F2")
            switch = self.tr("Disable") if item.enabled else self.tr("Enable")
            menu.addAction(switch, lambda: toggle(self._model, index)).setShortcut("Space")
            remove = menu.addAction(self.tr("Remove"), lambda: self.remove_requested.emit(item.record.id))
            remove.setShortcut(QKeySequence.StandardKey.Delete)
            menu.addSeparator()
        menu.addAction(self.add_action)
        everything = menu.addAction(self.tr("Remove all"), self._remove_all)
        everything.setEnabled(self.count > 0)
        return menu

    def _show_menu(self, position: QPoint) -> None:
        index = self._list.indexAt(position)
        self.menu_for(index.row()).popup(self._list.viewport().mapToGlobal(position))

    def _forget_dialog(self, dialog: BreakpointDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None

    def _open(self, index: QModelIndex) -> None:
        """Go to the place of a breakpoint; one that has none is edited."""
        record = self._model.item(index).record
        if KINDS[record.kind].family == "place":
            self.activated.emit(record.id)
        else:
            self.edit(index.row())

    def _edit(self) -> None:
        if self._list.currentIndex().isValid():
            self.edit(self._list.currentIndex().row())

    def _toggle(self) -> None:
        if self._list.currentIndex().isValid():
            toggle(self._model, self._list.currentIndex())

    def _remove(self) -> None:
        if self._list.currentIndex().isValid():
            self.remove_requested.emit(self._model.item(self._list.currentIndex()).record.id)

    def _remove_all(self) -> None:
        for breakpoint_id in [self._model.item(self._model.index(row)).record.id for row in range(self.count)]:
            self.remove_requested.emit(breakpoint_id)

    def _go(self) -> None:
        if self._list.currentIndex().isValid():
            self._open(self._list.currentIndex())

    def _empty(self) -> QWidget:
        page = QWidget(self)
        title = QLabel(self.tr("No breakpoints"), page)
        title.setProperty("role", "strong")
        text = QLabel(self.tr("Click in the margin of the source, use a node's menu on the graph, or + above."), page)
        text.setProperty("role", "caption")
        text.setWordWrap(True)
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(4)
        column.addWidget(title)
        column.addWidget(text)
        column.addStretch(1)
        return page


def _make_corner(action: QAction) -> QWidget:
    corner = QWidget()
    row = QHBoxLayout(corner)
    row.setContentsMargins(0, 0, 0, 0)
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    row.addStretch(1)
    row.addWidget(button)
    return corner


class _List(QListView):
    toggle_pressed = Signal()
    remove_pressed = Signal()
    go_pressed = Signal()
    edit_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setViewportMargins(0, 4, 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Space:
                self.toggle_pressed.emit()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.remove_pressed.emit()
            case Qt.Key.Key_F2:
                self.edit_pressed.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.go_pressed.emit()
            case _:
                super().keyPressEvent(event)
