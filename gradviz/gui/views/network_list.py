"""The networks by group: a name and what it is, one of them open."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gradviz.gui import fonts, palette
from gradviz.networks.catalogue import NETWORKS

_ROW = 26
_HEAD = 25
_NAME_AT = 16
_SUMMARY_AT = 98
_ID = Qt.ItemDataRole.UserRole
_SUMMARY = Qt.ItemDataRole.UserRole + 1


class _Painter(QStyledItemDelegate):
    """Two columns in one row, so that a row is one thing to the pointer and to a screen reader."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, _ROW if index.data(_ID) else _HEAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colors = palette.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if not index.data(_ID):
            painter.setFont(fonts.ui(11, 600))
            painter.setPen(palette.color(colors.text3))
            painter.drawText(rect.adjusted(_NAME_AT, 0, 0, 0), middle, index.data())
            return
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if selected or hovered:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(palette.color(colors.row_tint if selected else colors.hover))
            painter.setPen(palette.color(colors.accent) if focused and selected else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(rect.toRectF().adjusted(6.5, 0.5, -6.5, -0.5), 5, 5)
            painter.restore()
        painter.setFont(fonts.ui(13, 600 if selected else 500))
        painter.setPen(palette.color(colors.accent if selected else colors.text))
        painter.drawText(rect.adjusted(_NAME_AT, 0, 0, 0), middle, index.data())
        font = fonts.ui(12)
        painter.setFont(font)
        painter.setPen(palette.color(colors.text2 if selected else colors.text3))
        room = rect.adjusted(_SUMMARY_AT, 0, -12, 0)
        metrics = painter.fontMetrics()
        painter.drawText(
            room, middle, metrics.elidedText(index.data(_SUMMARY), Qt.TextElideMode.ElideRight, room.width())
        )


class NetworkList(QListWidget):
    """As tall as its rows; the panel around it scrolls."""

    network_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Painter(self))
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Networks"))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._shown = ""
        group, height = "", 0
        for network in NETWORKS:
            if network.group != group:
                group = network.group
                head = QListWidgetItem(group, self)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                height += _HEAD
            item = QListWidgetItem(network.id, self)
            item.setData(_ID, network.id)
            item.setData(_SUMMARY, network.summary)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{network.id}, {network.summary}")
            item.setToolTip(f"{network.id}: {network.summary}\n{network.loss}, {network.optimizer}")
            height += _ROW
        self.setFixedHeight(height + 6)
        self.itemClicked.connect(self._chosen)

    def show_network(self, network_id: str) -> None:
        """Mark the network that is open or will be."""
        self._shown = network_id
        for row in range(self.count()):
            if self.item(row).data(_ID) == network_id:
                self.setCurrentRow(row)

    def _chosen(self, item: QListWidgetItem) -> None:
        if (network := item.data(_ID)) and network != self._shown:
            self.network_requested.emit(network)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentItem():
            self._chosen(self.currentItem())
            return
        super().keyPressEvent(event)
