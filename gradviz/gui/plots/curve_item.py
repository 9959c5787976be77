"""The curves of the plot: names, colors, and the item that draws one, which costs by pixels and not by points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gradviz.appearance.palette import Palette
from gradviz.gui.plots.plot_frame import PixelItem, PlotFrame
from gradviz.gui.style.qt_colors import color
from gradviz.language import tr
from gradviz.model.growing_series import Flags, Floats, Series
from gradviz.model.loss_curves import Curve

EARLIER_ALPHA = 0.65


@dataclass(frozen=True, slots=True)
class VisibleCurve:
    """One visible curve; `emphasised` while the pointer or the focus is on its legend entry."""

    curve: Curve
    current: bool
    emphasised: bool = False

    @property
    def name(self) -> str:
        """Return the short name, `run 2`."""
        return run_name(self.curve)

    def color(self, palette: Palette) -> QColor:
        """Return the color of its line and swatch."""
        if self.current:
            return color(palette.accent)
        own = color(self.curve.color) if self.curve.color else color(palette.text3, EARLIER_ALPHA)
        return color(palette.text) if self.emphasised else own

    def pale(self, palette: Palette) -> QColor:
        """Return the color of the raw losses beneath the smoothed curve."""
        if self.current:
            return color(palette.accent, 0.35)
        return color(self.curve.color, 0.35) if self.curve.color else color(palette.text3, 0.25)

    def smooth(self, factor: float) -> Series | None:
        """Return the smoothed series; None for a factor of 0."""
        return self.curve.smooth(factor) if factor else None


def run_name(curve: Curve) -> str:
    """Return `run 2`, or the name of a recorded run."""
    return curve.name or tr("run {0}").format(curve.number)


def full_name(curve: Curve) -> str:
    """Return `run 2 · SGD from 200`."""
    name = run_name(curve)
    return f"{name} · {curve.title}" if curve.title else name


_MOST_SEGMENTS = 3000


class CurveItem(PixelItem):
    """One run: the raw losses and, while smoothing, the smoothed ones over them."""

    def __init__(self) -> None:
        super().__init__()
        self._raw = _CurvePath()
        self._smooth = _CurvePath()
        self._strong = self._pale = QColor()

    def set_pens(self, strong: QColor, pale: QColor) -> None:
        """Draw in `strong`, and raw losses beneath a smoothed curve in `pale`."""
        if (strong, pale) != (self._strong, self._pale):
            self._strong, self._pale = strong, pale
            self.update()

    def show_series(self, raw: Series, smooth: Series | None, frame: PlotFrame, ratio: float) -> None:
        """Draw these series; `ratio` is device pixels to a pixel. Do nothing if all is as it was."""
        changed = self._raw.prepare(raw, frame, ratio)
        changed |= self._smooth.prepare(smooth, frame, ratio)
        self.cover(frame)
        if changed:
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw both curves, cut at the box."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._box.adjusted(-1, -1, 1, 1))
        smoothing = not self._smooth.path.isEmpty()
        self._raw.paint(painter, self._pale if smoothing else self._strong)
        if smoothing:
            self._smooth.paint(painter, self._strong)


class _CurvePath:
    """The path of one series, built again only when the series or the view of it changed."""

    def __init__(self) -> None:
        self.path = QPainterPath()
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._joins: Flags = np.empty(0, np.bool_)
        self._segments: PrimitiveArray | None = None
        self._key: object = None

    def prepare(self, series: Series | None, frame: PlotFrame, ratio: float) -> bool:
        """Build the path; return whether it changed."""
        key = (id(series), len(series), frame, ratio) if series is not None else None
        if key == self._key:
            return False
        self._key = key
        self._segments = None
        if series is None:
            self.path = QPainterPath()
            return True
        self._x, self._y, self._joins = _points(series, frame, ratio)
        self.path = pg.arrayToQPath(self._x, self._y, connect=self._joins.astype(np.int32), finiteCheck=False)
        return True

    def paint(self, painter: QPainter, color: QColor) -> None:
        """Draw it one pixel wide, whatever the pixel ratio is.

        Qt strokes a path of one device pixel quickly and a wider one 100 times as slowly; single segments are quick
        up to a few thousand, which is all but the noisiest curves. Those stay one device pixel wide.
        """
        pen = QPen(color, 1.0)
        engine, device = painter.paintEngine(), painter.device()
        drawing = engine is not None and engine.type() != QPaintEngine.Type.Raster
        fine = device is not None and device.devicePixelRatio() > 1
        if fine and not drawing and len(self._x) <= _MOST_SEGMENTS:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLines(*self._single_segments().drawargs())
            return
        pen.setCosmetic(not drawing)
        painter.setPen(pen)
        painter.drawPath(self.path)

    def _single_segments(self) -> PrimitiveArray:
        if self._segments is None:
            starts = np.flatnonzero(self._joins[:-1])
            self._segments = PrimitiveArray(QLineF, 4)
            self._segments.resize(len(starts))
            table = self._segments.ndarray()
            table[:, 0], table[:, 1] = self._x[starts], self._y[starts]
            table[:, 2], table[:, 3] = self._x[starts + 1], self._y[starts + 1]
        return self._segments


def _points(series: Series, frame: PlotFrame, ratio: float) -> tuple[Floats, Floats, Flags]:
    """Return pixels from the left and the top, and whether each joins the next, all of shape (points,)."""
    line = series.polyline(frame.first, frame.stop, max(int(frame.width * ratio), 1))
    x, y = frame.across(line.steps), frame.down(line.values)
    joins = np.append(line.joined, False)[: len(x)]
    alone = ~joins & ~np.concatenate(([False], joins[:-1]))[: len(x)]
    if alone.any():
        # A point between two gaps has no visible line: it becomes a dash of two pixels.
        places = np.flatnonzero(alone)
        x = np.insert(x, places + 1, x[places] + 1.0)
        y = np.insert(y, places + 1, y[places])
        x[places + np.arange(len(places))] -= 1.0
        joins = np.insert(joins, places, True)
    return x, y, joins
