"""The files of a target: what is read of them before they are opened, and whether they have changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from gradviz.client.code_consent import Code, code_of, digest_of
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.targets.candidates import Candidate, list_candidates
from gradviz.targets.python_file import DEFAULT_FACTORY
from gradviz.targets.target_spec import TargetSpec

PATIENCE = 3000
"""Milliseconds after which the window shows that something is still being read, or made, and can be stopped."""

_TIMES = 3
"""So often a file is read again because its contents were others than those that were allowed."""


@dataclass(frozen=True, slots=True)
class CodeReading:
    """What was read of a target that is the user's."""

    target: str
    """With the name of the factory that its file is opened by, where that is the usual one."""
    code: Code | None
    """None where the file cannot be read."""
    failure: str = ""
    """Why it cannot be read."""
    keywords: frozenset[str] | None = None
    """The keywords that its factory takes; None where that is not known."""


def read_code(target: TargetSpec, as_named: bool, met: frozenset[Path], stopped: Stopped) -> CodeReading:
    """Read the file of a target. `as_named`: it is opened as it is called, even if it has a usual factory. `met`: files
    that were found to be imported when it ran."""
    factory = _find_factory(target) if target.kind == "file" else None
    text = target.text
    if factory is not None and not as_named and not target.attribute:
        text = f"{text}:{DEFAULT_FACTORY}"
    try:
        return CodeReading(text, code_of(target, stopped, met), keywords=None if factory is None else factory.keywords)
    except OSError as error:
        return CodeReading(text, None, str(error.strerror or error))


class CodeReader(QObject):
    """Reads in another thread, one target at a time: the newest."""

    lateness_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.target: TargetSpec | None = None
        """What is being read."""
        self.late = False
        """Whether that takes long."""
        self._met: dict[str, Counter[Path]] = {}
        """Name of a target's file → what it was found to import when it ran, and how often."""
        self._background = BackgroundWork(self)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(partial(self._set_late, True))

    def read(self, target: TargetSpec, done: Callable[[CodeReading], None], *, as_named: bool = False) -> None:
        """Call `done` with what was read, at once if that is quick."""
        self.target = target
        self._patience.start()
        met = frozenset(self._met.get(target.name, ()))
        self._background.run(partial(read_code, target, as_named, met), partial(self._deliver, done))

    def note(self, target: TargetSpec, file: Path) -> bool:
        """Remember that a target imports a file by a name that its text does not hold. False for one that was noted
        again and again: it changes all the time, or cannot be read."""
        met = self._met.setdefault(target.name, Counter())
        met[file] += 1
        return met[file] <= _TIMES

    def stop(self) -> None:
        """Read nothing any more."""
        self._background.stop()
        self._end()

    def _deliver(self, done: Callable[[CodeReading], None], reading: CodeReading) -> None:
        self._end()
        done(reading)

    def _end(self) -> None:
        self.target = None
        self._patience.stop()
        self._set_late(False)

    def _set_late(self, late: bool) -> None:
        if late != self.late:
            self.late = late
            self.lateness_changed.emit()


def _find_factory(target: TargetSpec) -> Candidate | None:
    """Return what a file is opened by: what the target names, or the usual factory; None where it has no such thing."""
    return next(
        (one for one in list_candidates(target.path) if one.name == (target.attribute or DEFAULT_FACTORY)), None
    )


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
