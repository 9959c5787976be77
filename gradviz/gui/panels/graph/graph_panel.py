"""The middle of the window: the canvas with the session's graph, its caption, and the banner above."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradviz.client.debug_state import raised_at
from gradviz.errors import GradvizError
from gradviz.gui.panels.graph.folding_controller import FoldingController
from gradviz.gui.panels.graph.highlight_controller import HighlightController
from gradviz.gui.panels.graph.recorded_graph_page import RecordedGraphPage
from gradviz.gui.panels.graph.step_state_controller import StepStateController
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.session.session import Session
from gradviz.gui.text import steps as step_text
from gradviz.gui.widgets.banner import Banner
from gradviz.language import tr
from gradviz.layout.geometry.placement import Placement
from gradviz.model.explanation.reach_errors import error_for, explained
from gradviz.model.graph.graph import Graph
from gradviz.protocol.events import Raised


def caption(session: Session, graph: Graph) -> tuple[str, str]:
    """Return a title and the text after it; both empty for none."""
    if session.state.phase == "stopped":
        return "", ""  # the card shows where, and room is scarce
    recorded = graph.record.kind == "recorded"
    title = tr("Recorded operations") if recorded else tr("Autograd graph")
    if session.state.phase == "ready" and not recorded and not session.engine.step:
        return title, tr("after the first forward, nothing is trained yet")
    kinds = [node.kind for node in graph.nodes]
    if recorded:
        forward = sum(node.kind == "op" and node.phase == "forward" for node in graph.nodes)
        backward = kinds.count("op") - forward
        if not backward and graph.record.notes:
            return title, graph.record.notes[0].partition(": ")[2].rstrip(".")
        text = tr("{forward} forward, {backward} backward · no autograd graph: the gradients are derived by hand")
        return title, text.format(forward=f"{forward:,}", backward=f"{backward:,}")
    functions, parameters = kinds.count("function") + kinds.count("custom"), kinds.count("parameter")
    counted = ", ".join(
        (
            tr("1 function") if functions == 1 else tr("{0} functions").format(f"{functions:,}"),
            tr("1 parameter") if parameters == 1 else tr("{0} parameters").format(f"{parameters:,}"),
        )
    )
    since = session.engine.graphs.since
    how = tr("same structure since iteration {0}") if since == 0 else tr("this structure since iteration {0}")
    return title, f"{counted} · {how.format(f'{since:,}')}"


_MOST_LINES, _MOST_LETTERS = 4, 420
"""Of an error's message in a banner."""


class GraphBanners(QObject):
    """Shows why the session cannot go on, with what can be done about it."""

    console_requested = Signal()
    node_requested = Signal(int)
    reach_requested = Signal(str)
    """The parameters that an error text of torch's is about are wanted."""

    def __init__(self, session: Session, banner: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self.banner = session, banner
        session.state.network_opened.connect(self.banner.dismiss)
        session.state.died.connect(self._show_death)
        session.state.raised.connect(self._show_raised)
        session.steps.stopped.connect(self._show_stopped)

    def show_layout_failed(self, sentence: str) -> None:
        """Show why there is no drawing of the graph."""
        self.banner.show_message("warning", "info-fill", self.tr("The graph cannot be drawn"), sentence, [])

    def _show_death(self, title: str, text: str) -> None:
        button = (self.tr("Restart engine"), self._session.opening.restart_engine, True)
        self.banner.show_message("error", "plugs-fill", title, text, [button])

    def _show_stopped(self) -> None:
        stop = self._session.engine.stop
        if stop is None or stop.reason != "exception":
            return
        kind, _, text = stop.message.partition(": ")
        if " " in kind:  # a sentence of its own, not what was raised
            kind, text = self.tr("Error"), stop.message
        elif error_for(stop.said):
            text = explained(stop.message, stop.said)
        graph = self._session.engine.graph
        if graph is not None and graph.record.kind == "autograd":
            text = "\n".join((_brief(text), *graph.record.notes))  # what of this iteration was not recorded, and why
        where = step_text.source_text(stop.point)
        head = self.tr("{kind} in {name}").format(kind=kind, name=step_text.short_title(stop.point))
        buttons = self._first_buttons(stop.said)
        if stop.point.node is not None:
            buttons.append((self.tr("Show node"), partial(self.node_requested.emit, stop.point.node), False))
        if not self._session.state.setup.is_built_in:
            buttons.append((self.tr("Reopen"), self._session.opening.reopen, False))  # at a stop, Continue is filled
        if stop.unrecorded:
            again = partial(self._session.opening.reset, again_to=stop.step)
            buttons.append((tr("Run again to here"), again, True))
        self.banner.show_message("error", "warning-circle-fill", f"{head}, {where}" if where else head, text, buttons)

    def _first_buttons(self, said: str) -> list[tuple[str, Callable[[], None], bool]]:
        """Return the buttons of every error; of one that is about reach, that of the parameters that it means."""
        found: list[tuple[str, Callable[[], None], bool]] = [(self.tr("Console"), self.console_requested.emit, False)]
        if error := error_for(said):
            found.append((self.tr("Show parameters"), partial(self.reach_requested.emit, error.text), False))
        return found

    def _show_raised(self, event: Raised) -> None:
        buttons = self._first_buttons(event.said)
        if (node := raised_at(self._session.engine)) is not None:
            buttons.append((self.tr("Show node"), partial(self.node_requested.emit, node), False))
            self._session.selection.select(node)
        if not self._session.state.setup.is_built_in:
            buttons.append((self.tr("Reopen"), self._session.opening.reopen, True))
        # Of a message of many lines, the first gives the kind.
        lines = event.said.strip().splitlines()[:1] or event.traceback.strip().splitlines()[-1:]
        last = lines[0] if lines else ""
        kind = last.split(":", 1)[0].rsplit(".", 1)[-1] if ":" in last else self.tr("Error")
        kind = self.tr("Error") if kind == GradvizError.__name__ else kind  # a sentence of ours is complete
        place = f", {event.file.rsplit('/', 1)[-1]}:{event.line}" if event.line else ""
        head = self.tr("{kind} in {phase}{place}").format(
            kind=kind, phase=event.phase or self.tr("the network"), place=place
        )
        text = event.message.removeprefix(f"{kind}: ").replace(f" ({place[2:]})", "") if place else event.message
        text = explained(event.message, event.said) if error_for(event.said) else _brief(text)
        self.banner.show_message("error", "warning-circle-fill", head, text, buttons)


def _brief(text: str) -> str:
    """Return a message of a few lines whole, of more the first ones: the console has all of it."""
    lines = text.splitlines()
    if len(lines) <= _MOST_LINES and len(text) <= _MOST_LETTERS:
        return text
    return tr("{text} … The console has all of it.").format(text="\n".join(lines[:_MOST_LINES])[:_MOST_LETTERS])


class GraphPanel(QWidget):
    """Projects the session's graph: what is open of it, what is highlighted, what the engine runs through."""

    placement_requested = Signal(object, object)
    """A graph, and what of it to draw open, as `model.folding` counts (None for all)."""
    placement_cancelled = Signal()
    """The requested placement is not needed any more; the drawing stays as it is."""
    source_requested = Signal(str, int)
    console_requested = Signal()
    reach_requested = Signal(str)
    highlight_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.banner = Banner()
        self.view = GraphView()
        self.marks = HighlightController(session, self.view, self)
        self.folds = FoldingController(session, self.view, self.marks.filter_actions, self)
        self.recorded = RecordedGraphPage(session.reopened)
        self._banners = GraphBanners(session, self.banner, self)
        self._steps = StepStateController(session, self.view, self)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.view, 1)
        column.addWidget(self.recorded, 1)
        self._join()
        self._show_phase()

    @property
    def highlighted(self) -> bool:
        """Whether a part of the graph is highlighted."""
        return self.marks.highlighted

    def show_placement(self, graph: Graph, placement: Placement) -> None:
        """Draw a placed graph, unless the session has another one by now."""
        if self.recorded.graph is graph:
            self.recorded.show_placement(placement)
            return
        if self._session.engine.graph is not graph:
            return
        self.folds.prepare(graph)
        self._show_caption(graph)
        self.view.set_graph(graph, placement)
        self.view.marks.select(self._session.selection.node_id)
        self.folds.finish_placement(placement)
        self._show_numbers()
        self._steps.refresh()

    def show_layout_failed(self, sentence: str) -> None:
        """Show why there is no drawing of the graph."""
        if self.recorded.graph is not None:
            self.recorded.show_failed(sentence)
            return
        self.folds.stop_waiting()
        self._banners.show_layout_failed(sentence)

    def show_node(self, node_id: int) -> None:
        """Select a node and bring it into sight, unfolding what hides it."""
        self._session.selection.select(node_id)
        self.folds.show_node(node_id)

    def fold_all(self) -> None:
        """Draw each outermost module as one box."""
        self.folds.fold_all()

    def unfold_all(self) -> None:
        """Draw what is inside of every module."""
        self.folds.unfold_all()

    def highlight(self, ancestors: bool, descendants: bool) -> None:
        """Pale what is not on the way to or from the selected node; neither shows all."""
        self.marks.highlight(ancestors, descendants)

    def highlight_gradient(self, node_id: int) -> None:
        """Pale what a gradient does not pass on its way from the loss to this node."""
        self.marks.highlight_gradient(node_id)

    def add_banner(self, banner: Banner) -> None:
        """Put another banner above the first."""
        self._column.insertWidget(0, banner)

    def open_clusters(self, graph: Graph) -> frozenset[int] | None:
        """Return the open clusters of a graph; None for all."""
        return self.folds.open_clusters(graph)

    def _join(self) -> None:
        session, view = self._session, self.view
        session.selection.graph_changed.connect(self.folds.request_placement)
        session.selection.graph_changed.connect(session.state.clock.request)
        session.state.clock.ticked.connect(self._show_numbers)
        session.state.phase_changed.connect(self._show_phase)
        session.opening.lateness.changed.connect(self._show_late)
        session.selection.changed.connect(lambda: view.marks.select(session.selection.node_id))
        view.node_clicked.connect(session.selection.select)
        view.cluster_clicked.connect(lambda _key: session.selection.select(None))
        view.background_clicked.connect(lambda: session.selection.select(None))
        view.node_activated.connect(self._go_to_source)
        session.reopened.changed.connect(self._show_reopened)
        self.recorded.placement_requested.connect(self.placement_requested)
        self.recorded.source_requested.connect(self.source_requested)
        self.folds.placement_requested.connect(self.placement_requested)
        self.folds.placement_cancelled.connect(self.placement_cancelled)
        self.folds.path_changed.connect(self._show_where)
        self._steps.node_hidden.connect(self.folds.show_node)
        self._banners.console_requested.connect(self.console_requested)
        self._banners.reach_requested.connect(self.reach_requested)
        self._banners.node_requested.connect(self.show_node)
        self.marks.changed.connect(self.highlight_changed)
        self.marks.changed.connect(lambda: self.folds.depth.show_filtered(self.marks.filters))

    def _show_reopened(self) -> None:
        """Show a recorded graph in place of the engine's, or the engine's again, which is placed anew: the newest
        request for a placement is the only one that is answered."""
        shown, had_focus = self._session.reopened.shown, self.recorded.isAncestorOf(self.focusWidget() or self)
        self.view.setVisible(shown is None)
        if shown is not None:
            self.recorded.show_graph(shown)
            return
        self.recorded.leave()
        self.folds.request_placement()
        if had_focus:
            self.view.setFocus()

    def _go_to_source(self, node_id: int) -> None:
        graph = self._session.engine.graph
        if graph is not None and node_id in graph and graph.node(node_id).file:
            node = graph.node(node_id)
            self.source_requested.emit(node.file, node.line)

    def _show_numbers(self) -> None:
        session = self._session
        before_it = session.engine.point is not None and session.engine.point.phase == "forward"
        self.view.scene.set_loss(None if before_it else session.engine.loss)
        state = "fresh" if session.state.phase in ("ready", "opening", "starting") else session.state.phase
        if state != self.view.scene.run_state:
            self.view.set_run_state(state)
            self._steps.refresh()
        self._show_where()

    def _show_where(self) -> None:
        if self.view.graph is not None:
            self._show_caption(self.view.graph)

    def _show_caption(self, graph: Graph) -> None:
        self.view.set_caption(*(("", "") if self.folds.shows_path else caption(self._session, graph)))

    def _show_phase(self) -> None:
        session = self._session
        if session.state.phase == "starting":
            self.banner.dismiss()
            self.view.set_message(
                self.tr("Starting the engine"),
                self.tr("PyTorch is being imported. The graph of <b>{0}</b> appears by itself in a moment.").format(
                    session.state.title
                ),
                busy=True,
            )
        elif session.state.phase == "opening":
            self.view.set_message(
                self.tr("Making the network"), self.tr("Its first forward is drawn in a moment."), True
            )
        elif session.state.phase == "stopped":
            self.view.set_message(self.tr("Nothing has run yet"), self.tr("Each operation is drawn when it has run."))
        elif session.state.phase in ("failed", "dead"):
            self._show_missing()
        session.state.clock.request()

    def _clear_other(self) -> None:
        """Clear a graph of another network, which must not pass for this one's."""
        if self.view.graph is not None and self._session.selection.graph_target != self._session.state.setup.target:
            self.view.clear()
            self.folds.show_cleared()

    def _show_late(self) -> None:
        """Clear the graph of the network before once the card shows that this one is still being made."""
        if self._session.opening.lateness.late:
            self._clear_other()
            self.view.set_message("", "")

    def _show_missing(self) -> None:
        session = self._session
        self._clear_other()
        title, raised = self.tr("No graph of {0}").format(session.state.title), session.engine.past.raised
        why = {
            "dead": self.tr("The engine ended before its first forward was through."),
            "failed": self.tr("It was not made; the message above says why.")
            if session.opening.refusal or (raised is not None and raised.phase == "build")
            else self.tr("Its forward did not get through; the message says why. Correct it and press Reset."),
        }[session.state.phase]
        self.view.set_message(title, why)
