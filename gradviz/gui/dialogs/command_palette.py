"""The command palette (Ctrl+K): find any action, network and node by a few letters of its name, and trigger it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palette

_WIDTH, _ROWS, _ROW = 560, 12, 30
_ENTRY = Qt.ItemDataRole.UserRole
_UNABLE = 500
"""Points that a disabled entry loses: it is listed behind enabled ones that fit as well, before scattered letters."""


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One entry: its name, its kind, what it triggers, its key, and why it is disabled now."""

    text: str
    kind: str
    do: Callable[[], None]
    key: str = ""
    reason: str = ""


class _EntryDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colors = palette.current()
        entry: PaletteEntry = index.data(_ENTRY)
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(colors.row_tint))
            painter.drawRoundedRect(rect.adjusted(6, 1, -6, -1), 5, 5)
            painter.restore()
        middle = Qt.AlignmentFlag.AlignVCenter
        able = not entry.reason
        painter.setFont(fonts.ui(12))
        painter.setPen(palette.color(colors.text3 if able else colors.disabled))
        painter.drawText(rect.adjusted(16, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, entry.kind)
        right = entry.reason or entry.key
        painter.drawText(rect.adjusted(0, 0, -16, 0), middle | Qt.AlignmentFlag.AlignRight, right)
        room = rect.adjusted(84, 0, -24 - painter.fontMetrics().horizontalAdvance(right), 0)
        painter.setFont(fonts.ui(13, 500))
        painter.setPen(palette.color(colors.text if able else colors.disabled))
        text = painter.fontMetrics().elidedText(entry.text, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, text)


class CommandPalette(QFrame):
    """A popup at the top of the window; gone as soon as something was chosen or the focus leaves."""

    def __init__(self, entries: list[PaletteEntry], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, False)
        self.setProperty("card", True)
        self._entries = entries
        self._field = QLineEdit()
        self._field.setPlaceholderText(self.tr("Action, network or node"))
        self._field.setAccessibleName(self.tr("Find an action, a network or a node"))
        self._field.setFixedHeight(34)
        self._field.installEventFilter(self)
        self._list = QListWidget()
        self._list.setItemDelegate(_EntryDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFixedHeight(_ROWS * _ROW + 4)
        self._list.itemClicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self._field)
        column.addWidget(self._list)
        self.setFixedWidth(_WIDTH)
        self._field.textChanged.connect(self._narrow)
        self._narrow("")

    def open_over(self, window: QWidget) -> None:
        """Show it in the upper middle of `window`."""
        self.adjustSize()
        corner = window.mapToGlobal(QPoint((window.width() - self.width()) // 2, 84))
        self.move(corner)
        self.show()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def shown(self) -> list[str]:
        """The names that fit what was typed, the best first."""
        return [self._list.item(row).data(_ENTRY).text for row in range(self._list.count())]

    def _narrow(self, typed: str) -> None:
        ranked = []
        for order, entry in enumerate(self._entries):
            points = score(typed, entry.text)
            if points is None and (worse := score(typed, f"{entry.kind} {entry.text}")) is not None:
                points = worse - 20
            if points is not None:
                ranked.append((_UNABLE * bool(entry.reason) - points, order, entry))
        self._list.clear()
        for _, _, entry in sorted(ranked, key=lambda row: row[:2])[:200]:
            item = QListWidgetItem(entry.text, self._list)
            item.setData(_ENTRY, entry)
            item.setToolTip(entry.reason)
            if entry.reason:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self._list.setCurrentRow(0)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        entry: PaletteEntry = item.data(_ENTRY)
        if not entry.reason:
            self.close()
            entry.do()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show or hide the list with the field's focus."""
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}
            if event.key() in steps:
                row = self._list.currentRow() + steps[Qt.Key(event.key())]
                self._list.setCurrentRow(max(0, min(row, self._list.count() - 1)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self._list.currentItem())
                return True
        return False


def score(typed: str, name: str) -> int | None:
    """Return how well typed letters fit a name, the higher the better; None if it lacks one.

    All letters in order; better at the start of words and side by side. Case and spaces do not count.
    """
    wanted = [letter for letter in typed.lower() if not letter.isspace()]
    text = name.lower()
    if not wanted:
        return 0
    if "".join(wanted) in text.replace(" ", ""):
        at, starts_word = _place(typed.lower().strip(), text)
        return 1000 + (200 if starts_word else 0) - (at if at >= 0 else 100) - len(text) // 8
    total, place, before = 0, 0, -2
    for letter in wanted:
        found = text.find(letter, place)
        if found < 0:
            return None
        total += 12 if _starts_word(text, found) else 6 if found == before + 1 else 1
        before, place = found, found + 1
    return total - len(text) // 8


def _place(part: str, text: str) -> tuple[int, bool]:
    """Return where `part` is in `text`, preferring the start of a word; -1 if it is nowhere as a whole."""
    first = at = text.find(part)
    while at >= 0:
        if _starts_word(text, at):
            return at, True
        at = text.find(part, at + 1)
    return first, False


def _starts_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()
