"""The height of a dock by the panel in front: its own, low while it shows little, or the one that was dragged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QMainWindow, QWidget

from gradviz.gui.widgets import dock_sizes
from gradviz.gui.widgets.panel_dock import STRIP, PanelDock

LOW = dock_sizes.LOW - STRIP
"""What an empty panel needs."""
_MOST_CORRECTIONS = 8
"""Times that a height is set again for one turn of the page; where it cannot be, Qt's stays."""

_PATIENCE = 40
"""Milliseconds after which a height is looked at again, and twice as many each time: a window that is being laid out
does not take it, and no event is sent. On a busy machine that lasts a second."""


class DockHeights(QObject):
    """A panel that can be low has a method `needed_height`, which returns 0 where it wants the usual height, and a
    signal `needed_height_changed`."""

    def __init__(
        self, window: QMainWindow, dock: PanelDock, panels: Iterable[QWidget], usual: int, own: Mapping[str, int]
    ) -> None:
        """`panels` are those that may come into the dock; `own` has those whose height is not the `usual` one."""
        super().__init__(window)
        self._dock, self._usual, self._own = dock, usual, own
        self._dragged: dict[tuple[str, bool], int] = {}
        """By panel, and whether it needed little."""
        self._held = False
        """Whether a separator may be held by the mouse."""
        self._front = ("", False)
        self._corrections = 0
        """How often the height may still be corrected; 0 where the user or Qt decides."""
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._correct)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._correct)
        dock.page_shown.connect(self._turn)
        for panel in panels:
            if hasattr(panel, "needed_height_changed"):
                panel.needed_height_changed.connect(self.keep)
        dock.installEventFilter(self)
        window.installEventFilter(self)
        if dock.isVisible():  # a window is filled when it has been shown
            self.keep()

    def keep(self) -> None:
        """Give the panel in front its height again."""
        self._front = self._dock.current, bool(self._needed())
        self._corrections = _MOST_CORRECTIONS if self._dock.isVisible() else 0
        self._timer.start()

    def _turn(self) -> None:
        if self._dock.current != self._front[0]:
            self.keep()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Correct the dock's height after a turn of the page; remember the one that the user gives it."""
        if watched is self._dock:
            if event.type() == QEvent.Type.Show:
                self.keep()
            elif event.type() == QEvent.Type.Resize and self._dock.current == self._front[0]:
                if self._corrections:
                    # Qt shares out the heights anew when the layout has the least height of another page, and when
                    # the docks at the sides take their new widths, which may be several events later.
                    self._timer.start()
                elif self._held:
                    self._dragged[self._front] = self._dock.height()
        elif event.type() == QEvent.Type.MouseButtonPress:  # which takes hold of a separator
            self._corrections, self._held = 0, True
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._held = False
        elif event.type() == QEvent.Type.Resize:
            if self._needed() or self._dock.current in self._own:
                self.keep()  # what is low needs no share of a higher window
            else:
                self._corrections = 0
        return False

    def _needed(self) -> int:
        front = self._dock.front
        return front.needed_height() if front is not None and hasattr(front, "needed_height") else 0

    def _correct(self) -> None:
        usual, needed = self._own.get(self._front[0], self._usual), self._needed()
        wanted = self._dragged.get(self._front, min(usual, STRIP + needed) if needed else usual)
        if self._corrections and self._dock.current == self._front[0] and self._dock.height() != wanted:
            self._corrections -= 1
            self._dock.set_height(wanted)
            self._again.start(_PATIENCE << (_MOST_CORRECTIONS - self._corrections - 1))
