"""Notices when the contents of files differ from those that were opened, and when they are the same again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from gradviz.client.code_consent import digest_of
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped

_SETTLE = 200
"""Milliseconds: editors write a file in several moves."""
_MOST = 200
"""So many files are watched."""


class FileWatcher(QObject):
    """Follows the files of one target at a time, also when an editor puts another file in the place of one."""

    changed = Signal()
    restored = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: dict[Path, str] = {}
        self._reported: dict[Path, str] = {}
        self._reading = BackgroundWork(self)
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE)
        self._timer.timeout.connect(self.look)
        self._watcher.fileChanged.connect(lambda _path: self._timer.start())
        self._watcher.directoryChanged.connect(lambda _path: self._timer.start())

    def follow(self, files: Mapping[Path, str]) -> None:
        """Watch for contents of these files that are others than those of their digests."""
        if files == self._files:
            return
        self.leave()
        self._files, self._reported = dict(files), dict(files)
        self._watch()
        self._timer.start()  # they may have changed since they were read

    def leave(self) -> None:
        """Follow nothing."""
        self._files = {}
        self._timer.stop()
        self._reading.stop()
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)

    def look(self) -> None:
        """Compare now. A file that is gone is not reported: it may be on its way back."""
        if self._files:
            self._reading.run(partial(_digests, tuple(self._files)), self._compare, wait=False)

    def _watch(self) -> None:
        # The folders too: a file that was replaced is not watched any more.
        wanted = {str(place) for path in islice(self._files, _MOST) for place in (path, path.parent) if place.exists()}
        if new := wanted - {*self._watcher.files(), *self._watcher.directories()}:
            self._watcher.addPaths(sorted(new))

    def _compare(self, found: dict[Path, str]) -> None:
        if not found:
            return
        self._watch()
        now = self._reported | found
        if now != self._reported:
            self._reported = now
            if now == self._files:
                self.restored.emit()
            else:
                self.changed.emit()


def _digests(paths: tuple[Path, ...], stopped: Stopped) -> dict[Path, str]:
    """Return the SHA-256 of the contents of each file that can be read."""
    found = {}
    for path in paths:
        with suppress(OSError):
            found[path] = digest_of(path, stopped)
    return found
