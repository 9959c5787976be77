"""A link that is a button: words in the accent colour that the keyboard reaches and a screen reader names."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gradviz.gui.style import fonts
from gradviz.gui.style import palette as palettes
from gradviz.gui.style.palette import color

_PAD = 3  # so that the ring of the focus does not touch the words


class LinkButton(QAbstractButton):
    """Underlined under the mouse, ringed when it has the focus; Space and Enter press it."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, size: float = 12.5) -> None:
        super().__init__(parent)
        self._font = fonts.ui(size)
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._font)
        return QSize(round(metrics.horizontalAdvance(self.text()) + 0.5) + 2 * _PAD, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 40), 20)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        accent = color(palettes.current().accent)
        font = QFont(self._font)
        font.setUnderline(self.underMouse())
        painter.setFont(font)
        painter.setPen(accent)
        room = QRectF(self.rect()).adjusted(_PAD, 0, -_PAD, 0)
        text = QFontMetricsF(font).elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width() + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(accent, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
