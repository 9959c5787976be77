"""Connect the lessons with the window: what a step points at is shown, and the panels in front are reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QToolButton, QWidget

from gradviz.gui.actions.actions import Actions, key_text
from gradviz.gui.bars.run_button import RunButton
from gradviz.gui.controllers.opening_controller import OpeningController
from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.panels.lessons.lessons_panel import LessonsPanel
from gradviz.gui.session.session import Session
from gradviz.gui.widgets.mnemonics import plain
from gradviz.gui.widgets.spotlight import Spotlight
from gradviz.language import tr
from gradviz.lessons.targets import ActionTarget, LessonTarget, LineTarget, NodeTarget

if TYPE_CHECKING:
    from gradviz.lessons.lesson import Lesson

_PANEL = "lesson"


class LessonsController(QObject):
    """Goes to nodes, lines, buttons and panels for the lessons, and starts the tour."""

    line_requested = Signal(str, int)
    reported = Signal(str)
    """A sentence on why something cannot be shown."""

    def __init__(self, session: Session, graph: GraphPanel, panels: PanelsController, opening: OpeningController,
                 window: QMainWindow) -> None:  # fmt: skip
        super().__init__(window)
        self._session, self._graph, self._panels, self._window = session, graph, panels, window
        self._actions: Actions | None = None
        self._spotlight: Spotlight | None = None
        self.panel = panels.get(LessonsPanel)
        self.panel.target_requested.connect(self.show_target)
        self.panel.network_requested.connect(opening.open)
        self._gave_way = False
        """Whether another panel is in front because there was no lesson."""
        self.panel.lesson_changed.connect(self._give_way)
        self.panel.close_requested.connect(lambda: panels.toggle(_PANEL))

    def start(self, actions: Actions) -> None:
        """Show the first lesson; its steps name the window's actions."""
        self._actions = actions
        self.panel.start(self._name_of)
        self._panels.changed.connect(self._report_panels)
        for dock in self._panels.docks.values():
            dock.page_shown.connect(self._report_panels)
        self._report_panels()

    def start_tour(self) -> None:
        """Show the tour."""
        self._panels.show(_PANEL)
        self.panel.start_tour()

    def show_target(self, target: LessonTarget) -> None:
        """Go to a node, a line or a panel; point at a button."""
        lesson = self.panel.lesson
        if isinstance(target, NodeTarget):
            node = target.find(self._session.engine.graph)
            if node is None:
                self.reported.emit(tr("The graph of this iteration has no {name}.").format(name=target.name))
            else:
                self._graph.show_node(node)
        elif isinstance(target, LineTarget):
            if lesson is not None:
                self.line_requested.emit(str(lesson.file), target.find(lesson.file))
        elif isinstance(target, ActionTarget):
            self._point_at(*self._place_of_action(target.id))
        elif target.id == "graph":
            self._point_at(self._graph, self._graph.rect())
        else:
            self._panels.show(target.id)
            dock = self._panels.dock_of(target.id)
            self._point_at(dock, dock.rect())

    def _point_at(self, widget: QWidget, place: QRect) -> None:
        if self._spotlight is None:
            self._spotlight = Spotlight(self._window)
        top_left = widget.mapTo(self._window, QPoint(0, 0))
        self._spotlight.show_at(place.translated(top_left))

    def _place_of_action(self, action_id: str) -> tuple[QWidget, QRect]:
        """Return the button of an action in the tool bar; where it has none in sight, its menu in the menu bar."""
        assert self._actions is not None
        action = self._actions[action_id]
        for run in self._window.findChildren(RunButton):
            if action_id in ("run", "pause"):
                return run, run.rect()
        for button in self._window.findChildren(QToolButton):
            if button.defaultAction() is action and button.isVisible():
                return button, button.rect()
        bar = self._window.menuBar()
        menus = [(entry, entry.menu()) for entry in bar.actions()]
        entry = next(entry for entry, menu in menus if isinstance(menu, QMenu) and action in _actions_of(menu))
        return bar, bar.actionGeometry(entry)

    def _name_of(self, lesson: Lesson, target: LessonTarget) -> str:
        if isinstance(target, NodeTarget):
            return target.name
        if isinstance(target, LineTarget):
            return tr("line {number}").format(number=target.find(lesson.file))
        if isinstance(target, ActionTarget):
            assert self._actions is not None
            action = self._actions[target.id]
            name = plain(action.text()).rstrip("…")
            return f"{name} {key_text(action.shortcut().toString())}"
        if target.id == "graph":
            return tr("the graph")
        return next(row.title for row in self._panels.rows if row.id == target.id)

    def _give_way(self) -> None:
        """Leave the front to the panel beside this one while there is no lesson."""
        dock, there = self._panels.dock_of(_PANEL), self.panel.lesson is not None
        others = [panel for panel in dock.ids if panel != _PANEL and not dock.is_hidden_page(panel)]
        if not there and dock.current == _PANEL and others:
            self._gave_way = True
            dock.show_page(others[0])
        elif there and self._gave_way:
            self._gave_way = False
            if not dock.is_hidden_page(_PANEL):
                dock.show_page(_PANEL)

    def _report_panels(self) -> None:
        front = (dock.current for dock in self._panels.docks.values() if dock.isVisible())
        self.panel.show_panels(frozenset(front))


def _actions_of(menu: QMenu) -> list[QAction]:
    """Return the actions of a menu and of those below it."""
    found = []
    for action in menu.actions():
        below = action.menu()
        found += _actions_of(below) if isinstance(below, QMenu) else [action]
    return found
