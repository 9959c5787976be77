"""What is kept of each target among the settings: the setup that it was last used with, and what is watched of it."""

from __future__ import annotations

from hashlib import sha256

from msgspec.structs import replace

from gradviz.client.runs import RunSetup, default_setup, from_text, to_text
from gradviz.gui.session.settings import Settings
from gradviz.model import watch_list
from gradviz.model.watch_list import WatchedTensor
from gradviz.targets.target_spec import read_target


class KeptSetups:
    """Reads and writes what is kept of each network and model."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def setup(self, target: str) -> RunSetup:
        """Return the setup that `target` was last used with, or the network's own, with the Python that was last used
        for the folder of its file.

        Raises:
            UnknownNameError: there is no such network.
        """
        text = self._settings.text(_key(target))
        if text:
            return from_text(target, text)
        return replace(default_setup(target), python=self._python_of(target))

    def _python_of(self, target: str) -> str:
        key = _folder_key(target)
        return self._settings.text(key) if key else ""

    def remember(self, setup: RunSetup) -> None:
        """Keep `setup` as the one to offer next time for its network."""
        self._settings.set_text(_key(setup.target), to_text(setup))
        if key := _folder_key(setup.target):
            self._settings.set_text(key, setup.python)

    def watched(self, target: str) -> list[WatchedTensor]:
        """Return what is watched of `target`."""
        return watch_list.from_text(self._settings.text(f"watched/{_key(target)}"))

    def remember_watched(self, target: str, rows: list[WatchedTensor]) -> None:
        """Keep what is watched of `target`."""
        self._settings.set_text(f"watched/{_key(target)}", watch_list.to_text(rows))


def _folder_key(target: str) -> str:
    """Return the key of the Python for all files of the target's folder; empty if it is no file."""
    spec = read_target(target)
    if spec.kind in ("network", "module"):
        return ""
    return f"pythons/{sha256(str(spec.path.parent).encode(errors='surrogatepass')).hexdigest()[:24]}"


def _key(target: str) -> str:
    """Return the key of a target's setup. A path is no key: its slashes would make groups."""
    return f"networks/{target}" if target.isidentifier() else f"models/{sha256(target.encode()).hexdigest()[:24]}"
