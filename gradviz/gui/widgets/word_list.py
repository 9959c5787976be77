"""The list of a combo box in which typed letters find any word of a row, not only its first."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QApplication, QListView, QWidget


class WordList(QListView):
    """Finds `a spike` by `sp`. Rows that begin so come before those in which a later word does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typed = ""
        self._since = QElapsedTimer()

    def keyboardSearch(self, search: str) -> None:
        """Go to what fits the letters typed in short succession; one letter again and again walks through all."""
        soon = self._since.isValid() and self._since.elapsed() < QApplication.keyboardInputInterval()
        self._since.start()
        self._typed = f"{self._typed if soon else ''}{search}".casefold()
        wanted = search.casefold() if set(self._typed) == {search.casefold()} else self._typed
        rows = self.model().rowCount()
        now = self.currentIndex().row()
        order = [(now + i) % rows for i in range(1 if wanted == search.casefold() else 0, rows + 1)] if rows else []
        for fits in (str.startswith, _has_word):
            for row in order:
                index = self.model().index(row, 0)
                if fits(str(index.data()).casefold(), wanted):
                    self.setCurrentIndex(index)
                    return


def _has_word(text: str, wanted: str) -> bool:
    return f" {wanted}" in text
