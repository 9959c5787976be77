"""The user's models that were opened last, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gradviz.errors import GradvizError
from gradviz.gui.session.settings import Settings
from gradviz.protocol.encodable import escape_text
from gradviz.targets.target_spec import TargetSpec, check_presence, read_target

MOST = 10
_KEY = "open/recent"


class RecentTargets(QObject):
    """Kept in the settings; a target is there once."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.targets: tuple[str, ...] = tuple(_readable(settings.get(_KEY)))

    def add(self, target: str) -> None:
        """Put a target first."""
        self._keep((target, *(other for other in self.targets if other != target)))

    def remove(self, target: str) -> None:
        """Leave a target out."""
        self._keep(other for other in self.targets if other != target)

    def clear(self) -> None:
        """Forget them all."""
        self._keep(())

    def _keep(self, targets: Iterable[str]) -> None:
        found = tuple(targets)[:MOST]
        if found != self.targets:
            self.targets = found
            self._settings.set(_KEY, json.dumps(found))
            self.changed.emit()


def folder_text(target: TargetSpec) -> str:
    """Return the folder of a target, short: `~/models`; for a module, that it is one."""
    if target.kind == "module":
        return "module"
    folder = escape_text(str(target.path.absolute().parent))
    home = str(Path.home())
    return "~" + folder[len(home) :] if folder == home or folder.startswith(home + "/") else folder


def why_missing(target: str) -> str:
    """Return why a target cannot be opened any more, as a sentence; empty if it is there."""
    try:
        check_presence(read_target(target))
    except GradvizError as error:
        return str(error)
    return ""


def _readable(text: str) -> list[str]:
    try:
        found = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return []
    targets = []
    for target in found if isinstance(found, list) else []:
        try:
            if isinstance(target, str) and read_target(target).kind != "network":
                targets.append(target)
        except GradvizError:
            continue  # of another version
    return targets[:MOST]
