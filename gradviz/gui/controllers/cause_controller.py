"""Where a NaN or Inf comes from: offers to look, shows the chain on the graph, and runs again to where it began."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.panels.cause.cause_panel import CausePanel
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.panels.source.source_view import SourceView
from gradviz.gui.session.breakpoint_editing import BREAK_ON_NONFINITE
from gradviz.gui.session.session import Session
from gradviz.gui.widgets.banner import Banner
from gradviz.language import tr
from gradviz.model.explanation.cause_text import line_notes
from gradviz.model.number_text import nonfinite_text
from gradviz.protocol.records import BreakpointRecord


class CauseController(QObject):
    """Connects the session's chain to the banner, the panel and the graph."""

    def __init__(self, session: Session, graph: GraphPanel, panels: PanelsController, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._graph, self._panels = session, graph, panels
        self.panel = panels.get(CausePanel)
        self.banner = Banner()
        graph.add_banner(self.banner)
        self._offered: tuple[int, int] = (0, -1)
        """Run and iteration of the loss that was reported last."""
        self._again = ""
        """What is waited for: `open`, then `stop`, while the run is repeated up to the first NaN or Inf."""
        self._shown = False
        """Whether the highlight of the graph is the chain."""
        causes = session.causes
        causes.found.connect(self._show_chain)
        causes.moved.connect(self._show_link)
        causes.spike_found.connect(lambda _event: panels.show("cause"))
        causes.failed.connect(lambda _sentence: panels.show("cause"))
        session.state.scalars_appended.connect(self._offer)
        session.state.network_opened.connect(self.banner.dismiss)
        session.state.phase_changed.connect(self._go_on)
        session.steps.stopped.connect(self._on_stopped)
        session.steps.trapped.connect(self._offer_script)
        graph.view.installEventFilter(self)
        graph.highlight_changed.connect(self._follow_highlight)
        self.panel.earlier_requested.connect(self.run_again)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter on the canvas walk the chain that is highlighted, and with Shift back."""
        if not self._shown or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        keys = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if keys not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            return False
        self._session.causes.walk(-1 if keys else 1)
        return True

    def ask(self) -> None:
        """Show where the NaN or Inf comes from that was noticed last; where nothing is held, run again to it."""
        if self._session.causes.values_held:
            self._session.causes.ask()
        elif self._session.causes.first_bad_loss() is not None:
            self.run_again()

    def ask_at_stop(self) -> None:
        """Show why the engine stopped here: the way of a NaN or Inf, or what moved in a spike."""
        stop, breakpoints = self._session.engine.stop, self._session.engine.breakpoints
        hit = stop.breakpoint if stop is not None else None
        if hit is not None and hit in breakpoints and breakpoints[hit].record.kind == "spike":
            self._session.causes.ask_for_spike()
        else:
            self.ask()

    def ask_of_node(self) -> None:
        """Show where the NaN or Inf of the selected node comes from."""
        if (node := self._session.selection.node_id) is not None:
            self._session.causes.ask(node)

    def run_again(self) -> None:
        """Repeat the run from its start, up to the first NaN or Inf, and show where that comes from."""
        session = self._session
        opened = session.engine.opened
        # The iterations of a script cannot be run again one by one: all of them pass the gate instead.
        by_gate = opened is not None and opened.kind == "script"
        session.breakpoints.add(BreakpointRecord(0, "nan") if by_gate else BREAK_ON_NONFINITE)
        self.banner.dismiss()
        self._again = "open"
        session.opening.reset()

    # -- the offer -----------------------------------------------------------------------------------------------------

    def _offer(self) -> None:
        """Say once that a loss is not finite, and what can be done."""
        session = self._session
        loss = session.engine.loss
        if loss is None or math.isfinite(loss) or self._again:
            return
        step = session.causes.first_bad_loss()
        if step is None or (session.state.runs.number, step) == self._offered:
            return
        self._offered = session.state.runs.number, step
        title = tr("The loss is {value} since iteration {step}").format(value=nonfinite_text(loss), step=f"{step:,}")
        text = tr("The run is repeated from its start, and stops where the first NaN or Inf appears.")
        self.banner.show_message(
            "warning", "warning-circle-fill", title, text, [(tr("Where does it come from?"), self.run_again, True)]
        )

    def _offer_script(self) -> None:
        """Offer to run a script again to the trap that it met: its loop is its own, so that it is paused behind it."""
        session = self._session
        trapped = session.engine.trapped
        if trapped is None:
            return
        self._again = ""
        title = tr("Iteration {step}: {message}").format(step=f"{trapped.step:,}", message=trapped.message)
        text = tr("The script runs again from its start, with the same losses, and stops where this begins.")
        again = partial(session.opening.reset, again_to=trapped.step)
        buttons: list[tuple[str, Callable[[], None], bool]] = [(tr("Run again to here"), again, True)]
        breakpoints = session.engine.breakpoints
        if trapped.breakpoint in breakpoints and breakpoints[trapped.breakpoint].record.kind == "spike":
            # Its history ends with this run.
            buttons.insert(0, (tr("What moved?"), session.causes.ask_for_spike, False))
        self.banner.show_message("warning", "warning-circle-fill", title, text, buttons)

    def _go_on(self) -> None:
        phase = self._session.state.phase
        if self._again == "open" and phase == "ready":
            self._again = "stop"
            self._session.run()
        elif phase in ("failed", "dead", "finished"):
            self._again = ""

    def _on_stopped(self) -> None:
        stop = self._session.engine.stop
        if self._again == "stop" and stop is not None:
            self._again = ""
            if stop.reason == "breakpoint":
                self._session.causes.ask()

    # -- the chain on the graph ----------------------------------------------------------------------------------------

    def _show_chain(self) -> None:
        chain = self._session.causes.chain
        self._panels.get(SourceView).set_notes(line_notes(chain))
        if chain:
            self.banner.dismiss()
            self._panels.show("cause")
            nodes = {link.node for link in chain if link.node is not None}
            earlier = self._session.causes.earlier if self._session.causes.title else ()
            self._graph.marks.highlight_nodes(nodes.union(earlier) if nodes else nodes)
            self._shown = bool(nodes)
            self._graph.view.setFocus(Qt.FocusReason.OtherFocusReason)  # so that Enter walks
        elif self._shown:
            self._shown = False
            self._graph.highlight(False, False)

    def _show_link(self) -> None:
        link, graph = self._session.causes.link, self._session.engine.graph
        if link is None:
            return
        if link.node is not None and graph is not None and link.node in graph:
            self._graph.show_node(link.node)
        if link.file:
            self.panel.source_requested.emit(link.file, link.line)

    def _follow_highlight(self) -> None:
        self._shown = self._shown and self._graph.highlighted
