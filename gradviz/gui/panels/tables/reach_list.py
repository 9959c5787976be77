"""The parameters without gradient, shared tensors and small gradients: their rows, and the list that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFontMetricsF, QGuiApplication, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.language import tr
from gradviz.model.explanation.glossary import glossary_tip
from gradviz.model.graph.graph import Graph, line_text, shape_text
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.reach_table import ReachTable, name_of
from gradviz.model.tables.update_reach import UpdateProblem, matching
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
_TROUBLES = {"no_optimizer": "prohibit", "two_optimizers": "stack", "rate_zero": "lock", "unchanged": "pause"}


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


def rows_of(
    table: ReachTable,
    graph: Graph,
    gradients: Column | None,
    problems: Sequence[UpdateProblem] = (),
    search: str = "",
) -> list[ReachRow]:
    """Return all rows, or those that a `search` means. `gradients`: the norm of each node's gradient, None where it is
    not measured. `problems`: the parameters that no update changes as one would expect."""
    rows: list[ReachRow] = []
    meant, troubled = matching(table, problems, search)
    for title, of_kind in ((tr("No gradient"), table.lost), (tr("Only backward can tell"), table.unsure)):
        records = [record for record in of_kind if not search or record.names in meant]
        if records:
            rows.append(ReachRow("head", title, f"{len(records):,}"))
            rows += [_lost(record, graph) for record in records]
    problems = [problem for problem in problems if not search or problem.names in troubled]
    if problems:
        rows.append(ReachRow("head", tr("Not updated as one would expect"), f"{len(problems):,}"))
        rows += [_trouble(problem, table, graph) for problem in problems]
    if search:
        return rows
    if table.shared:
        rows.append(ReachRow("head", tr("One tensor, several names"), f"{len(table.shared):,}"))
        for record in table.shared:
            names = " = ".join(record.names)
            node = record.node if record.node in graph else None
            rows.append(ReachRow("shared", names, shape_text(record.shape), icon="link", node=node, tip=names))
    if gradients is not None and not gradients.empty:
        rows += _smallest(graph, gradients)
    if table.unexplained:
        rows.append(ReachRow("head", tr("What could not be explained"), f"{len(table.unexplained):,}"))
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
    return ReachRow("lost", name, shape_text(record.shape) or tr("scalar"), record.text,
                    line_text(record.file, record.line), ICONS.get(record.reason, "question"), node, record.file,
                    record.line, tip)  # fmt: skip


def _trouble(problem: UpdateProblem, table: ReachTable, graph: Graph) -> ReachRow:
    record = next((r for r in table.records if set(r.names) & set(problem.names)), None)
    node = record.node if record is not None and record.node in graph else None
    shape = shape_text(record.shape) if record is not None else ""
    return ReachRow("lost", problem.names[0], shape, problem.text, icon=_TROUBLES[problem.reason], node=node,
                    tip=" = ".join(problem.names))  # fmt: skip


def _smallest(graph: Graph, gradients: Column) -> list[ReachRow]:
    """Return the parameters with the smallest norms, zero included, those not measured left out."""
    leaf = np.array([node.kind == "parameter" for node in graph.nodes], dtype=bool)
    known = np.flatnonzero(leaf & gradients.measured & np.isfinite(gradients.values))
    order = known[np.argsort(gradients.values[known], kind="stable")][:SMALLEST]
    if not len(order):
        return []
    when = "" if gradients.step is None else tr("norm in iteration {0}").format(f"{gradients.step:,}")
    rows = [ReachRow("head", tr("Smallest gradients"), when)]
    for index in order:
        node, value = graph.nodes[index], float(gradients.values[index])
        rows.append(ReachRow("small", node.name, f"{value:.2e}".replace("e-", "e−") if value else "0", node=node.id))
    return rows


_ROW = Qt.ItemDataRole.UserRole
_EDGE, _TEXT_AT = 16, 42
_HEIGHTS = {"head": 34, "lost": 44, "shared": 26, "small": 24, "unknown": 26}
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[ReachRow] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """Return what a row shows in a role."""
        row = self.rows[index.row()]
        if role == _ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return as_plain(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (row.tip, glossary_tip(as_plain(row))))) or None
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Return the flags of a row; a head cannot be selected."""
        if self.rows[index.row()].kind == "head":
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class ReachList(QListView):
    """A click or Enter chooses a row, a click on the link follows it; other actions are in the row's menu."""

    row_chosen = Signal(object)
    link_followed = Signal(object)
    path_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _Rows()
        self.setModel(self._rows)
        self.setItemDelegate(_ReachPainter(self))
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Parameters and their gradients"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    @property
    def rows(self) -> list[ReachRow]:
        """Return the rows that are shown."""
        return self._rows.rows

    def show_rows(self, rows: list[ReachRow]) -> None:
        """Show other rows; a row of the same place stays selected, and the list stays scrolled."""
        if rows == self._rows.rows:
            return
        at, chosen = self.verticalScrollBar().value(), self.currentIndex().row()
        before = self._rows.rows[chosen] if 0 <= chosen < len(self._rows.rows) else None
        same = [row.kind for row in rows] == [row.kind for row in self._rows.rows]
        if same:
            self._rows.rows = rows
            self._rows.dataChanged.emit(self._rows.index(0), self._rows.index(len(rows) - 1))
        else:
            self._rows.beginResetModel()
            self._rows.rows = rows
            self._rows.endResetModel()
            keys = [(row.kind, row.name) for row in rows]
            if before is not None and (before.kind, before.name) in keys:
                self.setCurrentIndex(self._rows.index(keys.index((before.kind, before.name))))
        self.verticalScrollBar().setValue(at)

    def link_rect(self, number: int) -> QRect:
        """Return the rectangle of a row's link in the viewport; empty for none."""
        row, rect = self.rows[number], self.visualRect(self._rows.index(number))
        return _link_rect(row, rect)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show a hand over a link."""
        number = self.indexAt(event.position().toPoint()).row()
        over = number >= 0 and self.link_rect(number).contains(event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Follow the link, or choose the row."""
        super().mouseReleaseEvent(event)
        number = self.indexAt(event.position().toPoint()).row()
        if event.button() != Qt.MouseButton.LeftButton or number < 0 or self.rows[number].kind == "head":
            return
        if self.link_rect(number).contains(event.position().toPoint()):
            self.link_followed.emit(self.rows[number])
        else:
            self.row_chosen.emit(self.rows[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the row on Enter or Space."""
        number = self.currentIndex().row()
        if number >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.row_chosen.emit(self.rows[number])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the row."""
        index = self.indexAt(event.pos())
        if index.isValid() and self.rows[index.row()].kind != "head":
            self.menu_for(self.rows[index.row()]).popup(event.globalPos())

    def menu_for(self, row: ReachRow) -> QMenu:
        """Return the menu of a row."""
        menu = lettered(QMenu(self))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go = menu.addAction(self.tr("Show in the graph"), lambda: self.row_chosen.emit(row))
        way = menu.addAction(self.tr("Highlight the gradient's way"), lambda: self.path_requested.emit(row))
        for action in (go, way):
            action.setEnabled(row.node is not None)
        source = menu.addAction(self.tr("Show source line"), lambda: self.link_followed.emit(row))
        source.setEnabled(bool(row.file and row.line))
        menu.addSeparator()
        menu.addAction(self.tr("Copy"), lambda: QGuiApplication.clipboard().setText(as_plain(row)))
        return menu


class _ReachPainter(QStyledItemDelegate):
    """Paints the name in monospace, its shape at the right, the reason below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of the row's kind."""
        return QSize(200, _HEIGHTS[index.data(_ROW).kind])

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        row: ReachRow = index.data(_ROW)
        rect: QRect = option.rect
        colors = palette.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.kind == "head":
            self._paint_head(painter, row, rect, first=index.row() == 0)
            painter.restore()
            return
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(palette.color(colors.row_tint if selected else colors.hover))
            focused = selected and bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(palette.color(colors.accent) if focused else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(rect.toRectF().adjusted(6.5, 0.5, -6.5, -0.5), 5, 5)
        line = QRect(rect.left(), rect.top() + (3 if row.text else 0), rect.width(), 20 if row.text else rect.height())
        self._paint_first(painter, row, line)
        if row.text or row.link:
            self._paint_second(painter, row, rect)
        painter.restore()

    def _paint_head(self, painter: QPainter, row: ReachRow, rect: QRect, first: bool) -> None:
        colors = palette.current()
        if not first:
            painter.fillRect(rect.left() + _EDGE, rect.top() + 4, rect.width() - 2 * _EDGE, 1,
                             palette.color(colors.line))  # fmt: skip
        room = rect.adjusted(_EDGE, 8, -_EDGE, 0)
        painter.setFont(fonts.ui(11, 600))
        painter.setPen(palette.color(colors.text2))
        painter.drawText(room, _MIDDLE, row.name)
        painter.setFont(fonts.ui(11))
        painter.setPen(palette.color(colors.text3))
        painter.drawText(room, _RIGHT, row.right)

    def _paint_first(self, painter: QPainter, row: ReachRow, line: QRect) -> None:
        colors = palette.current()
        left = _TEXT_AT if row.icon else _EDGE
        if row.icon:
            ratio = painter.device().devicePixelRatioF()
            picture = icons.pixmap(row.icon, 16, colors.text2, ratio)
            painter.drawPixmap(line.left() + _EDGE, line.center().y() - 7, picture)
        painter.setFont(fonts.mono(11))
        painter.setPen(palette.color(colors.text3 if row.kind != "small" else colors.text))
        right = line.adjusted(0, 0, -_EDGE, 0)
        painter.drawText(right, _RIGHT, row.right)
        used = QFontMetricsF(painter.font()).horizontalAdvance(row.right) + (12 if row.right else 0)
        font = fonts.ui(12) if row.kind == "unknown" else fonts.mono(12)
        painter.setFont(font)
        painter.setPen(palette.color(colors.text2 if row.kind == "unknown" else colors.text))
        room = line.adjusted(left, 0, -_EDGE - round(used), 0)
        mode = Qt.TextElideMode.ElideRight if row.kind == "unknown" else Qt.TextElideMode.ElideMiddle
        painter.drawText(room, _MIDDLE, QFontMetricsF(font).elidedText(row.name, mode, room.width()))

    def _paint_second(self, painter: QPainter, row: ReachRow, rect: QRect) -> None:
        colors = palette.current()
        font = fonts.ui(12)
        painter.setFont(font)
        painter.setPen(palette.color(colors.text2))
        link = _link_rect(row, rect)
        room = QRect(rect.left() + _TEXT_AT, rect.top() + 22, rect.width() - _TEXT_AT - _EDGE, 18)
        if row.link:
            room.setRight(link.left() - 4)
        metrics = QFontMetricsF(font)
        painter.drawText(room, _MIDDLE, metrics.elidedText(row.text, Qt.TextElideMode.ElideRight, room.width() + 1))
        if row.link:
            painter.setPen(palette.color(colors.accent))
            painter.drawText(link, _MIDDLE, row.link)


def _link_rect(row: ReachRow, rect: QRect) -> QRect:
    """Return the rectangle of the link: after the reason, or at the right edge where that is long."""
    if not row.link:
        return QRect()
    metrics = QFontMetricsF(fonts.ui(12))
    width = round(metrics.horizontalAdvance(row.link)) + 2
    wanted = rect.left() + _TEXT_AT + round(metrics.horizontalAdvance(row.text)) + 8
    return QRect(min(wanted, rect.right() - _EDGE - width), rect.top() + 22, width, 18)
