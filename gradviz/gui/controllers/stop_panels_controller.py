"""Gives the panels their places at a stop: the timeline in front, low; the inspector wide. A person's choice wins."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer

from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings

_WIDE = 448
_SHARE = 0.7
"""Of the height at the right that the inspector has beside the source."""
_HEIGHTS = {"timeline": 128}
_HIGH = 232
_WAITS = (0, 40, 80, 160, 320)
"""Milliseconds after which a height is looked at, and set where it is another."""


class StopPanelsController(QObject):
    """Listens to the session; remembers which panel a person wants in front at a stop, and how high each was made."""

    def __init__(self, session: Session, settings: Settings, panels: PanelsController, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._settings, self._panels = session, settings, panels
        self._heights = dict(_HEIGHTS)
        self._at_stop = False
        self._before = "loss"
        self._ours = False
        self._page = panels.docks["bottom"].current
        panels.docks["bottom"].page_shown.connect(self._turned)
        session.steps.stopped.connect(self._enter)
        session.state.phase_changed.connect(self._leave)

    def _enter(self) -> None:
        if self._at_stop:
            return
        self._at_stop = True
        self._before = self._panels.docks["bottom"].current
        self._show(self._settings.get("window/stop_panel"))
        if not self._panels.compact and self._panels.docks["right"].width() < _WIDE:
            self._panels.set_width("right", _WIDE)
            self._panels.set_share(_SHARE)

    def _leave(self) -> None:
        if self._at_stop and self._session.state.phase in ("running", "opening"):
            self._at_stop = False
            if self._panels.docks["bottom"].current == self._settings.get("window/stop_panel"):
                self._show(self._before)

    def _show(self, page: str) -> None:
        dock = self._panels.docks["bottom"]
        if page in dock.ids and not dock.is_hidden_page(page):
            self._ours = True
            dock.show_page(page)
            self._ours = False

    def _turned(self, page: str) -> None:
        dock = self._panels.docks["bottom"]
        if page == self._page:
            return
        if dock.isVisible():
            self._heights[self._page] = dock.height()
            # After the layout has heard that the page in front is another, with another least height; and again, since
            # Qt shares out the heights anew when the docks at the sides take their new widths, which may take a while.
            for wait in _WAITS:
                QTimer.singleShot(wait, self, partial(self._set_height, page))
        self._page = page
        if self._at_stop and not self._ours and page:
            self._settings.set("window/stop_panel", page)

    def _set_height(self, page: str) -> None:
        dock, wanted = self._panels.docks["bottom"], self._heights.get(page, _HIGH)
        if dock.current == page and dock.height() != wanted:
            self._panels.set_height("bottom", wanted)
