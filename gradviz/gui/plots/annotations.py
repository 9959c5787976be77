"""What is written on a plot: marks, tags, values without a line and ends of curves, arranged and painted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gradviz.gui.plots.curve_item import VisibleCurve
from gradviz.gui.plots.plot_frame import PixelItem, PlotFrame, write_text
from gradviz.gui.style import fonts, icons
from gradviz.gui.style.qt_colors import color
from gradviz.language import tr
from gradviz.model import number_text
from gradviz.model.growing_series import Indices, Series

TAG_FONT = (12, 500)
VALUE_FONT = (12, 400)
NAME_FONT = (12, 400)
ICON = 14
_TAG_HEIGHT, _TAG_PITCH = 20.0, 24.0
_TAG_GAP = 7.0
"""Between a mark's line and its tag."""
_BETWEEN = 4.0
_MOST_STRETCHES = 3
_MARK_ICONS = {"device": "monitor", "trap": "warning"}

Tone = Literal["plain", "error", "warning"]


@dataclass(frozen=True, slots=True)
class PlotTag:
    """A text that belongs to the place `x`, in pixels from the left; `brief` replaces `text` where that has no room."""

    x: float
    text: str
    brief: str
    icon: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class PlacedTag:
    """Where a tag is drawn, and with which of its two texts."""

    tag: PlotTag
    text: str
    rect: QRectF


@dataclass(frozen=True, slots=True)
class CurveLabel:
    """A word at the end of a curve; `current` for the value of the current run."""

    text: str
    rect: QRectF
    current: bool


@dataclass(slots=True)
class Arrangement:
    """Everything that is written on one frame, in pixels of the plot box."""

    lines: list[float] = field(default_factory=list)
    """Marks of the current run, from the left."""
    small_marks: list[QPointF] = field(default_factory=list)
    """Marks of earlier runs, on their curves."""
    bands: list[tuple[int, int]] = field(default_factory=list)
    """Columns where a loss is not finite."""
    floor: list[tuple[int, int]] = field(default_factory=list)
    """Columns where a loss lies under a log scale."""
    tags: list[PlacedTag] = field(default_factory=list)
    labels: list[CurveLabel] = field(default_factory=list)
    dot: QPointF | None = None
    """The newest point of the current run."""

    @property
    def words(self) -> list[QRectF]:
        """Return the rectangles of all that is written."""
        return [*(tag.rect for tag in self.tags), *(label.rect for label in self.labels)]


class Stretch(NamedTuple):
    """Iterations `first` to `last`, both included, whose losses are all `kind`: `NaN`, `Inf` or `−Inf`."""

    first: int
    last: int
    kind: str


def arrange_annotations(frame: PlotFrame, shown: Sequence[VisibleCurve]) -> Arrangement:
    """Return what to write on `frame` beside the curves `shown`."""
    result = Arrangement()
    for one in sorted(shown, key=lambda one: not one.current):
        _add_end(result, frame, one, [other for other in shown if other is not one])
    tags: list[PlotTag] = []
    for one in shown:
        tags += _add_marks(result, frame, one) + _add_bands(result, frame, one)
        if frame.log:
            tags += _add_floor(result, frame, one)
    area = QRectF(2, 6, frame.width - 4, frame.height - 12)
    result.tags = _place_tags(tags, area, [label.rect for label in result.labels])
    return result


def crosses(rect: QRectF, one: VisibleCurve, frame: PlotFrame) -> bool:
    """Return whether the curve may pass through `rect`, by its least and greatest loss there."""
    first, last = math.floor(frame.iteration(rect.left())), math.ceil(frame.iteration(rect.right()))
    extremes = one.curve.raw.extremes(first, last + 1)
    if extremes is None:
        return False
    lowest, highest = (frame.point(0, loss)[1] for loss in extremes)
    return highest < rect.bottom() - 2 and lowest > rect.top() + 2


def _add_end(result: Arrangement, frame: PlotFrame, one: VisibleCurve, others: Sequence[VisibleCurve]) -> None:
    """Add the dot and value of the current run, the name of an earlier one, at the last point that is visible."""
    last = one.curve.raw.last_to(frame.x[1])
    loss = one.curve.at(last)
    if loss is None or last < frame.x[0] or not math.isfinite(loss):
        return
    x, y = frame.point(last, loss)
    if frame.log and loss <= 0:
        y = frame.height  # on the floor that its line leaves through
    if not -1 <= y <= frame.height + 1:
        return
    if one.current:
        if last < one.curve.reach - 1:
            return  # the newest point is out of sight
        result.dot = QPointF(x, y)
    text = number_text.short(loss) if one.current else one.name
    rect = _room_for(text, x, y, frame, one, others, [label.rect for label in result.labels])
    if rect is not None:
        result.labels.append(CurveLabel(text, rect, one.current))


def _room_for(
    text: str,
    x: float,
    y: float,
    frame: PlotFrame,
    one: VisibleCurve,
    others: Sequence[VisibleCurve],
    obstacles: list[QRectF],
) -> QRectF | None:
    """Return where a word at the end (`x`, `y`) of a curve covers no other word and, if it can be, no curve."""
    metrics = QFontMetricsF(fonts.mono(*VALUE_FONT) if one.current else fonts.ui(*NAME_FONT))
    width, height = math.ceil(metrics.horizontalAdvance(text)), 16.0
    area = QRectF(0, -4, frame.width, frame.height + 6)
    before, above, under = x - width - 8, y - height - 4, y + 4
    if one.current:
        corners = [(x + 9, y - height / 2 - 2), (x + 9, above), (x + 9, under), (before, above), (before, under)]
    else:
        corners = [(before, above), (before, under), (before, above - height), (before, under + height)]
    rects = [QRectF(round(left), round(top), width, height) for left, top in corners]
    free = [rect for rect in rects if area.contains(rect) and _is_free(rect, obstacles)]
    clear = [rect for rect in free if not any(crosses(rect, other, frame) for other in others)]
    return next(iter(clear or free), None)


def _add_marks(result: Arrangement, frame: PlotFrame, one: VisibleCurve) -> list[PlotTag]:
    tags = []
    for mark in one.curve.marks:
        if not frame.x[0] <= mark.step <= frame.x[1]:
            continue
        if one.current:
            x, step = frame.left_of(mark.step), number_text.whole(mark.step)
            result.lines.append(x)
            icon = _MARK_ICONS.get(mark.kind, "sliders-horizontal")
            tone: Tone = "warning" if mark.kind == "trap" else "plain"
            tags.append(PlotTag(x, f"{step}: {mark.text}", step, icon, tone))
        elif (loss := one.curve.at(mark.step)) is not None and math.isfinite(loss):
            result.small_marks.append(QPointF(*frame.point(mark.step, loss)))
    return tags


def _add_bands(result: Arrangement, frame: PlotFrame, one: VisibleCurve) -> list[PlotTag]:
    """Add where losses are not finite."""
    series = one.curve.raw
    if not len(series.broken):
        return []
    result.bands += _touched_columns(series.broken, frame)
    found, total = _find_stretches(series, math.ceil(frame.x[0]), math.floor(frame.x[1]) + 1)
    if total > _MOST_STRETCHES:
        found = found[:1]
    tags = []
    for stretch in found:
        first, last = number_text.whole(stretch.first), number_text.whole(stretch.last)
        text = (tr("{0} at {1}") if first == last else tr("{0} from {1} to {2}")).format(stretch.kind, first, last)
        if total > len(found):
            text = tr("{0}, {1} more").format(text, number_text.whole(total - len(found)))
        tags.append(PlotTag(frame.left_of(stretch.first), _of_run(one, text), stretch.kind, "nan", "error"))
    return tags


def _add_floor(result: Arrangement, frame: PlotFrame, one: VisibleCurve) -> list[PlotTag]:
    """Add where losses have no logarithm."""
    inside = one.curve.raw.non_positive
    columns = _touched_columns(inside, frame)
    result.floor += columns
    count = int(((inside >= frame.x[0]) & (inside <= frame.x[1])).sum())
    if not columns or not count:
        return []
    text = tr("{0} losses of 0 or less, below a log scale").format(number_text.whole(count))
    return [PlotTag(float(columns[0][0]), _of_run(one, text), "≤ 0", "warning", "warning")]


def _of_run(one: VisibleCurve, text: str) -> str:
    return text if one.current else f"{one.name}: {text}"


def _find_stretches(series: Series, start: int, stop: int) -> tuple[list[Stretch], int]:
    """Return the first stretches that are not finite among iterations `start <= i < stop`, and how many there are."""
    broken = _within(series.broken, start, stop)
    if not len(broken):
        return [], 0
    places = series.places(broken)
    losses = series.values[places]
    kinds = np.where(np.isnan(losses), 0, np.sign(losses))
    edges = np.flatnonzero((np.diff(places) > 1) | (kinds[1:] != kinds[:-1])) + 1
    bounds = [0, *edges[:_MOST_STRETCHES].tolist(), len(broken)]
    found = [
        Stretch(int(broken[a]), int(broken[b - 1]), number_text.short(float(losses[a]))) for a, b in pairwise(bounds)
    ]
    return found[:_MOST_STRETCHES], len(edges) + 1


def _touched_columns(indices: Indices, frame: PlotFrame) -> list[tuple[int, int]]:
    """Return pixel columns `left <= x < right` that these ascending iterations touch, adjacent ones joined."""
    inside = _within(indices, frame.first, frame.stop)
    if not len(inside):
        return []
    gaps = np.flatnonzero(np.diff(inside) > 1)
    firsts = inside[np.concatenate(([0], gaps + 1))]
    lasts = inside[np.concatenate((gaps, [len(inside) - 1]))]
    width = int(np.ceil(frame.width))
    left = np.floor(frame.across(firsts)).astype(np.int64)
    right = np.floor(frame.across(lasts)).astype(np.int64) + 1
    seen = (right > 0) & (left < width)
    # Count how many stretches cover each column, by the steps at their ends: as quick for a million as for one.
    steps = np.zeros(width + 1, np.int64)
    np.add.at(steps, np.maximum(left[seen], 0), 1)
    np.add.at(steps, np.minimum(right[seen], width), -1)
    covered = np.concatenate(([False], np.cumsum(steps[:width]) > 0, [False]))
    bounds = np.flatnonzero(np.diff(covered.astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]


def _within(indices: Indices, start: int, stop: int) -> Indices:
    return indices[np.searchsorted(indices, start) : np.searchsorted(indices, stop)]


def _place_tags(tags: Sequence[PlotTag], area: QRectF, obstacles: Iterable[QRectF]) -> list[PlacedTag]:
    """Place each tag beside its line, in lanes from the top of `area`, so that none covers another.

    A tag keeps its whole text if any lane in the upper two thirds has room for it, to the right of the line or else
    to the left. Tags without any room are left out.
    """
    occupied = list(obstacles)
    lanes = max(1, int(area.height() * 2 / 3 / _TAG_PITCH))
    metrics = QFontMetricsF(fonts.ui(*TAG_FONT))
    result = []
    for tag in sorted(tags, key=lambda tag: tag.x):
        for rect, text in _tag_places(tag, metrics.horizontalAdvance, area.top(), lanes):
            if area.left() <= rect.left() and rect.right() <= area.right() and _is_free(rect, occupied):
                occupied.append(rect)
                result.append(PlacedTag(tag, text, rect))
                break
    return result


def _tag_places(
    tag: PlotTag, text_width: Callable[[str], float], top: float, lanes: int
) -> Iterable[tuple[QRectF, str]]:
    for text in (tag.text, tag.brief):
        width = math.ceil(text_width(text)) + ICON + 22
        for left in (tag.x + _TAG_GAP, tag.x - _TAG_GAP - width):
            for lane in range(lanes):
                yield QRectF(round(left), top + lane * _TAG_PITCH, width, _TAG_HEIGHT), text


def _is_free(rect: QRectF, occupied: Iterable[QRectF]) -> bool:
    """Return whether `rect` keeps its distance from all of `occupied`."""
    room = rect.adjusted(-_BETWEEN, -1, _BETWEEN, 1)
    return not any(room.intersects(other) for other in occupied)


class Annotations(PixelItem):
    """Shows an `Arrangement`. Dots and dashes reach over the box."""

    overhang = 12.0

    def __init__(self) -> None:
        super().__init__()
        self.arrangement = Arrangement()

    def show_arrangement(self, arrangement: Arrangement, frame: PlotFrame) -> None:
        """Show what is arranged for `frame`; do nothing if it is what is shown."""
        self.cover(frame)
        if arrangement != self.arrangement:
            self.arrangement = arrangement
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw bands, marks, labels, the newest point and tags."""
        palette, arrangement = self._palette, self.arrangement
        self._paint_bands(painter)
        self._paint_marks(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for label in arrangement.labels:
            # A veil keeps the word readable where a noisy curve runs behind it.
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(palette.panel, 0.7))
            painter.drawRoundedRect(label.rect.adjusted(-2, 0, 2, 0), 3, 3)
            font = fonts.mono(*VALUE_FONT) if label.current else fonts.ui(*NAME_FONT)
            write_text(painter, label.rect, label.text, font, color(palette.text if label.current else palette.text2))
        if arrangement.dot is not None:
            painter.setPen(QPen(color(palette.panel), 2))
            painter.setBrush(color(palette.accent))
            painter.drawEllipse(arrangement.dot, 4.0, 4.0)
        for tag in arrangement.tags:
            self._paint_tag(painter, tag)

    def _paint_bands(self, painter: QPainter) -> None:
        error, height = self._palette.error, self._box.height()
        for left, right in self.arrangement.bands:
            painter.fillRect(QRectF(left, 0, right - left, height), color(error, 0.16))
            # A solid foot, so that a single column is seen too.
            painter.fillRect(QRectF(left - 1, height - 4, right - left + 2, 4), color(error))
        for left, right in self.arrangement.floor:
            painter.fillRect(QRectF(left - 1, height - 3, right - left + 2, 3), color(self._palette.warning))

    def _paint_marks(self, painter: QPainter) -> None:
        pen = QPen(color(self._palette.text2), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        for x in self.arrangement.lines:
            painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, self._box.height()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(self._palette.text3), 1))
        painter.setBrush(color(self._palette.panel))
        corners = (QPointF(0, -3.5), QPointF(3.5, 0), QPointF(0, 3.5), QPointF(-3.5, 0))
        for point in self.arrangement.small_marks:
            painter.drawPolygon(QPolygonF([point + corner for corner in corners]))

    def _paint_tag(self, painter: QPainter, placed: PlacedTag) -> None:
        palette, rect = self._palette, placed.rect
        ground, ink, sign = {
            "plain": (palette.raised, palette.text, palette.text2),
            "error": (palette.error_tint, palette.error, palette.error),
            "warning": (palette.warning_tint, palette.warning, palette.warning),
        }[placed.tag.tone]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(ground))
        painter.drawRoundedRect(rect, 5, 5)
        device = painter.device()
        picture = icons.pixmap(placed.tag.icon, ICON, sign, device.devicePixelRatio() if device is not None else 1.0)
        painter.drawPixmap(QPointF(rect.left() + 6, rect.top() + (rect.height() - ICON) / 2), picture)
        write_text(painter, rect.adjusted(6 + ICON + 6, 0, 0, 0), placed.text, fonts.ui(*TAG_FONT), color(ink))
