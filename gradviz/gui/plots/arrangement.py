"""Works out what is written on a plot and where: marks, tags, the newest value, the names of earlier runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from gradviz.gui.plots import anomalies
from gradviz.gui.plots.frame import Frame
from gradviz.gui.plots.shown import Shown
from gradviz.gui.plots.tags import PlacedTag, Tag, is_free, placed
from gradviz.gui.style import fonts
from gradviz.model import number_text

TAG_FONT = (12, 500)
VALUE_FONT = (12, 400)
NAME_FONT = (12, 400)
ICON = 14
_MOST_STRETCHES = 3
_MARK_ICONS = {"device": "monitor"}


@dataclass(frozen=True, slots=True)
class Label:
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
    labels: list[Label] = field(default_factory=list)
    dot: QPointF | None = None
    """The newest point of the current run."""


def arranged(frame: Frame, shown: Sequence[Shown]) -> Arrangement:
    """What to write on `frame` beside the curves `shown`, the current one among them or not."""
    result = Arrangement()
    for one in sorted(shown, key=lambda one: not one.current):
        _add_end(result, frame, one, [other for other in shown if other is not one])
    tags: list[Tag] = []
    for one in shown:
        tags += _marks(result, frame, one) + _broken(result, frame, one)
        if frame.log:
            tags += _under_floor(result, frame, one)
    area = QRectF(2, 6, frame.width - 4, frame.height - 12)
    result.tags = placed(tags, tag_width, area, [label.rect for label in result.labels])
    return result


def tag_width(text: str) -> float:
    """Width of a tag with this text, in pixels."""
    return math.ceil(QFontMetricsF(fonts.ui(*TAG_FONT)).horizontalAdvance(text)) + ICON + 22


def _add_end(result: Arrangement, frame: Frame, one: Shown, others: Sequence[Shown]) -> None:
    """The dot and value of the current run, the name of an earlier one, at the last point that is visible."""
    last = min(len(one.curve) - 1, math.floor(frame.x[1]))
    loss = one.curve.at(last)
    if loss is None or last < frame.x[0] or not math.isfinite(loss):
        return
    x, y = frame.point(last, loss)
    if frame.log and loss <= 0:
        y = frame.height  # it stands on the floor that its line leaves through
    if not -1 <= y <= frame.height + 1:
        return
    if one.current:
        if last < len(one.curve) - 1:
            return  # the newest point is out of sight
        result.dot = QPointF(x, y)
    text = number_text.short(loss) if one.current else one.name
    rect = _room_for(text, x, y, frame, one, others, [label.rect for label in result.labels])
    if rect is not None:
        result.labels.append(Label(text, rect, one.current))


def _room_for(
    text: str, x: float, y: float, frame: Frame, one: Shown, others: Sequence[Shown], taken: list[QRectF]
) -> QRectF | None:
    """Where a word at the end (`x`, `y`) of a curve covers no other word and, if there is such a place, no curve."""
    metrics = QFontMetricsF(fonts.mono(*VALUE_FONT) if one.current else fonts.ui(*NAME_FONT))
    width, height = math.ceil(metrics.horizontalAdvance(text)), 16.0
    area = QRectF(0, -4, frame.width, frame.height + 6)
    before, above, under = x - width - 8, y - height - 4, y + 4
    if one.current:
        corners = [(x + 9, y - height / 2 - 2), (x + 9, above), (x + 9, under), (before, above), (before, under)]
    else:
        corners = [(before, above), (before, under), (before, above - height), (before, under + height)]
    rects = [QRectF(round(left), round(top), width, height) for left, top in corners]
    free = [rect for rect in rects if area.contains(rect) and is_free(rect, taken)]
    clear = [rect for rect in free if not any(crosses(rect, other, frame) for other in others)]
    return next(iter(clear or free), None)


def crosses(rect: QRectF, one: Shown, frame: Frame) -> bool:
    """Whether the curve passes through `rect`; by its least and greatest loss there, which errs on the side of yes."""
    first, last = math.floor(frame.iteration(rect.left())), math.ceil(frame.iteration(rect.right()))
    extremes = one.curve.raw.extremes(first, last + 1)
    if extremes is None:
        return False
    lowest, highest = frame.point(0, extremes[0])[1], frame.point(0, extremes[1])[1]
    return highest < rect.bottom() - 2 and lowest > rect.top() + 2


def _marks(result: Arrangement, frame: Frame, one: Shown) -> list[Tag]:
    tags = []
    for mark in one.curve.marks:
        if not frame.x[0] <= mark.step <= frame.x[1]:
            continue
        x = frame.left_of(mark.step)
        if one.current:
            result.lines.append(x)
            text = f"{number_text.whole(mark.step)}: {mark.text}"
            icon = _MARK_ICONS.get(mark.kind, "sliders-horizontal")
            tags.append(Tag(x, text, number_text.whole(mark.step), icon))
        elif (loss := one.curve.at(mark.step)) is not None and math.isfinite(loss):
            result.small_marks.append(QPointF(*frame.point(mark.step, loss)))
    return tags


def _broken(result: Arrangement, frame: Frame, one: Shown) -> list[Tag]:
    series = one.curve.raw
    if not len(series.broken):
        return []
    result.bands += anomalies.columns(series.broken, frame)
    found, total = anomalies.stretches(series, math.ceil(frame.x[0]), math.floor(frame.x[1]) + 1, _MOST_STRETCHES)
    if total > _MOST_STRETCHES:
        found = found[:1]
    tags = []
    for stretch in found:
        text = _stretch_text(stretch)
        if total > len(found):
            text = QCoreApplication.translate("LossPlot", "{0}, {1} more").format(
                text, number_text.whole(total - len(found))
            )
        if not one.current:
            text = f"{one.name}: {text}"
        x = frame.left_of(stretch.first)
        tags.append(Tag(x, text, stretch.kind, "nan", "error"))
    return tags


def _stretch_text(stretch: anomalies.Stretch) -> str:
    first, last = number_text.whole(stretch.first), number_text.whole(stretch.last)
    if first == last:
        return QCoreApplication.translate("LossPlot", "{0} at {1}").format(stretch.kind, first)
    return QCoreApplication.translate("LossPlot", "{0} from {1} to {2}").format(stretch.kind, first, last)


def _under_floor(result: Arrangement, frame: Frame, one: Shown) -> list[Tag]:
    inside = one.curve.raw.non_positive
    columns = anomalies.columns(inside, frame)
    if not columns:
        return []
    result.floor += columns
    count = int(((inside >= frame.x[0]) & (inside <= frame.x[1])).sum())
    text = QCoreApplication.translate("LossPlot", "{0} losses of 0 or less, below a log scale").format(
        number_text.whole(count)
    )
    if not one.current:
        text = f"{one.name}: {text}"
    return [Tag(float(columns[0][0]), text, "≤ 0", "warning", "warning")] if count else []
