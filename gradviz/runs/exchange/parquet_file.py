"""A run as Parquet: the table of `rows`, with its types and every bit of its values. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gradviz.errors import GradvizError
from gradviz.files import check_replaceable, read_regular
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


def write(metrics: Metrics, to: Path) -> None:
    """Write a table; a metric that has no value in a step is null there. Raises OSError.

    Raises:
        GradvizError: pyarrow is not installed.
    """
    arrow, parquet = _pyarrow()
    rows = to_rows(metrics)
    microseconds = (np.nan_to_num(rows.times, posinf=0, neginf=0) * 1e6).round().astype(np.int64)
    moments = arrow.array(microseconds, mask=~np.isfinite(rows.times)).cast(arrow.timestamp("us", "UTC"))
    columns = {STEP: arrow.array(rows.steps), TIMESTAMP: moments}
    columns |= {name: arrow.array(values, mask=~present) for name, (values, present) in rows.columns.items()}
    check_replaceable(to)
    parquet.write_table(arrow.table(columns), str(to))


def read(path: Path) -> Iterator[tuple[str, dict[str, Points], list[str]]]:
    """Yield the name of the only run, its metrics, and sentences about columns that are left out. Raises OSError.

    Raises:
        GradvizError: it is no such table, or pyarrow is not installed.
    """
    arrow, parquet = _pyarrow()
    try:
        table = parquet.read_table(arrow.BufferReader(read_regular(path)))
    except arrow.ArrowException as error:
        text = tr("{name} cannot be read as Parquet: {reason}; write it again.")
        raise GradvizError(text.format(name=path.name, reason=str(error).split("\n")[0])) from error
    step, time = step_column(table.column_names, path.name), column_named(table.column_names, TIME_NAMES)
    columns, left_out = {}, []
    for name in table.column_names:
        if name in (step, time):
            continue
        if arrow.types.is_floating(kind := table[name].type) or arrow.types.is_integer(kind):
            columns[name] = MetricColumn(_floats(table[name]), np.asarray(table[name].is_valid()))
        else:
            left_out.append(tr("The column {name} holds no numbers; it is left out.").format(name=name))
    try:
        steps = np.asarray(table[step].cast(arrow.int64()))
    except arrow.ArrowException as error:
        raise GradvizError(
            tr("{name} has steps that are no whole numbers; write those.").format(name=path.name)
        ) from error
    times = np.full(len(steps), np.nan)
    if time is not None:
        times = _floats(table[time]) if not arrow.types.is_timestamp(table[time].type) else _moments(table[time])
    yield path.stem, from_rows(Rows(steps, times, columns)), left_out


def _floats(column: Any) -> Any:
    return np.asarray(column.cast("float64", safe=False).to_numpy(), np.float64)


def _moments(column: Any) -> Any:
    microseconds = column.cast("timestamp[us]", safe=False).cast("int64")
    return np.where(column.is_valid(), microseconds.fill_null(0).to_numpy() / 1e6, np.nan)


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise GradvizError(
            tr('Parquet needs a package that is not installed; "pip install pyarrow" installs it.')
        ) from error
    return pyarrow, parquet
