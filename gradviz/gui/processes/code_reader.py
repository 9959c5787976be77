"""Reads the file of a target: the digest that consent is given for, the factory that it is opened by, its keywords."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from gradviz.client.code_consent import Code, code_of
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
