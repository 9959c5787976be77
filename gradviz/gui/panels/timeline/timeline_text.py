"""The texts of a timeline: the place of its cursor, and the tooltip of each point."""

from __future__ import annotations

from html import escape

from gradviz.gui.panels.timeline.timeline_layout import TimelineLayout
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.text import steps as point_words
from gradviz.language import tr
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import PassedRecord, PointRecord


def empty() -> tuple[str, str]:
    """Return what is shown without a timeline: a heading, and what to do."""
    return (
        tr("No iteration has been stepped yet"),
        tr("Press F11 to step into the first op, or set a breakpoint and continue with F5."),
    )


def description(timeline: Timeline, layout: TimelineLayout) -> str:
    """Return the place of the cursor in sentences, for a screen reader."""
    words = [tr("Looking back.")] if not timeline.at_present else []
    point = timeline.point
    if point is None:
        words.append(tr("After the last point."))
    else:
        place = ", ".join(filter(None, (point_words.module_text(point), point_words.source_text(point))))
        sentence = tr("Before {title}, {position}.").format(
            title=point_words.title(point), position=position_text(layout, timeline.cursor)
        )
        words += [sentence, f"{place}."] if place else [sentence]
    words.append(
        tr("{ran} of {count} points have run.").format(ran=f"{len(timeline.passed):,}", count=f"{layout.count:,}")
    )
    return " ".join(words)


def tip(timeline: Timeline, layout: TimelineLayout, position: int) -> str:
    """Return the tooltip of a point, as rich text: name and place, time, results, edits; or that it is to come."""
    passed = timeline.passed[position] if position < len(timeline.passed) else None
    point = passed.point if passed is not None else timeline.next if position == len(timeline.passed) else None
    lines = [f"<b>{escape(point_words.title(point))}</b>"] if point is not None else []
    lines.append(escape(position_text(layout, position)))
    if point is not None:
        lines += [escape(text) for text in _place(point)]
    if passed is None:
        lines.append(tr("runs next") if point is not None else tr("still to come"))
    else:
        lines += _results(passed)
    return f"<p style='white-space: pre'>{'<br>'.join(lines)}</p>"


def position_text(layout: TimelineLayout, position: int) -> str:
    """Return `node 7 of 18 in backward`; empty outside of the iteration."""
    column = layout.column_of(position)
    if column is None:
        return ""
    count = 0 if column.open_ended else column.count
    place = point_words.position_text(column.phase, position - column.first + 1, count, by_hand=column.by_hand)
    return tr("{place} in {phase}").format(place=place, phase=point_words.phase_name(column.phase))


def _place(point: PointRecord) -> list[str]:
    place = (point_words.module_text(point), point_words.source_text(point))
    origin = point.op if point.phase == "backward" and point.op else ""
    return list(filter(None, (origin, " · ".join(filter(None, place)))))


def _results(passed: PassedRecord) -> list[str]:
    colors = palettes.current()
    lines = [tr("took {time}").format(time=point_words.duration(passed.seconds))]
    lines += [escape(point_words.result_text(value)) for value in passed.values]
    if passed.edited:
        edited = escape(tr("edited by hand"))
        lines.append(f"<span style='color:{colors.accent}'>◆ {edited}</span>")
    if point_words.not_finite(passed):
        broken = escape(tr("NaN or Inf came out"))
        lines.append(f"<span style='color:{colors.error}'>! {broken}</span>")
    return lines
