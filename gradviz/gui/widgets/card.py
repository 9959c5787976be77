"""A card over the canvas: its ground and border, and mouse events that do not reach the canvas beneath."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color

CARD_WIDTH = 316


class Card(QFrame):
    """A flat rounded panel around its `body`. The owner of the canvas places it."""

    height_changed = Signal()
    """The card became higher or lower: others may have to move."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        width: int = 0,
        margins: tuple[int, int, int, int] = (17, 13, 17, 13),
        spacing: int = 0,
        row: bool = False,
    ) -> None:
        """Lay the contents out in a column, or in a `row`; `width` 0 is as wide as they need."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        if width:
            self.setFixedWidth(width)
        self.body = QBoxLayout(QBoxLayout.Direction.LeftToRight if row else QBoxLayout.Direction.TopToBottom, self)
        self.body.setContentsMargins(*margins)
        self.body.setSpacing(spacing)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and border."""
        colors = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(colors.line), 1))
        painter.setBrush(color(colors.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def settle(self) -> None:
        """Take the height that the contents need now; called by a card after it changed what it shows."""
        self.body.update()
        self.body.activate()
        height = self.wanted_height()
        if height != self.height():
            self.resize(self.width(), height)
            self.height_changed.emit()

    def wanted_height(self) -> int:
        """Return the height of the contents at the card's width."""
        if self.body.hasHeightForWidth():
            return self.body.totalHeightForWidth(self.width())
        return self.body.totalSizeHint().height()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Keep the wheel from the canvas."""
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep a press from the canvas."""
        event.accept()


def separator(parent: QWidget | None = None) -> QFrame:
    """Return a horizontal line of one pixel."""
    line = QFrame(parent)
    line.setProperty("line", True)
    return line
