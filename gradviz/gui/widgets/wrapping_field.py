"""A field whose text wraps: as high as its lines, up to some."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gradviz.gui.widgets.fields import HEIGHT

_MOST_LINES = 6
_FRAME = 2


class WrappingField(QPlainTextEdit):
    """One value, without line breaks. `finished` comes, as that of a `TextField`, when a change is done with."""

    finished = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setProperty("field", True)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(HEIGHT)
        self.textChanged.connect(self._fit)

    def text(self) -> str:
        """Return the text in one line; what was pasted with line breaks means one command line too."""
        return " ".join(self.toPlainText().splitlines())

    def show_value(self, text: str) -> None:
        """Show `text` as the value in force; a text that is being edited stays."""
        if text != self._shown and not (self.hasFocus() and self.text() != self._shown):
            self.setPlainText(text)
        self._shown = text

    def finish(self) -> None:
        """Report the text, if it is another than the value in force."""
        if self.text() != self._shown:
            self._shown = self.text()
            self.finished.emit()

    def _fit(self) -> None:
        lines = max(1, min(_MOST_LINES, int(self.document().size().height())))
        margins = 2 * (self.document().documentMargin() + _FRAME)
        self.setFixedHeight(max(HEIGHT, round(lines * self.fontMetrics().lineSpacing() + margins)))
        shown = Qt.ScrollBarPolicy.ScrollBarAsNeeded if lines == _MOST_LINES else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Count the lines anew."""
        super().resizeEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take leaving as the end of a change."""
        super().focusOutEvent(event)
        self.finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End the change by Enter, and restore the value in force by Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self.setPlainText(self._shown)
        else:
            super().keyPressEvent(event)
