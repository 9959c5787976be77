"""The actions of the window: rows of text, keys, condition and callable, made into Qt's actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication

from gradviz.errors import UnknownNameError
from gradviz.gui.style import icons
from gradviz.gui.widgets.fields import TextField
from gradviz.gui.widgets.wrapping_field import WrappingField
from gradviz.language import translatable

MENUS = (
    translatable("File"), translatable("Edit"), translatable("View"), translatable("Run"), translatable("Graph"),
    translatable("Window"), translatable("Help"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action of the window; its row is all that it needs."""

    id: str
    text: str
    menu: str
    call: Callable[[], object]
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    needs: Callable[[], str] | None = None
    """Return why the action is disabled now, as a sentence; empty if it is enabled. None for always enabled."""
    checked: Callable[[], bool] | None = None
    """Return whether the action is ticked; None for an action that cannot be."""
    listed: bool = True
    """The command palette offers the action."""
    now: Callable[[], tuple[str, str]] | None = None
    """Return the text and the tip of an action whose meaning depends on the state."""
    ends_group: bool = False
    """A separator follows in the menu."""


class Actions(QObject):
    """The `QAction`s of a table of rows."""

    waiting = Signal(object, object)
    """A row and its action, which was triggered and is disabled now by what was typed before."""

    def __init__(self, rows: Sequence[ActionRow], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = tuple(rows)
        self._actions = {row.id: self._make_action(row) for row in self.rows}

    def __getitem__(self, action_id: str) -> QAction:
        """Return an action by its id.

        Raises:
            UnknownNameError: there is no such action.
        """
        try:
            return self._actions[action_id]
        except KeyError:
            raise UnknownNameError("action", action_id, list(self._actions)) from None

    def __iter__(self) -> Iterator[tuple[ActionRow, QAction]]:
        return zip(self.rows, self._actions.values(), strict=True)

    def update(self) -> None:
        """Enable each action whose condition holds, say in the tips of the others why not, and tick what is on."""
        for row, action in self:
            reason = row.needs() if row.needs is not None else ""
            text, tip = row.now() if row.now is not None else (row.text, row.tip)
            if row.now is not None:
                action.setText(text)
            action.setEnabled(not reason)
            action.setToolTip(_tip(row, text, reason or tip))
        self._update_checks()

    def _update_checks(self) -> None:
        for row, action in self:
            if row.checked is not None:
                action.setChecked(row.checked())

    def _make_action(self, row: ActionRow) -> QAction:
        action = QAction(row.text, self)
        action.setObjectName(row.id)
        action.setCheckable(row.checked is not None)
        if row.icon:
            action.setIcon(icons.icon(row.icon))
            action.setIconVisibleInMenu(False)
        action.setShortcuts([QKeySequence(key) for key in row.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setToolTip(_tip(row, row.text, row.tip))
        action.setStatusTip("")

        def trigger(_checked: bool = False) -> None:
            if row.menu == "Run" and not self._take_typing(row, action):
                return
            row.call()
            if row.checked is not None:  # Qt has ticked what was pressed; the state may be another
                self._update_checks()

        action.triggered.connect(trigger)
        return action

    def _take_typing(self, row: ActionRow, action: QAction) -> bool:
        """Take what is typed in a field, as when it is left: what runs is what can be read in the form. Return whether
        the action can follow now; a value that is refused has its sentence at the field."""
        field = QApplication.focusWidget()
        if not isinstance(field, (TextField, WrappingField)):
            return True
        field.finish()
        if field.property("invalid"):
            return False
        self.update()
        if action.isEnabled():
            return True
        self.waiting.emit(row, action)
        return False


def _tip(row: ActionRow, text: str, rest: str) -> str:
    key = f" ({key_text(row.keys[0])})" if row.keys else ""
    head = f"{text.rstrip('…')}{key}"
    return f"{head}\n{rest}" if rest else head


def key_text(key: str) -> str:
    """Return a key as this system writes it: `Ctrl+F`, `⌘F`."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
