"""The panel of the lessons in the window: steps are ticked by what the session does, and links go to what they name."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from gradviz.gui.dialogs.manual import ManualDialog, first_page
from gradviz.gui.dialogs.problem_report import ReportDialog
from gradviz.gui.panels.lessons.lessons_panel import LessonsPanel
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.spotlight import Spotlight
from gradviz.lessons.course import LESSONS
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget, PanelTarget
from gradviz.lessons.tour import make_tour
from tests.gui.conftest import Desk


@pytest.fixture
def lessons(desk: Desk, qtbot) -> Desk:
    desk.engine_ready()
    desk.window.show()
    qtbot.waitUntil(lambda: panel_of(desk).page is not None)
    return desk


def panel_of(desk: Desk) -> LessonsPanel:
    return desk.window.panels.get(LessonsPanel)


def states(desk: Desk) -> list[str]:
    page = panel_of(desk).page
    assert page is not None
    return [row.state for row in page.rows]


def links(desk: Desk, text: str) -> list[LinkButton]:
    page = panel_of(desk).page
    assert page is not None
    return [link for link in page.findChildren(LinkButton) if text in link.text()]


def test_the_lesson_is_that_of_the_open_network(lessons: Desk) -> None:
    assert panel_of(lessons).lesson == LESSONS["autograd"]()
    lessons.session.opening.open("optim")
    assert panel_of(lessons).lesson == LESSONS["optim"]()


def test_a_step_is_ticked_when_the_session_has_done_it(lessons: Desk, qtbot) -> None:
    assert states(lessons)[:2] == ["current", "waiting"]
    clamp = NodeTarget("clamp").find(lessons.session.engine.graph)
    lessons.session.selection.select(clamp)
    qtbot.waitUntil(lambda: states(lessons)[:2] == ["done", "current"])


def test_a_link_selects_its_node(lessons: Desk, qtbot) -> None:
    links(lessons, "clamp")[0].click()
    assert lessons.session.selection.node_id == NodeTarget("clamp").find(lessons.session.engine.graph)


def test_a_link_is_pressed_by_keys(lessons: Desk) -> None:
    link = links(lessons, "clamp")[0]
    assert link.focusPolicy() == Qt.FocusPolicy.StrongFocus
    QTest.keyClick(link, Qt.Key.Key_Return)
    assert lessons.session.selection.node_id is not None


def test_keys_go_to_the_step_to_do_now_and_from_a_lesson_to_the_next(lessons: Desk, qtbot) -> None:
    window = lessons.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.actions_["go_lesson"].trigger()
    assert QGuiApplication.focusObject() is links(lessons, "clamp")[0]
    QTest.keyClick(window, Qt.Key.Key_Tab)
    assert QGuiApplication.focusObject() is panel_of(lessons).page.rows[1].findChildren(LinkButton)[0]
    (onward,) = links(lessons, "Next lesson")
    onward.setFocus()
    QTest.keyClick(onward, Qt.Key.Key_Return)
    assert panel_of(lessons).lesson == LESSONS["function"]()
    assert QGuiApplication.focusObject() is panel_of(lessons).first_control


def test_a_link_shows_its_line_in_source(lessons: Desk) -> None:
    lesson = panel_of(lessons).lesson
    assert lesson is not None
    target = next(t for step in lesson.steps for t in step.targets if isinstance(t, LineTarget))
    lessons.window.lessons.show_target(target)
    assert lessons.window.source.line == target.find(lesson.file)


@pytest.mark.parametrize("action", ["step_in", "run", "toggle_breakpoint"])
def test_a_link_to_a_button_points_at_it_or_at_its_menu(lessons: Desk, action: str) -> None:
    lessons.window.lessons.show_target(ActionTarget(action))
    (spot,) = lessons.window.findChildren(Spotlight)
    assert spot.isVisible()
    assert spot.y() < lessons.window.graph_panel.y()


def test_a_link_to_a_panel_brings_it_to_the_front(lessons: Desk) -> None:
    lessons.window.lessons.show_target(PanelTarget("reach"))
    assert lessons.window.panels.docks["right"].current == "reach"


def test_every_action_and_panel_that_a_lesson_names_is_in_the_window_and_its_keys_are_those_in_the_text(
    lessons: Desk,
) -> None:
    rows = {row.id: row for row in lessons.window.actions_.rows}
    panels = {row.id for row in lessons.window.panels.rows} | {"graph"}
    for make in (*LESSONS.values(), make_tour):
        for step in make().steps:
            for target in step.targets:
                if isinstance(target, ActionTarget):
                    assert f"[{rows[target.id].keys[0]}]" in step.text, (target, step.text)
                elif isinstance(target, PanelTarget):
                    assert target.id in panels


def test_the_answer_is_unfolded_and_folded(lessons: Desk) -> None:
    (link,) = links(lessons, "Show the answer")
    page = panel_of(lessons).page
    assert page is not None
    answer = next(label for label in page.findChildren(type(page.rows[0]._label)) if label.isHidden())
    link.click()
    assert not answer.isHidden()
    link.click()
    assert answer.isHidden()


def test_the_close_button_hides_the_panel_and_the_next_window_remembers_it(lessons: Desk) -> None:
    panel_of(lessons).close_requested.emit()
    assert not lessons.window.panels.is_visible("lesson")
    assert "lesson" in lessons.window.panels.state()[1].split(",")


def test_without_a_lesson_the_breakpoints_are_in_front_and_the_lesson_comes_back(lessons: Desk) -> None:
    lessons.window.resize(1600, 1000)
    dock, session = lessons.window.panels.docks["breaks"], lessons.session
    assert dock.current == "lesson"
    session.state.set_setup(replace(session.state.setup, target="model.py:build"))
    assert panel_of(lessons).lesson is None
    assert dock.current == "breakpoints"
    session.state.set_setup(replace(session.state.setup, target="nn"))
    assert dock.current == "lesson"


def test_the_tour_opens_its_network_and_shows_five_steps(lessons: Desk) -> None:
    lessons.window.actions_["tour"].trigger()
    assert lessons.session.state.setup.target == "dynamic"
    assert panel_of(lessons).lesson == make_tour()
    assert len(states(lessons)) == 5
    links(lessons, "End the tour")[0].click()
    assert panel_of(lessons).lesson == LESSONS["dynamic"]()


def test_another_network_ends_the_tour(lessons: Desk) -> None:
    lessons.window.actions_["tour"].trigger()
    lessons.session.opening.open("nn")
    assert panel_of(lessons).lesson == LESSONS["nn"]()


def test_a_report_is_on_the_clipboard_with_versions_and_log(lessons: Desk, tmp_path, qtbot) -> None:
    dialog = ReportDialog(lessons.session.engine.ready, tmp_path / "window.log", lessons.window)
    qtbot.addWidget(dialog)
    text = QGuiApplication.clipboard().text()
    assert "gradviz " in text
    assert "torch" in text
    assert str(tmp_path / "window.log") in text


def test_the_manual_opens_with_the_readme_and_follows_its_links(lessons: Desk, qtbot) -> None:
    dialog = ManualDialog(lessons.window)
    qtbot.addWidget(dialog)
    assert "gradviz" in dialog.browser.toPlainText()
    dialog.browser.anchorClicked.emit(dialog.browser.source().resolved("docs/debugger.md"))
    assert dialog.browser.source().fileName() == "debugger.md"
    assert (first_page().parent / "docs" / "debugger.md").exists()
