"""The banner over the canvas: an engine that died, code that raised, a graph that cannot be drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from gradviz.errors import GradvizError
from gradviz.gui.session.session import Session
from gradviz.gui.text import steps as point_words
from gradviz.gui.widgets.banner import Banner
from gradviz.protocol.events import Raised


class GraphBanners(QObject):
    """Tells what the session cannot go on after, with what can be done about it."""

    console_requested = Signal()
    node_requested = Signal(int)

    def __init__(self, session: Session, banner: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self.banner = session, banner
        session.state.network_opened.connect(self.banner.dismiss)
        session.state.died.connect(self._tell_death)
        session.state.raised.connect(self._tell_raised)
        session.steps.stopped.connect(self._tell_stopped)

    def tell_layout_failed(self, sentence: str) -> None:
        """There is a graph but no drawing of it: say why."""
        self.banner.tell("warning", "info-fill", self.tr("The graph cannot be drawn"), sentence, [])

    def _tell_death(self, title: str, text: str) -> None:
        button = (self.tr("Restart engine"), self._session.opening.restart_engine, True)
        self.banner.tell("error", "plugs-fill", title, text, [button])

    def _tell_stopped(self) -> None:
        stop = self._session.engine.stop
        if stop is None or stop.reason != "exception":
            return
        kind, _, text = stop.message.partition(": ")
        if " " in kind:  # a sentence of its own, not what was raised
            kind, text = self.tr("Error"), stop.message
        graph = self._session.engine.graph
        if graph is not None and graph.record.kind == "autograd":
            text = "\n".join((text, *graph.record.notes))  # what of this iteration was not recorded, and why
        where = point_words.source_text(stop.point)
        head = self.tr("{kind} in {name}").format(kind=kind, name=point_words.short_title(stop.point))
        buttons: list[tuple[str, Callable[[], None], bool]] = [(self.tr("Console"), self.console_requested.emit, False)]
        if stop.point.node is not None:
            buttons.append((self.tr("Show node"), partial(self.node_requested.emit, stop.point.node), False))
        if not self._session.state.setup.is_built_in:
            buttons.append((self.tr("Reopen"), self._session.opening.reopen, True))
        self.banner.tell("error", "warning-circle-fill", f"{head}, {where}" if where else head, text, buttons)

    def _tell_raised(self, event: Raised) -> None:
        graph = self._session.engine.graph
        buttons: list[tuple[str, Callable[[], None], bool]] = [(self.tr("Console"), self.console_requested.emit, False)]
        if graph is not None and event.line:
            at = [node.id for node in graph.nodes if (node.file, node.line) == (event.file, event.line)]
            if at:
                last_there = at[-1]
                buttons.append((self.tr("Show node"), partial(self.node_requested.emit, last_there), False))
        if not self._session.state.setup.is_built_in:
            buttons.append((self.tr("Reopen"), self._session.opening.reopen, True))
        # Of a message of many lines, the first tells the kind.
        lines = event.said.strip().splitlines()[:1] or event.traceback.strip().splitlines()[-1:]
        last = lines[0] if lines else ""
        kind = last.split(":", 1)[0].rsplit(".", 1)[-1] if ":" in last else self.tr("Error")
        kind = (
            self.tr("Error") if kind == GradvizError.__name__ else kind
        )  # a sentence of ours says all there is to say
        place = f", {event.file.rsplit('/', 1)[-1]}:{event.line}" if event.line else ""
        head = self.tr("{kind} in {phase}{place}").format(
            kind=kind, phase=event.phase or self.tr("the network"), place=place
        )
        self.banner.tell("error", "warning-circle-fill", head, event.message, buttons)
