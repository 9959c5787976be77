"""The base of a plot: box, axes, the line of the present, and the gestures and keys that move it."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QWidget

from gradviz.gui.plots import ranges
from gradviz.gui.plots.axes import BOTTOM_HEIGHT, TickAxis, overhang_of, width_for
from gradviz.gui.plots.crosshair import Present
from gradviz.gui.plots.plot_frame import PlotFrame
from gradviz.gui.plots.ranges import Navigation
from gradviz.gui.style import qt_colors as palettes

_TICK_PITCH = 18.0
_LABEL_PITCH = 140.0
_ABOVE = 6
_MARGIN = 5.0
"""Between the uppermost tick and the top of the box, in pixels."""
_NO_LABELS = 8
_NOTCH = 120.0
"""What one notch of a wheel turns, in Qt's units of an eighth of a degree."""
_WALKS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_JUMPS: dict[int, int] = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: 2**62}
_ZOOMS: dict[int, float] = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}


class PlotBox(pg.ViewBox):
    """A view box whose gestures are signals. Lengths are shares of the box: 1 is all of its width or height."""

    zoom_requested = Signal(str, float, QPointF)  # "x" or "y", factor of what is visible, point from the left, top
    pan_requested = Signal(float, float)  # to the right, down
    fit_requested = Signal()
    pressed = Signal(QPointF)  # clicked there, in pixels of the box

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.disableAutoRange()
        self.setDefaultPadding(0)
        self.losses_fitted = True
        """Whether the losses fit themselves; then a drag that begins sideways leaves them fitted."""
        self._upright = False

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom about the cursor: iterations, or losses over their axis or with Ctrl. Sideways: pan."""
        event.accept()
        turns = event.delta() / _NOTCH
        if event.orientation() == Qt.Orientation.Horizontal:
            self.pan_requested.emit(turns * 0.1, 0.0)
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        losses = axis == 1 or (axis is None and control)
        self.zoom_requested.emit("y" if losses else "x", 0.8**turns, self._share(event.scenePos()))

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
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

    def mouseClickEvent(self, event: Any) -> None:
        """Fit on a double click."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            if event.double():
                self.fit_requested.emit()
            else:
                self.pressed.emit(self.mapFromScene(event.scenePos()))

    def _share(self, scene_position: QPointF) -> QPointF:
        inside = self.mapFromScene(scene_position)
        return QPointF(inside.x() / max(self.width(), 1.0), inside.y() / max(self.height(), 1.0))


class PlotView(pg.PlotWidget):
    """Mouse and keys change `navigation`, which emits `navigated`; other plots may share it. What is drawn in it, a
    subclass adds."""

    navigated = Signal()
    read_out = Signal(str)  # the text of the crosshair; empty without one
    menu_requested = Signal(int, QPoint)  # iteration, place on the screen
    pointed_at = Signal(object)  # the iteration at the crosshair, or None

    def __init__(self, parent: QWidget | None = None, navigation: Navigation | None = None) -> None:
        self._box = PlotBox()
        self._axes = {"left": TickAxis("left"), "bottom": TickAxis("bottom")}
        self._ready = False
        super().__init__(parent, viewBox=self._box, axisItems=self._axes)
        self.navigation = navigation or Navigation()
        self.y: ranges.Range | None = None
        """The values that the user asked for, in units of the axis; None fits those that are visible."""
        self.needed_room = self.least_room = (0.0, 0.0)
        """Left and right of the box: for the labels, and for those of the plots above and below."""
        self.labels_iterations = True
        self.log = True
        self.frame = PlotFrame((0.0, 1.0), (0.0, 1.0), 1.0, 1.0, True)
        """The part of the plane that is drawn now."""
        self._iteration: int | None = None
        self._here: int | None = None
        self._linked = False
        """Whether the crosshair is where another plot has its own."""
        self._present = Present()
        self.add_item(self._present, 10)
        self.plotItem.hideButtons()
        self._room = (0.0, 0.0, 0.0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._box.zoom_requested.connect(self._zoom)
        self._box.pan_requested.connect(self._pan)
        self._box.fit_requested.connect(self._fit)
        self.scene().sigMouseMoved.connect(self._follow_mouse)

    def add_item(self, item: Any, z: float) -> None:
        """Draw an item over the box, above those of a lower `z`."""
        item.setParentItem(self.plotItem)
        item.setZValue(z)

    # -- what a subclass draws -----------------------------------------------------------------------------------------

    @property
    def reach(self) -> int:
        """Return one more than the last iteration that is drawn."""
        return 0

    @property
    def newest(self) -> int:
        """Return the iteration where the arrow keys begin."""
        return self.reach - 1

    @property
    def description(self) -> str:
        """Return the text of the crosshair."""
        return ""

    def fit(self, x: ranges.Range, most: float) -> ranges.Range:
        """Return the values that show all of iterations `x`, with at most about `most` ticks."""
        return ranges.fit_range(None, most, self.log)

    def value_ticks(self, shown: ranges.Range, most: float) -> list[ranges.AxisTick]:
        """Return the ticks of the axis of values."""
        return ranges.loss_ticks(shown, most, self.log)

    def nearest(self, iteration: int) -> int:
        """Return the iteration nearest to this one that has a value."""
        return iteration

    def beyond(self, iteration: int, ahead: int) -> int:
        """Return the next iteration that has a value, the one before for an `ahead` of -1; this one without any."""
        return iteration + ahead

    def refresh(self) -> None:
        """Draw as it is now."""
        self._lay_out()
        self._present.show_at(self._here, self.frame)
        self._present.setPos(self._box.pos())

    def set_colors(self) -> None:
        """Draw in the colors of the theme."""
        palette = palettes.current()
        self.setBackground(palettes.color(palette.panel))
        for axis in self._axes.values():
            axis.set_colors(palette)
        self._present.set_colors(palette)

    # -- iterations ----------------------------------------------------------------------------------------------------

    def show_here(self, iteration: int | None) -> None:
        """Mark the iteration that the run is in, where it is in its past; None for the end of its curve."""
        if iteration != self._here:
            self._here = iteration
            self._present.show_at(iteration, self.frame)

    def set_iteration(self, iteration: int | None) -> None:
        """Move the crosshair to an iteration, as near as there are values and the view reaches; None removes it."""
        if iteration is not None:
            first, last = self.frame.x
            iteration = min(max(iteration, int(-(-first // 1)), 0), int(last // 1), self.reach - 1)
            if not self.reach or iteration < first:
                iteration = None
        if iteration != self._iteration or self._linked:
            self._linked = False
            self.point_at(iteration)
            self.read_out.emit(self.description)
            self.pointed_at.emit(iteration)

    def link_to(self, iteration: int | None) -> None:
        """Show the crosshair where another plot has it, with the last values up to there."""
        self._linked = True
        self.point_at(iteration)

    def point_at(self, iteration: int | None) -> None:
        """Show the crosshair at an iteration if it is visible."""
        if iteration is not None and not self.frame.x[0] <= iteration <= self.frame.x[1]:
            iteration = None
        self._iteration = iteration

    def set_losses(self, low: float, high: float) -> None:
        """Show this range of values, in units of the axis, until the next fit; a range without extent is ignored."""
        if high - low > 1e-12 * max(abs(low), abs(high), 1e-300):
            self.y = (low, high)

    # -- layout --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Choose ranges and ticks for the size of the box, and the frame that they make."""
        height = max(self._box.height(), 1.0)
        most = max(2.0, (height - _MARGIN) / _TICK_PITCH)
        x, y = self.navigation.window, self.y
        self._box.losses_fitted = y is None
        if y is None:
            low, high = self.fit(x, most)
            ticks = self.value_ticks((low, high), most)
            y = (low, high + (high / 2 - low / 2) * 2 * _MARGIN / max(height - _MARGIN, 1.0))
        else:
            ticks = self.value_ticks(y, most)
        iterations = ranges.iteration_ticks(x, max(self._box.width(), 1.0) / _LABEL_PITCH)
        self._axes["left"].set_ticks(ticks)
        self._axes["bottom"].set_ticks(iterations if self.labels_iterations else [])
        self.needed_room = width_for(ticks), overhang_of(iterations)
        self._make_room()
        self._box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)
        self.frame = PlotFrame(x, y, max(self._box.width(), 1.0), height, self.log)

    def _make_room(self) -> None:
        """Give the labels their room, in pixels."""
        left, right = (max(pair) for pair in zip(self.needed_room, self.least_room, strict=True))
        below = BOTTOM_HEIGHT if self.labels_iterations else _NO_LABELS
        if (left, right, below) == self._room:
            return
        self._room = (left, right, below)
        self._axes["left"].setWidth(left)
        self._axes["bottom"].setHeight(below)
        self.plotItem.layout.setContentsMargins(0, _ABOVE, right, 2)
        self.plotItem.layout.activate()

    def _zoom(self, axis: str, factor: float, about: QPointF) -> None:
        (left, right), (low, high) = self.frame.x, self.frame.y
        if axis == "x":
            self.navigation.zoom(factor, left + about.x() * (right - left))
        else:
            middle = high - about.y() * (high - low)
            self.set_losses(middle - (middle - low) * factor, middle + (high - middle) * factor)
        self._navigate()

    def _pan(self, right: float, down: float) -> None:
        (first, last), (low, high) = self.frame.x, self.frame.y
        if right:
            self.navigation.pan(-right * (last - first))
        if down:
            self.set_losses(low + down * (high - low), high + down * (high - low))
        self._navigate()

    def _fit(self) -> None:
        self.navigation.fit()
        self.y = None
        self._navigate()

    def _navigate(self) -> None:
        self.refresh()
        self.navigated.emit()

    def _follow_mouse(self, scene_position: QPointF) -> None:
        inside = self._box.mapFromScene(scene_position)
        within = self._box.rect().contains(inside)
        self.set_iteration(self.nearest(round(self.frame.iteration(inside.x()))) if within else None)

    def _walked(self, iteration: int, stride: int) -> int:
        """Return the iteration to which a key leads from this one: where steps have gaps, across them."""
        there, ahead = self.nearest(iteration + stride), 1 if stride > 0 else -1
        return there if (there - iteration) * ahead > 0 else self.beyond(iteration, ahead)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out again."""
        super().resizeEvent(event)
        if self._ready:  # the base class resizes while it is being made
            self.plotItem.layout.activate()
            self.refresh()

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the crosshair."""
        super().leaveEvent(event)
        self.set_iteration(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the iteration at the crosshair."""
        if self._iteration is not None:
            by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
            place = self.mapToGlobal(self.rect().center()) if by_key else event.globalPos()
            self.menu_requested.emit(self._iteration, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk the crosshair (Shift: by ten), Home and End jump, + and − zoom, A fits, Esc removes it."""
        key = event.key()
        stride = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if key in _WALKS:
            at = self._iteration
            self.set_iteration(self.newest if at is None else self._walked(at, stride * _WALKS[key]))
        elif key in _JUMPS:
            self.set_iteration(_JUMPS[key])
        elif key in _ZOOMS:
            self._zoom("x", _ZOOMS[key], QPointF(0.5, 0.5))
        elif key == Qt.Key.Key_A:
            self._fit()
        elif key == Qt.Key.Key_Escape and self._iteration is not None:
            self.set_iteration(None)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._ready:
            self.set_colors()
