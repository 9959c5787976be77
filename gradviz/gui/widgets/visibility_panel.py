"""A panel of measured values that reports when it is shown and hidden: nothing is measured for a hidden panel."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget


class VisibilityPanel(QWidget):
    """Knows whether it can be seen."""

    shown_changed = Signal()
    """It was shown or hidden, or shows other columns: what has to be measured may have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_seen = False
        """Whether it is in front in a dock that is shown."""

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(400, 400)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(200, 120)

    def showEvent(self, event: QShowEvent) -> None:
        """Note that it came into sight."""
        super().showEvent(event)
        self.is_seen = True
        self.shown_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Note that it went out of sight."""
        super().hideEvent(event)
        self.is_seen = False
        self.shown_changed.emit()
