"""A line below a table with what was deleted, and the way to take it back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gradviz.appearance.text_styles import CAPTION
from gradviz.gui.style import fonts
from gradviz.gui.widgets.buttons import LinkButton, icon_button
from gradviz.gui.widgets.labels import ElidedLabel


class UndoLine(QWidget):
    """Hidden until `say` is called; the newest sentence takes the place of the one before."""

    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ElidedLabel("text2", fonts.font(CAPTION))
        self.undo = LinkButton(self.tr("Undo"))
        self.undo.clicked.connect(self.undo_requested)
        self.undo.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 8, 2)
        row.setSpacing(8)
        row.addWidget(self.text)
        row.addWidget(self.undo)
        row.addStretch(1)
        row.addWidget(icon_button("close", self.tr("Hide this message"), self.hide))
        self.hide()

    def say(self, sentence: str) -> None:
        """Show what was done."""
        self.text.setText(sentence)
        self.show()
