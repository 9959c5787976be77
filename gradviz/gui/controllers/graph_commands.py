"""What the actions about the drawing do: zoom, folds, highlights, filters, each a method as the table names it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from gradviz.gui.controllers.step_commands import StepCommands, StepHost
from gradviz.gui.panels.graph.graph_panel import GraphPanel


class GraphHost(StepHost, Protocol):
    """What these commands need of the window."""

    graph_panel: GraphPanel


class GraphCommands(StepCommands):
    """Passes the wishes about the drawing to the panel that shows it."""

    def __init__(self, window: GraphHost, parent: QWidget) -> None:
        """`parent` is the window again, as the widget that dialogs stand over."""
        super().__init__(window, parent)
        self._panel = window.graph_panel
        self._shown = window.session

    def zoom_in(self) -> None:
        self._panel.view.zoom_in()

    def zoom_out(self) -> None:
        self._panel.view.zoom_out()

    def zoom_reset(self) -> None:
        self._panel.view.zoom_reset()

    def fit(self) -> None:
        self._panel.view.framing.fit()

    def select_loss(self) -> None:
        graph = self._shown.graph
        roots = [node.id for node in graph.nodes if node.kind in ("loss", "output")] if graph is not None else []
        if roots:
            self._panel.show_node(roots[0])

    def center(self) -> None:
        if self._shown.selected is not None:
            self._panel.view.framing.center_on(self._shown.selected)

    def highlight_ancestors(self) -> None:
        self._panel.highlight(True, False)

    def highlight_descendants(self) -> None:
        self._panel.highlight(False, True)

    def highlight_path(self) -> None:
        self._panel.highlight(True, True)

    def highlight_gradient(self) -> None:
        """Of the selected node, the way of its gradient from the loss."""
        if self._shown.selected is not None:
            self._panel.highlight_gradient(self._shown.selected)

    def clear_highlight(self) -> None:
        self._panel.highlight(False, False)

    def fold_all(self) -> None:
        self._panel.fold_all()

    def unfold_all(self) -> None:
        self._panel.unfold_all()

    def fold_deeper(self) -> None:
        self._panel.folds.deepen(1)

    def fold_shallower(self) -> None:
        self._panel.folds.deepen(-1)

    def unfold_path(self) -> None:
        self._panel.folds.unfold_path()

    def fold_around(self) -> None:
        self._panel.folds.fold_around()

    def filter_parameters(self) -> None:
        self._filter("parameters")

    def filter_views(self) -> None:
        self._filter("views")

    def filter_data(self) -> None:
        self._filter("data")

    def filter_hides(self) -> None:
        self._panel.marks.toggle_hides()
        self._host.update_actions()

    def _filter(self, kind: str) -> None:
        self._panel.marks.toggle_filter(kind)
        self._host.update_actions()
