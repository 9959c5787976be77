"""A run as CSV: `step,timestamp,<metric>…`, as trackio and pandas read it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from gradviz.errors import GradvizError
from gradviz.files import read_regular, write_regular
from gradviz.language import tr
from gradviz.runs.exchange.rows import (
    STEP,
    TIME_NAMES,
    TIMESTAMP,
    MetricColumn,
    Metrics,
    Rows,
    column_named,
    from_rows,
    step_column,
    to_rows,
)
from gradviz.runs.run_records import Points

_LARGEST = 2**32
"""Bytes of a file that is read."""


def write(metrics: Metrics, to: Path) -> None:
    """Write a table, with times in UTC and every digit of the values. Raises OSError."""
    rows = to_rows(metrics)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([STEP, TIMESTAMP, *rows.columns])
    columns = [_texts(column) for column in rows.columns.values()]
    writer.writerows(zip(rows.steps.tolist(), map(_time_text, rows.times.tolist()), *columns, strict=True))
    write_regular(to, text.getvalue().encode())


def read(path: Path) -> Iterator[tuple[str, dict[str, Points], list[str]]]:
    """Yield the name of the only run, its metrics, and sentences about columns that are left out. Raises OSError.

    Raises:
        GradvizError: it is no such table.
    """
    try:
        lines = list(csv.reader(io.StringIO(read_regular(path, _LARGEST).decode("utf-8-sig"), newline="")))
    except (csv.Error, UnicodeDecodeError) as error:
        text = tr("{name} cannot be read as CSV: {reason}; save it as UTF-8 with commas.")
        raise GradvizError(text.format(name=path.name, reason=error)) from error
    heads = lines[0] if lines else []
    step = step_column(heads, path.name)
    time = column_named(heads, TIME_NAMES)
    body = [line for line in lines[1:] if any(cell.strip() for cell in line)]
    cells = {head: [line[at] if at < len(line) else "" for line in body] for at, head in enumerate(heads)}
    steps = np.array([_step(cell, number, path) for number, cell in enumerate(cells[step])], np.int64)
    times = np.array([_seconds(cell) for cell in cells[time]] if time else np.full(len(steps), np.nan))
    columns, left_out = {}, []
    for head in heads:
        if head in (step, time):
            continue
        if (column := _column(cells[head])) is not None:
            columns[head] = column
        else:
            left_out.append(tr("The column {name} holds no numbers; it is left out.").format(name=head))
    yield path.stem, from_rows(Rows(steps, times, columns)), left_out


def _texts(column: MetricColumn) -> list[str]:
    return [
        repr(value) if is_there else ""
        for value, is_there in zip(column.values.tolist(), column.present.tolist(), strict=True)
    ]


def _time_text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat() if math.isfinite(seconds) else ""


def _seconds(cell: str) -> float:
    """Return the time in seconds since 1970, written so or as a date; NaN if it is neither."""
    try:
        return float(cell)
    except ValueError:
        try:
            return datetime.fromisoformat(cell.strip()).timestamp()
        except (ValueError, OverflowError):
            return math.nan


def _step(cell: str, number: int, path: Path) -> int:
    try:
        return int(float(cell)) if "." in cell or "e" in cell.casefold() else int(cell)
    except (ValueError, OverflowError) as error:
        text = tr("{name}, row {row}: {cell!r} is no step; write whole numbers there.")
        raise GradvizError(text.format(name=path.name, row=number + 2, cell=cell)) from error


def _column(cells: list[str]) -> MetricColumn | None:
    """Return the numbers of a column; None if one of its cells is something else."""
    try:
        values = [float(cell) if cell.strip() else math.nan for cell in cells]
    except ValueError:
        return None
    return MetricColumn(np.array(values, float), np.array([bool(cell.strip()) for cell in cells], bool))
