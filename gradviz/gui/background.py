"""Work in another thread, its result delivered in the window's: reading, hashing and parsing of files runs here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

Result = TypeVar("Result")
Stopped = Callable[[], bool]
"""What work that takes long asks now and then: whether its result is still wanted."""


@dataclass(slots=True, eq=False)
class _Job:
    work: Callable[[Stopped], Any]
    done: Callable[[Any], None]
    result: Any = None
    error: BaseException | None = None
    stopped: bool = False
    ready: Event = field(default_factory=Event)


class Background(QObject):
    """One piece of work at a time: the newest. What was asked for before is told to stop, and its result is dropped."""

    GRACE = 0.03
    """Seconds for which `run` waits for the result: what is quick needs no picture of its being under way."""

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: _Job | None = None
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a result is waited for."""
        return self._job is not None

    def run(
        self, work: Callable[[Stopped], Result], done: Callable[[Result], None], *, wait: bool = True
    ) -> None:  # fmt: skip
        """Call `done` with what `work` returns: before this returns if it is quick and `wait` is true, else from the
        event loop. What `work` raises is raised in the same place."""
        self.stop()
        job = self._job = _Job(work, done)
        # A daemon: a disk that does not answer must not keep the window from closing.
        Thread(target=self._work, args=(job,), name="gradviz-background", daemon=True).start()
        if wait and job.ready.wait(self.GRACE):
            self._deliver(job)

    def stop(self) -> None:
        """Drop the work in progress."""
        job, self._job = self._job, None
        if job is not None:
            job.stopped = True

    def _work(self, job: _Job) -> None:
        try:
            job.result = job.work(lambda: job.stopped)
        except BaseException as error:  # raised in the window's thread
            job.error = error
        job.ready.set()
        with suppress(RuntimeError):  # the window was closed meanwhile
            self._finished.emit(job)

    def _deliver(self, job: _Job) -> None:
        if job is not self._job:
            return  # it was stopped, or delivered before `run` returned
        self._job = None
        if job.error is not None:
            raise job.error
        job.done(job.result)
