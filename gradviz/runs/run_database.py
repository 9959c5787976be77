"""Writes one run file: batches of points, facts, events, graphs and checkpoints, each batch whole or not at all."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from gradviz.files import private_file
from gradviz.protocol.framing import as_received, pack
from gradviz.protocol.records import GraphRecord
from gradviz.runs.live_mark import LiveMark
from gradviz.runs.run_format import NEW, SUFFIX, create, end_writing, explained, open_to_write, start_writing
from gradviz.runs.run_records import Points, RunEvent, RunFacts
from gradviz.runs.series_blocks import BLOCK, Block, cut, joined, packed, unpack
from gradviz.runs.series_blocks import pack as pack_points

_PART = 64 * 2**20
"""Bytes of a checkpoint in one row; SQLite takes no more than 10⁹."""
_MOST_GRAPH_BYTES = 256 * 2**20
"""Of the graphs in one file: a script whose graph is another one in each iteration would fill the disk."""


_KILLED = """UPDATE fact SET value = iif(value = '"running"', '"killed"', value) WHERE name = 'state'"""


class GraphChange(NamedTuple):
    """Since `step` the graph is that with this signature."""

    step: int
    record: GraphRecord


class Checkpoint(NamedTuple):
    """The state of a run at a step, as safetensors has it."""

    step: int
    time: float
    kind: str
    data: bytes


@dataclass
class RunBatch:
    """What is written at once."""

    points: dict[str, list[Points]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    """Fields of `RunFacts` that have other values now."""
    events: list[RunEvent] = field(default_factory=list)
    graphs: list[GraphChange] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.points or self.facts or self.events or self.graphs or self.checkpoints)


class _Tail(NamedTuple):
    """The end of a metric: what the next batch is added to."""

    metric: int
    total: int
    best: float
    """Infinity where no value is finite."""
    row: int | None
    """The id of the last block, if there is room in it."""
    points: Points


class RunDatabase:
    """A run file that is written, marked as live until it is closed."""

    def __init__(self, path: Path, first: RunBatch, facts: RunFacts | None = None) -> None:
        """Open the file; with `facts`, create it. The batch `first` is in it from the beginning.

        Raises:
            OSError: it cannot be created, or is being written by another program.
            sqlite3.Error: it cannot be written.
            RunFileError: what is there is no run file.
        """
        self.path = path
        self._tails: dict[str, _Tail] = {}
        self._graph = ""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._mark = LiveMark(path)
        try:
            if facts is not None:
                self._create(facts, first)
            self._connection = open_to_write(path)
            try:
                start_writing(self._connection)
                if facts is None:
                    self.write(first)
            except BaseException:
                self._connection.close()
                raise
        except BaseException:
            self._mark.release()
            raise

    def write(self, batch: RunBatch) -> None:
        """Write a batch. Raise sqlite3.Error where that is not possible; nothing of it is written then."""
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        try:
            write_facts(self._connection, batch.facts)
            for metric, each in batch.points.items():
                self._add_points(metric, each)
            for event in batch.events:
                execute("INSERT INTO event (step, time, kind, text, data) VALUES (?, ?, ?, ?, ?)",
                        msgspec.structs.astuple(as_received(event)))  # fmt: skip
            for change in batch.graphs:
                self._add_graph(*change)
            for checkpoint in batch.checkpoints:
                self._add_checkpoint(*checkpoint)
            execute("COMMIT")
        except BaseException:
            self._tails.clear()
            self._graph = ""
            if self._connection.in_transaction:
                execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Make it one file that is not written any more."""
        try:
            end_writing(self._connection)
        finally:
            self._mark.release()

    def _create(self, facts: RunFacts, first: RunBatch) -> None:
        """Create the file, which appears whole in its place."""
        new = private_file(self.path.with_name(self.path.name + NEW))
        try:
            self._connection = create(new)
            with closing(self._connection):
                self.write(RunBatch(facts=msgspec.to_builtins(facts)))
                self.write(first)
            new.rename(self.path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise

    def _add_points(self, metric: str, added: Iterable[Points]) -> None:
        tail = self._tails.get(metric) or self._read_tail(metric)
        points, row, best, new = tail.points, tail.row, tail.best, 0
        points = joined([points, *added])
        fresh = points.values[len(tail.points.values) :]
        finite = fresh[np.isfinite(fresh)]
        best = min(best, float(finite.min())) if len(finite) else best
        blocks = cut(points)
        for piece in blocks:
            new = self._put_block(tail.metric, row, pack_points(piece))
            row = None
        total = tail.total + len(fresh)
        last = packed(points.values[-1:])
        least = packed(np.array([best])) if np.isfinite(best) else b""
        self._connection.execute("UPDATE metric SET points = ?, last = ?, best = ? WHERE id = ?",
                                 (total, last, least, tail.metric))  # fmt: skip
        full = len(blocks[-1].steps) == BLOCK
        rest = Points.none() if full else blocks[-1]
        self._tails[metric] = _Tail(tail.metric, total, best, None if full else new, rest)

    def _put_block(self, metric: int, row: int | None, block: Block) -> int:
        if row is not None:
            code = "UPDATE block SET first = ?, count = ?, steps = ?, times = ?, data = ? WHERE id = ?"
            self._connection.execute(code, (*block, row))
            return row
        code = "INSERT INTO block (metric, first, count, steps, times, data) VALUES (?, ?, ?, ?, ?, ?)"
        return self._connection.execute(code, (metric, *block)).lastrowid or 0

    def _read_tail(self, metric: str) -> _Tail:
        """Return the end of a metric that the file has, or add it."""
        execute = self._connection.execute
        found = execute("SELECT id, points, best FROM metric WHERE name = ?", (metric,)).fetchone()
        if found is None:
            code = "INSERT INTO metric (name, points, last, best) VALUES (?, 0, x'', x'')"
            return _Tail(execute(code, (metric,)).lastrowid or 0, 0, float("inf"), None, Points.none())
        number, total, best = found
        least = float(np.frombuffer(best, "<f8")[0]) if best else float("inf")
        code = "SELECT id, first, count, steps, times, data FROM block WHERE metric = ? ORDER BY id DESC LIMIT 1"
        for row, *block in execute(code, (number,)):
            if block[1] < BLOCK:
                return _Tail(number, total, least, row, unpack([Block(*block)]))
        return _Tail(number, total, least, None, Points.none())

    def _add_graph(self, step: int, record: GraphRecord) -> None:
        execute = self._connection.execute
        if not self._graph:
            found = execute("SELECT signature FROM graph_change ORDER BY id DESC LIMIT 1").fetchone()
            self._graph = found[0] if found else ""
        if record.signature == self._graph:
            return
        if execute("SELECT 1 FROM graph WHERE signature = ?", (record.signature,)).fetchone() is None:
            (used,) = execute("SELECT coalesce(sum(length(data)), 0) FROM graph").fetchone()
            if used > _MOST_GRAPH_BYTES:
                return
            data = zlib.compress(pack(record), 1)
            execute("INSERT INTO graph (signature, data) VALUES (?, ?)", (record.signature, data))
        execute("INSERT INTO graph_change (step, signature) VALUES (?, ?)", (step, record.signature))
        self._graph = record.signature

    def _add_checkpoint(self, step: int, time: float, kind: str, data: bytes) -> None:
        execute = self._connection.execute
        code = "INSERT INTO checkpoint (step, time, kind, size) VALUES (?, ?, ?, ?)"
        number = execute(code, (step, time, kind, len(data))).lastrowid
        for part, start in enumerate(range(0, max(len(data), 1), _PART)):
            execute("INSERT INTO checkpoint_part VALUES (?, ?, ?)", (number, part, data[start : start + _PART]))


def write_facts(connection: sqlite3.Connection, facts: dict[str, Any]) -> None:
    """Write fields of `RunFacts`, within a transaction."""
    rows = [(name, json.dumps(as_received(msgspec.to_builtins(value)))) for name, value in facts.items()]
    connection.executemany(
        "INSERT INTO fact VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", rows
    )


def edit_facts(path: Path, facts: dict[str, Any]) -> None:
    """Change fields of `RunFacts` of a file, also of one that another program writes now.

    Raises:
        RunFileError: it cannot be written.
    """
    connection = open_to_write(path)
    try:
        with explained(path):
            connection.execute("BEGIN IMMEDIATE")
            write_facts(connection, facts)
            connection.execute("COMMIT")
    finally:
        connection.close()


def settle(path: Path) -> None:
    """Make one file of what a program that was killed has left. Leave a file alone that is being written.

    Raises:
        RunFileError: it is damaged.
    """
    try:
        mark = LiveMark(path)
    except OSError:
        return
    try:
        connection = open_to_write(path)
        with explained(path):
            # Written in any case: that clears away a journal that is of no use.
            with suppress(sqlite3.OperationalError):
                connection.execute(_KILLED)
            end_writing(connection)
    finally:
        mark.release()


def path_of(folder: Path, number: str) -> Path:
    """Return the file of the run with this id."""
    return folder / f"{number}{SUFFIX}"
