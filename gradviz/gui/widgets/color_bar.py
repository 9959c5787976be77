"""A colour bar with ticks, a pointer to one value, and samples of what lies on no bar."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from gradviz.export.overlay_shading import Shade
from gradviz.gui.style import fonts
from gradviz.gui.style import palette as palettes
from gradviz.gui.style.palette import Palette, color
from gradviz.gui.style.pens import Stroke, pen
from gradviz.model.overlay.overlay_scale import BarTick, Limits, ticks
from gradviz.model.overlay.overlay_table import Overlay

_TOP, _HIGH = 11, 13
"""Room for the pointer, and the bar's height."""
_SIDE = 6
"""Half of the room that an outermost label takes beside the bar."""
_SAMPLE = QSize(26, 14)
_WHITE = "#FFFFFF"
_MOST_TEXTS, _APART = 7, 6
"""Texts under the bar, and pixels between two of them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What of that which lies on no bar is drawn."""

    missing: bool = False
    zero: bool = False
    beyond: bool = False
    not_finite: bool = False


class ColourBar(QWidget):
    """Low at the left, high at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._overlay: Overlay | None = None
        self._limits: Limits | None = None
        self._diverging = False
        self._marker: float | None = None
        self.setFixedHeight(_TOP + _HIGH + 24)

    @property
    def labels(self) -> list[str]:
        """The texts under the bar."""
        return [tick.text for tick in self._ticks() if tick.text]

    @property
    def marker(self) -> float | None:
        """Where it points, from 0 to 1."""
        return self._marker

    @property
    def stops(self) -> tuple[str, ...]:
        """Its colours from the low end to the high one, evenly apart."""
        palette = palettes.current()
        return palette.diverging if self._diverging else palette.sequential

    @property
    def ticks(self) -> list[BarTick]:
        """The marks under the bar."""
        return self._ticks()

    def set_scale(self, overlay: Overlay, limits: Limits | None) -> None:
        """Show the colours of this overlay between `limits`."""
        self._diverging = overlay.scale == "diverging"
        self._overlay, self._limits = overlay, limits
        labels = self.labels
        self.setAccessibleName(
            self.tr("Scale from {0} to {1}").format(labels[0], labels[-1]) if labels else self.tr("No scale yet")
        )
        self.update()

    def set_marker(self, place: float | None) -> None:
        """Point at a place of the bar from 0 to 1; None at none."""
        if place != self._marker:
            self._marker = place
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = self.devicePixelRatioF()
        bar = QRectF(_SIDE + 0.5, _TOP + 0.5, self.width() - 2 * _SIDE - 1, _HIGH)
        gradient = QLinearGradient(bar.left(), 0, bar.right(), 0)
        stops = self.stops
        for place, shade in enumerate(stops):
            gradient.setColorAt(place / (len(stops) - 1), color(shade))
        painter.setBrush(QBrush(gradient))
        painter.setPen(pen(Stroke(palette.line2), ratio))
        painter.drawRect(bar)
        self._paint_ticks(painter, palette, bar, ratio)
        if self._marker is not None:
            x = bar.left() + self._marker * bar.width()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(palette.accent))
            painter.drawPolygon(QPolygonF([QPointF(x - 5, 2), QPointF(x + 5, 2), QPointF(x, _TOP - 1)]))
        painter.end()

    def _ticks(self) -> list[BarTick]:
        """With as many texts as have room beside each other: one that is left out would make the scale look uneven."""
        if self._overlay is None or self._limits is None:
            return []
        for most in range(_MOST_TEXTS, 1, -1):
            found = ticks(self._overlay, self._limits, most)
            texts = self._texts(found)
            if all(left + wide + _APART <= after for (left, wide, _), (after, _, _) in pairwise(texts)):
                break
        return found

    def _texts(self, found: list[BarTick]) -> list[tuple[float, float, str]]:
        """Where each text begins, how wide it is, and what it says, from left to right."""
        metrics, bar = QFontMetricsF(fonts.ui(11)), self.width() - 2 * _SIDE - 1
        texts = []
        for tick in sorted((tick for tick in found if tick.text), key=lambda tick: tick.place):
            wide = metrics.horizontalAdvance(tick.text)
            left = _SIDE + 0.5 + tick.place * bar - wide / 2
            texts.append((min(max(left, 0.0), self.width() - wide), wide, tick.text))
        return texts

    def _paint_ticks(self, painter: QPainter, palette: Palette, bar: QRectF, ratio: float) -> None:
        painter.setFont(fonts.ui(11))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        found = self._ticks()
        for tick in found:
            x = bar.left() + tick.place * bar.width()
            painter.setPen(pen(Stroke(palette.text3 if tick.text else palette.line2), ratio))
            painter.drawLine(QPointF(x, bar.bottom() + 1), QPointF(x, bar.bottom() + (5 if tick.text else 3)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(color(palette.text3))
        for left, wide, text in self._texts(found):
            painter.drawText(QRectF(left, bar.bottom() + 6, wide + 2, 16), Qt.AlignmentFlag.AlignLeft, text)


class Samples(QWidget):
    """Small boxes with words: not measured, exactly zero, beyond the scale, not finite."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str]] = []
        self._diverging = False
        self.setFixedHeight(24)

    @property
    def any(self) -> bool:
        """True if there is something to explain."""
        return bool(self._rows)

    @property
    def words(self) -> list[str]:
        return [text for _, text in self._rows]

    @property
    def shades(self) -> list[tuple[Shade, str]]:
        """The boxes and their words, as a picture shows them."""
        palette, end = palettes.current(), self._end
        looks = {
            "missing": Shade(line=palette.text3, hatched=True),
            "zero": Shade(line=palette.text2, ink=palette.text, value="0"),
            "beyond": Shade(fill=end, line=end, ink=palette.canvas, beyond=True),
            "wrong": Shade(fill=palette.error_fill, line=palette.error_fill, ink=_WHITE, value="NaN"),
        }
        return [(looks[name], text) for name, text in self._rows]

    @property
    def _end(self) -> str:
        """The colour of the high end of the bar."""
        palette = palettes.current()
        return (palette.diverging if self._diverging else palette.sequential)[-1]

    def set_shown(self, shown: Shown, *, diverging: bool = False) -> None:
        """Explain what is drawn, and nothing that is not, in the colours of the bar."""
        self._diverging = diverging
        rows = (
            (shown.missing, "missing", self.tr("not measured")),
            (shown.zero, "zero", self.tr("exactly zero")),
            (shown.beyond, "beyond", self.tr("beyond the scale")),
            (shown.not_finite, "wrong", self.tr("NaN or Inf")),
        )
        self._rows = [(name, text) for wanted, name, text in rows if wanted]
        self.setAccessibleName(", ".join(self.words))
        self.setFixedHeight(24 * self._lines)
        self.update()

    @property
    def _lines(self) -> int:
        return 2 if len(self._rows) > 2 else 1

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.ui(12))
        metrics = QFontMetricsF(fonts.ui(12))
        x = float(_SIDE)
        for place, (name, text) in enumerate(self._rows):
            y = 24.0 * (place // 2)
            if place % 2 == 0:
                x = float(_SIDE)
            box = QRectF(x + 0.5, y + 5.5, _SAMPLE.width() - 1, _SAMPLE.height() - 1)
            self._paint_sample(painter, palette, name, box)
            painter.setPen(color(palette.text2))
            painter.setFont(fonts.ui(12))
            left = x + _SAMPLE.width() + 8
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(left, y, 200, 24), flags, text)
            x = left + metrics.horizontalAdvance(text) + 22
        painter.end()

    def _paint_sample(self, painter: QPainter, palette: Palette, name: str, box: QRectF) -> None:
        ratio = self.devicePixelRatioF()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle = Qt.AlignmentFlag.AlignCenter
        match name:
            case "missing":
                painter.save()
                painter.setClipRect(box)
                painter.setPen(pen(Stroke(palette.line2), ratio))
                for start in range(-14, 28, 5):
                    left = box.left() + start
                    painter.drawLine(QPointF(left, box.bottom()), QPointF(left + box.height(), box.top()))
                painter.restore()
                painter.setPen(pen(Stroke(palette.text3, 1.0, (3, 2.5)), ratio))
                painter.drawRoundedRect(box, 3, 3)
            case "zero":
                painter.setPen(pen(Stroke(palette.text2, 1.25), ratio))
                painter.drawRoundedRect(box, 3, 3)
                painter.setFont(fonts.mono(10, 600))
                painter.setPen(color(palette.text))
                painter.drawText(box, middle, "0")
            case "beyond":
                painter.setPen(pen(Stroke(self._end), ratio))
                painter.setBrush(color(self._end))
                painter.drawRoundedRect(box, 3, 3)
                painter.setBrush(color(palette.canvas))
                painter.setPen(Qt.PenStyle.NoPen)
                right, centre = box.right() - 4, box.center().y()
                arrow = [QPointF(right - 5, centre - 4), QPointF(right - 5, centre + 4), QPointF(right, centre)]
                painter.drawPolygon(QPolygonF(arrow))
            case _:
                painter.setPen(pen(Stroke(palette.error_fill), ratio))
                painter.setBrush(color(palette.error_fill))
                painter.drawRoundedRect(box, 3, 3)
                painter.setFont(fonts.mono(9, 600))
                painter.setPen(color(_WHITE))
                painter.drawText(box, middle, "NaN")
