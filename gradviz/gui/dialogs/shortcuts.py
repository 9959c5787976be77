"""F1: every key that gradviz knows, by menu and by place, with a field that narrows the list."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from gradviz.gui.actions.actions import MENUS, ActionRow, key_text
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.language import tr

_COLUMN = 330
"""The least width of a column of keys."""
Entry = tuple[str, str]


def canvas_keys() -> list[Entry]:
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


def list_keys() -> list[Entry]:
    """Key in lists and dialogs, and what it does."""
    return [
        ("Tab  Shift+Tab", tr("Next and previous control")),
        (tr("Alt and a letter"), tr("What has that letter underlined")),
        ("Enter  Space", tr("Open, press or tick")),
        ("Del", tr("Remove from the list")),
        ("Esc", tr("Leave the dialog, or the value as it was")),
    ]


class ShortcutsDialog(Dialog):
    """A table to read, in as many columns as there is room for."""

    def __init__(self, rows: Iterable[ActionRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Find a key or what it does"))
        self.field.setAccessibleName(self.field.placeholderText())
        self.field.textChanged.connect(self._arrange)
        rows = tuple(rows)
        self._groups = [
            _Group(tr(menu), [(", ".join(map(key_text, row.keys)), row.text.rstrip("…"))
                              for row in rows if row.menu.partition("/")[0] == menu and row.keys])
            for menu in MENUS
        ]  # fmt: skip
        self._groups += [_Group(tr("On the canvas"), canvas_keys()), _Group(tr("In lists and dialogs"), list_keys())]
        self._nothing = QLabel(tr("No key fits."))
        self._nothing.setProperty("role", "caption")
        body = QWidget()
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(20, 4, 20, 12)
        self._grid.setHorizontalSpacing(36)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName(tr("Keyboard shortcuts"))
        self._area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 16)
        column.setSpacing(12)
        for widget, margin in ((self.field, 20), (self._nothing, 20), (self._area, 0)):
            line = QVBoxLayout()
            line.setContentsMargins(margin, 0, margin, 0)
            line.addWidget(widget)
            column.addLayout(line)
        foot = button_row(self.way_out(tr("Close"), default=True))
        foot.setContentsMargins(20, 0, 20, 0)
        column.addLayout(foot)
        self._arrange()

    def sizeHint(self) -> QSize:
        """Return a size that shows most keys at once; the screen may allow less."""
        return QSize(1080, 720)

    @property
    def shown(self) -> list[Entry]:
        """The keys that fit what was typed, and what they do."""
        return [entry for group in self._groups for entry in group.shown]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many columns as fit."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        typed = self.field.text()
        shown = [group for group in self._groups if group.narrow(typed)]
        columns = min(max(self.width() // _COLUMN, 1), 3)
        heights = [0] * columns
        while self._grid.count():
            self._grid.takeAt(0)
        places = [QVBoxLayout() for _ in range(columns)]
        for group in shown:
            shortest = heights.index(min(heights))
            heights[shortest] += len(group.shown) + 2
            places[shortest].addWidget(group)
        for number, place in enumerate(places):
            place.setSpacing(16)
            place.addStretch(1)
            self._grid.addLayout(place, 0, number)
        for number in range(3):
            self._grid.setColumnStretch(number, int(number < columns))
        self._nothing.setVisible(not shown)


class _Group(QFrame):
    """A head, and a line for each key."""

    def __init__(self, title: str, entries: list[Entry]) -> None:
        super().__init__()
        self.shown = self._entries = entries
        self._lines: list[tuple[QLabel, QLabel]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        head = QLabel(title)
        head.setProperty("role", "head")
        grid.addWidget(head, 0, 0, 1, 2)
        for row, (key, text) in enumerate(entries, 1):
            line = QLabel(text, wordWrap=True), QLabel(key)
            line[1].setProperty("role", "label")
            grid.addWidget(line[0], row, 0)
            grid.addWidget(line[1], row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            self._lines.append(line)

    def narrow(self, typed: str) -> bool:
        """Show the lines that hold every typed word; return whether there are any."""
        words = typed.casefold().split()
        self.shown = []
        for entry, line in zip(self._entries, self._lines, strict=True):
            fits = all(word in " ".join(entry).casefold() for word in words)
            self.shown += [entry] * fits
            for label in line:
                label.setVisible(fits)
        self.setVisible(bool(self.shown))
        return bool(self.shown)
