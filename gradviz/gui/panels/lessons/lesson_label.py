"""A label for the texts of lessons, with code and keys set off; and a row of links that wraps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes

_MARKS = re.compile(r"`([^`]*)`|\[([\w+]+)\]")
_GAP, _LINE = 8, 22


def plain_text(text: str) -> str:
    """Return a text without the marks of code and keys."""
    return _MARKS.sub(lambda found: found[1] or found[2], text)


class LessonLabel(QLabel):
    """Wraps. Code, between backticks, is in the font of code; keys, between brackets, are on a ground of their own."""

    def __init__(self, text: str, role: str = "text", size: int = 12, weight: int = 400) -> None:
        """Paint in a `role` of the palette."""
        super().__init__()
        self._text, self._role = text, role
        self.setFont(fonts.ui(size, weight))
        self._size = size
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(plain_text(text))
        self._render()

    def set_role(self, role: str) -> None:
        """Take another color of the palette."""
        self._role = role
        self._render()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_size"):
            self._render()

    def _render(self) -> None:
        colors = palettes.current()
        code = f"font-family:'{fonts.MONO_FAMILY}';font-size:{self._size - 1}px"
        key = f"background-color:{colors.raised};color:{colors.text};font-weight:600"

        def mark(found: re.Match[str]) -> str:
            if found[1]:
                return f'<span style="{code}">{escape(found[1])}</span>'
            return f'<span style="{key}">&nbsp;{escape(found[2])}&nbsp;</span>'

        parts, end = [], 0
        for found in _MARKS.finditer(self._text):
            parts += [escape(self._text[end : found.start()]), mark(found)]
            end = found.end()
        parts.append(escape(self._text[end:]))
        self.setText(f'<div style="line-height:130%;color:{getattr(colors, self._role)}">{"".join(parts)}</div>')


class WrappingRow(QWidget):
    """Widgets side by side, in as many lines as they need."""

    def __init__(self, widgets: Iterable[QWidget]) -> None:
        super().__init__()
        self._widgets = list(widgets)
        for widget in self._widgets:
            widget.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """Return the size of one line of them."""
        return QSize(sum(widget.sizeHint().width() + _GAP for widget in self._widgets), _LINE)

    def minimumSizeHint(self) -> QSize:
        """Return the size of a short line."""
        return QSize(60, _LINE)

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        return self._places(width)[-1].bottom() + 1 if self._widgets else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the widgets."""
        super().resizeEvent(event)
        for widget, place in zip(self._widgets, self._places(self.width()), strict=True):
            widget.setGeometry(place)

    def _places(self, width: int) -> list[QRect]:
        places: list[QRect] = []
        x = y = 0
        for widget in self._widgets:
            wanted = min(widget.sizeHint().width(), width)
            if x and x + wanted > width:
                x, y = 0, y + _LINE
            places.append(QRect(x, y, wanted, _LINE - 2))
            x += wanted + _GAP
        return places
