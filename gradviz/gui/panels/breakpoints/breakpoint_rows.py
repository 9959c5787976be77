"""The rows of the breakpoints panel: check box, dot or diamond, what it waits for and where, how often it was hit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gradviz.appearance.palette import Palette
from gradviz.gui.style import fonts, icons
from gradviz.gui.style.qt_colors import color, current
from gradviz.model.explanation.held_text import held_text
from gradviz.model.number_text import whole
from gradviz.model.stepping.breakpoint_kinds import KINDS, detail_of, title_of
from gradviz.model.stepping.breakpoints import Breakpoint
from gradviz.protocol.records import Phase

ROW = 44
BREAKPOINT = Qt.ItemDataRole.UserRole
HIT_PHASE = Qt.ItemDataRole.UserRole + 1
_BOX = 16
Index = QModelIndex | QPersistentModelIndex


class BreakpointModel(QAbstractListModel):
    """The breakpoints of the session; a check box emits a request, it changes nothing by itself."""

    enabled_asked = Signal(int, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[Breakpoint] = []
        self._held = 0
        self._hit: int | None = None
        self._phase: Phase = "backward"

    def set_items(self, items: Sequence[Breakpoint], held: int = 0) -> None:
        """Set the breakpoints, for which `held` bytes are kept; where only switches and counts differ, the current row
        stays."""
        items, self._held = list(items), held
        if [i.record.id for i in items] == [i.record.id for i in self._items]:
            self._items = items
            if items:
                self.dataChanged.emit(self.index(0), self.index(len(items) - 1))
            return
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def set_hit(self, breakpoint_id: int | None, phase: Phase = "backward") -> None:
        """Set which breakpoint the run is stopped at, and in which phase; None for none."""
        self._hit = breakpoint_id
        self._phase = phase
        if self._items:
            self.dataChanged.emit(self.index(0), self.index(len(self._items) - 1))

    def item(self, index: Index) -> Breakpoint:
        """Return the breakpoint of a row."""
        return self._items[index.row()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._items)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a row."""
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row's value for a role."""
        item = self._items[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title_of(item.record)
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if item.enabled else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                text = f"{title_of(item.record)}\n{detail_of(item.record)}"
                is_trap = KINDS[item.record.kind].family == "iteration" or item.record.within
                return f"{text}\n{held_text(self._held)}" if self._held and is_trap else text
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{title_of(item.record)}, {detail_of(item.record)}"
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                hits = self.tr("hit {count} times").format(count=item.hits)
                here = self.tr("the run stands here")
                return f"{hits}, {here}" if item.record.id == self._hit else hits
            case Qt.ItemDataRole.UserRole:
                return item
        if role == HIT_PHASE:
            return self._phase if item.record.id == self._hit else None
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Request another state of a check box."""
        if role == Qt.ItemDataRole.CheckStateRole:
            self.enabled_asked.emit(self.item(index).record.id, Qt.CheckState(value) == Qt.CheckState.Checked)
        return False  # the row changes when the session does


class BreakpointDelegate(QStyledItemDelegate):
    """Paints a row of two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the preferred size."""
        return QSize(160, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        item = index.data(BREAKPOINT)
        assert isinstance(item, Breakpoint)
        colors = current()
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, colors, option, index.data(HIT_PHASE))
        self._paint_check(painter, colors, _check_box(option.rect), item.enabled)
        paint_sign(painter, colors, QPointF(box.left() + 44, box.center().y()), item)
        hits = whole(item.hits)
        mono = fonts.mono(12)
        painter.setFont(mono)
        painter.setPen(color(colors.text2 if item.enabled else colors.text3))
        room = box.adjusted(60, 0, -12, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, hits)
        room.setRight(room.right() - QFontMetricsF(mono).horizontalAdvance(hits) - 8)
        first, second = fonts.ui(13), fonts.ui(12)
        painter.setPen(color(colors.text if item.enabled else colors.text3))
        upper = QRectF(room.left(), box.top() + 4, room.width(), 20)
        _draw_line(painter, first, upper, title_of(item.record), Qt.TextElideMode.ElideMiddle)
        chosen = index.data(HIT_PHASE) is not None
        painter.setPen(color(colors.text2 if chosen else colors.text3))
        _draw_line(painter, second, QRectF(room.left(), box.top() + 22, room.width(), 18), detail_of(item.record))
        painter.restore()

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Toggle the check box of a row."""
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            # The whole left edge is the target: a box of 16 pixels is small for a hand that trembles.
            if event.button() == Qt.MouseButton.LeftButton and event.position().x() < option.rect.left() + 34:
                toggle(model, index)
                return True
            return False
        return False

    def _paint_ground(
        self, painter: QPainter, colors: Palette, option: QStyleOptionViewItem, phase: Phase | None
    ) -> None:
        state = option.state
        if phase is not None:
            painter.fillRect(option.rect, color(colors.phase(phase).tint))
        elif state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, color(colors.row_tint if state & _ACTIVE == _ACTIVE else colors.raised))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, color(colors.hover))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(color(colors.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(option.rect).adjusted(2.5, 1.5, -2.5, -1.5), 5, 5)

    def _paint_check(self, painter: QPainter, colors: Palette, box: QRect, checked: bool) -> None:
        painter.setPen(QPen(color(colors.accent_fill if checked else colors.line2), 1))
        painter.setBrush(color(colors.accent_fill if checked else colors.raised))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if checked:
            picture = icons.pixmap("check-bold", 12, colors.on_accent)
            painter.drawPixmap(box.left() + 2, box.top() + 2, picture)


_ACTIVE = QStyle.StateFlag.State_Active | QStyle.StateFlag.State_Selected


def toggle(model: QAbstractItemModel, index: Index) -> None:
    """Ask for the other state of a row's check box."""
    checked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    wanted = Qt.CheckState.Unchecked if checked else Qt.CheckState.Checked
    model.setData(index, wanted, Qt.ItemDataRole.CheckStateRole)


def paint_sign(painter: QPainter, colors: Palette, center: QPointF, item: Breakpoint) -> None:
    """Paint a dot for a place, a diamond for a condition; hollow when it is disabled."""
    if item.enabled:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(colors.breakpoint))
        radius = 5.5
    else:
        painter.setPen(QPen(color(colors.text3), 1.25))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = 5.0
    if KINDS[item.record.kind].is_condition:
        points = [QPointF(0, -radius), QPointF(radius, 0), QPointF(0, radius), QPointF(-radius, 0)]
        painter.drawPolygon(QPolygonF([center + point for point in points]))
    else:
        painter.drawEllipse(center, radius, radius)


def _check_box(row: QRect) -> QRect:
    return QRect(row.left() + 12, row.center().y() - _BOX // 2 + 1, _BOX, _BOX)


def _draw_line(
    painter: QPainter, font: QFont, where: QRectF, text: str, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
) -> None:
    painter.setFont(font)
    elided = QFontMetricsF(font).elidedText(text, mode, where.width())
    painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
