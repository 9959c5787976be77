"""Goes from pane to pane by keys: tool bar, docks and canvas, each to the control that had the focus there last."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QToolBar, QWidget

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
        """Give the focus to the first control of a pane in the order of Tab; False if it has none."""
        widget: QWidget | None = pane
        for _ in range(len(pane.findChildren(QWidget)) + 1):
            if widget is None:
                break
            inside = widget is pane or pane.isAncestorOf(widget)
            if inside and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled():
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            widget = widget.nextInFocusChain()
        return False
