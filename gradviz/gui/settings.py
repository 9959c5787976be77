"""What the window remembers from one start to the next: one table, kept in an ini file of the user's."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from gradviz.errors import UnknownNameError
from gradviz.gui.setup import Setup, default_setup, from_text, to_text


@dataclass(frozen=True, slots=True)
class Setting:
    """One remembered value; its type is that of `default`."""

    key: str
    default: Any


TABLE: tuple[Setting, ...] = (
    Setting("window/geometry", QByteArray()),
    Setting("window/docks", QByteArray()),
    Setting("window/pages", ""),
    Setting("window/theme", "system"),
    Setting("window/legend", True),
    Setting("window/stop_panel", "timeline"),
    Setting("window/derivative", True),
    Setting("window/projector", False),
    Setting("network/last", "autograd"),
    Setting("open/recent", ""),
    Setting("open/folder", ""),
    Setting("steps/breakpoints", ""),
    Setting("steps/budget", 256 * 2**20),
    Setting("measure/rate", 2),
    Setting("table/hidden", ""),
    Setting("export/folder", ""),
    Setting("export/kind", "svg"),
)
_KNOWN = {setting.key: setting for setting in TABLE}


def default_path() -> Path:
    """Where the settings of this user lie; the folder need not exist yet."""
    return Path(platformdirs.user_config_dir("gradviz", appauthor=False)) / "settings.ini"


class Settings:
    """Reads and writes the values of `TABLE`, and the setup of each network."""

    def __init__(self, path: Path | None = None) -> None:
        self._store = QSettings(str(path or default_path()), QSettings.Format.IniFormat)

    def get(self, key: str) -> Any:
        """The remembered value, or its default where nothing (or nothing of its type) is remembered.

        Raises:
            UnknownNameError: the table has no such key.
        """
        setting = _setting(key)
        value = self._store.value(key, setting.default)
        if isinstance(setting.default, bool):  # an ini file knows only text
            return value if isinstance(value, bool) else str(value).lower() == "true"
        if isinstance(setting.default, int):
            return int(str(value)) if str(value).isdigit() else setting.default
        return value if isinstance(value, type(setting.default)) else setting.default

    def set(self, key: str, value: Any) -> None:
        """Remember `value`.

        Raises:
            UnknownNameError: the table has no such key.
        """
        self._store.setValue(_setting(key).key, value)

    def setup(self, target: str) -> Setup:
        """The setup that `target` was last used with, or the network's own.

        Raises:
            UnknownNameError: there is no such network.
        """
        text = self._store.value(_setup_key(target), "")
        return from_text(target, text) if isinstance(text, str) and text else default_setup(target)

    def remember(self, setup: Setup) -> None:
        """Keep `setup` as the one to offer next time for its network."""
        self._store.setValue(_setup_key(setup.target), to_text(setup))

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()


def _setup_key(target: str) -> str:
    """A path is no key: its slashes would make groups."""
    return f"networks/{target}" if target.isidentifier() else f"models/{sha256(target.encode()).hexdigest()[:24]}"


def _setting(key: str) -> Setting:
    try:
        return _KNOWN[key]
    except KeyError:
        raise UnknownNameError("setting", key, list(_KNOWN)) from None
