"""The setup that each target was last used with, kept among the settings."""

from __future__ import annotations

from hashlib import sha256

from gradviz.client.runs import RunSetup, default_setup, from_text, to_text
from gradviz.gui.session.settings import Settings


class KeptSetups:
    """Reads and writes the setup of each network and model."""

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


def _key(target: str) -> str:
    """Return the key of a target's setup. A path is no key: its slashes would make groups."""
    return f"networks/{target}" if target.isidentifier() else f"models/{sha256(target.encode()).hexdigest()[:24]}"
