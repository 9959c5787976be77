"""A ring that shows for a moment where something is in the window."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color

_SHOWN = 1600
"""Milliseconds."""
_AROUND = 3


class Spotlight(QWidget):
    """Lies over the window and lets the mouse through. It does not move or blink: some must not see that."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN)
        self._timer.timeout.connect(self.hide)

    def show_at(self, place: QRect) -> None:
        """Show the ring around a place of the window."""
        self.setGeometry(place.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND) & self._window.rect())
        self.show()
        self.raise_()
        self._timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring."""
        accent = palettes.current().accent
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(accent), 2))
        painter.setBrush(color(accent, 0.14))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
