"""A panel of measured values, which says when it comes and goes: nothing is measured for what nobody sees."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget


class SeenPanel(QWidget):
    """Knows whether it can be seen."""

    shown_changed = Signal()
    """What it wants measured may be another now: it came or went, or shows other columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_seen = False
        """Whether it is in front in a dock that is shown."""

    def sizeHint(self) -> QSize:
        return QSize(400, 400)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.is_seen = True
        self.shown_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.is_seen = False
        self.shown_changed.emit()
