"""The plot itself: box, axes, curves, annotations and crosshair, and the gestures and keys that move it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QWidget

from gradviz.gui.plots import ranges
from gradviz.gui.plots.annotations import Annotations, arrange_annotations
from gradviz.gui.plots.axes import TickAxis, overhang_of, width_for
from gradviz.gui.plots.crosshair import Crosshair, Present, Readout, read_iteration
from gradviz.gui.plots.curve_item import CurveItem, VisibleCurve
from gradviz.gui.plots.plot_frame import PlotFrame
from gradviz.gui.plots.ranges import Navigation
from gradviz.gui.style import qt_colors as palettes

_TICK_PITCH = 18.0
_LABEL_PITCH = 140.0
_ABOVE = 6
_MARGIN = 5.0
"""Between the uppermost tick of the losses and the top of the box, in pixels."""
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
        if event.double() and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.fit_requested.emit()

    def _share(self, scene_position: QPointF) -> QPointF:
        inside = self.mapFromScene(scene_position)
        return QPointF(inside.x() / max(self.width(), 1.0), inside.y() / max(self.height(), 1.0))


class Chart(pg.PlotWidget):
    """Draws the curves given to `show_curves`. Mouse and keys change `navigation`, which emits `navigated`."""

    navigated = Signal()
    read_out = Signal(str)  # the text of the crosshair; empty without one
    menu_requested = Signal(int, QPoint)  # iteration, place on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        self._box = PlotBox()
        self._axes = {"left": TickAxis("left"), "bottom": TickAxis("bottom")}
        super().__init__(parent, viewBox=self._box, axisItems=self._axes)
        self.navigation = Navigation()
        self._items: dict[int, CurveItem] = {}
        self._shown: Sequence[VisibleCurve] = ()
        self._log = True
        self._smoothing = 0.0
        self.frame = PlotFrame((0.0, 1.0), (0.0, 1.0), 1.0, 1.0, True)
        """The part of the plane that is drawn now."""
        self._iteration: int | None = None
        self._here: int | None = None
        self.annotations = Annotations()
        self._crosshair = Crosshair()
        self._present = Present()
        for item, z in ((self._present, 10), (self.annotations, 20), (self._crosshair, 30)):
            item.setParentItem(self.plotItem)
            item.setZValue(z)
        self.plotItem.hideButtons()
        self._room = (0.0, 0.0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._box.zoom_requested.connect(self._zoom)
        self._box.pan_requested.connect(self._pan)
        self._box.fit_requested.connect(self._fit)
        self.scene().sigMouseMoved.connect(self._follow_mouse)
        self._set_colors()

    @property
    def readout(self) -> Readout | None:
        """Return the losses at the crosshair; None without one."""
        return None if self._iteration is None else read_iteration(self._shown, self._iteration, self._smoothing)

    def show_curves(self, shown: Sequence[VisibleCurve], *, log: bool, smoothing: float) -> None:
        """Draw these curves as they are now; the last ones lie on top."""
        self._shown, self._log, self._smoothing = tuple(shown), log, smoothing
        wanted = {one.curve.run: z for z, one in enumerate(shown)}
        for run in [run for run in self._items if run not in wanted]:
            self.scene().removeItem(self._items.pop(run))
        for run, z in wanted.items():
            if run not in self._items:
                self._items[run] = CurveItem()
                self._items[run].setParentItem(self.plotItem)
            self._items[run].setZValue(1 + z / len(wanted))
        self._set_pens()
        self.refresh()

    def show_here(self, iteration: int | None) -> None:
        """Mark the iteration that the run is in, where it is in its past; None for the end of its curve."""
        if iteration != self._here:
            self._here = iteration
            self._present.show_at(iteration, self.frame)

    def refresh(self) -> None:
        """Draw the curves and the navigation as they are now."""
        self._lay_out()
        for one in self._shown:
            smooth = one.smooth(self._smoothing)
            self._items[one.curve.run].show_series(one.curve.raw, smooth, self.frame, self.devicePixelRatioF())
        self.annotations.show_arrangement(arrange_annotations(self.frame, self._shown), self.frame)
        self._present.show_at(self._here, self.frame)
        for item in (*self._items.values(), self._present, self.annotations, self._crosshair):
            item.setPos(self._box.pos())
        self._point_at(self._iteration)

    def set_iteration(self, iteration: int | None) -> None:
        """Move the crosshair to an iteration, as near as there are losses and the view reaches; None removes it."""
        longest = max((one.curve.reach for one in self._shown), default=0)
        if iteration is not None:
            first, last = self.frame.x
            iteration = min(max(iteration, int(-(-first // 1)), 0), int(last // 1), longest - 1)
            if not longest or iteration < first:
                iteration = None
        if iteration != self._iteration:
            self._point_at(iteration)
            readout = self.readout
            self.read_out.emit(readout.text if readout else "")

    def _point_at(self, iteration: int | None) -> None:
        if iteration is not None and not self.frame.x[0] <= iteration <= self.frame.x[1]:
            iteration = None
        self._iteration = iteration
        self._crosshair.show_readout(self.readout, self.frame, self.annotations.arrangement.words)

    def _set_colors(self) -> None:
        palette = palettes.current()
        self.setBackground(palettes.color(palette.panel))
        for axis in self._axes.values():
            axis.set_colors(palette)
        self.annotations.set_colors(palette)
        self._crosshair.set_colors(palette)
        self._present.set_colors(palette)
        self._set_pens()

    def _set_pens(self) -> None:
        palette = palettes.current()
        for one in self._shown:
            self._items[one.curve.run].set_pens(one.color(palette), one.pale(palette))

    def _lay_out(self) -> None:
        """Choose ranges and ticks for the size of the box, and the frame that they make."""
        height = max(self._box.height(), 1.0)
        most = max(2.0, (height - _MARGIN) / _TICK_PITCH)
        x, y = self.navigation.window, self.navigation.y
        self._box.losses_fitted = y is None
        if y is None:
            low, high = ranges.fit_range(self._extremes(x), most, self._log)
            ticks = ranges.loss_ticks((low, high), most, self._log)
            y = (low, high + (high / 2 - low / 2) * 2 * _MARGIN / max(height - _MARGIN, 1.0))
        else:
            ticks = ranges.loss_ticks(y, most, self._log)
        iterations = ranges.iteration_ticks(x, max(self._box.width(), 1.0) / _LABEL_PITCH)
        self._axes["left"].set_ticks(ticks)
        self._axes["bottom"].set_ticks(iterations)
        self._make_room(width_for(ticks), overhang_of(iterations))
        self._box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)
        self.frame = PlotFrame(x, y, max(self._box.width(), 1.0), height, self._log)

    def _make_room(self, left: float, right: float) -> None:
        """Give the labels beside the box this much room, in pixels."""
        if (left, right) == self._room:
            return
        self._room = (left, right)
        self._axes["left"].setWidth(left)
        self.plotItem.layout.setContentsMargins(0, _ABOVE, right, 2)
        self.plotItem.layout.activate()

    def _extremes(self, x: ranges.Range) -> ranges.Range | None:
        start, stop = int(-(-x[0] // 1)), int(x[1] // 1) + 1
        found = [one.curve.raw.extremes(start, stop, positive=self._log) for one in self._shown]
        pairs = [pair for pair in found if pair is not None]
        return (min(low for low, _ in pairs), max(high for _, high in pairs)) if pairs else None

    def _zoom(self, axis: str, factor: float, about: QPointF) -> None:
        (left, right), (low, high) = self.frame.x, self.frame.y
        if axis == "x":
            self.navigation.zoom(factor, left + about.x() * (right - left))
        else:
            middle = high - about.y() * (high - low)
            self.navigation.set_losses(middle - (middle - low) * factor, middle + (high - middle) * factor)
        self._navigate()

    def _pan(self, right: float, down: float) -> None:
        (first, last), (low, high) = self.frame.x, self.frame.y
        if right:
            self.navigation.pan(-right * (last - first))
        if down:
            self.navigation.set_losses(low + down * (high - low), high + down * (high - low))
        self._navigate()

    def _fit(self) -> None:
        self.navigation.fit()
        self._navigate()

    def _navigate(self) -> None:
        self.refresh()
        self.navigated.emit()

    def _follow_mouse(self, scene_position: QPointF) -> None:
        inside = self._box.mapFromScene(scene_position)
        within = self._box.rect().contains(inside)
        self.set_iteration(self._nearest(round(self.frame.iteration(inside.x()))) if within else None)

    def _walked(self, iteration: int, stride: int) -> int:
        """Return the iteration to which a key leads from this one: where steps have gaps, across them."""
        there, ahead = self._nearest(iteration + stride), 1 if stride > 0 else -1
        if (there - iteration) * ahead > 0:
            return there
        known = (one.curve.raw.beyond(iteration, ahead) for one in self._shown)
        return min((step for step in known if step is not None), key=lambda s: abs(s - iteration), default=iteration)

    def _nearest(self, iteration: int) -> int:
        """Return the iteration nearest to this one that has a loss."""
        known = (one.curve.raw.nearest(iteration) for one in self._shown)
        return min((step for step in known if step is not None), key=lambda s: abs(s - iteration), default=iteration)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out again."""
        super().resizeEvent(event)
        if hasattr(self, "_crosshair"):  # the base class resizes while it is being made
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
            newest = max((one.curve.reach for one in self._shown if one.current), default=1) - 1
            self.set_iteration(
                newest if self._iteration is None else self._walked(self._iteration, stride * _WALKS[key])
            )
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
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_crosshair"):
            self._set_colors()
