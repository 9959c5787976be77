"""Totals by module: a headline for the whole model, and a tree of its modules."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.panels.tables.module_tree_model import CLASS_ROLE, COLUMNS, ModuleTreeModel
from gradviz.gui.panels.tables.table_panel import VisibilityPanel
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color, current
from gradviz.gui.widgets.buttons import icon_button, panel_corner
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.model.number_text import size_text, value_text
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.module_totals import SUMMED, ModuleRow, Totals
from gradviz.protocol.records import MeasureKind

_WIDTHS = {"module": 196, "parameters": 92, "output": 104, "own": 86, "trainable": 92, "size": 80}
_NARROW = 80
_OPEN = 24
"""At first modules are open as deep as at most this many rows are visible."""
_TIED = 2
"""At most this many tied weights are named; of more the number is shown."""


class ModulesPanel(VisibilityPanel):
    """Shows the totals it is given; requests are signals."""

    module_chosen = Signal(tuple)
    """The clusters of the calls of a module that the user selected; empty for one that is never called."""
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ModuleTreeModel(self)
        self.view = _Tree()
        self.view.setModel(self.model)
        self.headline, self.facts, self.tied = QLabel(), QLabel(), QLabel()
        self.headline.setProperty("role", "title")
        for label in (self.facts, self.tied):
            label.setProperty("role", "caption")
            label.setWordWrap(True)
        export = self.tr("Export the totals of all modules as CSV")
        self.corner = panel_corner(icon_button("download-simple", export, self.export_requested.emit))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(16, 10, 16, 8)
        head.setSpacing(3)
        for label in (self.headline, self.facts, self.tied):
            head.addWidget(label)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        empty = EmptyState("cube", self.tr("No model yet"), self.tr("Its modules are listed once a network is open."))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(page)
        self._stack.addWidget(empty)
        for section, name in enumerate(COLUMNS):
            self.view.setColumnWidth(section, _WIDTHS.get(name, _NARROW))
        self.view.selectionModel().currentRowChanged.connect(self._choose)
        self._selecting = False
        self.set_totals(None)

    @property
    def measures(self) -> tuple[MeasureKind, ...]:
        """Return the measured quantities that it shows now; none while it is hidden."""
        return SUMMED if self.is_seen else ()

    @property
    def chosen(self) -> ModuleRow | None:
        """Return the selected row."""
        row = self.model.row_of(self.view.currentIndex())
        return None if row is None or self.model.totals is None else self.model.totals.rows[row]

    def set_totals(self, totals: Totals | None) -> None:
        """Show another model, or none."""
        self.model.set_totals(totals)
        self._stack.setCurrentIndex(0 if totals is not None else 1)
        if totals is not None:
            self._open_first(totals)
            self._show_head({})

    def set_columns(self, columns: Mapping[MeasureKind, Column]) -> None:
        """Show the sums of these values of the nodes."""
        self.model.set_columns(columns)
        self.view.viewport().update()
        self._show_head(columns)

    def select(self, path: str | None) -> None:
        """Select a module, or none, without a signal."""
        totals = self.model.totals
        row = totals.index.get(path) if totals is not None and path is not None else None
        self._selecting = True
        if row is None:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())
        elif row != self.model.row_of(self.view.currentIndex()):
            index = self.model.index_of(row)
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)
        self._selecting = False

    def _show_head(self, columns: Mapping[MeasureKind, Column]) -> None:
        totals = self.model.totals
        if totals is None:
            return
        whole = totals.rows[0]
        count = self.tr("1 parameter") if whole.total == 1 else self.tr("{0} parameters").format(f"{whole.total:,}")
        self.headline.setText(count)
        parts = [
            self.tr("all trainable")
            if whole.trainable == whole.total
            else self.tr("{0} trainable, {1} frozen").format(
                f"{whole.trainable:,}", f"{whole.total - whole.trainable:,}"
            ),
            size_text(whole.size),
        ]
        held, flops = self.model.sum_of("saved_bytes"), self.model.sum_of("flops")
        times = [t for t in (self.model.sum_of("time_forward"), self.model.sum_of("time_backward")) if t is not None]
        if held is not None:
            parts.append(self.tr("{0} held for backward").format(size_text(held)))
        if flops is not None:
            parts.append(self.tr("{0} in forward").format(value_text(flops, "FLOP")))
        if times:
            parts.append(self.tr("{0} in its ops").format(value_text(sum(times), "s")))
        self.facts.setText(" · ".join(parts))
        self.tied.setText(self._tied_text(totals))
        self.tied.setVisible(bool(totals.tied))

    def _tied_text(self, totals: Totals) -> str:
        if len(totals.tied) > _TIED:
            return self.tr("{0} tensors have several names; each is counted once.").format(len(totals.tied))
        named = "; ".join(" = ".join(names) for names in totals.tied)
        return self.tr("{0}: one tensor, counted once.").format(named)

    def _open_first(self, totals: Totals) -> None:
        self.view.collapseAll()
        level, seen = [0], 1
        while level:
            inside = [child for row in level for child in totals.children[row]]
            seen += len(inside)
            if seen > _OPEN and level != [0]:
                break
            for row in level:
                self.view.expand(self.model.index_of(row))
            level = inside

    def _choose(self, index: QModelIndex) -> None:
        row = self.model.row_of(index)
        if row is not None and not self._selecting and self.model.totals is not None:
            self.module_chosen.emit(self.model.totals.rows[row].clusters)


class _NameAndClass(QStyledItemDelegate):
    """Paints the class pale after the name."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the name and the class."""
        super().paint(painter, option, index)
        used = QFontMetricsF(index.data(Qt.ItemDataRole.FontRole)).horizontalAdvance(index.data()) + 16
        room = option.rect.adjusted(round(used), 0, -6, 0)
        if room.width() > 24:
            font = fonts.ui(12)
            painter.save()
            painter.setFont(font)
            painter.setPen(color(current().text3))
            words = QFontMetricsF(font).elidedText(
                index.data(CLASS_ROLE) or "", Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
            painter.restore()


class _Tree(QTreeView):
    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegateForColumn(0, _NameAndClass(self))
        self.setAccessibleName(self.tr("Modules"))
        self.setUniformRowHeights(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIndentation(14)
        self.setAllColumnsShowFocus(True)
        self.header().setStretchLastSection(False)
        self.header().setMinimumSectionSize(36)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Follow the keys of the tree."""
        if event.key() == Qt.Key.Key_Asterisk and self.currentIndex().isValid():
            self.expandRecursively(self.currentIndex())
        else:
            super().keyPressEvent(event)
