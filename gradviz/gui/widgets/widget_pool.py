"""Widgets that are reused with other contents: deleting them and making new ones would let the window grow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtWidgets import QWidget

Widget = TypeVar("Widget", bound=QWidget)


class WidgetPool(Generic[Widget]):
    """Widgets of one kind, handed out in the order in which they were made.

    `deleteLater` deletes nothing before control returns to the event loop that it was called from (a dialog may run
    one of its own), and until then each widget keeps alive what its signals are connected to.
    """

    def __init__(self, make: Callable[[], Widget]) -> None:
        self._make = make
        self._in_use: list[Widget] = []
        self._spare: list[Widget] = []

    @property
    def in_use(self) -> tuple[Widget, ...]:
        """The widgets in use."""
        return tuple(self._in_use)

    def take(self) -> Widget:
        """Return a widget that is not in use, with the contents it had last; the caller fills and shows it."""
        widget = self._spare.pop() if self._spare else self._make()
        self._in_use.append(widget)
        return widget

    def release(self) -> None:
        """Hide all widgets in use; they can be used again."""
        for widget in self._in_use:
            widget.hide()
        self._spare += reversed(self._in_use)
        self._in_use.clear()
