"""The iteration so far in text: a bar for each phase, and the points around the cursor in aligned columns."""

from __future__ import annotations

from gradviz.model.graph.graph import Graph, line_text
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import PassedRecord, Phase
from gradviz.terminal.text.screen import Line, number, shape_words, table
from gradviz.terminal.text.stop_text import duration, name_of

SHOWN = 8
"""Points before the cursor that are listed unless more are asked for."""
_PHASES: tuple[Phase, ...] = ("forward", "backward", "update")


def timeline_lines(
    timeline: Timeline, graph: Graph | None, shown: int, width: int, *, raised: bool = False
) -> list[Line]:
    """Phases, then the last `shown` points before the cursor, and what comes next, or `raised`."""
    lines = [_bar(timeline, phase, min(40, width - 40)) for phase in _PHASES]
    first = max(0, timeline.cursor - shown)
    if first:
        lines.append([("dim", f"  {first} before; timeline all shows them")])
    rows, phases = [], []
    for passed in timeline.passed[first : timeline.cursor]:
        rows.append(_row(passed, graph))
        phases.append(passed.point.phase)
    aligned = table(rows, ["dim", "", "dim", "dim", ""], frozenset((0,)), width=width - 1, without=(2, 3, 0), names=1)
    for line, phase in zip(aligned, phases, strict=True):
        lines.append([(phase, "●"), *line])
    point = timeline.point
    if point is not None:
        code = line_text(point.file, point.line)
        state = "raised" if raised and timeline.at_present else "comes next"
        lines.append([(f"{point.phase} bold", "▶ "), ("bold", f" {name_of(point, graph)}"),
                      ("dim", f"  {code}" if code else ""), ("dim", f"  {state}")])  # fmt: skip
    if not timeline.at_present:
        lines.append([("dim", f"  {len(timeline.passed) - timeline.cursor} more have run; forth goes there")])
    return lines


def _row(passed: PassedRecord, graph: Graph | None) -> list[str]:
    point = passed.point
    values = [value for value in passed.values if value.norm is not None]
    last = values[-1:] if point.phase == "update" else values[:1]
    shape = shape_words(last[0].shape) if last else ""
    norm = f"norm {number(last[0].norm)}" if last else ""
    bad = sum(value.nans + value.infs for value in passed.values)
    edited = "  edited" if passed.edited else ""
    return [str(point.index), name_of(point, graph), line_text(point.file, point.line), shape,
            norm + (f"  {bad} not finite" if bad else "") + edited]  # fmt: skip


def _bar(timeline: Timeline, phase: Phase, width: int) -> Line:
    count, expected = timeline.count(phase), timeline.expected.get(phase, 0)
    total = max(expected, count)
    full = round(width * count / total) if total else 0
    words = f"{count} of {expected}" if expected else str(count)
    took = duration(timeline.seconds(phase)) if count else ""
    return [(phase, f"{phase:<8}"), ("", f" {words:>10}  "), (phase, "█" * full), ("dim", "░" * (width - full)),
            ("dim", f"  {took}")]  # fmt: skip
