"""The settings that outlive the window: one table, kept in an ini file of the user. Read before the first paint."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from zlib import crc32

import platformdirs
from PySide6.QtCore import QByteArray, QSettings, QTemporaryDir

from gradviz.errors import UnknownNameError
from gradviz.files import private_file
from gradviz.gui.style.theme import Choice
from gradviz.gui.style.zoom import PERCENTS
from gradviz.language import LANGUAGES

RATES = (1, 2, 5, 10)
"""Measured iterations a second that can be chosen."""
PAUSED = 0
"""The rate that measures nothing; values stay as they were."""
MOST_BYTES = 2**40
"""Of past values: a tebibyte, more than any machine has."""
_CHECKSUM = 4
"""Bytes of a checksum."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One remembered value. Its type is that of `default`; with `choices` it is one of them."""

    key: str
    default: Any
    choices: Collection[Any] | None = None


TABLE: tuple[Setting, ...] = (
    Setting("window/geometry", QByteArray()),
    Setting("window/docks", QByteArray()),
    Setting("window/pages", ""),
    Setting("window/grounds", ""),
    Setting("window/theme", "system", get_args(Choice)),
    Setting("window/language", "", ("", *LANGUAGES)),
    Setting("window/zoom", 100, PERCENTS),
    Setting("window/motion", True),
    Setting("window/stop_panel", "timeline"),
    Setting("window/derivative", True),
    Setting("window/projector", False),
    Setting("network/last", "autograd"),
    Setting("open/recent", ""),
    Setting("open/folder", ""),
    Setting("steps/breakpoints", ""),
    Setting("steps/budget", 256 * 2**20, range(MOST_BYTES + 1)),
    Setting("measure/rate", 2, (*RATES, PAUSED)),
    Setting("runs/record", True),
    Setting("runs/folder", ""),
    Setting("runs/checkpoint_every", 0, range(1_000_001)),
    Setting("runs/days", 90, range(36_501)),
    Setting("runs/megabytes", 2048, range(2**20 + 1)),
    Setting("race/plan", ""),
    Setting("table/hidden", ""),
    Setting("export/folder", ""),
    Setting("export/kind", "svg", ("svg", "pdf", "png", "dot", "json")),
)
_KNOWN = {setting.key: setting for setting in TABLE}


def default_path() -> Path:
    """Return the file of this user's settings; the folder need not exist yet."""
    return Path(platformdirs.user_config_dir("gradviz", appauthor=False)) / "settings.ini"


class Settings:
    """Reads and writes the values of `TABLE`, and texts that others keep beside them."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or default_path()
        self._instead: QTemporaryDir | None = None
        with suppress(OSError):
            private_file(path)
        if path.exists() and not path.is_file():
            # A folder keeps nothing, and to read a pipe could take for ever: this window remembers for itself alone.
            self._instead = QTemporaryDir()
            path = Path(self._instead.filePath("settings.ini"))
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    def get(self, key: str) -> Any:
        """Return the remembered value, or its default where nothing is remembered, or nothing that it can be.

        Raises:
            UnknownNameError: the table has no such key.
        """
        setting = _setting(key)
        value = _read(self._store.value(key), type(setting.default))
        if value is None or (setting.choices is not None and value not in setting.choices):
            return setting.default
        return value

    def set(self, key: str, value: Any) -> None:
        """Remember `value`.

        Raises:
            UnknownNameError: the table has no such key.
        """
        setting = _setting(key)
        self._store.setValue(key, _add_checksum(value) if isinstance(setting.default, QByteArray) else value)

    def text(self, key: str) -> str:
        """Return what `set_text` kept under a key that is not of the table; empty if nothing."""
        value = self._store.value(key, "")
        return value if isinstance(value, str) else ""

    def set_text(self, key: str, text: str) -> None:
        """Remember a text under a key that is not of the table."""
        self._store.setValue(key, text)

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()


def _read(value: Any, kind: type) -> Any:
    """Return `value` as that type; None if it is of another. An ini file knows only text."""
    if kind is bool:
        return {"true": True, "false": False}.get(str(value).lower())
    if kind is int:
        try:
            return int(str(value))
        except ValueError:
            return None
    if not isinstance(value, kind):
        return None
    return _check(value) if isinstance(value, QByteArray) else value


def _add_checksum(value: QByteArray) -> QByteArray:
    """Return the bytes with their checksum before them: Qt crashes on a state of docks that is damaged."""
    data = bytes(value.data())
    return QByteArray(crc32(data).to_bytes(_CHECKSUM, "big") + data)


def _check(value: QByteArray) -> QByteArray | None:
    """Return what `_add_checksum` was given; None if it is damaged, or was written without a checksum."""
    data = bytes(value.data())
    whole = crc32(data[_CHECKSUM:]).to_bytes(_CHECKSUM, "big") == data[:_CHECKSUM]
    return QByteArray(data[_CHECKSUM:]) if whole else None


def _setting(key: str) -> Setting:
    try:
        return _KNOWN[key]
    except KeyError:
        raise UnknownNameError("setting", key, list(_KNOWN)) from None
