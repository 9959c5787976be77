"""Commands about the selected node: go to it, copy it, run to it, break on it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.panels.inspector.node_facts import as_text
from gradviz.gui.session.session import Session
from gradviz.model import number_text
from gradviz.model.stepping.breakpoints import node_breakpoint
from gradviz.protocol.records import BreakpointRecord


class SelectionCommands:
    """Pass the selected node to the session and to the graph. Without one they do nothing."""

    def __init__(self, session: Session, graph: GraphPanel, show_line: Callable[[str, int], object]) -> None:
        """`show_line` shows a line of a source file."""
        self._session, self._graph, self._show_line = session, graph, show_line

    def go_to_loss(self) -> None:
        """Select the node that backward starts from."""
        graph = self._session.engine.graph
        roots = [node.id for node in graph.nodes if node.kind in ("loss", "output")] if graph is not None else []
        if roots:
            self._graph.show_node(roots[0])

    def center(self) -> None:
        """Move the node to the middle of the canvas."""
        if self._session.selection.node_id is not None:
            self._graph.view.framing.center_on(self._session.selection.node_id)

    def highlight_gradient(self) -> None:
        """Highlight the way of the node's gradient from the loss."""
        if self._session.selection.node_id is not None:
            self._graph.highlight_gradient(self._session.selection.node_id)

    def copy(self) -> None:
        """Copy what the inspector shows of the node."""
        graph, node = self._session.engine.graph, self._session.selection.node
        if graph is not None and node is not None:
            loss = "" if self._session.engine.loss is None else number_text.short(self._session.engine.loss)
            QGuiApplication.clipboard().setText(as_text(graph, node, self._session.selection.details, loss))

    def show_source(self) -> None:
        """Show the line that made the node."""
        node = self._session.selection.node
        if node is not None and node.file:
            self._show_line(node.file, node.line)

    def check_derivative(self) -> None:
        """Compare the node's analytic derivative with the numeric one."""
        self._session.tensors.check_derivative(self._session.selection.node_id)

    def run_to(self) -> None:
        """Run until the node is next."""
        if self._session.selection.node_id is not None:
            self._session.steps.run_to(self._session.selection.node_id)

    def toggle_breakpoint(self) -> None:
        """Set or remove a breakpoint on the node, in forward and backward alike."""
        graph, node = self._session.engine.graph, self._session.selection.node_id
        if graph is not None and node is not None:
            self._session.breakpoints.toggle(node_breakpoint(graph, node))

    def break_on_op(self) -> None:
        """Set or remove a breakpoint on every op of the node's name."""
        node = self._session.selection.node
        if node is not None:
            self._session.breakpoints.toggle(BreakpointRecord(0, "op", text=node.type_name or node.op or node.name))

    def break_on_module(self) -> None:
        """Set or remove a breakpoint on entering the module of the node."""
        graph, node = self._session.engine.graph, self._session.selection.node
        if graph is not None and node is not None and node.cluster != -1:
            self._session.breakpoints.toggle(BreakpointRecord(0, "module", text=graph.clusters[node.cluster].path))
