"""What the actions of the window do, each a method with the name that the table gives."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, Qt, SignalInstance
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gradviz.gui.actions.actions import Actions, key_text, translated
from gradviz.gui.bars.tool_bar import ToolBar
from gradviz.gui.controllers.find_controller import Finder
from gradviz.gui.controllers.graph_commands import GraphCommands, GraphHost
from gradviz.gui.controllers.measuring_controller import OverlayJoints
from gradviz.gui.controllers.opening_controller import OpeningJoints
from gradviz.gui.dialogs.about import AboutDialog
from gradviz.gui.dialogs.command_palette import CommandPalette, Entry
from gradviz.gui.dialogs.shortcuts import ShortcutsDialog
from gradviz.gui.panels.inspector.node_facts import as_text
from gradviz.gui.panels.loss_panel import LossPanel
from gradviz.gui.session.settings import Settings
from gradviz.gui.style.theme import Choice
from gradviz.gui.widgets.save_file import ask_save_path
from gradviz.model import number_text
from gradviz.model.graph.graph import shape_text
from gradviz.networks.catalogue import NETWORKS

PICTURES = {"svg": "SVG", "pdf": "PDF", "png": "PNG", "dot": "Graphviz DOT", "json": "JSON"}


def _tr(text: str) -> str:
    return QCoreApplication.translate("commands", text)


class Host(GraphHost, Protocol):
    """What the commands need of the window."""

    settings: Settings
    measures: OverlayJoints
    opening: OpeningJoints
    loss: LossPanel
    tools: ToolBar
    finder: Finder
    actions_: Actions
    picture_requested: SignalInstance

    def show_line(self, file: str, line: int) -> None: ...
    def write_loss(self, path: str) -> None: ...
    def wear(self, choice: Choice) -> None: ...
    def close(self) -> bool: ...


class WindowCommands(GraphCommands):
    """Acts on the window's views and passes wishes to its session."""

    def __init__(self, window: Host, parent: QWidget) -> None:
        """`parent` is the window again, as the widget that dialogs stand over."""
        super().__init__(window, parent)
        self._window = window
        self._parent = parent
        self._session = window.session

    def open_file(self) -> None:
        self._window.opening.open_file()

    def open_target(self) -> None:
        self._window.opening.ask_for_target()

    def export_reach(self) -> None:
        self._window.opening.export_reach()

    def run(self) -> None:
        self._session.run()

    def pause(self) -> None:
        self._session.pause()

    def run_one(self) -> None:
        self._session.run_one()

    def reset(self) -> None:
        self._session.reset()

    def restart_engine(self) -> None:
        self._session.restart_engine()

    def find(self) -> None:
        self._window.tools.find_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._window.tools.find_field.selectAll()

    def find_next(self) -> None:
        self._window.finder.step(1)

    def find_previous(self) -> None:
        self._window.finder.step(-1)

    def theme_system(self) -> None:
        self._wear("system")

    def theme_light(self) -> None:
        self._wear("light")

    def theme_dark(self) -> None:
        self._wear("dark")

    def show_source(self) -> None:
        node = self._session.selected_node
        if node is not None and node.file:
            self._window.show_line(node.file, node.line)

    def colour_by(self) -> None:
        self._window.measures.open_chooser()

    def reset_scale(self) -> None:
        self._window.measures.colours.reset_scale()

    def open_table(self) -> None:
        self._window.measures.open_window()

    def export_nodes(self) -> None:
        self._window.measures.export_table()

    def export_modules(self) -> None:
        self._window.measures.export_modules()

    def restore_docks(self) -> None:
        self._window.panels.restore_first()

    def show_shortcuts(self) -> None:
        ShortcutsDialog(self._parent).open()

    def show_about(self) -> None:
        AboutDialog(self._session.ready, self._parent).open()

    def quit(self) -> None:
        self._window.close()

    def copy_node(self) -> None:
        graph, node = self._session.graph, self._session.selected_node
        if graph is not None and node is not None:
            loss = "" if self._session.loss is None else number_text.short(self._session.loss)
            QGuiApplication.clipboard().setText(as_text(graph, node, self._session.details, loss))

    def export_picture(self) -> None:
        """Ask for a file and draw the graph into it, by the suffix."""
        settings = self._window.settings
        kind = settings.get("export/kind")
        filters = {name: f"{title} (*.{name})" for name, title in PICTURES.items()}
        folder = Path(settings.get("export/folder") or Path.home())
        start = folder / f"{_file_name(self._session.graph_target)}.{kind}"
        path = ask_save_path(self._parent, _tr("Export picture"), start, filters, strict=True)
        if not path:
            return
        settings.set("export/folder", str(Path(path).parent))
        settings.set("export/kind", Path(path).suffix.removeprefix(".").lower())
        self._window.picture_requested.emit(path)

    def export_loss(self) -> None:
        """Ask for a file and write the plot or its points into it."""
        plot = self._window.loss.plot
        if plot is not None:
            self._window.panels.show("loss")
            filters = {name: f"{name.upper()} (*.{name})" for name in ("png", "svg", "csv")}
            folder = Path(self._window.settings.get("export/folder") or Path.home())
            if path := ask_save_path(self._parent, _tr("Export loss"), folder / "loss.png", filters):
                self._window.write_loss(path)

    def open_palette(self) -> None:
        """Everything that can be done, by name."""
        CommandPalette(self._entries(), self._parent).open_over(self._parent)

    def _entries(self) -> list[Entry]:
        entries = []
        for spec, action in self._window.actions_:
            if spec.id != "palette":
                reason = "" if action.isEnabled() else action.toolTip().partition("\n")[2]
                key = key_text(spec.keys[0]) if spec.keys else ""
                menu = f"{spec.menu.partition('/')[2]}: " if "/" in spec.menu else ""
                text = translated(menu + spec.text).rstrip("…")
                entries.append(Entry(text, _tr("Action"), action.trigger, key, reason))
        for text, do in self._window.measures.menu.entries():
            entries.append(Entry(text, _tr("Action"), do))
        for network in NETWORKS:
            entries.append(
                Entry(
                    f"{network.id}, {network.summary}", _tr("Network"), partial(self._window.opening.open, network.id)
                )
            )
        for target in self._window.opening.recent.targets:
            entries.append(Entry(target, _tr("Your model"), partial(self._window.opening.open, target)))
        graph = self._session.graph
        for node in graph.nodes if graph is not None else ():
            order = f" #{node.id}" if node.id >= 0 else ""
            entries.append(
                Entry(f"{node.name}{order}", _tr("Node"), partial(self._go_to, node.id), shape_text(node.shape))
            )
        return entries

    def _go_to(self, node_id: int) -> None:
        self._window.graph_panel.show_node(node_id)

    def _wear(self, choice: Choice) -> None:
        self._window.wear(choice)


def _file_name(target: str) -> str:
    """What to call a file about a target: `gpt_build` of `models/gpt.py:build`."""
    return Path(target).name.replace(".py", "").replace(":", "_")
