"""The rectangle that curves are drawn in: turns wheel and drag into wishes, and keeps no range of its own making."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QGraphicsSceneWheelEvent

_STEP = 120.0
"""What one notch of a wheel turns, in Qt's units of an eighth of a degree."""


class PlotBox(pg.ViewBox):
    """A view box whose gestures are signals. Lengths are shares of the box: 1 is all of its width or height."""

    zoom_requested = Signal(str, float, QPointF)  # "x" or "y", factor of what is visible, point from the left, top
    pan_requested = Signal(float, float)  # to the right, down
    fit_requested = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.disableAutoRange()
        self.setDefaultPadding(0)
        self.losses_fitted = True
        """Whether the losses fit themselves; then a drag that begins sideways leaves them to it."""
        self._upright = False

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom about the cursor: iterations, or losses over their axis or with Ctrl. Sideways: pan."""
        event.accept()
        turns = event.delta() / _STEP
        if event.orientation() == Qt.Orientation.Horizontal:
            self.pan_requested.emit(turns * 0.1, 0.0)
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        losses = axis == 1 or (axis is None and control)
        self.zoom_requested.emit("y" if losses else "x", 0.8**turns, self._share(event.scenePos()))

    def mouseDragEvent(self, event, axis: int | None = None) -> None:
        """Pan with the left or middle button; from an axis, along that axis alone."""
        event.accept()
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if event.isFinish():
            self.unsetCursor()
        if event.isStart():
            whole = event.scenePos() - event.buttonDownScenePos()
            self._upright = abs(whole.y()) > abs(whole.x())
        moved = self._share(event.scenePos()) - self._share(event.lastScenePos())
        sideways_only = axis == 0 or (axis is None and self.losses_fitted and not self._upright)
        self.pan_requested.emit(0.0 if axis == 1 else moved.x(), 0.0 if sideways_only else moved.y())

    def mouseClickEvent(self, event) -> None:
        """Fit on a double click."""
        if event.double() and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.fit_requested.emit()

    def _share(self, scene_position: QPointF) -> QPointF:
        inside = self.mapFromScene(scene_position)
        return QPointF(inside.x() / max(self.width(), 1.0), inside.y() / max(self.height(), 1.0))
