"""Every lesson and the tour, done in the real window with a real engine: by mouse alone, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from gradviz.gui.app import App
from gradviz.gui.bars.run_button import RunButton
from gradviz.gui.panels.lessons.lesson_page import LessonPage
from gradviz.gui.panels.lessons.lessons_panel import LessonsPanel
from gradviz.gui.session.settings import Settings
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.lessons.conditions import AtPoint, IterationsDone
from gradviz.lessons.course import LESSONS
from gradviz.lessons.targets import ActionTarget, NodeTarget, PanelTarget

_LONG = 60_000
_MOST_PRESSES = 120


class Hand:
    """Presses what is in sight: links by a click or by Enter, actions by their buttons or by their keys."""

    def __init__(self, app: App, qtbot, *, mouse: bool) -> None:
        self.app, self._qtbot, self._mouse = app, qtbot, mouse
        self._rows = {row.id: row for row in app.window.actions_.rows}

    @property
    def page(self) -> LessonPage:
        page = self.app.window.panels.get(LessonsPanel).page
        assert page is not None
        return page

    def settled(self) -> None:
        engine = self.app.session.engine
        self._qtbot.waitUntil(lambda: not engine.resuming and engine.is_paused, timeout=_LONG)
        QApplication.processEvents()
        clock = self.app.session.state.clock
        self._qtbot.waitUntil(lambda: not clock._timer.isActive(), timeout=_LONG)  # the panel follows it

    def press_link(self, step: int, link: int) -> None:
        self._press(self.page.rows[step].findChildren(LinkButton)[link])
        self.settled()

    def act(self, action: str) -> None:
        before = self._where()
        if not self._mouse:
            QTest.keySequence(self.app.window, QKeySequence(self._rows[action].keys[0]))
        elif (button := self._button(action)) is not None:
            self._press(button)
        else:
            self.app.window.actions_[action].trigger()  # from a menu
        if action != "toggle_breakpoint":
            self._qtbot.waitUntil(lambda: self._where() != before, timeout=_LONG)
        self.settled()

    def _where(self) -> tuple[object, ...]:
        engine = self.app.session.engine
        return engine.step, engine.state, engine.point

    def _press(self, widget: QWidget) -> None:
        if self._mouse:
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        else:
            QTest.keyClick(widget, Qt.Key.Key_Return)

    def _button(self, action: str) -> QWidget | None:
        if action == "run":
            return self.app.window.findChild(RunButton)
        wanted = self.app.window.actions_[action]
        return next((b for b in self.app.window.findChildren(QToolButton) if b.defaultAction() is wanted), None)

    def is_done(self, step: int) -> bool:
        return self.page.rows[step].state == "done"

    def do(self, step: int) -> None:
        """Do what the text of a step asks for: links to nodes and panels, then the actions, until it is done."""
        now = self.page.lesson.steps[step]
        actions = [target.id for target in now.targets if isinstance(target, ActionTarget)]
        for place, target in enumerate(now.targets):
            if isinstance(target, PanelTarget | NodeTarget) and (
                actions[:1] == ["toggle_breakpoint"] or not isinstance(now.done, IterationsDone)
            ):
                self.press_link(step, place)
        if "next_phase" in actions and isinstance(now.done, AtPoint):
            for _ in range(3):
                point = self.app.session.engine.point
                if point is None or point.phase != now.done.phase:
                    self.act("next_phase")
        if isinstance(now.done, AtPoint) and "run_to" in actions:
            self.press_link(step, actions.index("run_to"))
        if "toggle_breakpoint" in actions[:-1]:
            self.act("toggle_breakpoint")
        for _ in range(_MOST_PRESSES):
            if self.is_done(step) or not actions:
                return
            self.act(actions[-1])


@pytest.fixture(scope="module")
def app(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = App(qapp, Settings(tmp_path_factory.mktemp("lessons") / "settings.ini"), "numpy")
    app.window.resize(1600, 1000)
    app.window.show()
    yield app
    app.close()
    app.window.close()
    qapp.setStyleSheet("")


def open_lesson(app: App, qtbot, lesson: str) -> None:
    """Open the network anew, with nothing done and no breakpoint."""
    session = app.session
    qtbot.waitUntil(lambda: session.state.phase not in ("starting", "opening"), timeout=_LONG)
    session.engine.breakpoints.clear()
    session.breakpoints.changed.emit()
    if session.state.setup.target == lesson:
        session.opening.reset()
    else:
        session.opening.open(lesson)
    view = app.window.graph_panel.view
    qtbot.waitUntil(
        lambda: session.state.phase == "ready" and session.engine.graph is not None
        and view.graph is session.engine.graph and session.selection.graph_target == lesson,
        timeout=_LONG,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lesson", "mouse"),
    [pair for pair in product((*LESSONS, "tour"), (True, False)) if pair != ("attention", False)],
    ids=lambda value: value if isinstance(value, str) else "mouse" if value else "keys",
)
def test_the_lesson_is_done_from_its_first_step_to_its_last(app: App, qtbot, lesson: str, mouse: bool) -> None:
    open_lesson(app, qtbot, "dynamic" if lesson == "tour" else lesson)
    panel = app.window.panels.get(LessonsPanel)
    qtbot.waitUntil(lambda: panel.page is not None, timeout=_LONG)
    if lesson == "tour":
        panel.start_tour()
    hand = Hand(app, qtbot, mouse=mouse)
    assert hand.page.lesson.id == lesson
    links = {link.text(): link for link in hand.page.findChildren(LinkButton)}
    if "Begin again" in links:
        links["Begin again"].click()
        hand.settled()
    for step in range(len(hand.page.rows)):
        hand.do(step)
        assert hand.is_done(step), hand.page.lesson.steps[step].text
