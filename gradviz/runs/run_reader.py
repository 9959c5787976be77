"""Reads one run file: its summary, series, events, graphs and checkpoints."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import msgspec
import numpy as np

from gradviz.errors import UnknownNameError
from gradviz.language import tr
from gradviz.protocol.records import GraphRecord
from gradviz.runs.live_mark import is_live
from gradviz.runs.run_format import SIDECARS, explained, open_to_read
from gradviz.runs.run_records import LOSS, STATE, CheckpointRow, Points, RunEvent, RunSummary, main_metric
from gradviz.runs.series_blocks import Block, unpack

Row = TypeVar("Row", bound=msgspec.Struct)
_LARGEST_GRAPH = 2**30
"""Bytes that a graph may have once it is expanded."""


class RunReader:
    """A run file, opened to read, also while it is written. A context manager; use it in one thread at a time.

    Everything raises RunFileError, a sentence, where the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            RunFileError: it is none, is damaged, or is of a newer version.
        """
        self.path = path
        self._connection = open_to_read(path)

    def __enter__(self) -> RunReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def summary(self) -> RunSummary:
        """What the list of runs shows."""
        with self._reading():
            facts = {name: json.loads(value) for name, value in self._rows("SELECT name, value FROM fact")}
            metrics = self._rows("SELECT name, points, last, best, id FROM metric ORDER BY id")
            main = main_metric(row[0] for row in metrics)
            points, last, best, number = next((row[1:] for row in metrics if row[0] == main), (0, b"", b"", 0))
            code = "SELECT first FROM block WHERE metric = ? ORDER BY id LIMIT 1"
            before = self._rows(code, number)[0][0] if facts["parent"] and points else 0
            ((kept,),) = self._rows("SELECT count(*) FROM checkpoint WHERE kind != ?", STATE)
            newest = self._rows("SELECT step FROM checkpoint ORDER BY id DESC LIMIT 1")
            counted = {
                "path": str(self.path),
                "size": size_of(self.path),
                "iterations": points + before,
                "last": _number(last),
                "best": _number(best),
                "metrics": [row[0] for row in metrics],
                "checkpoints": kept,
                "checkpoint_step": newest[0][0] if newest else None,
                "live": is_live(self.path),
            }
            summary = msgspec.convert({**facts, **counted}, RunSummary)
        if summary.state == "running" and not summary.live:
            summary = msgspec.structs.replace(summary, state="killed")
        return summary

    @property
    def metrics(self) -> dict[str, int]:
        """The metrics, in the order in which they began, and how many points each has."""
        with self._reading():
            return msgspec.convert(dict(self._rows("SELECT name, points FROM metric ORDER BY id")), dict[str, int])

    def points(self, metric: str = LOSS) -> Points:
        """Return every point of a metric.

        Raises:
            UnknownNameError: it has no such metric.
        """
        with self._reading():
            found = self._rows("SELECT id FROM metric WHERE name = ?", metric)
            if not found:
                raise UnknownNameError(tr("metric"), metric, list(self.metrics))
            code = "SELECT first, count, steps, times, data FROM block WHERE metric = ? ORDER BY id"
            return unpack([Block(*row) for row in self._rows(code, found[0][0])])

    @property
    def events(self) -> list[RunEvent]:
        """What happened, in its order."""
        with self._reading():
            rows = self._rows("SELECT step, time, kind, text, data FROM event ORDER BY id")
            return _structs(rows, RunEvent)

    @property
    def graph_changes(self) -> list[tuple[int, str]]:
        """Steps in which another graph was seen than before, and its signature."""
        with self._reading():
            rows = self._rows("SELECT step, signature FROM graph_change ORDER BY id")
            return msgspec.convert(rows, list[tuple[int, str]])

    def graph(self, step: int | None = None) -> GraphRecord | None:
        """Return the graph that was known last at a step, or at the end; None if there is none."""
        before = [signature for at, signature in self.graph_changes if step is None or at <= step]
        with self._reading():
            for signature in reversed(before):
                for (data,) in self._rows("SELECT data FROM graph WHERE signature = ?", signature):
                    body = zlib.decompressobj().decompress(data, _LARGEST_GRAPH)
                    return msgspec.msgpack.decode(body, type=GraphRecord)
        return None

    @property
    def checkpoints(self) -> list[CheckpointRow]:
        """The checkpoints, in the order in which they were made."""
        with self._reading():
            rows = self._rows("SELECT id, step, time, kind, size FROM checkpoint ORDER BY id")
            return _structs(rows, CheckpointRow)

    def checkpoint(self, number: int) -> bytes:
        """Return the bytes of a checkpoint.

        Raises:
            UnknownNameError: there is no such checkpoint.
        """
        with self._reading():
            parts = self._rows("SELECT data FROM checkpoint_part WHERE checkpoint = ? ORDER BY part", number)
        if not parts:
            raise UnknownNameError(tr("checkpoint"), str(number), [str(row.number) for row in self.checkpoints])
        return b"".join(part for (part,) in parts)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with explained(self.path):
            yield

    def _rows(self, code: str, *values: object) -> list[Any]:
        return self._connection.execute(code, values).fetchall()


def _structs(rows: Iterable[Sequence[object]], kind: type[Row]) -> list[Row]:
    """Return rows as structs with the same fields; values of other types are an error here, not where they are used."""
    return [msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind) for row in rows]


def size_of(path: Path) -> int:
    """Return the bytes of a run file, with what lies beside it while it is written."""
    total = 0
    for each in (path, *(path.with_name(path.name + end) for end in SIDECARS)):
        try:
            total += each.stat().st_size
        except OSError:
            continue
    return total


def _number(data: bytes) -> float | None:
    return float(np.frombuffer(data, "<f8")[0]) if data else None
