"""The formats that runs go out and come in by, one row each, and how a path chooses its row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.model.growing_series import Floats
from gradviz.runs.exchange import csv_file, event_files, parquet_file
from gradviz.runs.exchange.rows import Metrics
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_reader import RunReader
from gradviz.runs.run_records import Points, RunFacts, RunSummary

Imported = tuple[str, dict[str, Points], list[str]]
"""A run's name, its metrics, and sentences about what was left out."""
_PATIENCE = 600.0
"""Seconds to wait for an import to be written."""


@dataclass(frozen=True, slots=True)
class Format:
    """One row: a format of files."""

    suffix: str
    """Of the file; empty for a folder with a folder for each run in it."""
    write: Callable[[Metrics, Path], None]
    read: Callable[[Path], Iterator[Imported]]


FORMATS = (
    Format(".csv", csv_file.write, csv_file.read),
    Format(".parquet", parquet_file.write, parquet_file.read),
    Format("", event_files.write, event_files.read),
)


def export_run(reader: RunReader, to: Path) -> Path:
    """Write every metric of a run to a file, or into a folder for TensorBoard, and return what was written.

    Raises:
        GradvizError: the format is not known, lacks a package, or the file cannot be written.
    """
    chosen = _format_of(to)
    summary = reader.summary
    place = to if chosen.suffix else to / _folder_name(summary)
    try:
        chosen.write({name: reader.points(name) for name in reader.metrics}, place)
    except OSError as error:
        text = tr("{path} cannot be written: {reason}.")
        raise GradvizError(text.format(path=place, reason=error.strerror or error)) from error
    return place


def import_runs(path: Path, folder: Path, say: Callable[[str], object]) -> list[str]:
    """Record the runs of a file, or of a folder of TensorBoard's, into a folder of runs. Return their ids.

    `say` takes sentences about what was left out.

    Raises:
        GradvizError: there is nothing to read, or the runs cannot be written.
    """
    try:
        found = list(_format_of(path, exists=True).read(path))
    except OSError as error:
        text = tr("{path} cannot be read: {reason}.")
        raise GradvizError(text.format(path=path, reason=error.strerror or error)) from error
    made = []
    for name, metrics, sentences in found:
        for sentence in sentences:
            say(sentence)
        if metrics:
            made.append(_record(name, metrics, folder))
    if not made:
        raise GradvizError(tr("{name} has no numbers to show; nothing was imported.").format(name=path.name))
    return made


def _format_of(path: Path, *, exists: bool = False) -> Format:
    suffix = path.suffix.lower()
    if exists and (path.is_dir() or event_files.MARK in path.name):
        suffix = ""
    for row in FORMATS:
        if row.suffix == suffix:
            return row
    known = ", ".join(row.suffix for row in FORMATS if row.suffix)
    text = tr("{name} is no known format; name a file that ends in one of {known}, or a folder for TensorBoard.")
    raise GradvizError(text.format(name=path.name, known=known))


def _folder_name(run: RunSummary) -> str:
    """Return the name of a run as a folder, with its id, so that two runs of one name are two folders."""
    name = "".join(letter if letter.isalnum() or letter in "-_. " else "-" for letter in run.name or run.title)
    return f"{name} {run.id}".strip() if name.strip(" .") else run.id


def _record(name: str, metrics: dict[str, Points], folder: Path) -> str:
    times = _finite(points.times for points in metrics.values())
    began = float(times.min()) if len(times) else time.time()
    failed: list[str] = []
    recording = Recording(folder, RunFacts(id=new_id(), began=began, origin="import", title=name), failed.append)
    for metric, points in metrics.items():
        recording.add_points(metric, *points)
    recording.close("finished", _PATIENCE)
    if failed:
        raise GradvizError(failed[0])
    return recording.id


def _finite(arrays: Iterable[Floats]) -> Floats:
    joined: Floats = np.concatenate(list(arrays))
    return joined[np.isfinite(joined)]
