"""Paints a timeline: headings, bars that ran and that are to come, marks, and the cursor."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from gradviz.appearance.palette import Palette, mix
from gradviz.gui.panels.timeline.timeline_layout import TimelineColumn, TimelineLayout
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.text import steps as point_words
from gradviz.language import tr
from gradviz.model.derivative.derivatives import rule_stem
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import Phase, PointRecord

BAR_TOP, BAR_THICK = 8.0, 3.0
_HEAD_TOP, _HEAD_HEIGHT = 13.0, 18.0
TOP = 38.0
"""Where the highest bar ends."""
FOOT = 12.0
"""Height below the bars, of the cursor's foot and the marks."""
_STUB = 9.0
_LEAST = 11.0


_BELOW = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom


@dataclass(frozen=True, slots=True)
class Looks:
    """What the view adds to a timeline: scroll, size, hover and focus."""

    left: float
    """Horizontal scroll."""
    width: float
    height: float
    hovered: int | None = None
    focused: bool = False


class TimelinePainter:
    """Draws `layout` and `timeline` on a painter whose origin is the left edge of the first bar, scrolled."""

    def __init__(self, timeline: Timeline, layout: TimelineLayout, looks: Looks) -> None:
        self.timeline = timeline
        self.layout = layout
        self.looks = looks
        self.colors: Palette = palettes.current()
        self.bottom = looks.height - FOOT
        self.present = len(timeline.passed)
        here = timeline.point
        self.phase = here.phase if here is not None else (timeline.passed[-1].point.phase if timeline.passed else "")

    def paint(self, painter: QPainter) -> None:
        """Paint everything that is visible."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-self.looks.left, 0)
        for column in self.layout.columns:
            if column.x < self.looks.left + self.looks.width and column.x + column.width > self.looks.left:
                self._column(painter, column)
        self._marks(painter)
        if not self.timeline.at_present:
            self._present(painter)
        self._cursor(painter)

    def _column(self, painter: QPainter, column: TimelineColumn) -> None:
        phase = self.colors.phase(column.phase)
        active = column.phase == self.phase
        shade = phase.fill if active else mix(phase.fill, self.colors.panel, 0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(shade))
        painter.drawRoundedRect(QRectF(column.x, BAR_TOP, column.width, BAR_THICK), 1.5, 1.5)
        self._heading(painter, column, active)
        first = max(int((self.looks.left - column.x) / column.pitch), 0)
        last = min(int((self.looks.left + self.looks.width - column.x) / column.pitch) + 1, column.count)
        for step in range(first, last):
            self._bar(painter, column, column.first + step)

    def _heading(self, painter: QPainter, column: TimelineColumn, active: bool) -> None:
        left, room = heading_room(column, self.looks)
        name, long, short = heading(column)
        bold, light = fonts.ui(12, 600), fonts.ui(12)
        name_width = QFontMetricsF(bold).horizontalAdvance(name)
        metrics = QFontMetricsF(light)
        text = next((t for t in (long, short) if name_width + 8 + metrics.horizontalAdvance(t) <= room + 1), "")
        box = QRectF(left, _HEAD_TOP, room, _HEAD_HEIGHT)
        where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if name_width > room + 1:
            return
        painter.setFont(bold)
        painter.setPen(color(self.colors.text if active else self.colors.text2))
        painter.drawText(box, where, name)
        painter.setFont(light)
        painter.setPen(color(self.colors.text3))
        painter.drawText(box.adjusted(name_width + 8, 0, 0, 0), where, text)

    def bar(self, column: TimelineColumn, position: int) -> QRectF:
        """Return the rectangle of a point's bar."""
        pitch = column.pitch
        gap = 3.0 if pitch >= 12 else 2.0 if pitch >= 8 else 1.0
        left = column.x + (position - column.first) * pitch
        ran = position < self.present
        height = self.layout.height(position, _LEAST, self.bottom - TOP) if ran else _STUB
        if gap == 1.0:  # thin bars are on whole pixels, or their gaps would flicker
            right, left = round(left + pitch) - gap, float(round(left))
            return QRectF(left, self.bottom - round(height), right - left, round(height))
        return QRectF(left, self.bottom - height, pitch - gap, height)

    def _bar(self, painter: QPainter, column: TimelineColumn, position: int) -> None:
        box = self.bar(column, position)
        phase = self.colors.phase(column.phase)
        radius = 2.0 if box.width() >= 8 else 0.0
        hovered = position == self.looks.hovered
        if position < self.present:
            past = position < self.timeline.cursor
            fill = phase.fill if past else mix(phase.fill, self.colors.panel, 0.42)
            if hovered:
                fill = mix(self.colors.text, fill, 0.22)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(fill))
            painter.drawRoundedRect(box, radius, radius)
            self._name(painter, box, self.timeline.passed[position].point)
            return
        waits = position == self.present and self.timeline.next is not None
        shade = phase.fill if waits else self.colors.text3 if hovered else self.colors.line2
        painter.setPen(QPen(color(shade), 1))
        painter.setBrush(color(phase.tint) if waits else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _name(self, painter: QPainter, bar: QRectF, point: PointRecord) -> None:
        """Write a point's name across its bar, or upward where the bar is narrow: in the panel's tone on the bar, in
        that of text above it."""
        font = fonts.ui(10)
        metrics = QFontMetricsF(font)
        if bar.width() < metrics.height():
            return
        long = self.bottom - TOP - 4
        name = rule_stem(point_words.title(point).rpartition(".")[2])
        across = metrics.horizontalAdvance(name) + 6 <= bar.width()
        text = name if across else metrics.elidedText(name, Qt.TextElideMode.ElideRight, long)
        above = QRectF(bar.left(), TOP, bar.width(), bar.top() - TOP)
        painter.setFont(font)
        for part, shade in ((bar, self.colors.panel), (above, self.colors.text2)):
            painter.save()
            painter.setClipRect(part)
            painter.setPen(color(shade))
            if across:
                painter.drawText(QRectF(bar.left(), TOP, bar.width(), long + 3), _BELOW, text)
            else:
                painter.translate(bar.center().x(), self.bottom - 4)
                painter.rotate(-90)
                painter.drawText(QRectF(0, -bar.width() / 2, long, bar.width()), Qt.AlignmentFlag.AlignVCenter, text)
            painter.restore()

    def _marks(self, painter: QPainter) -> None:
        left, right = self.looks.left - 8, self.looks.left + self.looks.width + 8
        for column in self.layout.columns:
            first = max(int((left - column.x) / column.pitch), 0)
            last = min(int((right - column.x) / column.pitch) + 1, column.ran)
            for position in range(column.first + first, column.first + last):
                passed = self.timeline.passed[position]
                bad = point_words.not_finite(passed)
                if bad or passed.edited:
                    middle = QPointF(self.bar(column, position).center().x(), self.bottom + 6.5)
                    self._mark(painter, middle, bad, passed.edited)

    def _mark(self, painter: QPainter, middle: QPointF, bad: bool, edited: bool) -> None:
        both = bad and edited
        painter.setPen(Qt.PenStyle.NoPen)
        if bad:  # an octagon, as on the graph; the diamond of an edit differs from it in outline
            place = middle - QPointF(5.5 if both else 0, 0)
            painter.setBrush(color(self.colors.error))
            painter.drawPolygon(_octagon(place, 5.0))
            painter.setBrush(color(self.colors.panel))
            painter.drawRect(QRectF(place.x() - 0.75, place.y() - 3, 1.5, 3.5))
            painter.drawRect(QRectF(place.x() - 0.75, place.y() + 1.5, 1.5, 1.5))
        if edited:
            painter.setBrush(color(self.colors.accent))
            painter.drawPolygon(_diamond(middle + QPointF(5.5 if both else 0, 0), 4.5))

    def _present(self, painter: QPainter) -> None:
        x = self._line_x(self.present)
        painter.setPen(QPen(color(self.colors.text3), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, TOP - 4), QPointF(x, self.bottom + 8))

    def _line_x(self, position: int) -> float:
        """Return the middle of the gap before a bar, on a half pixel so that a line of 1 is sharp."""
        x = self.layout.x_of(position)
        if position and position == self.present and self.timeline.next is None and position >= self.layout.count:
            return round(x) + 0.5
        return round(x - 1) - 0.5

    def _cursor(self, painter: QPainter) -> None:
        x = self._line_x(self.timeline.cursor) + 0.5
        shade = color(self.colors.accent if self.looks.focused else self.colors.text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawRect(QRectF(x - 1, TOP - 4, 2, self.bottom + 8 - TOP + 4))
        handle = QPainterPath()
        handle.moveTo(x - 5, TOP - 6)
        handle.quadTo(x - 5, TOP - 7, x - 4, TOP - 7)
        handle.lineTo(x + 4, TOP - 7)
        handle.quadTo(x + 5, TOP - 7, x + 5, TOP - 6)
        handle.lineTo(x + 5, TOP - 2)
        handle.lineTo(x, TOP + 3)
        handle.lineTo(x - 5, TOP - 2)
        handle.closeSubpath()
        # A rim in the panel's tone sets the handle off from the bars and the heading beside it.
        painter.strokePath(handle, QPen(color(self.colors.panel), 2))
        painter.drawPath(handle)


def heading_room(column: TimelineColumn, looks: Looks) -> tuple[float, float]:
    """Return where a column's heading begins and how wide it may be, so that it stays visible while scrolling."""
    left = max(column.x, min(looks.left, column.x + column.width - 60))
    return left, min(column.x + column.width, looks.left + looks.width) - left


def heading(column: TimelineColumn) -> tuple[str, str, str]:
    """Return the name of a column's phase, and the text beside it, long and short."""
    phase, ran, count = column.phase, column.ran, column.count
    name = point_words.phase_title(phase)
    if not ran:
        if column.open_ended:
            return name, tr("begins"), ""
        return name, f"{count:,} {point_words.unit(phase, count, by_hand=column.by_hand)}", f"{count:,}"
    time = point_words.duration(column.seconds)
    words = {"ran": f"{ran:,}", "count": f"{count:,}", "time": time}
    if not column.to_come or column.open_ended:
        words["unit"] = point_words.unit(phase, ran, by_hand=column.by_hand)
        short = tr("{ran}, {time}").format(**words)
        so_far = tr("{ran} {unit}, {time} so far") if column.to_come else tr("{ran} {unit}, {time}")
        return name, so_far.format(**words), short
    words["unit"] = point_words.unit(phase, count, by_hand=column.by_hand)
    return name, tr("{ran} of {count} {unit}, {time} so far").format(**words), tr("{ran} of {count}").format(**words)


def least_widths(layout: TimelineLayout) -> dict[Phase, float]:
    """Return the width in pixels that the short heading of each phase needs, with its margin."""
    widths: dict[Phase, float] = {}
    for column in layout.columns:
        name, _, short = heading(column)
        width = QFontMetricsF(fonts.ui(12, 600)).horizontalAdvance(name) + 8
        widths[column.phase] = max(
            widths.get(column.phase, 0.0), width + QFontMetricsF(fonts.ui(12)).horizontalAdvance(short) + 4
        )
    return widths


def _octagon(middle: QPointF, radius: float) -> QPolygonF:
    near = radius * 0.414
    corners = [(-near, -radius), (near, -radius), (radius, -near), (radius, near)]
    corners += [(-x, -y) for x, y in corners]
    return QPolygonF([middle + QPointF(x, y) for x, y in corners])


def _diamond(middle: QPointF, radius: float) -> QPolygonF:
    corners = ((0.0, -radius), (radius, 0.0), (0.0, radius), (-radius, 0.0))
    return QPolygonF([middle + QPointF(x, y) for x, y in corners])
