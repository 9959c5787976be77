"""Tells when the contents of one file differ from those that were opened, and when they are the same again."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from gradviz.gui.background import Background, Stopped
from gradviz.gui.consent import digest_of

_SETTLE = 200
"""Milliseconds: editors write a file in several moves."""


class FileWatch(QObject):
    """Follows one file at a time, also when an editor puts another file in its place."""

    changed = Signal()
    restored = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._digest = ""
        self._told = ""
        self._reading = Background(self)
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE)
        self._timer.timeout.connect(self.look)
        self._watcher.fileChanged.connect(lambda _path: self._timer.start())
        self._watcher.directoryChanged.connect(lambda _path: self._timer.start())

    def follow(self, path: Path, digest: str) -> None:
        """Tell when this file's contents are others than those of `digest`."""
        if (path, digest) == (self._path, self._digest):
            return
        self.leave()
        self._path, self._digest, self._told = path, digest, digest
        # The folder too: a file that was replaced is not watched any more.
        self._watcher.addPaths([str(place) for place in (path, path.parent) if place.exists()])
        self._timer.start()  # it may have changed since it was read

    def leave(self) -> None:
        """Follow nothing."""
        self._path = None
        self._timer.stop()
        self._reading.stop()
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)

    def look(self) -> None:
        """Compare now. A file that is gone is not told of: it may be on its way back."""
        if self._path is not None:
            self._reading.run(partial(_digest, self._path), self._compare, wait=False)

    def _compare(self, now: str | None) -> None:
        if now is None:
            return
        if str(self._path) not in self._watcher.files():
            self._watcher.addPath(str(self._path))
        if now != self._told:
            self._told = now
            if now == self._digest:
                self.restored.emit()
            else:
                self.changed.emit()


def _digest(path: Path, stopped: Stopped) -> str | None:
    """SHA-256 of a file's contents; None where it cannot be read."""
    try:
        return digest_of(path, stopped)
    except OSError:
        return None
