"""Lays out the bars of a timeline: columns of one phase each, the height of every bar, and the position at an x."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradviz.gui.text.steps import PHASES
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import Phase

GAP = 16.0
"""Between two columns, in pixels, as all lengths here."""
LEAST_PITCH = 5.0
"""A bar of 4 and a gap of 1; where more points than fit are shown, the view scrolls."""
MOST_PITCH = 64.0
_LEAST_DECADES = 0.8  # so that bars of nearly equal time look equal, not like a mountain and its foot


@dataclass(slots=True)
class TimelineColumn:
    """A part of the iteration in one phase. Backward may run more than once, so a phase may have several."""

    phase: Phase
    first: int
    """Position of its first point."""
    ran: int = 0
    seconds: float = 0.0
    to_come: int = 0
    open_ended: bool = False
    """Whether it is unknown how many points are still to come."""
    by_hand: bool = False
    """Whether it is a backward of ops, written by hand."""
    x: float = 0.0
    pitch: float = LEAST_PITCH
    width: float = 0.0

    @property
    def count(self) -> int:
        """Return the number of its points, those to come included."""
        return self.ran + self.to_come

    @property
    def end(self) -> int:
        """Return the position after its last point."""
        return self.first + self.count


class TimelineLayout:
    """Columns and bars of one timeline. Appended points cost their own number, not that of all."""

    def __init__(self) -> None:
        self.columns: list[TimelineColumn] = []
        self.width = 0.0
        """Of all columns, which may be more than the view shows."""
        self._timeline: Timeline | None = None
        self._logs: list[float] = []
        self._low = math.inf
        self._high = -math.inf
        self._ran: list[TimelineColumn] = []

    @property
    def count(self) -> int:
        """Return the number of points that have run and that are known to come."""
        return self.columns[-1].end if self.columns else 0

    def read(self, timeline: Timeline | None) -> None:
        """Read what is new in a timeline; start again for another timeline."""
        if timeline is not self._timeline or (timeline is not None and len(timeline.passed) < len(self._logs)):
            self._timeline = timeline
            self._logs, self._ran = [], []
            self._low, self._high = math.inf, -math.inf
        if timeline is None:
            self.columns = []
            return
        for position in range(len(self._logs), len(timeline.passed)):
            passed = timeline.passed[position]
            log = math.log10(max(passed.seconds, 1e-9))
            self._logs.append(log)
            self._low, self._high = min(self._low, log), max(self._high, log)
            if not self._ran or self._ran[-1].phase != passed.point.phase:
                by_hand = passed.point.phase == "backward" and not passed.point.grad_fn
                self._ran.append(TimelineColumn(passed.point.phase, position, by_hand=by_hand))
            self._ran[-1].ran += 1
            self._ran[-1].seconds += passed.seconds
        self.columns = self._with_expected(timeline)

    def _with_expected(self, timeline: Timeline) -> list[TimelineColumn]:
        columns = [TimelineColumn(c.phase, c.first, c.ran, c.seconds, by_hand=c.by_hand) for c in self._ran]
        following = timeline.next.phase if timeline.next is not None else None
        if following is not None and (not columns or columns[-1].phase != following):
            columns.append(TimelineColumn(following, len(self._logs)))
        if columns:
            last = columns[-1]
            whole = sum(c.ran for c in columns if c.phase == last.phase)
            expected = timeline.expected.get(last.phase, 0)
            last.to_come = max(expected - whole, 1 if following is not None else 0)
            last.open_ended = not expected and following is not None
        begun = PHASES.index(columns[-1].phase) + 1 if columns else 0
        for phase in PHASES[begun:]:
            expected = timeline.expected.get(phase, 0)
            if expected and all(c.phase != phase for c in columns):
                columns.append(TimelineColumn(phase, columns[-1].end if columns else 0, to_come=expected))
        return columns

    def arrange(self, width: float, least: dict[Phase, float]) -> None:
        """Give every column its place in `width`; `least` is what the heading of a phase needs, where there is room."""
        columns = self.columns
        if not columns:
            self.width = 0.0
            return
        room = width - GAP * (len(columns) - 1)
        narrow: set[int] = set()
        pitch = room / self.count
        # Columns too narrow for their heading take what it needs; the others share the rest. Each round fixes one more.
        for _ in columns:
            wanting = {i for i, c in enumerate(columns) if c.count * pitch < least.get(c.phase, 0.0)} - narrow
            if not wanting:
                break
            narrow |= wanting
            others = sum(c.count for i, c in enumerate(columns) if i not in narrow)
            used = sum(least.get(columns[i].phase, 0.0) for i in narrow)
            pitch = (room - used) / others if others else pitch
        if pitch < LEAST_PITCH:
            narrow.clear()
            least = {}
        pitch = min(max(pitch, LEAST_PITCH), MOST_PITCH)
        x = 0.0
        for i, column in enumerate(columns):
            column.x = x
            wanted = least.get(column.phase, 0.0)
            column.width = wanted if i in narrow else max(column.count * pitch, wanted)
            column.pitch = min(column.width / column.count, MOST_PITCH)
            x += column.width + GAP
        self.width = x - GAP

    def x_of(self, position: int) -> float:
        """Return the left edge of the point at `position`; of the end, right of the last bar."""
        for column in self.columns:
            if position < column.end:
                return column.x + max(position - column.first, 0) * column.pitch
        last = self.columns[-1] if self.columns else None
        return last.x + last.count * last.pitch if last is not None else 0.0

    def position_at(self, x: float, *, nearest: bool = False) -> int:
        """Return the point whose bar is at `x`, or the border between points that is `nearest`."""
        for column in self.columns:
            if x < column.x + column.width + GAP / 2:
                steps = (x - column.x) / column.pitch + (0.5 if nearest else 0.0)
                return column.first + min(max(int(steps), 0), column.count - (0 if nearest else 1))
        return self.count

    def column_of(self, position: int) -> TimelineColumn | None:
        """Return the column of a position."""
        return next((column for column in self.columns if column.first <= position < column.end), None)

    def height(self, position: int, least: float, most: float) -> float:
        """Return the height of the bar of a point that ran, on a log scale that all bars share."""
        low = min(self._low, self._high - _LEAST_DECADES)
        return least + (most - least) * (self._logs[position] - low) / (self._high - low)
