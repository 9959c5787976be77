"""The metrics of a run as the rows of one table, and back: a row for each step, a column for each metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.model.growing_series import Floats, Indices
from gradviz.runs.run_records import Points

Metrics = Mapping[str, Points]
STEP, TIMESTAMP = "step", "timestamp"
STEP_NAMES = (STEP, "_step", "global_step", "iteration")
"""What the column of steps is called by those who write such tables, in small letters."""
TIME_NAMES = (TIMESTAMP, "_timestamp", "wall time", "wall_time")
_KEY = np.dtype([("step", "<i8"), ("occurrence", "<i8")])


class MetricColumn(NamedTuple):
    """One metric in a table of n rows."""

    values: Floats
    """Shape (n,)."""
    present: npt.NDArray[np.bool_]
    """Shape (n,): where the metric has a value, which may be NaN."""


class Rows(NamedTuple):
    """A table of n rows."""

    steps: Indices
    times: Floats
    """Shape (n,), seconds since 1970; NaN where it is not known."""
    columns: dict[str, MetricColumn]


def to_rows(metrics: Metrics) -> Rows:
    """Return one row for each step, in the order of the steps. What was logged in a step for the second time is a row
    of its own; the time of a row is that of the first metric in it."""
    keys = [_keys(points.steps) for points in metrics.values()]
    every, inverse = np.unique(np.concatenate([np.empty(0, _KEY), *keys]), return_inverse=True)
    places = np.split(inverse, np.cumsum([len(each) for each in keys])[:-1]) if keys else []
    times, columns = np.full(len(every), np.nan), {}
    for (name, points), at in reversed(list(zip(metrics.items(), places, strict=True))):
        times[at] = points.times
        column = MetricColumn(np.full(len(every), np.nan), np.zeros(len(every), bool))
        column.values[at], column.present[at] = points.values, True
        columns[name] = column
    return Rows(every["step"], times, dict(reversed(columns.items())))


def from_rows(rows: Rows) -> dict[str, Points]:
    """Return the metrics of a table; those without any value are left out."""
    return {
        name: Points(rows.steps[present], rows.times[present], values[present])
        for name, (values, present) in rows.columns.items()
        if present.any()
    }


def column_named(names: list[str], among: tuple[str, ...]) -> str | None:
    """Return the column that has one of the names in small letters; None if there is none."""
    return next((name for one in among for name in names if name.strip().casefold() == one), None)


def step_column(names: list[str], title: str) -> str:
    """Return the column that holds the steps.

    Raises:
        GradvizError: none does.
    """
    found = column_named(names, STEP_NAMES)
    if found is None:
        raise GradvizError(
            tr("{title} has no column called step; name the column of iterations so.").format(title=title)
        )
    return found


def _keys(steps: Indices) -> npt.NDArray[np.void]:
    """Return each step with how many equal ones are before it."""
    order = np.argsort(steps, kind="stable")
    ordered = steps[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))
    counts = np.diff(begins, append=len(ordered))
    keys = np.empty(len(steps), _KEY)
    keys["step"] = steps
    keys["occurrence"][order] = np.arange(len(ordered)) - np.repeat(begins, counts)
    return keys
