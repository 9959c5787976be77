"""Panels at a stop: the timeline in front, low, and the inspector wide. What the user chose instead is remembered."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.scene.view.card_dock import CardDock
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.gui.widgets.dock_heights import DockHeights
from gradviz.gui.widgets.dock_sizes import LOW, LOWER

_WIDE = 448
_SHARE = 0.7
"""Of the height at the right that the inspector has beside the source."""
_HEIGHTS = {"timeline": LOW, "watch": 168}
_STAYS = ("lesson",)
"""Panels that stay in front at a stop: they are about the stop themselves."""
_HIGH = 232


class StopPanelsController(QObject):
    """Remembers which panel the user wants in front at a stop, and owns the heights of the docks that change theirs."""

    def __init__(
        self, session: Session, settings: Settings, panels: PanelsController, cards: CardDock, parent: QObject
    ) -> None:
        super().__init__(parent)
        cards.narrower = self._growth
        self._session, self._settings, self._panels = session, settings, panels
        self._dock = panels.docks["bottom"]
        self._at_stop = False
        self._before = "loss"
        self._ours = False
        self._page = self._dock.current
        self._dock.page_shown.connect(self._on_page)
        everything = [panels.panel(row.id) for row in panels.rows]
        for dock, usual, own in (("bottom", _HIGH, _HEIGHTS), ("breaks", LOWER, {})):
            heights = DockHeights(panels.window, panels.docks[dock], everything, usual, own)
            panels.compacted.connect(heights.keep)
        session.steps.stopped.connect(self._on_stop)
        session.state.phase_changed.connect(self._on_phase)

    def _on_stop(self) -> None:
        if self._at_stop:
            return
        self._at_stop = True
        self._before = self._dock.current
        if self._before not in _STAYS:
            self._show(self._settings.get("window/stop_panel"))
        if self._growth():
            self._panels.set_width("right", _WIDE)
            self._panels.set_share(_SHARE)

    def _growth(self) -> int:
        """Return by how much the inspector is wider at a stop."""
        return 0 if self._panels.compact else max(_WIDE - self._panels.docks["right"].width(), 0)

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
        if page == self._page or self._panels.arranging:
            return
        self._page = page
        if self._at_stop and not self._ours and page:
            self._settings.set("window/stop_panel", page)
