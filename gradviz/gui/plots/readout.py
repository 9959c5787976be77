"""What the crosshair says of one iteration: the exact losses of every visible run, and what happened there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from gradviz.gui.plots.shown import Shown, full_name
from gradviz.model import number_text


@dataclass(frozen=True, slots=True)
class Row:
    """One run at the iteration; `smoothed` is empty while nothing is smoothed."""

    shown: Shown
    loss: float
    raw: str
    smoothed: str


@dataclass(frozen=True, slots=True)
class Readout:
    """Everything known of one iteration."""

    iteration: int
    title: str
    rows: tuple[Row, ...]
    marks: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it as lines, as a screen reader says it."""
        lines = [self.title]
        for row in self.rows:
            line = f"{full_name(row.shown.curve)}: {row.raw}"
            if row.smoothed:
                line += ", " + QCoreApplication.translate("LossPlot", "smoothed {0}").format(row.smoothed)
            lines.append(line)
        return "\n".join([*lines, *self.marks])


def read(shown: Sequence[Shown], iteration: int, smoothing: float) -> Readout:
    """The readout of an iteration; runs that have no loss there are left out. The current run comes first."""
    rows, marks = [], []
    for one in sorted(shown, key=lambda one: not one.current):
        loss = one.curve.at(iteration)
        if loss is None:
            continue
        smooth = one.smooth(smoothing)
        smoothed = number_text.exact(float(smooth.values[iteration])) if smooth is not None else ""
        # Where a loss is not finite there is no smoothed one: the dash says so, NaN would claim one.
        rows.append(Row(one, loss, number_text.exact(loss), "–" if smoothed and not math.isfinite(loss) else smoothed))
        prefix = "" if one.current else f"{one.name}: "
        marks += [prefix + mark.text for mark in one.curve.marks if mark.step == iteration]
    title = QCoreApplication.translate("LossPlot", "Iteration {0}").format(number_text.whole(iteration))
    return Readout(iteration, title, tuple(rows), tuple(marks))
