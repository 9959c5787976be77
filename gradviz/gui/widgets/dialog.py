"""What every dialog has: letters for its controls, a place within the screen, and its buttons in one order."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from gradviz.gui.widgets.mnemonics import mark_dialog

_FRAME = QSize(16, 48)
"""What a desktop adds around a window."""


class Dialog(QDialog):
    """Never larger than the screen, however large everything is shown."""

    def showEvent(self, event: QShowEvent) -> None:
        """Give letters, and fit into the screen."""
        mark_dialog(self)
        room = self.screen().availableSize() - _FRAME
        if self.size().boundedTo(room) != self.size():
            self.setMinimumSize(self.minimumSize().boundedTo(room))
            self.resize(self.size().boundedTo(room))
        super().showEvent(event)

    def way_out(self, text: str, *, default: bool = False) -> QPushButton:
        """Return the button that closes the dialog and does nothing; the `default` one where it is the only way."""
        button = QPushButton(text)
        button.setAutoDefault(default)
        button.setDefault(default)
        button.clicked.connect(self.reject)
        return button


def button_row(*buttons: QPushButton, note: QWidget | None = None) -> QHBoxLayout:
    """Return a dialog's last line: a note at the left, the way out, and at the right end what the dialog is for."""
    row = QHBoxLayout()
    row.setSpacing(8)
    if note is None:
        row.addStretch(1)
    else:
        row.addWidget(note, 1)
    for button in buttons:
        row.addWidget(button)
    return row
