"""Fills the menu bar from the table of actions; the context menu of a node."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gradviz.gui.actions.actions import Actions
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.gui.window.main_window import MainWindow
from gradviz.language import tr, translatable
from gradviz.networks.catalogue import NETWORKS

_NODE_MENU = ("run_to", "", "toggle_breakpoint", "break_on_op", "break_on_module", "",
              "blame_node", "check", "highlight_gradient", "highlight_path", "clear_highlight", "",
              "fold_around", "unfold_path", "", "show_source", "center")  # fmt: skip


def fill_menus(window: MainWindow, actions: Actions, open_network: Callable[[str], None],
               overlays: QMenu, recent: QMenu) -> dict[str, QAction]:  # fmt: skip
    """Fill the menus of the menu bar. Return the checkable actions of the networks."""
    menus = dict(window.menus)
    networks = QMenu(tr("Open network"), window)
    network_actions = _networks(networks, open_network)
    menus["View"].addMenu(overlays)
    exclusive = {name: QActionGroup(window) for name in (translatable("Theme"), translatable("Language"))}
    for spec, action in actions:
        name, _, inner = spec.menu.partition("/")
        menu = menus[name]
        if inner:
            if spec.menu not in menus:
                menus[spec.menu] = menu.addMenu(tr(inner))
                menus[spec.menu].setToolTipsVisible(True)
            menu = menus[spec.menu]
            if inner in exclusive:
                exclusive[inner].addAction(action)
        menu.addAction(action)
        window.addAction(action)
        if spec.id == "open_target":
            menu.addMenu(recent)
            menu.addMenu(networks)
        if spec.ends_group:
            menu.addSeparator()
    for menu in (*menus.values(), overlays, recent, networks):
        lettered(menu)
    return network_actions


def node_menu(actions: Actions, parent: QWidget) -> QMenu:
    """Return the context menu of a node: actions of the table, about the node that is selected by now."""
    menu = lettered(QMenu(parent))
    menu.setToolTipsVisible(True)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for name in _NODE_MENU:
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()
    return menu


def _networks(menu: QMenu, open_network: Callable[[str], None]) -> dict[str, QAction]:
    group = QActionGroup(menu)
    table: dict[str, QAction] = {}
    before = ""
    for network in NETWORKS:
        if network.group != before:
            menu.addSection(tr(network.group)) if not before else menu.addSeparator()
            before = network.group
        action = QAction(f"{network.id}\t{tr(network.summary)}", menu, checkable=True)
        action.triggered.connect(lambda _checked=False, name=network.id: open_network(name))
        group.addAction(action)
        menu.addAction(action)
        table[network.id] = action
    return table
