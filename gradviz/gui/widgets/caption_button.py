"""A caption at the right of a heading that opens a menu: which of a node's tensors is shown."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from gradviz.gui.style import fonts, icons
from gradviz.gui.style.palette import color, current

_CARET = 9


class CaptionButton(QToolButton):
    """Pale text, elided at the left edge of its room; a caret says that there is something to choose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choosable = False
        self._short = ""
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(20)
        self.set_choosable(False)

    def set_text(self, text: str, short: str) -> None:
        """What stands there; `short` where there is no room for all of it."""
        self._short = short
        self.setText(text)

    def set_choosable(self, choosable: bool) -> None:
        """Whether a menu can be opened; if not, this is a plain caption."""
        self._choosable = choosable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if choosable else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not choosable)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(QFontMetricsF(fonts.ui(12)).horizontalAdvance(self.text())) + _CARET + 6, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = current()
        lively = self._choosable and (self.underMouse() or self.isDown() or self.hasFocus())
        right = float(self.width())
        if self._choosable:
            right -= _CARET
            picture = icons.pixmap("caret-down", _CARET, colors.text if lively else colors.text3)
            painter.drawPixmap(round(right), (self.height() - _CARET) // 2 + 1, picture)
            right -= 2
        font = fonts.ui(12)
        metrics = QFontMetricsF(font)
        text = self.text() if metrics.horizontalAdvance(self.text()) <= right else self._short or self.text()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, right)
        painter.setFont(font)
        painter.setPen(color(colors.text if lively else colors.text3))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, right, self.height()), flags, text)
        if self.hasFocus():
            width = min(right, metrics.horizontalAdvance(text)) + 3 + _CARET
            painter.setPen(QPen(color(colors.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.width() - width - 3, 0.5, width + 2.5, self.height() - 1), 4, 4)
