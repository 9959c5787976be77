"""The format of a run file: its schema, its version, and how a file is opened as data that is not trusted."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import msgspec

from gradviz.errors import GradvizError
from gradviz.language import tr

SUFFIX = ".gradviz"
APPLICATION_ID = int.from_bytes(b"gviz", "big")
VERSION = 1
"""`user_version` of the files that are written. A reader takes every version up to its own."""
NEW = ".new"
"""What is appended to the name of a file until it is a run, so that no other program meets one that is not."""
SIDECARS = ("-wal", "-shm", "-journal", ".live")
"""What lies beside a file while it is written, or was left there by a program that was killed."""
SCHEMA = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE metric (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, points INTEGER NOT NULL, last BLOB NOT NULL, best BLOB NOT NULL
);
CREATE TABLE block (
    id INTEGER PRIMARY KEY, metric INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    steps BLOB, times BLOB NOT NULL, data BLOB NOT NULL
);
CREATE INDEX block_of_metric ON block (metric, id);
CREATE TABLE event (
    id INTEGER PRIMARY KEY, step INTEGER NOT NULL, time REAL NOT NULL, kind TEXT NOT NULL,
    text TEXT NOT NULL, data TEXT NOT NULL
);
CREATE TABLE graph (signature TEXT NOT NULL UNIQUE, data BLOB NOT NULL);
CREATE TABLE graph_change (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, signature TEXT NOT NULL);
CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY, step INTEGER NOT NULL, time REAL NOT NULL, kind TEXT NOT NULL, size INTEGER NOT NULL
);
CREATE TABLE checkpoint_part (
    checkpoint INTEGER NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (checkpoint, part)
);
"""
"""`fact.value` is JSON, one row for each field of `RunFacts`. `metric.last` and `.best` are packed like the points.
`graph.data` is zlib of msgpack of a `GraphRecord`; a row of `graph_change` has the step since which it is the graph."""
_PATIENCE = 5.0
"""Seconds to wait for another program that writes to the same file."""
_SHORT_PATIENCE = 200
"""Milliseconds to wait for those that read it when it is closed."""


class RunFileError(GradvizError):
    """A file that is no run, is damaged, or is of a newer version."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise what cannot be read of a run file as a RunFileError."""
    try:
        yield
    except sqlite3.Error as error:
        busy = getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
        if busy:
            text = tr("{name} is being written by another program; try again.")
            raise RunFileError(text.format(name=path.name)) from error
        text = tr("{name} cannot be read as a run ({reason}); take it out of {folder}, or restore it from a copy.")
        raise RunFileError(text.format(name=path.name, reason=error, folder=path.parent)) from error
    except (
        msgspec.MsgspecError,
        zlib.error,
        ArithmeticError,
        LookupError,
        ValueError,
        TypeError,
        RecursionError,
        OSError,
    ) as error:
        text = tr("{name} is damaged ({reason}); take it out of {folder}, or restore it from a copy.")
        raise RunFileError(text.format(name=path.name, reason=error, folder=path.parent)) from error


def create(path: Path) -> sqlite3.Connection:
    """Write the schema into the empty file at `path`, and open it."""
    connection = _connect(path, "rw")
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    except BaseException:
        connection.close()
        raise
    return connection


def start_writing(connection: sqlite3.Connection) -> None:
    """Choose the journal of a file that is written as it goes: a write-ahead log, so that readers never wait; where
    SQLite answers that it cannot be one, as on network disks, a rollback journal."""
    (journal,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    # With a log a commit need not wait for the disk: a crash of the machine loses the last ones, never the file.
    connection.execute(f"PRAGMA synchronous = {'NORMAL' if journal == 'wal' else 'FULL'}")


def end_writing(connection: sqlite3.Connection) -> None:
    """Make it one file, and close it. While it is read the log stays, and is taken in when it is opened next."""
    connection.execute(f"PRAGMA busy_timeout = {_SHORT_PATIENCE}")
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a run file.

    Raises:
        RunFileError: it is none, is damaged, or is of a newer version.
    """
    with explained(path):
        return _checked(path, "ro")


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open a run file that is there, to write to it. Raises what `open_to_read` raises."""
    with explained(path):
        return _checked(path, "rw")


def _checked(path: Path, mode: str) -> sqlite3.Connection:
    connection = _connect(path, mode)
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID or version == 0:
            raise RunFileError(tr("{name} is no run of gradviz; leave it out.").format(name=path.name))
        if version > VERSION:
            text = tr("{name} was written by a newer gradviz; update gradviz to open it.")
            raise RunFileError(text.format(name=path.name))
        code = "SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
        if connection.execute(code).fetchone() != (0,):
            text = tr("{name} holds more than data; it is not opened.")
            raise RunFileError(text.format(name=path.name))
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(uri, _PATIENCE, isolation_level=None, check_same_thread=False, uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")  # a file of a colleague's defines nothing that is executed
    return connection
