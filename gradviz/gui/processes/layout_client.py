"""Drives the layout process: the newest graph wins, a stale layout is killed, placements are cached."""

from __future__ import annotations

import sys
from collections import OrderedDict
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from gradviz.errors import ProtocolError
from gradviz.export.picture_style import PictureStyle
from gradviz.layout.geometry.placement import Placement
from gradviz.layout_process import messages
from gradviz.layout_process.messages import (
    AnyAnswer,
    PictureAnswer,
    PictureRequest,
    PlacementAnswer,
    PlaceRequest,
    RefusalAnswer,
    SeenPlacement,
)
from gradviz.model.graph.graph import Graph
from gradviz.protocol.framing import Decoder
from gradviz.protocol.process_lifetime import isolation_options

KEPT = 256
"""Placements; the session keeps 128 graphs, and each has room for two ways to be folded."""
KEPT_BOXES = 40_000
"""Boxes in all of them, some 15 MB: a large graph is placed anew rather than remembered in many ways."""
_STALE_AFTER = 400
"""Milliseconds that a layout may go on for a graph that nobody waits for any more: starting anew takes as long."""


class LayoutProcess(QObject):
    """One `python -m gradviz.layout_process`: frames in, frames out."""

    answered = Signal(object)
    ended = Signal(str)
    """It ended by itself, with what it last wrote to standard error."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._decoder: Decoder[AnyAnswer] = messages.answer_decoder()
        self._known: OrderedDict[str, None] = OrderedDict()
        """Signatures of the graphs that the process has; it forgets in the same order."""

    def send(self, request: messages.LayoutRequest) -> None:
        """Send a request; the process is started for the first, and gets each graph once."""
        if self._process is None:
            self._start()
        assert self._process is not None
        if request.signature in self._known:
            request = msgspec.structs.replace(request, graph=None)
        self._known[request.signature] = None
        self._known.move_to_end(request.signature)
        while len(self._known) > messages.REMEMBERED:
            self._known.popitem(last=False)
        self._process.write(messages.encode(request))

    def start(self) -> None:
        """Start the process now, so that the first request need not wait for it."""
        if self._process is None:
            self._start()

    def kill(self) -> None:
        """End the process at once; it holds nothing worth keeping."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._not_started)
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()

    def _start(self) -> None:
        self._decoder = messages.answer_decoder()
        self._known.clear()
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._not_started)
        self._process = process
        process.start(sys.executable, [*isolation_options(), "-m", "gradviz.layout_process"])

    def _read(self) -> None:
        process = self._process
        if process is None:
            return
        try:
            for answer in self._decoder.feed(bytes(process.readAllStandardOutput().data())):
                self.answered.emit(answer)
                if process is not self._process:
                    return
        except ProtocolError as error:
            self.kill()
            self.ended.emit(str(error))

    def _finished(self) -> None:
        said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace") if self._process else ""
        self.kill()
        lines = said.strip().splitlines()
        self.ended.emit(lines[-1] if lines else self.tr("The layout process ended."))

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self.kill()
            self.ended.emit(self.tr("The layout process could not be started: {0}.").format(reason))


class _Wanted(NamedTuple):
    graph: Graph
    opened: frozenset[int] | None

    @property
    def key(self) -> tuple[str, frozenset[int] | None]:
        return self.graph.signature, self.opened


class LayoutWorker(QObject):
    """Places graphs and draws pictures, each in a process of its own that can be killed."""

    placed = Signal(object, object)
    """The graph that was asked for last, and its placement."""
    failed = Signal(str)
    picture_drawn = Signal(object, bytes)
    """What `draw` was given as `tag`, and the file's bytes."""
    picture_failed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._placements: OrderedDict[tuple[str, frozenset[int] | None], Placement] = OrderedDict()
        self._generation = 0
        self._busy: _Wanted | None = None
        self._next: _Wanted | None = None
        self._placing = LayoutProcess(self)
        self._placing.answered.connect(self._on_placed)
        self._placing.ended.connect(self._on_ended)
        self._drawing = LayoutProcess(self)
        self._drawing.answered.connect(self._on_drawn)
        self._drawing.ended.connect(self._on_drawing_ended)
        self._tags: dict[int, object] = {}
        self._patience = QTimer(self, singleShot=True, interval=_STALE_AFTER)
        self._patience.timeout.connect(self._kill_stale)
        self.layouts = 0
        """How many layouts were asked of the process."""

    def start(self) -> None:
        """Start the placing process ahead of the first graph."""
        self._placing.start()

    def place(self, graph: Graph, opened: frozenset[int] | None = None) -> None:
        """Ask for a placement; what was asked before and is not answered yet is forgotten."""
        wanted = _Wanted(graph, opened)
        if (known := self._placements.get(wanted.key)) is not None:
            self._placements.move_to_end(wanted.key)
            self._next = None
            self.placed.emit(graph, known)
        elif self._busy is None:
            self._begin(wanted)
        elif self._busy.key == wanted.key:
            self._next = None
        else:
            self._next = wanted
            if not self._patience.isActive():
                self._patience.start()

    def cancel(self) -> None:
        """Give up what was asked of `place` and is not answered yet; nothing answers it any more."""
        self._patience.stop()
        self._next = None
        if self._busy is not None:
            self._busy = None
            self._placing.kill()

    def draw(
        self,
        graph: Graph,
        opened: frozenset[int] | None,
        kind: str,
        style: PictureStyle,
        tag: object,
        seen: SeenPlacement | None = None,
    ) -> None:
        """Ask for a picture of `kind` (`svg`, `pdf`, `png`, `dot`, `json`); the answer carries `tag`."""
        self._generation += 1
        self._tags[self._generation] = tag
        clusters = None if opened is None else tuple(sorted(opened))
        self._drawing.send(
            PictureRequest(
                self._generation, graph.signature, graph.record, clusters, format=kind, style=style, seen=seen
            )
        )

    def close(self) -> None:
        """Leave no process behind."""
        self._patience.stop()
        self._busy = self._next = None
        self._tags.clear()
        self._placing.kill()
        self._drawing.kill()

    def _begin(self, wanted: _Wanted) -> None:
        self._busy, self._next = wanted, None
        self._generation += 1
        self.layouts += 1
        opened = None if wanted.opened is None else tuple(sorted(wanted.opened))
        self._placing.send(PlaceRequest(self._generation, wanted.graph.signature, wanted.graph.record, opened))

    def _on_placed(self, answer: AnyAnswer) -> None:
        done = self._busy
        if done is None:
            return
        self._busy = None
        self._patience.stop()
        if isinstance(answer, PlacementAnswer):
            placement = messages.unpack(answer.placement)
            self._placements[done.key] = placement
            self._forget_old()
            if self._next is None:
                self.placed.emit(done.graph, placement)
        elif isinstance(answer, RefusalAnswer) and self._next is None:
            self.failed.emit(answer.message)
        self._continue()

    def _forget_old(self) -> None:
        placements = self._placements
        boxes = sum(len(placement.box_node) for placement in placements.values())
        while len(placements) > 1 and (len(placements) > KEPT or boxes > KEPT_BOXES):
            _, old = placements.popitem(last=False)
            boxes -= len(old.box_node)

    def _continue(self) -> None:
        if self._next is not None:
            self.place(*self._next)

    def _kill_stale(self) -> None:
        if self._busy is not None and self._next is not None:
            self._placing.kill()
            self._busy = None
            self._continue()

    def _on_ended(self, sentence: str) -> None:
        failed, self._busy = self._busy, None
        if failed is not None and self._next is None:
            self.failed.emit(sentence)
        self._continue()

    def _on_drawn(self, answer: AnyAnswer) -> None:
        tag = self._tags.pop(answer.generation, None)
        if isinstance(answer, PictureAnswer):
            self.picture_drawn.emit(tag, answer.picture)
        elif isinstance(answer, RefusalAnswer):
            self.picture_failed.emit(tag, answer.message)
        if not self._tags:
            self._drawing.kill()

    def _on_drawing_ended(self, sentence: str) -> None:
        tags, self._tags = list(self._tags.values()), {}
        for tag in tags:
            self.picture_failed.emit(tag, sentence)
