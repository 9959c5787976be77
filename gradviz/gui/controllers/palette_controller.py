"""The command palette's entries: actions, overlays, networks, recent models and nodes."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from gradviz.gui.actions.actions import Actions, key_text
from gradviz.gui.controllers.opening_controller import OpeningController
from gradviz.gui.controllers.overlay_controller import OverlayMenu
from gradviz.gui.dialogs.command_palette import CommandPalette, PaletteEntry
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.session.session import Session
from gradviz.language import tr
from gradviz.model.graph.graph import shape_text
from gradviz.networks.catalogue import NETWORKS


class PaletteController:
    """Opens the palette over the window."""

    def __init__(self, session: Session, actions: Actions, overlays: OverlayMenu, opening: OpeningController,
                 graph: GraphPanel, window: QWidget) -> None:  # fmt: skip
        self._session, self._actions, self._overlays = session, actions, overlays
        self._opening, self._graph, self._window = opening, graph, window

    def open(self) -> None:
        """Show the palette with what can be done now."""
        CommandPalette(self.entries(), self._window).open_over(self._window)

    def entries(self) -> list[PaletteEntry]:
        """Return everything that can be done, by name."""
        entries = []
        for row, action in self._actions:
            if row.listed:
                reason = "" if action.isEnabled() else action.toolTip().partition("\n")[2]
                key = key_text(row.keys[0]) if row.keys else ""
                menu = f"{row.menu.partition('/')[2]}: " if "/" in row.menu else ""
                text = tr(menu + row.text).rstrip("…")
                entries.append(PaletteEntry(text, tr("Action"), action.trigger, key, reason))
        for text, do in self._overlays.entries():
            entries.append(PaletteEntry(text, tr("Action"), do))
        for network in NETWORKS:
            text = f"{network.id}, {tr(network.summary)}"
            entries.append(PaletteEntry(text, tr("Network"), partial(self._opening.open, network.id)))
        for target in self._opening.recent.targets:
            entries.append(PaletteEntry(target, tr("Your model"), partial(self._opening.open, target)))
        graph = self._session.engine.graph
        for node in graph.nodes if graph is not None else ():
            order = f" #{node.id}" if node.id >= 0 else ""
            show = partial(self._graph.show_node, node.id)
            entries.append(PaletteEntry(f"{node.name}{order}", tr("Node"), show, shape_text(node.shape)))
        return entries
