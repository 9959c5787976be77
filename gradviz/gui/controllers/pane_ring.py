"""Goes from pane to pane by keys: tool bar, docks and canvas, each to the control that had the focus there last."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QScrollArea, QToolBar, QWidget

from gradviz.gui.controllers.panels_controller import PanelsController


class PaneRing(QObject):
    """Knows the panes in the order in which they are read: tool bar, left, middle, right."""

    def __init__(self, window: QMainWindow, canvas: QWidget, panels: PanelsController) -> None:
        super().__init__(window)
        self._window, self._canvas, self._panels = window, canvas, panels
        self._last: dict[QWidget, QWidget] = {}

    def step(self, way: int) -> None:
        """Go to the next pane, or with -1 to the one before."""
        panes = self._panes()
        focus = QApplication.focusWidget()
        now = next((at for at, pane in enumerate(panes) if focus is not None and pane.isAncestorOf(focus)), -1)
        if now >= 0 and focus is not None:
            self._last[panes[now]] = focus
        elif way < 0:
            now = 0
        for distance in range(1, len(panes) + 1):
            if self._enter(panes[(now + way * distance) % len(panes)]):
                return

    def go_to(self, panel: str) -> None:
        """Bring a panel to the front and give it the focus."""
        self._panels.show(panel)
        if not self._focus_first(self._panels.panel(panel)):
            self._focus_first(self._panels.dock_of(panel))  # its tab

    def order(self) -> None:
        """Let Tab go from pane to pane, and through one control by control, whatever was built last."""
        panes = self._panes()
        chain, widget = [], self._window.nextInFocusChain()
        while widget is not self._window:
            if _takes_focus(widget):
                chain.append(widget)
            widget = widget.nextInFocusChain()
        places = [next((i for i, pane in enumerate(panes) if pane.isAncestorOf(one)), len(panes)) for one in chain]
        if places != sorted(places):
            ordered = [one for _, one in sorted(zip(places, chain, strict=True), key=lambda pair: pair[0])]
            for one, following in pairwise(ordered):
                QWidget.setTabOrder(one, following)

    def go_to_canvas(self) -> None:
        """Give the graph the focus."""
        self._focus_first(self._canvas)

    def _panes(self) -> list[QWidget]:
        docks = self._panels.docks
        order: list[QWidget] = [*self._window.findChildren(QToolBar), docks["left"], docks["breaks"]]
        order += [self._canvas, docks["bottom"], docks["right"], docks["code"]]
        return [pane for pane in order if pane.isVisible()]

    def _enter(self, pane: QWidget) -> bool:
        last = self._last.get(pane)
        if last is not None and pane.isAncestorOf(last) and last.isVisible() and last.isEnabled():
            last.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        front = next((dock.current for dock in self._panels.docks.values() if dock is pane), "")
        return self._focus_first(self._panels.panel(front) if front else pane) or self._focus_first(pane)

    @staticmethod
    def _focus_first(pane: QWidget) -> bool:
        """Give the focus to the control that a pane names, or its first in the order of Tab; False if it has none."""
        widgets = [getattr(pane, "first_control", None), pane]
        widget = pane.nextInFocusChain()
        while widget is not pane:
            widgets.append(widget)
            widget = widget.nextInFocusChain()
        first = next((one for one in widgets if one is not None and _takes_focus(one)
                      and (one is pane or pane.isAncestorOf(one))), None)  # fmt: skip
        if first is None:
            return False
        first.setFocus(Qt.FocusReason.TabFocusReason)
        around = first.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(first)
            around = around.parentWidget()
        return True


def _takes_focus(widget: QWidget) -> bool:
    tab = Qt.FocusPolicy.TabFocus
    return bool(widget.focusPolicy() & tab) and widget.isVisible() and widget.isEnabled()
