"""What the actions of the debugger do, each a method with the name that the table gives."""

from __future__ import annotations

from typing import Protocol

from gradviz.gui.breakpoint_session import BREAK_ON_NAN
from gradviz.gui.session import Session
from gradviz.gui.views.breakpoints_panel import BreakpointsPanel
from gradviz.gui.views.stop_overlays import StopOverlays
from gradviz.gui.window_panels import WindowPanels
from gradviz.model.breakpoints import node_breakpoint
from gradviz.protocol.records import BreakpointRecord


class StepHost(Protocol):
    """What these commands need of the window."""

    session: Session
    panels: WindowPanels
    breakpoints: BreakpointsPanel
    overlays: StopOverlays

    def update_actions(self) -> None: ...


class StepCommands:
    """Passes the wishes of a person who steps to the session."""

    def __init__(self, window: StepHost) -> None:
        self._host = window
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

    def show_derivative(self) -> None:
        self._host.overlays.show_derivative(not self._host.overlays.derivative_wanted)
        self._host.update_actions()

    def projector(self) -> None:
        self._host.overlays.set_projector(not self._host.overlays.projector)
        self._host.update_actions()
