"""What a panel shows when it has nothing to show: an icon, a headline, and a sentence that says what to do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gradviz.gui import icons, palette


class EmptyState(QWidget):
    """Centred in the panel. Keys in the sentence are written `[F5]` and drawn as key caps."""

    def __init__(self, icon: str, title: str = "", text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._text = text
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(title, alignment=Qt.AlignmentFlag.AlignCenter)
        self._title.setProperty("role", "strong")
        self._sentence = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._sentence.setProperty("role", "label")
        self._sentence.setTextFormat(Qt.TextFormat.RichText)
        self._sentence.setMaximumWidth(264)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(6)
        column.addStretch()
        column.addWidget(self._picture)
        column.addSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self._sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self._redraw()

    def say(self, title: str, text: str) -> None:
        """Show another headline and sentence."""
        self._title.setText(title)
        self._text = text
        self._redraw()

    def _redraw(self) -> None:
        colors = palette.current()
        self._picture.setPixmap(icons.pixmap(self._icon, 32, colors.text3))
        # A label can draw a tinted word but no border around it; the tint is enough to read as a key.
        cap = f'<span style="background:{colors.raised}; color:{colors.text};">&nbsp;'
        self._sentence.setText(self._text.replace("[", cap).replace("]", "&nbsp;</span>"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._redraw()
        super().changeEvent(event)
