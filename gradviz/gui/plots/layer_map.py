"""Layers × time: one figure of all modules as a heat map over iterations, its scale, and what a cell holds."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gradviz.gui.plots import ranges
from gradviz.gui.plots.plot_frame import PixelItem, PlotFrame, write_text
from gradviz.gui.plots.plot_view import PlotView
from gradviz.gui.plots.ranges import AxisTick, Navigation
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.language import tr
from gradviz.model import number_text
from gradviz.model.layer_table import BROKEN, NONE, LayerTable, layer_table

_COLORS = 254
_BROKEN = 254
_NONE = 255
_ROW_PITCH = 15.0
_LONGEST = 22
EMPTY = layer_table((), ())


class Scale:
    """Colors of values from `low` to `high`, evenly far apart, on a log scale or not."""

    def __init__(self, limits: tuple[float, float] | None, *, log: bool) -> None:
        self.low, self.high = limits or (0.0, 1.0)
        self.log = log and self.low > 0

    def indices(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
        """Return the places of `values` in `table`, in their shape."""
        low, high = self.low, self.high
        if self.log:
            values = np.log10(np.maximum(values, low))
            low, high = math.log10(low), math.log10(high)
        shares = (values - low) / (high - low) if high > low else np.full(values.shape, 0.5)
        return (np.clip(shares, 0, 1) * (_COLORS - 1)).astype(np.uint8)

    @staticmethod
    def table() -> list[QColor]:
        """Return the colors, those of what is not finite and of nothing at the end."""
        palette = palettes.current()
        stops = np.array([(c.red(), c.green(), c.blue()) for c in map(QColor, palette.sequential)], np.float64)
        places = np.linspace(0, len(stops) - 1, _COLORS)
        channels = [np.interp(places, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
        found = [QColor(*(round(c) for c in rgb)) for rgb in zip(*channels, strict=True)]
        return [*found, QColor(palette.error), color(palette.panel)]


class _Cells(PixelItem):
    """The picture, and a frame around the cell under the pointer."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._key: object = None
        self._top = self._bottom = 0.0

    def show_table(self, table: LayerTable, scale: Scale, frame: PlotFrame, ratio: float) -> None:
        """Draw the table in a frame; `ratio` is device pixels to a pixel."""
        key = (id(table), frame, ratio, palettes.current())
        if key == self._key:
            return
        self._key = key
        self.cover(frame)
        rows = len(table.rows)
        self._top, self._bottom = frame.point(0, rows)[1], frame.point(0, 0)[1]
        columns = max(int(frame.width * ratio), 1)
        values, kinds = table.draw(np.linspace(frame.x[0], frame.x[1], columns + 1))
        cells = scale.indices(values)
        cells[kinds == BROKEN], cells[kinds == NONE] = _BROKEN, _NONE
        stride = -(-columns // 4) * 4
        padded = np.full((max(rows, 1), stride), _NONE, np.uint8)
        padded[:rows, :columns] = cells
        image = QImage(padded.tobytes(), columns, max(rows, 1), stride, QImage.Format.Format_Indexed8)
        image.setColorTable([each.rgb() for each in scale.table()])
        self._image = image.copy()
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw whole pixels for each cell."""
        painter.setClipRect(self._box)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(0, self._top, self._box.width(), self._bottom - self._top), self._image)


class _Cursor(PixelItem):
    """A line through the iteration, and what the cell there holds."""

    def __init__(self) -> None:
        super().__init__()
        self._x: float | None = None
        self._row: QRectF | None = None
        self._text = ""

    def show_at(self, x: float | None, row: QRectF | None, text: str, frame: PlotFrame) -> None:
        """Show the line at `x` pixels, a frame around a row, and a text; None hides them."""
        self.cover(frame)
        self._x, self._row, self._text = x, row, text
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw them."""
        if self._x is None:
            return
        palette, x = self._palette, round(self._x) + 0.5
        painter.setPen(QPen(color(palette.text3), 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, self._box.height()))
        if self._row is None or not self._text:
            return
        painter.setPen(QPen(color(palette.text), 1))
        painter.drawRect(self._row.adjusted(0.5, 0.5, -0.5, -0.5))
        width = math.ceil(QFontMetricsF(fonts.ui(12)).horizontalAdvance(self._text)) + 20
        left = x + 12 if x + 12 + width <= self._box.width() else max(x - 12 - width, 0.0)
        above = self._row.top() - 28
        top = above if above >= 0 else min(self._row.bottom() + 4, self._box.height() - 26)
        card = QRectF(round(left), round(top), width, 24)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(palette.line2), 1))
        painter.setBrush(color(palette.panel))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        write_text(painter, card.adjusted(10, 0, -10, 0), self._text, fonts.ui(12), color(palette.text))


class LayerMap(PlotView):
    """Draws the table given to `show_table`, the first row on top."""

    module_chosen = Signal(str)
    scale_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None, navigation: Navigation | None = None) -> None:
        super().__init__(parent, navigation)
        self.table = EMPTY
        self.scale = Scale(None, log=False)
        self._pointed_row: int | None = None
        self._cells, self._cursor = _Cells(), _Cursor()
        self.add_item(self._cells, 1)
        self.add_item(self._cursor, 30)
        self._box.pressed.connect(self._choose)
        self._ready = True
        self.log = False
        self.set_colors()

    def show_table(self, table: LayerTable, *, log: bool) -> None:
        """Draw a table."""
        self.table = table
        self.scale = Scale(table.limits(log=log), log=log)
        self.scale_changed.emit(self.scale)
        self.refresh()

    @property
    def reach(self) -> int:
        """Return one more than the last iteration that was sampled."""
        return int(self.table.steps[-1]) + 1 if len(self.table.steps) else 0

    @property
    def description(self) -> str:
        """Return module, iteration and value of the cell under the pointer."""
        row = self._pointed_row
        if self._iteration is None or row is None or not row < len(self.table.rows):
            return ""
        found = self.table.read(row, self._iteration)
        if found is None:
            return tr("{module}: not sampled").format(module=self.table.rows[row])
        text = tr("{module} · iteration {step} · {value}")
        step, value = number_text.whole(found[0]), number_text.exact(found[1])
        return text.format(module=self.table.rows[row], step=step, value=value)

    def refresh(self) -> None:
        """Draw the table and the navigation as they are now."""
        super().refresh()
        self._cells.show_table(self.table, self.scale, self.frame, self.devicePixelRatioF())
        for item in (self._cells, self._cursor):
            item.setPos(self._box.pos())
        self.point_at(self._iteration)

    def point_at(self, iteration: int | None) -> None:
        """Show the crosshair at an iteration if it is visible."""
        super().point_at(iteration)
        row = None if self._linked else self._pointed_row
        box = None
        if row is not None:
            top, bottom = (self.frame.point(0, len(self.table.rows) - at)[1] for at in (row, row + 1))
            box = QRectF(0, top, self.frame.width, bottom - top)
        x = None if self._iteration is None else self.frame.left_of(self._iteration)
        self._cursor.show_at(x, box, "" if row is None else self.description, self.frame)

    def set_colors(self) -> None:
        """Draw in the colors of the theme."""
        super().set_colors()
        self._cursor.set_colors(palettes.current())
        self.refresh()

    def fit(self, x: ranges.Range, most: float) -> ranges.Range:
        """Return all rows."""
        return 0.0, float(max(len(self.table.rows), 1))

    def value_ticks(self, shown: ranges.Range, most: float) -> list[AxisTick]:
        """Return names of rows, as many as have room."""
        rows = len(self.table.rows)
        pitch = max(1, math.ceil((shown[1] - shown[0]) * _ROW_PITCH / max(self._box.height(), 1.0)))
        places = [(i, rows - i - 0.5) for i in range(0, rows, pitch)]
        return [AxisTick(at, _short(self.table.rows[i])) for i, at in places if shown[0] <= at <= shown[1]]

    def nearest(self, iteration: int) -> int:
        """Return the iteration nearest to this one that was sampled."""
        steps = self.table.steps
        if not len(steps):
            return iteration
        place = int(np.searchsorted(steps, iteration))
        around: list[int] = steps[max(place - 1, 0) : place + 1].tolist()
        return min(around, key=lambda step: abs(step - iteration))

    def beyond(self, iteration: int, ahead: int) -> int:
        """Return the next iteration that was sampled, the one before for an `ahead` of -1."""
        steps = self.table.steps
        place = int(np.searchsorted(steps, iteration, side="right" if ahead > 0 else "left")) - (ahead < 0)
        return int(steps[place]) if 0 <= place < len(steps) else iteration

    def _follow_mouse(self, scene_position: QPointF) -> None:
        inside = self._box.mapFromScene(scene_position)
        before, self._pointed_row = self._pointed_row, self._row_at(inside.y())
        super()._follow_mouse(scene_position)
        if before != self._pointed_row:
            self.point_at(self._iteration)

    def _row_at(self, y: float) -> int | None:
        low, high = self.frame.y
        value = high - y / max(self.frame.height, 1.0) * (high - low)
        row = math.floor(len(self.table.rows) - value)
        return row if 0 <= row < len(self.table.rows) else None

    def _choose(self, at: QPointF) -> None:
        row = self._row_at(at.y())
        if row is not None:
            self.module_chosen.emit(self.table.rows[row])


class ScaleBar(QWidget):
    """The colors of a scale with its ends in numbers, and the color of what is not finite."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = Scale(None, log=False)
        self.setFixedHeight(20)

    def show_scale(self, scale: Scale) -> None:
        """Show the colors of a scale."""
        self._scale = scale
        low, high = (number_text.short(end) for end in (scale.low, scale.high))
        self.setAccessibleName(tr("Colors from {low} to {high}").format(low=low, high=high))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the bar and its words."""
        return QSize(300, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw low, bar, high, and the mark of what is not finite."""
        palette, painter = palettes.current(), QPainter(self)
        font, metrics, ink = fonts.ui(11), QFontMetricsF(fonts.ui(11)), color(palette.text3)
        words = tr("not finite")
        low, high = (number_text.short(end) for end in (self._scale.low, self._scale.high))
        x = self.width() - metrics.horizontalAdvance(words) - 2
        write_text(painter, QRectF(x, 0, self.width() - x, 20), words, font, ink)
        painter.fillRect(QRectF(x - 16, 5, 10, 10), color(palette.error))
        x -= 32 + metrics.horizontalAdvance(high)
        write_text(painter, QRectF(x, 0, metrics.horizontalAdvance(high) + 4, 20), high, font, ink)
        colors, width = Scale.table(), 100
        for i in range(width):
            painter.fillRect(QRectF(x - 6 - width + i, 5, 1, 10), colors[i * (_COLORS - 1) // (width - 1)])
        x -= 12 + width + metrics.horizontalAdvance(low)
        write_text(painter, QRectF(x, 0, metrics.horizontalAdvance(low) + 4, 20), low, font, ink)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"…{name[-_LONGEST + 1 :]}"
