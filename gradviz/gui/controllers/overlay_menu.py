"""The menu of overlays, and of how often they are measured."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gradviz.gui.session.measure_requests import PAUSED, RATES
from gradviz.gui.text import overlays as overlay_words
from gradviz.model.overlay.overlay_table import NONE, OVERLAYS


class OverlayMenu(QMenu):
    """One menu for the legend, the menu bar and the command palette."""

    overlay_chosen = Signal(str)
    rate_chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Colour by"))
        self.setToolTipsVisible(True)
        self.overlays: dict[str, QAction] = {}
        """Overlay id → action; `none` too."""
        self.rates: dict[int, QAction] = {}
        exclusive = QActionGroup(self)
        for overlay in (None, *OVERLAYS):
            overlay_id = NONE if overlay is None else overlay.id
            action = QAction(overlay_words.title(overlay), self, checkable=True)
            action.setToolTip(overlay_words.tip(overlay) if overlay else self.tr("Show the graph without colours"))
            action.triggered.connect(partial(self._choose, overlay_id))
            if overlay is not None and overlay.first_of_group:
                self.addSeparator()
            exclusive.addAction(action)
            self.addAction(action)
            self.overlays[overlay_id] = action
        self.addSeparator()
        self.rate_menu = self.addMenu(self.tr("Measure"))
        self.rate_menu.setToolTipsVisible(True)
        speeds = QActionGroup(self)
        for rate in (*RATES, PAUSED):
            action = QAction(overlay_words.rate(rate), self, checkable=True)
            action.setToolTip(
                self.tr("Measure nothing; the values stay as they are")
                if rate == PAUSED
                else self.tr("While it trains; measuring more often slows training more")
            )
            action.triggered.connect(partial(self._set_rate, rate))
            speeds.addAction(action)
            self.rate_menu.addAction(action)
            self.rates[rate] = action

    def show_state(self, overlay_id: str, rate: int) -> None:
        """Check the actions of an overlay and of a rate."""
        self.overlays[overlay_id].setChecked(True)
        if rate in self.rates:
            self.rates[rate].setChecked(True)

    def entries(self) -> list[tuple[str, Callable[[], None]]]:
        """Return every choice by name, for the command palette."""
        menus = ((self, self.overlays.values()), (self.rate_menu, self.rates.values()))
        return [(f"{menu.title()}: {a.text()}", a.trigger) for menu, actions in menus for a in actions]

    def _choose(self, overlay_id: str, _checked: bool = False) -> None:
        self.overlay_chosen.emit(overlay_id)

    def _set_rate(self, rate: int, _checked: bool = False) -> None:
        self.rate_chosen.emit(rate)
