"""A banner above the canvas: what went wrong, what it means, and the one button that helps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gradviz.gui.style import icons
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.buttons import icon_button
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.gui.widgets.widget_pool import WidgetPool


class Banner(QFrame):
    """Hidden until `show_message` is called. One message at a time, the newest."""

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tint", "error")
        self._icon_name = "warning-octagon-fill"
        self._kind = "error"
        self._picture = QLabel()
        self._title = QLabel()
        self._title.setProperty("role", "strong")
        self._text = WrappingLabel("text2")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons = WidgetPool(self._new_button)
        self._handlers: dict[QPushButton, Callable[[], None]] = {}
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self._title)
        texts.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 9, 12, 9)
        row.setSpacing(12)
        row.addWidget(self._picture)
        row.addLayout(texts, 1)
        row.addLayout(self._line)
        row.addWidget(icon_button("close", self.tr("Hide this message"), self.dismiss))
        self.hide()

    @property
    def title(self) -> str:
        """The title shown; empty when hidden."""
        return "" if self.isHidden() else self._title.text()

    @property
    def text(self) -> str:
        """The text below the title; empty when hidden."""
        return "" if self.isHidden() else self._text.text()

    def show_message(
        self,
        kind: str,
        icon: str,
        title: str,
        text: str,
        buttons: list[tuple[str, Callable[[], None], bool]],
    ) -> None:
        """Show a message of `kind` (`error`, `warning`, `note`).

        Each button is (text, what it does, whether it is primary).
        """
        self._kind, self._icon_name = kind, icon
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._title.setVisible(bool(title))
        self._buttons.release()
        for label, handler, primary in buttons:
            button = self._buttons.take()
            button.setText(label)
            button.setProperty("primary", primary)
            button.style().unpolish(button)
            button.style().polish(button)
            self._handlers[button] = handler
            button.show()
        self.setProperty("tint", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._redraw()
        self.show()

    def set_texts(self, title: str, text: str) -> None:
        """Replace the texts of the message that is shown; its buttons keep the focus."""
        self._title.setText(title)
        self._text.setText(text)

    def dismiss(self) -> None:
        """Hide the message."""
        if not self.isHidden():
            self.hide()
            self.dismissed.emit()

    def _new_button(self) -> QPushButton:
        button = QPushButton()
        button.clicked.connect(lambda: self._handlers[button]())
        self._line.addWidget(button)
        return button

    def _redraw(self) -> None:
        colors = palette.current()
        shade = {"error": colors.error, "warning": colors.warning}.get(self._kind, colors.text2)
        self._picture.setPixmap(icons.pixmap(self._icon_name, 18, shade))

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon in the colors of another theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._redraw()
        super().changeEvent(event)
