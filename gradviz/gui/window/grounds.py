"""The grounds of the window before there is anything in it: bars, canvas and docks where they will be."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QDockWidget, QWidget

from gradviz.gui.bars.menu_bar import HEIGHT as MENU_BAR
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets import dock_sizes

_KNOWN = re.compile(r"{0}(;{0})+".format(r"\d{1,5}(,\d{1,5}){3}"))
_TOOL_BAR, _STATUS_BAR, _STRIP = 48, 28, 36


def grounds_text(canvas: QWidget, docks: Iterable[QDockWidget]) -> str:
    """Return where canvas and docks are in their window, for `grounds_in` at the next start."""
    seen = [canvas, *(dock for dock in docks if dock.isVisible() and not dock.isFloating())]
    places = [QRect(widget.mapTo(widget.window(), QPoint()), widget.size()) for widget in seen]
    size = canvas.window().size()
    return ";".join(f"{x},{y},{w},{h}" for x, y, w, h in [(0, 0, size.width(), size.height()), *map(_numbers, places)])


def grounds_in(window: QWidget, text: str) -> list[QRect]:
    """Return where the canvas will be, and the docks: as in `text` if that is of this size, else as at first."""
    if _KNOWN.fullmatch(text):
        whole, *places = (QRect(*map(int, part.split(","))) for part in text.split(";"))
        if whole.size() == window.size():
            return places
    return _first(window.width(), window.height())


def paint_grounds(window: QWidget, grounds: list[QRect]) -> None:
    """Paint them in the colors of the theme, with the lines between them."""
    colors = palette.current()
    line, bars = palette.color(colors.line), palette.color(colors.window)
    wide, high = window.width(), window.height()
    painter = QPainter(window)
    painter.fillRect(0, MENU_BAR, wide, high - MENU_BAR, line)
    painter.fillRect(0, MENU_BAR, wide, _TOOL_BAR - 1, bars)
    painter.fillRect(0, high - _STATUS_BAR + 1, wide, _STATUS_BAR - 1, bars)
    for number, place in enumerate(grounds):
        painter.fillRect(place, palette.color(colors.panel if number else colors.canvas))
        if number:
            painter.fillRect(place.x(), place.y() + _STRIP - 1, place.width(), 1, line)
    painter.end()


def _first(wide: int, high: int) -> list[QRect]:
    manner = dock_sizes.manner_of(wide, high)
    top, low = MENU_BAR + _TOOL_BAR, high - _STATUS_BAR
    right = wide - dock_sizes.right_width(manner, wide)
    if manner == "least":
        return [QRect(0, top, right - 1, low - top), QRect(right, top, wide - right, low - top)]
    bottom = low - dock_sizes.LOW  # there is no loss yet
    code = top + dock_sizes.right_heights(manner, high)[0]
    left = dock_sizes.LEFT + 1 if manner == "large" else 0
    places = [
        QRect(left, top, right - 1 - left, bottom - 1 - top),
        QRect(left, bottom, right - 1 - left, low - bottom),
        QRect(right, top, wide - right, code - 1 - top),
        QRect(right, code, wide - right, low - code),
    ]
    if left:
        breaks = low - dock_sizes.LOWER
        places += [QRect(0, top, left - 1, breaks - 1 - top), QRect(0, breaks, left - 1, low - breaks)]
    return places


def _numbers(place: QRect) -> tuple[int, int, int, int]:
    return place.x(), place.y(), place.width(), place.height()
