"""A canvas with a camera: zoom about the cursor, panning by drag, space, middle button and trackpad, keys."""

from __future__ import annotations

from PySide6.QtCore import QAbstractAnimation, QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from gradviz.gui.scene.data.camera import Camera, Rect, center_camera, step
from gradviz.gui.style import theme

PAN_MS = 120
"""Duration of a pan that is shown."""


class PanZoomCanvas(QAbstractScrollArea):
    """Holds the camera and turns gestures into its movements and into clicks; it paints nothing."""

    zoom_changed = Signal(float)
    view_changed = Signal()
    """The camera or the size is another, or the canvas is shown."""
    moved_by_user = Signal()
    """The user is about to move the camera by a gesture."""
    clicked = Signal(QPointF)
    """The left button was pressed and released on one spot of the viewport."""
    double_clicked = Signal(QPointF)
    hovered = Signal(object)
    """The pointer rests at this `QPointF` of the viewport; None: it left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera = Camera()
        self._pressed: QPointF | None = None
        self._dragged_from: QPointF | None = None
        self._space = False
        self._pan = theme.animation(self, PAN_MS)
        self._pan.valueChanged.connect(self._pan_to)
        self._pan_ends = (self._camera, self._camera)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def camera(self) -> Camera:
        """Where the view looks."""
        return self._camera

    @property
    def zoom(self) -> float:
        """1.0 at 100 %."""
        return self._camera.zoom

    @property
    def target(self) -> Camera:
        """Where the view looks when the pan that is shown is over."""
        return self._pan_ends[1] if self._pan.state() == QAbstractAnimation.State.Running else self._camera

    def zoom_in(self) -> None:
        """Zoom to the next larger round zoom, about the middle."""
        self._zoom_to(step(self.zoom, 1))

    def zoom_out(self) -> None:
        """Zoom to the next smaller round zoom, about the middle."""
        self._zoom_to(step(self.zoom, -1))

    def zoom_reset(self) -> None:
        """Zoom to 100 %, about the middle."""
        self._zoom_to(1.0)

    def set_camera(self, camera: Camera, *, animated: bool = False) -> None:
        """Look elsewhere; `animated` only shows where there was a way to see and motion is wanted."""
        self._pan.stop()
        if animated and self.isVisible() and theme.motion_allowed():
            self._pan_ends = (self._camera, camera)
            self._pan.start()
        else:
            self._move_to(camera)

    def look_at(self, x: float, y: float, *, animated: bool = True, area: Rect | None = None) -> None:
        """Bring scene point (x, y) to the middle of the view, or of `area`."""
        room = area or (0, 0, self.viewport().width(), self.viewport().height())
        self.set_camera(center_camera(self.zoom, x, y, room), animated=animated)

    def _move_to(self, camera: Camera) -> None:
        if camera == self._camera:
            return
        zoomed = camera.zoom != self._camera.zoom
        self._camera = camera
        self.view_changed.emit()
        self.viewport().update()
        if zoomed:
            self.zoom_changed.emit(camera.zoom)

    def _pan_to(self, share: float) -> None:
        start, end = self._pan_ends
        self._move_to(end if share >= 1 else start.between(end, share))

    def _zoom_to(self, zoom: float, about: QPointF | None = None) -> None:
        self._pan.stop()
        self.moved_by_user.emit()
        about = about or QPointF(self.viewport().rect().center())
        self._move_to(self._camera.zoomed(zoom, about.x(), about.y()))

    def _pan_by(self, dx: float, dy: float) -> None:
        self._pan.stop()
        self.moved_by_user.emit()
        self._move_to(self._camera.moved(dx, dy))

    # Qt overrides

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom by a pinch on a trackpad, and report that the pointer left."""
        if event.type() == QEvent.Type.NativeGesture and isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_to(self.zoom * (1 + event.value()), event.position())
                return True
        elif event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Report another size."""
        super().resizeEvent(event)
        self.view_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Report that the canvas is shown."""
        super().showEvent(event)
        self.view_changed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Pan by a trackpad or with Shift, zoom by a wheel."""
        pixels = event.pixelDelta()
        from_pad = event.device() is not None and event.device().type() == QInputDevice.DeviceType.TouchPad
        if from_pad and not pixels.isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pan_by(pixels.x(), pixels.y())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._pan_by(event.angleDelta().y() + event.angleDelta().x(), 0)
        else:
            self._zoom_to(self.zoom * 1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag or a click."""
        if event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and self._space
        ):
            self._dragged_from = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or report where the pointer is."""
        if self._dragged_from is not None:
            way = event.position() - self._dragged_from
            self._dragged_from = event.position()
            self._pan_by(way.x(), way.y())
        elif self._pressed is not None:
            if (event.position() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._dragged_from, self._pressed = event.position(), None
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            self.hovered.emit(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or report a click."""
        if self._dragged_from is not None:
            self._dragged_from = None
            self.viewport().unsetCursor()
            self._move_to(self._camera.snapped())
        elif self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = None
            self.clicked.emit(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Report a double click."""
        if event.button() == Qt.MouseButton.LeftButton and not self._space:
            self.double_clicked.emit(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom by keys, and let Space begin a pan."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_in()
            case Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_0:
                self.zoom_reset()
            case Qt.Key.Key_Space if not event.isAutoRepeat():
                self._space = True
                self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            case _:
                event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End the pan that Space began."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.viewport().unsetCursor()
        else:
            super().keyReleaseEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop a pan that is shown."""
        self._pan.stop()
        super().closeEvent(event)
