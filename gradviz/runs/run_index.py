"""The index of a folder of runs: the summary of each file, so that a list does not open them all. What is lost of it is
read from the files again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from gradviz.files import private_file
from gradviz.runs.run_format import VERSION
from gradviz.runs.run_reader import RunReader
from gradviz.runs.run_records import RunSummary

NAME = "index.sqlite"
_PATIENCE = 2.0
_VERSION = 100 * VERSION + 1
"""The second part grows with what a summary holds."""
_SCHEMA = f"""
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS run;
CREATE TABLE run (file TEXT PRIMARY KEY, stamp TEXT NOT NULL, summary BLOB NOT NULL);
PRAGMA user_version = {_VERSION};
COMMIT;
"""


class RunIndex:
    """Summaries by file, valid as long as the file has the same size and time. A context manager.

    Where the index cannot be written, or is damaged, the files are read instead.
    """

    def __init__(self, folder: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        self._known: dict[str, tuple[str, bytes]] = {}
        self._fresh: list[tuple[str, str, bytes]] = []
        self._path = folder / NAME
        if not folder.is_dir():
            return
        if not self._open():
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
                self._open()

    def __enter__(self) -> RunIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def summary(self, path: Path, *, live: bool) -> RunSummary:
        """Return the summary of a run file.

        Raises:
            RunFileError: it is none, is damaged, or is of a newer version.
            FileNotFoundError: it is gone.
        """
        found = path.stat()
        stamp = f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"
        known, data = self._known.get(path.name, ("", b""))
        if known == stamp and not live:
            with suppress(msgspec.MsgspecError):
                summary = msgspec.msgpack.decode(data, type=RunSummary)
                return msgspec.structs.replace(summary, path=str(path))
        with RunReader(path) as reader:
            summary = reader.summary
        if not summary.live:
            self._fresh.append((path.name, stamp, msgspec.msgpack.encode(summary)))
        return summary

    def keep_only(self, paths: Iterable[Path]) -> None:
        """Write what was read, and forget files that are gone."""
        gone = self._known.keys() - {path.name for path in paths}
        if self._connection is None or not (gone or self._fresh):
            return
        with suppress(sqlite3.Error):
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("DELETE FROM run WHERE file = ?", [(name,) for name in gone])
            self._connection.executemany("INSERT OR REPLACE INTO run VALUES (?, ?, ?)", self._fresh)
            self._connection.execute("COMMIT")

    def _open(self) -> bool:
        """Open the index and read it; return False if it is damaged."""
        try:
            private_file(self._path)
            self._connection = sqlite3.connect(self._path, _PATIENCE, isolation_level=None)
            if self._connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
                self._connection.executescript(_SCHEMA)
            rows = self._connection.execute("SELECT file, stamp, summary FROM run")
            self._known = {name: (stamp, data) for name, stamp, data in rows}
        except (sqlite3.OperationalError, OSError):
            return True  # it is busy, or the folder cannot be written
        except sqlite3.DatabaseError:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            return False
        return True
