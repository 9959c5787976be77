"""What is kept of each target among the settings: the setup that it was last used with, and what is watched of it."""

from __future__ import annotations

from hashlib import sha256

from gradviz.client.runs import RunSetup, default_setup, from_text, to_text
from gradviz.gui.session.settings import Settings
from gradviz.model import watch_list
from gradviz.model.watch_list import WatchedTensor


class KeptSetups:
    """Reads and writes what is kept of each network and model."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def setup(self, target: str) -> RunSetup:
        """Return the setup that `target` was last used with, or the network's own.

        Raises:
            UnknownNameError: there is no such network.
        """
        text = self._settings.text(_key(target))
        return from_text(target, text) if text else default_setup(target)

    def remember(self, setup: RunSetup) -> None:
        """Keep `setup` as the one to offer next time for its network."""
        self._settings.set_text(_key(setup.target), to_text(setup))

    def watched(self, target: str) -> list[WatchedTensor]:
        """Return what is watched of `target`."""
        return watch_list.from_text(self._settings.text(f"watched/{_key(target)}"))

    def remember_watched(self, target: str, rows: list[WatchedTensor]) -> None:
        """Keep what is watched of `target`."""
        self._settings.set_text(f"watched/{_key(target)}", watch_list.to_text(rows))


def _key(target: str) -> str:
    """Return the key of a target's setup. A path is no key: its slashes would make groups."""
    return f"networks/{target}" if target.isidentifier() else f"models/{sha256(target.encode()).hexdigest()[:24]}"
