"""Work in another thread, its result delivered in the window's: files are read there, and large graphs prepared."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from gradviz.model.graph.folding import open_by_default
from gradviz.model.graph.graph import Graph, GraphCache, share_texts
from gradviz.model.graph.search import search_of
from gradviz.protocol.records import GraphRecord

Result = TypeVar("Result")
Stopped = Callable[[], bool]
"""Asked now and then by work that takes long: whether its result is no longer needed."""
_LOOK_EVERY = 10
"""Milliseconds between two looks whether the work is done."""


class BackgroundWork(QObject):
    """One piece of work at a time: the newest. The work before is asked to stop, and its result is dropped."""

    GRACE = 0.03
    """Seconds for which `run` waits for the result: what is quick needs no picture of its being under way."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: _Job | None = None
        self._done: Callable[[Any], None] | None = None
        # The thread knows of no Qt object: the window may be gone when it comes to its end.
        self._look = QTimer(self, interval=_LOOK_EVERY)
        self._look.timeout.connect(self._deliver)

    @property
    def busy(self) -> bool:
        """Whether a result is waited for."""
        return self._job is not None

    def run(self, work: Callable[[Stopped], Result], done: Callable[[Result], None], *, wait: bool = True) -> None:
        """Call `done` with what `work` returns: before this returns if it is quick and `wait` is true, else from the
        event loop. What `work` raises is raised in the same place. `work` must not touch a Qt object."""
        self.stop()
        self._job, self._done = _Job(work), done
        self._look.start()
        if wait and self._job.ready.wait(self.GRACE):
            self._deliver()

    def stop(self) -> None:
        """Drop the work in progress."""
        self._look.stop()
        if self._job is not None:
            self._job.stopped = True
        self._job = self._done = None

    def _deliver(self) -> None:
        job, done = self._job, self._done
        if job is None or done is None or not job.ready.is_set():
            return
        self.stop()
        if job.error is not None:
            raise job.error
        done(job.result)


class _Job:
    def __init__(self, work: Callable[[Stopped], Any]) -> None:
        self._work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.stopped = False
        self.ready = Event()
        # A daemon: a disk that does not answer must not keep the window from closing.
        Thread(target=self._do, name="gradviz-background", daemon=True).start()

    def _do(self) -> None:
        try:
            self.result = self._work(lambda: self.stopped)
        except BaseException as error:  # raised in the window's thread
            self.error = error
        self.ready.set()


LARGE = 1000
"""Nodes or modules; a graph of fewer is prepared in less time than a picture takes."""


class GraphReceiver(QObject):
    """Does one thing after another; where one brings a large graph, once that graph is in the cache."""

    def __init__(self, cache: GraphCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._graph_cache = cache
        self._background = BackgroundWork(self)
        self._waiting: deque[tuple[GraphRecord | None, Callable[[], None]]] = deque()

    def put(self, record: GraphRecord | None, action: Callable[[], None]) -> None:
        """Do `action` after what was put before: now, unless a graph is being prepared. `record`: the graph that it
        brings."""
        self._waiting.append((record, action))
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting and not self._background.busy:
            record, action = self._waiting.popleft()
            if record is None or max(len(record.nodes), len(record.clusters)) < LARGE:
                action()
            else:
                self._background.run(partial(prepare_graph, record), partial(self._finish, action))

    def _finish(self, action: Callable[[], None], graph: Graph) -> None:
        self._graph_cache.add(graph)
        try:
            action()
        finally:
            self._go_on()


def prepare_graph(record: GraphRecord, _stopped: Stopped = bool) -> Graph:
    """Return the graph of a record, with what is needed of it as soon as it is shown."""
    share_texts(record)
    graph = Graph(record)
    open_by_default(graph)
    search_of(graph)
    return graph
