"""The table of a race as text: its headings, cells and notes, aligned for a terminal, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from gradviz.language import tr
from gradviz.race.results import ConfigurationResult, Spread


def headings() -> tuple[str, ...]:
    """Return the names of the columns."""
    return (tr("configuration"), tr("seeds"), tr("best"), tr("final"), tr("iterations"), tr("seconds"))


def cells(row: ConfigurationResult) -> tuple[str, ...]:
    """Return the texts of one configuration, in the order of `headings`."""
    seeds = " ".join(map(str, row.seeds))
    return (
        row.configuration,
        seeds,
        spread_text(row.best),
        spread_text(row.final),
        iterations_text(row),
        spread_text(row.seconds, 3),
    )


def iterations_text(row: ConfigurationResult) -> str:
    """Return the iterations to the threshold, and how many seeds reached it where not all did."""
    text = spread_text(row.iterations, 4)
    if row.iterations is None or row.reached == len(row.seeds):
        return text
    words = tr("{iterations} ({count} of {all} seeds)")
    return words.format(iterations=text, count=row.reached, all=len(row.seeds))


def spread_text(spread: Spread | None, digits: int = 6) -> str:
    """Return `0.0123 ± 0.0004`, the mean in so many digits; a dash for none."""
    if spread is None:
        return "–"
    mean = f"{spread.mean:.{digits}g}"
    return mean if spread.deviation is None else f"{mean} ± {spread.deviation:.2g}"


def notes(threshold: float | None, threads: int) -> list[str]:
    """Return what has to be known to read the table, in sentences without their capitals."""
    found = []
    if threshold is not None:
        text = tr(
            "iterations and seconds until the loss is {threshold:.6g} or less; mean ± standard deviation over seeds"
        )
        found.append(text.format(threshold=threshold))
    text = tr("runs of one seed begin with the same weights and see the same data; threads each: {threads}")
    return [*found, text.format(threads=threads)]


def table_text(rows: Sequence[ConfigurationResult], threshold: float | None, threads: int) -> str:
    """Return the aligned table with its notes."""
    table = [headings(), *map(cells, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
    return "\n".join([*lines, *notes(threshold, threads)])


def table_csv(rows: Sequence[ConfigurationResult], threshold: float | None) -> str:
    """Return the table for a program: every digit, mean and deviation in columns of their own, names in English."""
    names = ("best", "final", "iterations", "seconds")
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    columns = [column for name in names for column in (name, f"{name}_std")]
    writer.writerow(["configuration", "seeds", "threshold", "reached", *columns])
    for row in rows:
        spreads = (row.best, row.final, row.iterations, row.seconds)
        numbers = [number for each in spreads for number in (each or (None, None))]
        seeds = " ".join(map(str, row.seeds))
        writer.writerow([row.configuration, seeds, threshold, row.reached, *numbers])
    return file.getvalue()
