"""The menu bar as it is from the first paint on: the titles of its menus, and what is open at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QMenuBar

from gradviz.gui.actions.actions import MENUS
from gradviz.gui.widgets.mnemonics import with_letter
from gradviz.language import tr

HEIGHT = 28


def add_menus(bar: QMenuBar) -> dict[str, QMenu]:
    """Add the menus, empty, to a menu bar. Return them by name.

    Their letters are those of the English names in every language: Alt with any other letter is free for panels.
    """
    bar.setFixedHeight(HEIGHT)
    menus: dict[str, QMenu] = {name: bar.addMenu(with_letter(tr(name), name[0])) for name in MENUS}
    for menu in menus.values():
        menu.setToolTipsVisible(True)
    return menus


def title_label() -> QLabel:
    """Return the label of what is open, for the corner of the menu bar."""
    title = QLabel()
    title.setProperty("role", "caption")
    title.setContentsMargins(0, 0, 14, 3)
    title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    title.setFixedWidth(420)  # the menu bar gives no more room later on
    title.setFixedHeight(HEIGHT)
    return title
