"""Records one run as it goes: takes what happens without waiting, and writes it in a thread of its own."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from gradviz.client.code_consent import digest_of
from gradviz.language import tr
from gradviz.protocol.records import GraphRecord
from gradviz.runs.run_database import Checkpoint, GraphChange, RunBatch, RunDatabase, path_of
from gradviz.runs.run_records import Points, RunEnd, RunEvent, RunFacts

PERIOD = 0.5
"""Seconds between two batches: what is lost at the most when this process is killed."""
_PAUSE = 5.0
"""Seconds until what could not be written is tried again."""
_MOST_WAITING = 4_000_000
"""Points that wait for a disk; with more, the run is recorded no further."""
_LARGEST_SOURCE = 64 * 2**20
"""Bytes of a source file whose SHA-256 is noted; more is a program with its weights."""

_Item = tuple[str, Any]
"""What a batch is filled with: a metric's name and a single point or `Points`, or a name of `_ADDS` and its value."""


def new_id() -> str:
    """Return an id that no other run has: when it began, and a random number."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


class Recording:
    """One run that is being recorded. All methods return at once, never fail, and may be called from any thread.

    Nothing is on disk before the first point: a network that was only opened leaves no file.
    """

    def __init__(
        self,
        folder: Path,
        facts: RunFacts,
        say: Callable[[str], object],
        *,
        resumed: bool = False,
        branch_of: Recording | None = None,
    ) -> None:
        """`say` takes a sentence, once, if the run cannot be recorded; it is called in the writer's thread. `resumed`:
        go on in the file that the run with this id has. `branch_of`: the run whose source is being executed still."""
        self.folder, self.facts = folder, facts
        self._say = say
        self._resumed, self._branch_of = resumed, branch_of
        self.digest = facts.digest
        """The SHA-256 of the source, known with the first batch; empty if it cannot be."""
        self._queue: SimpleQueue[_Item] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        if resumed:
            self.set_facts(state="running", ended=None)
        self._over = False
        """Whether it is not recorded any more."""
        self.is_waiting = False
        """Whether what was recorded last could not be written yet."""

    @property
    def id(self) -> str:
        """The id of the run."""
        return self.facts.id

    @property
    def path(self) -> Path:
        """The file, which is there since shortly after the first point."""
        return path_of(self.folder, self.facts.id)

    @property
    def has_points(self) -> bool:
        """Whether there is anything to keep."""
        return self._thread is not None

    def add_point(self, metric: str, step: int, value: float, at: float | None = None) -> None:
        """Record one value; `at` is now by default."""
        self._queue.put((metric, (step, time.time() if at is None else at, value)))
        if self._thread is None:
            self._start()

    def add_points(
        self, metric: str, steps: Sequence[int] | npt.ArrayLike, times: npt.ArrayLike, values: npt.ArrayLike
    ) -> None:
        """Record many values, each argument of the same length."""
        points = Points(np.array(steps, np.int64), np.array(times, np.float64), np.array(values, np.float64))
        if len(points.steps):
            self._queue.put((metric, points))
            if self._thread is None:
                self._start()

    def add_event(self, step: int, kind: str, text: str, data: object = None, at: float | None = None) -> None:
        """Record that something happened; `data` is written as JSON."""
        body = "{}" if data is None else msgspec.json.encode(data).decode()
        self._queue.put(("/event", RunEvent(step, time.time() if at is None else at, kind, text, body)))

    def add_graph(self, step: int, record: GraphRecord) -> None:
        """Record the graph of a step. One that is the same as before costs nothing."""
        self._queue.put(("/graph", GraphChange(step, record)))

    def add_checkpoint(self, step: int, kind: str, data: bytes) -> None:
        """Record the state at a step: `data` is a safetensors file, `kind` why it was made."""
        self._queue.put(("/checkpoint", Checkpoint(step, time.time(), kind, data)))

    def set_facts(self, **facts: Any) -> None:
        """Change fields of `RunFacts`."""
        self.facts = msgspec.structs.replace(self.facts, **facts)
        self._queue.put(("/facts", facts))

    def close(self, state: RunEnd | None = None, seconds: float = 5.0) -> None:
        """Write what is left and make it one file. Wait for that as long as `seconds`. `state`: how it ended; by
        default as it is known, and `ended` if it was running."""
        state = state or ("ended" if self.facts.state == "running" else self.facts.state)
        self.set_facts(state=state, ended=time.time())
        self._closing.set()
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        """Wait as long as `seconds` until a recording that is closed is one file."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                # A daemon: a disk that does not answer must not keep the program from ending.
                self._thread = threading.Thread(target=self._work, name="gradviz-recording", daemon=True)
                self._thread.start()

    # The writer's thread

    def _work(self) -> None:
        batch, database, waits = RunBatch(), None, PERIOD
        last = False
        while not last:
            last = self._closing.wait(waits)
            self._fill(batch)
            if self._over or not batch:
                continue
            try:
                if database is None:
                    database = self._open(batch)
                else:
                    database.write(batch)
                batch, waits, self.is_waiting = RunBatch(), PERIOD, False
            except Exception as error:  # whatever it is, training goes on
                waits = self._fail(error, batch)
        if database is not None:
            try:
                database.close()
            except (sqlite3.Error, OSError) as error:
                self._fail(error, batch)

    def _open(self, first: RunBatch) -> RunDatabase:
        if self._resumed:
            return RunDatabase(self.path, first)
        self.digest = self._branch_of.digest if self._branch_of is not None else self.digest or _digest(self.facts)
        return RunDatabase(self.path, first, msgspec.structs.replace(self.facts, digest=self.digest))

    def _fill(self, batch: RunBatch) -> None:
        """Move what waits in the queue into the batch."""
        singles: dict[str, list[tuple[int, float, float]]] = {}
        for _ in range(self._queue.qsize()):
            try:
                name, value = self._queue.get_nowait()
            except Empty:
                break
            if name in _ADDS:
                _ADDS[name](batch, value)
            elif isinstance(value, Points):
                _add_singles(batch, name, singles.pop(name, []))
                batch.points.setdefault(name, []).append(value)
            else:
                batch.points.setdefault(name, [])
                singles.setdefault(name, []).append(value)
        for name, points in singles.items():
            _add_singles(batch, name, points)

    def _fail(self, error: Exception, batch: RunBatch) -> float:
        """Return after how many seconds to try again. Say it the first time, unless another program only writes now."""
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return PERIOD
        self.is_waiting = True
        if self._say is not _said:
            say, self._say = self._say, _said
            text = tr(
                "The run goes on, but cannot be recorded in {folder} ({reason}); make room there, or choose another"
                " folder with GRADVIZ_RUNS."
            )
            say(text.format(folder=self.folder, reason=_reason(error)))
        if sum(len(each.steps) for points in batch.points.values() for each in points) > _MOST_WAITING:
            self._over = True
            batch.points.clear()
        return _PAUSE


def _said(sentence: str) -> None:
    """Do nothing: it was said."""


def _add_singles(batch: RunBatch, metric: str, points: list[tuple[int, float, float]]) -> None:
    if points:
        steps, times, values = zip(*points, strict=True)
        batch.points.setdefault(metric, []).append(
            Points(np.array(steps, np.int64), np.array(times, np.float64), np.array(values, np.float64))
        )


_ADDS: dict[str, Callable[[RunBatch, Any], object]] = {
    "/event": lambda batch, event: batch.events.append(event),
    "/graph": lambda batch, change: batch.graphs.append(change),
    "/checkpoint": lambda batch, checkpoint: batch.checkpoints.append(checkpoint),
    "/facts": lambda batch, facts: batch.facts.update(facts),
}


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _digest(facts: RunFacts) -> str:
    """Return the SHA-256 of the source; empty where it cannot be read, or is not what was executed any more."""
    path = Path(facts.source)
    try:
        found = path.stat() if facts.source else None
        if found is None or found.st_mtime > facts.began or found.st_size > _LARGEST_SOURCE:
            return ""
        return digest_of(path)
    except (OSError, ValueError):
        return ""
