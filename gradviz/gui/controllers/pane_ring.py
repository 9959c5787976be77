"""Goes from pane to pane by keys: tool bar, docks and canvas, each to the control that had the focus there last."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QScrollArea, QToolBar, QWidget

from gradviz.gui.controllers.panels_controller import PanelsController

_ROW = 10
"""Controls whose tops are this near are beside each other."""


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
        """Let Tab go from pane to pane, and through each as it is read, whatever was built last."""
        panes = self._panes()
        inside = [one for pane in panes for one in _controls(pane)]
        others = [one for one in _controls(self._window) if not any(pane.isAncestorOf(one) for pane in panes)]
        for one, following in pairwise(dict.fromkeys((*inside, *others))):
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
        """Give the focus to the control that a pane names, or to the first that is read; False if it has none."""
        controls = _controls(pane)
        if not controls:
            return False
        named = getattr(pane, "first_control", None)
        first = named if named in controls else controls[0]
        first.setFocus(Qt.FocusReason.TabFocusReason)
        around = first.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(first)
            around = around.parentWidget()
        return True


def _place(widget: QWidget, pane: QWidget) -> QPoint:
    """Return where a widget is in a pane when nothing is scrolled."""
    place = QPoint(0, 0)
    while widget is not pane and (around := widget.parentWidget()) is not None:
        area = around.parentWidget()
        if not (isinstance(area, QScrollArea) and area.widget() is widget):
            place += widget.pos()
        widget = around
    return place


def _controls(pane: QWidget) -> list[QWidget]:
    """Return what takes the focus by Tab in a pane, row by row.

    Not by `nextInFocusChain`: PySide takes what that returns for a child of the widget before, and lets it go with it.
    """
    found = [
        (_place(one, pane), one)
        for one in (pane, *pane.findChildren(QWidget))
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and one.isEnabled()
        and one.window() is pane.window()
    ]  # fmt: skip
    found.sort(key=lambda pair: pair[0].y())
    rows: list[list[tuple[QPoint, QWidget]]] = []
    for place, one in found:
        if not rows or place.y() - rows[-1][0][0].y() > _ROW:
            rows.append([])
        rows[-1].append((place, one))
    return [one for row in rows for _, one in sorted(row, key=lambda pair: pair[0].x())]
