"""F1: every key that gradviz knows, by menu; and the keys and gestures of the canvas."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gradviz.gui.actions.actions import MENUS, ActionRow, key_text
from gradviz.language import tr


def canvas_keys() -> list[tuple[str, str]]:
    """Key or gesture on the canvas, and what it does."""
    return [
        ("↑  ↓  ←  →", tr("Walk to producers, consumers and neighbours")),
        ("Home  End", tr("First and last node")),
        ("Page Up  Page Down", tr("Node before and after, in order of execution")),
        ("Enter", tr("Show the selected node's line of source")),
        ("Esc", tr("Select nothing")),
        ("+  −", tr("Zoom")),
        ("F", tr("Fit")),
        (tr("Wheel"), tr("Zoom about the pointer")),
        (tr("Drag"), tr("Move the graph")),
        (tr("Click on a module's head"), tr("Fold or unfold it")),
    ]


class ShortcutsDialog(QDialog):
    """A table to read."""

    def __init__(self, rows: Iterable[ActionRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        row = 0
        for menu in MENUS:
            entries = [(", ".join(key_text(k) for k in action.keys), tr(action.text).rstrip("…"))
                       for action in rows if action.menu == menu and action.keys]  # fmt: skip
            row = _add(grid, row, menu, entries)
        _add(grid, row, self.tr("On the canvas"), canvas_keys())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(body)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(area)
        column.addWidget(buttons)
        self.resize(520, 620)


def _add(grid: QGridLayout, row: int, title: str, entries: list[tuple[str, str]]) -> int:
    if not entries:
        return row
    head = QLabel(title)
    head.setProperty("role", "head")
    grid.addWidget(head, row, 0, 1, 2)
    for offset, (key, text) in enumerate(entries, 1):
        name = QLabel(text)
        keys = QLabel(key)
        keys.setProperty("role", "label")
        grid.addWidget(name, row + offset, 0)
        grid.addWidget(keys, row + offset, 1)
    grid.setRowMinimumHeight(row + len(entries) + 1, 8)
    return row + len(entries) + 2
