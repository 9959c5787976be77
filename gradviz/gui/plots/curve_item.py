"""Draws one run's curve from its pyramid: every peak, at a cost that depends on pixels and not on points."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gradviz.gui.plots.frame import Frame
from gradviz.model.series import Series


class CurveItem(pg.GraphicsObject):
    """One run: the raw losses and, while smoothing, the smoothed ones over them. In pixels of the plot box."""

    def __init__(self) -> None:
        super().__init__()
        self._raw = _Line()
        self._smooth = _Line()
        self._bounds = QRectF()

    def set_pens(self, strong: QColor, pale: QColor) -> None:
        """`strong` draws what is meant to be read, `pale` the raw losses beneath a smoothed curve."""
        self._strong, self._pale = _pen(strong), _pen(pale)
        self.update()

    def show_series(self, raw: Series, smooth: Series | None, frame: Frame, ratio: float) -> None:
        """Draw this from now on; `ratio` is device pixels to a pixel. Does nothing if all is as it was."""
        changed = self._raw.prepare(raw, frame, ratio)
        changed |= self._smooth.prepare(smooth, frame, ratio)
        bounds = QRectF(0, 0, frame.width, frame.height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        if changed:
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self._bounds.adjusted(-1, -1, 1, 1))
        smoothing = not self._smooth.path.isEmpty()
        painter.setPen(self._pale if smoothing else self._strong)
        painter.drawPath(self._raw.path)
        if smoothing:
            painter.setPen(self._strong)
            painter.drawPath(self._smooth.path)


class _Line:
    """The path of one series, made anew only when the series or the view of it changed."""

    def __init__(self) -> None:
        self.path = QPainterPath()
        self._key: object = None

    def prepare(self, series: Series | None, frame: Frame, ratio: float) -> bool:
        """True if the path is another one now."""
        key = (id(series), len(series), frame, ratio) if series is not None else None
        if key == self._key:
            return False
        self._key = key
        self.path = _path(series, frame, ratio) if series is not None else QPainterPath()
        return True


def _path(series: Series, frame: Frame, ratio: float) -> QPainterPath:
    line = series.polyline(frame.first, frame.stop, max(int(frame.width * ratio), 1))
    if not len(line.indices):
        return QPainterPath()
    x, y = frame.across(line.indices), frame.down(line.values)
    joins = np.append(line.joined, False)
    alone = ~joins & ~np.concatenate(([False], joins[:-1]))
    if alone.any():
        # A point between two gaps has no line to be seen by: it becomes a dash of two pixels.
        places = np.flatnonzero(alone)
        x = np.insert(x, places + 1, x[places] + 1.0)
        y = np.insert(y, places + 1, y[places])
        x[places + np.arange(len(places))] -= 1.0
        joins = np.insert(joins, places, True)
    return pg.arrayToQPath(x, y, connect=joins.astype(np.int32), finiteCheck=False)


def _pen(color: QColor) -> QPen:
    pen = QPen(color, 1.0)  # any wider is five to eight times as slow
    pen.setCosmetic(True)
    return pen
