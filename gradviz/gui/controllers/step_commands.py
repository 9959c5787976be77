"""What the actions of the debugger do, each a method with the name that the table gives."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QInputDialog, QWidget

from gradviz.gui.controllers.docks import WindowPanels
from gradviz.gui.controllers.stop_cards_controller import StopOverlays
from gradviz.gui.panels.breakpoints.breakpoints_panel import BreakpointsPanel
from gradviz.gui.session.breakpoint_session import BREAK_ON_NAN
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import MOST_BYTES, Settings
from gradviz.model.stepping.breakpoints import node_breakpoint
from gradviz.protocol.records import BreakpointRecord

MEBIBYTE = 2**20


def _tr(text: str) -> str:
    return QCoreApplication.translate("StepCommands", text)


class StepHost(Protocol):
    """What these commands need of the window."""

    session: Session
    panels: WindowPanels
    breakpoints: BreakpointsPanel
    overlays: StopOverlays
    settings: Settings

    def update_actions(self) -> None: ...


class StepCommands:
    """Passes the wishes of a person who steps to the session."""

    def __init__(self, window: StepHost, parent: QWidget) -> None:
        """`parent` is the window again, as the widget that dialogs stand over."""
        self._host = window
        self._over = parent
        self._stepped = window.session

    def step_back(self) -> None:
        self._stepped.step_back()

    def step_over(self) -> None:
        self._stepped.step_over()

    def step_in(self) -> None:
        self._stepped.step_in()

    def step_out(self) -> None:
        self._stepped.step_out()

    def run_to(self) -> None:
        if self._stepped.selected is not None:
            self._stepped.run_to(self._stepped.selected)

    def next_phase(self) -> None:
        self._stepped.next_phase()

    def next_iteration(self) -> None:
        self._stepped.next_iteration()

    def back_to_now(self) -> None:
        self._stepped.move_cursor(None)

    def break_on_nan(self) -> None:
        self._stepped.toggle_breakpoint(BREAK_ON_NAN)

    def toggle_breakpoint(self) -> None:
        """On the selected node, in forward and backward alike."""
        graph, node = self._stepped.graph, self._stepped.selected
        if graph is not None and node is not None:
            self._stepped.toggle_breakpoint(node_breakpoint(graph, node))

    def break_on_op(self) -> None:
        """On every op that is called like the selected node."""
        node = self._stepped.selected_node
        if node is not None:
            self._stepped.toggle_breakpoint(BreakpointRecord(0, "op", text=node.type_name or node.op or node.name))

    def break_on_module(self) -> None:
        """On entering the module that the selected node is in."""
        graph, node = self._stepped.graph, self._stepped.selected_node
        if graph is not None and node is not None and node.cluster != -1:
            self._stepped.toggle_breakpoint(BreakpointRecord(0, "module", text=graph.clusters[node.cluster].path))

    def add_breakpoint(self) -> None:
        self._host.panels.show("breakpoints")
        self._host.breakpoints.open_dialog()

    def set_budget(self) -> None:
        """Ask how much memory past values may take; the answer is kept for later sessions."""
        megabytes, accepted = QInputDialog.getInt(
            self._over,
            _tr("Memory for looking back"),
            _tr("Past values of an iteration that are held, in MiB. What does not fit is said to be gone."),
            (self._stepped.budget or 0) // MEBIBYTE,
            0,
            MOST_BYTES // MEBIBYTE,
        )
        if accepted:
            self._stepped.set_budget(megabytes * MEBIBYTE)
            self._host.settings.set("steps/budget", megabytes * MEBIBYTE)

    def show_derivative(self) -> None:
        self._host.overlays.show_derivative(not self._host.overlays.derivative_wanted)
        self._host.update_actions()

    def projector(self) -> None:
        self._host.overlays.set_projector(not self._host.overlays.projector)
        self._host.update_actions()
