"""Panels at a stop: the timeline in front, low, and the inspector wide. What the user chose instead is remembered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer

from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.scene.view.card_dock import CardDock
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings

_WIDE = 448
_SHARE = 0.7
"""Of the height at the right that the inspector has beside the source."""
_HEIGHTS = {"timeline": 128, "watch": 168}
_STAYS = ("lesson",)
"""Panels that stay in front at a stop: they are about the stop themselves."""
_HIGH = 232
_EMPTY = 156
"""The losses' panel before the first loss: the graph has more to show."""
_MOST_CORRECTIONS = 8
"""Times that a height is set again for one turn of the page; where it cannot be, Qt's stays."""


class StopPanelsController(QObject):
    """Remembers which panel the user wants in front at a stop, and how high each panel at the bottom was made."""

    def __init__(
        self, session: Session, settings: Settings, panels: PanelsController, cards: CardDock, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._cards = cards
        self._session, self._settings, self._panels = session, settings, panels
        self._dock = panels.docks["bottom"]
        self._heights = dict(_HEIGHTS)
        self._at_stop = False
        self._before = "loss"
        self._ours = False
        self._page = self._dock.current
        self._has_losses = False
        self._corrections = 0
        """How often the height of the page in front may still be corrected; 0 where the user or Qt decides."""
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._correct_height)
        self._dock.page_shown.connect(self._on_page)
        self._dock.installEventFilter(self)
        panels.window.installEventFilter(self)
        panels.compacted.connect(self._keep_height)
        session.state.scalars_appended.connect(self._on_losses)
        session.steps.stopped.connect(self._on_stop)
        session.state.phase_changed.connect(self._on_phase)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Correct the dock's height after a turn of the page; remember the one that the user gives it."""
        if event.type() == QEvent.Type.Resize:
            self._cards.narrower = self._growth
        if watched is self._dock:
            if event.type() == QEvent.Type.Resize and self._dock.current == self._page:
                if self._corrections:
                    # Qt shares out the heights anew when the layout has the least height of another page, and when
                    # the docks at the sides take their new widths, which may be several events later.
                    self._timer.start()
                elif self._dock.height() != _EMPTY:
                    self._heights[self._page] = self._dock.height()
        elif event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.Resize):  # a press takes hold of a separator
            self._corrections = 0
        return False

    def _on_stop(self) -> None:
        if self._at_stop:
            return
        self._at_stop = True
        self._before = self._dock.current
        if self._before not in _STAYS:
            self._show(self._settings.get("window/stop_panel"))
        if self._growth:
            self._panels.set_width("right", _WIDE)
            self._panels.set_share(_SHARE)

    @property
    def _growth(self) -> int:
        """By how much the inspector is wider at a stop."""
        return 0 if self._panels.compact else max(_WIDE - self._panels.docks["right"].width(), 0)

    def _on_losses(self) -> None:
        """Give the curve its height with the first loss."""
        if not self._has_losses:
            self._has_losses = True
            self._keep_height()

    def _on_phase(self) -> None:
        if self._at_stop and self._session.state.phase in ("running", "opening"):
            self._at_stop = False
            if self._dock.current == self._settings.get("window/stop_panel"):
                self._show(self._before)

    def _show(self, page: str) -> None:
        if page in self._dock.ids and not self._dock.is_hidden_page(page):
            self._ours = True
            self._dock.show_page(page)
            self._ours = False

    def _on_page(self, page: str) -> None:
        if page == self._page:
            return
        self._page = page
        self._corrections = _MOST_CORRECTIONS if self._dock.isVisible() else 0
        self._timer.start()
        if self._at_stop and not self._ours and page:
            self._settings.set("window/stop_panel", page)

    def _keep_height(self) -> None:
        """Give the page in front its own height again, after the docks were arranged anew for another window."""
        self._corrections = _MOST_CORRECTIONS
        self._timer.start()

    def _correct_height(self) -> None:
        wanted = self._heights.get(self._page, _HIGH if self._has_losses or self._page != "loss" else _EMPTY)
        if self._corrections and self._dock.current == self._page and self._dock.height() != wanted:
            self._corrections -= 1
            self._panels.set_height("bottom", wanted)
