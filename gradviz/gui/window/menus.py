"""Fills the menu bar from the table of actions, and the Window menu with the panels."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from gradviz.gui.actions.actions import MENUS, Actions, translated
from gradviz.networks.catalogue import NETWORKS


def fill_menus(window: QMainWindow, actions: Actions, panels: list[tuple[str, str]], toggle: Callable[[str], None],
               open_network: Callable[[str], None],
               colours: QMenu, recent: QMenu) -> tuple[dict[str, QAction], dict[str, QAction]]:  # fmt: skip
    """Build every menu. `panels`: id and title. Returns the checkable actions of the panels and of the networks."""
    bar = window.menuBar()
    menus: dict[str, QMenu] = {name: bar.addMenu(translated(name)) for name in MENUS}
    for menu in menus.values():
        menu.setToolTipsVisible(True)
    networks = QMenu(translated("Open network"), window)
    network_actions = _networks(networks, open_network)
    panel_actions = {}
    for panel, title in panels:
        action = QAction(title, window, checkable=True)
        action.triggered.connect(lambda _checked=False, name=panel: toggle(name))
        action.setToolTip(translated("Show or hide this panel"))
        menus["Window"].addAction(action)
        panel_actions[panel] = action
    menus["Window"].addSeparator()
    menus["View"].addMenu(colours)
    themes = QActionGroup(window)
    for spec, action in actions:
        name, _, inner = spec.menu.partition("/")
        menu = menus[name]
        if inner:
            if spec.menu not in menus:
                menus[spec.menu] = menu.addMenu(translated(inner))
                menus[spec.menu].setToolTipsVisible(True)
            menu = menus[spec.menu]
            if inner == "Theme":
                themes.addAction(action)
        menu.addAction(action)
        window.addAction(action)
        if spec.id == "open_target":
            menu.addMenu(recent)
            menu.addMenu(networks)
        if spec.ends_group:
            menu.addSeparator()
    return panel_actions, network_actions


def _networks(menu: QMenu, open_network: Callable[[str], None]) -> dict[str, QAction]:
    group = QActionGroup(menu)
    table: dict[str, QAction] = {}
    before = ""
    for network in NETWORKS:
        if network.group != before:
            menu.addSection(network.group) if not before else menu.addSeparator()
            before = network.group
        action = QAction(f"{network.id}\t{network.summary}", menu, checkable=True)
        action.triggered.connect(lambda _checked=False, name=network.id: open_network(name))
        group.addAction(action)
        menu.addAction(action)
        table[network.id] = action
    return table
