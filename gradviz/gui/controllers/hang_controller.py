"""Shows what the engine is in while it does not answer, with ways out: interrupt it, restart it, show the line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from gradviz.gui.panels.console import Console
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.session.session import Session
from gradviz.gui.widgets.banner import Banner
from gradviz.language import tr
from gradviz.protocol.events import Busy


class HangController(QObject):
    """A banner while an iteration, or a request, takes long; a network that is being made has a card of its own."""

    def __init__(
        self, session: Session, graph: GraphPanel, console: Console, show_line: Callable[[str, int], None],
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._console, self._show_line = session, console, show_line
        self.banner = Banner()
        self._shown = (False, False)
        """Whether native code holds the GIL, and whether a line is known: what decides on the buttons."""
        graph.add_banner(self.banner)
        session.state.answering_changed.connect(self._show)
        session.state.phase_changed.connect(self._show)

    def _show(self) -> None:
        session, busy = self._session, self._session.engine.busy
        if busy is None or session.state.phase in ("starting", "opening", "dead", "failed"):
            self.banner.hide()
            return
        title, text = self._title(busy), self._text(busy)
        shown = (busy.native, bool(busy.file))
        if not self.banner.isHidden() and shown == self._shown:
            self.banner.set_texts(title, text)
            return
        self._shown = shown
        buttons: list[tuple[str, Callable[[], None], bool]] = [
            (tr("Restart engine"), session.opening.restart_engine, busy.native),
            (tr("Interrupt"), session.interrupt, not busy.native),
        ]
        if busy.file:
            buttons.insert(0, (tr("Show line"), self._show_place, False))
        self.banner.show_message("warning", "info-fill", title, text, buttons)

    def _title(self, busy: Busy) -> str:
        if busy.native or self._session.state.phase != "running":
            return tr("The engine has not answered for {seconds} s").format(seconds=round(busy.seconds))
        return tr("Iteration {step} has not come to its end for {seconds} s").format(
            step=f"{busy.step:,}", seconds=round(busy.seconds)
        )

    def _text(self, busy: Busy) -> str:
        if busy.file:
            place = tr("It is in line {line} of {name}: {code}").format(
                line=busy.line, name=Path(busy.file).name, code=busy.text
            )
        else:
            place = tr("It is in no line of yours.") if sys.platform != "win32" or not busy.native else ""
        if busy.native:
            native = tr("Native code holds Python's lock: Interrupt waits until that code looks for it or returns.")
            return "\n".join(filter(None, (place, native)))
        if busy.ops is None:
            return place
        return "\n".join((place, tr("{count} ops and nodes so far.").format(count=f"{busy.ops:,}")))

    def _show_place(self) -> None:
        if (busy := self._session.engine.busy) is not None and busy.file:
            self._show_line(busy.file, busy.line)
            head = tr("Where it is after {seconds} s, the innermost call last:").format(seconds=round(busy.seconds))
            self._console.write("note", f"{head}\n{busy.stack}")
