"""One row of the form: a label, a field, and the sentence below that says what is wrong with it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradviz.gui.style import fonts
from gradviz.gui.widgets.labels import WrappingLabel

LABEL_WIDTH = 88


class FormRow(QWidget):
    """Rows stand 32 apart: 26 of field and 6 of gap, which the form's layout gives."""

    def __init__(self, title: str, field: QWidget, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._label = QLabel()
        self._label.setProperty("role", "label")
        self._label.setFixedWidth(LABEL_WIDTH)
        self._label.setBuddy(field)
        self.name(title, tip)
        self._sentence = WrappingLabel("error", fonts.ui(13))
        self._sentence.hide()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addWidget(field, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._sentence)

    def name(self, title: str, tip: str = "") -> None:
        """Label the row; `tip` explains the label."""
        self._label.setText(title)
        self._label.setToolTip(tip)

    def say(self, sentence: str) -> None:
        """Show what is wrong; empty for nothing."""
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))

    @property
    def sentence(self) -> str:
        """What is said to be wrong; empty for nothing."""
        return self._sentence.text()
