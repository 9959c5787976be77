"""The plot itself: box, axes, curves, annotations and crosshair, and the gestures and keys that move it."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from gradviz.gui.plots import ranges
from gradviz.gui.plots.annotations import Annotations
from gradviz.gui.plots.arrangement import arranged
from gradviz.gui.plots.axes import TickAxis, overhang_of, width_for
from gradviz.gui.plots.crosshair import Crosshair
from gradviz.gui.plots.curve_item import CurveItem
from gradviz.gui.plots.frame import Frame
from gradviz.gui.plots.navigation import Navigation
from gradviz.gui.plots.plot_box import PlotBox
from gradviz.gui.plots.readout import Readout, read
from gradviz.gui.plots.shown import Shown
from gradviz.gui.style import palette as palettes

_TICK_PITCH = 18.0
_LABEL_PITCH = 140.0
_ABOVE = 6
_MARGIN = 5.0
"""Between the uppermost tick of the losses and the top of the box, in pixels."""


class Chart(pg.PlotWidget):
    """Draws curves as `show_curves` says. Mouse and keys change `navigation`, which is said by `navigated`."""

    navigated = Signal()
    read_out = Signal(str)  # what the crosshair says; empty when it is gone

    def __init__(self, parent: QWidget | None = None) -> None:
        self._box = PlotBox()
        self._axes = {"left": TickAxis("left"), "bottom": TickAxis("bottom")}
        super().__init__(parent, viewBox=self._box, axisItems=self._axes)
        self.navigation = Navigation()
        self._items: dict[int, CurveItem] = {}
        self._shown: Sequence[Shown] = ()
        self._log = True
        self._smoothing = 0.0
        self._frame = Frame((0.0, 1.0), (0.0, 1.0), 1.0, 1.0, True)
        self._iteration: int | None = None
        self._annotations = Annotations()
        self._crosshair = Crosshair()
        for item, z in ((self._annotations, 20), (self._crosshair, 30)):
            item.setParentItem(self.plotItem)
            item.setZValue(z)
        self.plotItem.hideButtons()
        self._room = (0.0, 0.0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._connect_gestures()
        self.set_colors()

    @property
    def frame(self) -> Frame:
        """The part of the plane that is drawn now."""
        return self._frame

    @property
    def annotations(self) -> Annotations:
        """What is written on the plot."""
        return self._annotations

    @property
    def readout(self) -> Readout | None:
        """What the crosshair says; None while there is none."""
        if self._iteration is None:
            return None
        return read(self._shown, self._iteration, self._smoothing)

    def set_colors(self) -> None:
        """Dress in the colours that the application wears now."""
        palette = palettes.current()
        self.setBackground(palettes.color(palette.panel))
        for axis in self._axes.values():
            axis.set_colors(palette)
        self._annotations.set_colors(palette)
        self._crosshair.set_colors(palette)
        self._set_pens()

    def show_curves(self, shown: Sequence[Shown], *, log: bool, smoothing: float) -> None:
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

    def refresh(self) -> None:
        """Bring the picture up to what the curves and the navigation are now."""
        self._lay_out()
        frame = self._frame
        corner = self._box.pos()
        for one in self._shown:
            item = self._items[one.curve.run]
            item.setPos(corner)
            item.show_series(one.curve.raw, one.smooth(self._smoothing), frame, self.devicePixelRatioF())
        self._annotations.setPos(corner)
        self._annotations.arrange(arranged(frame, self._shown), frame.width, frame.height)
        self._crosshair.setPos(corner)
        self._point_at(self._iteration)

    def set_iteration(self, iteration: int | None) -> None:
        """Put the crosshair on an iteration, as near as there are losses and the view reaches; None takes it away."""
        longest = max((len(one.curve) for one in self._shown), default=0)
        if iteration is not None:
            first, last = self._frame.x
            iteration = min(max(iteration, int(-(-first // 1)), 0), int(last // 1), longest - 1)
            if not longest or iteration < first:
                iteration = None
        if iteration != self._iteration:
            self._point_at(iteration)
            readout = self.readout
            self.read_out.emit(readout.text if readout else "")

    def _point_at(self, iteration: int | None) -> None:
        if iteration is not None and not self._frame.x[0] <= iteration <= self._frame.x[1]:
            iteration = None
        self._iteration = iteration
        arrangement = self._annotations.arrangement
        words = [*(tag.rect for tag in arrangement.tags), *(label.rect for label in arrangement.labels)]
        self._crosshair.show_readout(self.readout, self._frame, words)

    def _set_pens(self) -> None:
        palette = palettes.current()
        for one in self._shown:
            self._items[one.curve.run].set_colors(one.color(palette), one.pale(palette))

    def _lay_out(self) -> None:
        """Choose ranges and ticks for the size of the box, and the frame that they make."""
        height = max(self._box.height(), 1.0)
        most = max(2.0, (height - _MARGIN) / _TICK_PITCH)
        x, y = self.navigation.window, self.navigation.y
        self._box.losses_fitted = y is None
        if y is None:
            low, high = ranges.fitted(self._extremes(x), most, self._log)
            ticks = ranges.loss_ticks((low, high), most, self._log)
            y = (low, high + (high / 2 - low / 2) * 2 * _MARGIN / max(height - _MARGIN, 1.0))
        else:
            ticks = ranges.loss_ticks(y, most, self._log)
        self._axes["left"].set_ticks(ticks)
        iterations = ranges.iteration_ticks(x, max(self._box.width(), 1.0) / _LABEL_PITCH)
        self._axes["bottom"].set_ticks(iterations)
        self._make_room(width_for(ticks), overhang_of(iterations))
        across = max(self._box.width(), 1.0)
        self._box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)
        self._frame = Frame(x, y, across, height, self._log)

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

    def _connect_gestures(self) -> None:
        self._box.zoom_requested.connect(self._zoom)
        self._box.pan_requested.connect(self._pan)
        self._box.fit_requested.connect(self._fit)
        self.scene().sigMouseMoved.connect(self._follow_mouse)

    def _zoom(self, axis: str, factor: float, about: QPointF) -> None:
        (left, right), (low, high) = self._frame.x, self._frame.y
        if axis == "x":
            self.navigation.zoom(factor, left + about.x() * (right - left))
        else:
            middle = high - about.y() * (high - low)
            self.navigation.set_losses(middle - (middle - low) * factor, middle + (high - middle) * factor)
        self._navigate()

    def _pan(self, right: float, down: float) -> None:
        (first, last), (low, high) = self._frame.x, self._frame.y
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
        if self._box.rect().contains(inside):
            self.set_iteration(round(self._frame.iteration(inside.x())))
        else:
            self.set_iteration(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_crosshair"):  # the base class resizes while it is being made
            self.plotItem.layout.activate()
            self.refresh()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.set_iteration(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk the crosshair (Shift: by ten), Home and End jump, + and − zoom, A fits, Esc takes it away."""
        key, middle = event.key(), QPointF(0.5, 0.5)
        stride = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(stride if key == Qt.Key.Key_Right else -stride)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.set_iteration(0 if key == Qt.Key.Key_Home else 2**62)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom("x", 0.8, middle)
        elif key == Qt.Key.Key_Minus:
            self._zoom("x", 1.25, middle)
        elif key == Qt.Key.Key_A:
            self._fit()
        elif key == Qt.Key.Key_Escape and self._iteration is not None:
            self.set_iteration(None)
        else:
            super().keyPressEvent(event)

    def _walk(self, stride: int) -> None:
        newest = max((len(one.curve) for one in self._shown if one.current), default=1) - 1
        self.set_iteration(newest if self._iteration is None else self._iteration + stride)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_crosshair"):
            self.set_colors()
