"""The buttons of a panel that stand at the right of its dock's head."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from gradviz.gui.style import icons


class CornerButton(NamedTuple):
    """`text` is the tip and the name for screen readers; `pressed` is called without arguments."""

    icon: str
    text: str
    pressed: Callable[[], object]


def panel_corner(*buttons: CornerButton) -> tuple[QWidget, list[QToolButton]]:
    """The widget for the dock's head, and its buttons from left to right."""
    corner = QWidget()
    row = QHBoxLayout(corner)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2)
    row.addStretch(1)
    made = []
    for icon, text, pressed in buttons:
        button = QToolButton()
        button.setIcon(icons.icon(icon, 16))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.clicked.connect(lambda _checked=False, call=pressed: call())
        row.addWidget(button)
        made.append(button)
    return corner, made
