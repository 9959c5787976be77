"""Keys of actions that are disabled now are answered, and kept while a network is being opened."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gradviz.protocol.commands import Open, Run, StepIn
from tests.gui.conftest import Desk
from tests.gui.window.conftest import last_open


def steps(desk: Desk) -> list[StepIn]:
    return [command for command in desk.commands if isinstance(command, StepIn)]


def test_a_key_pressed_while_the_engine_starts_is_done_when_the_network_is_open(desk: Desk, qtbot) -> None:
    desk.window.show()
    qtbot.keyClick(desk.window, Qt.Key.Key_F11)
    assert desk.window._status.message == "Step in is done as soon as autograd is open." and not steps(desk)
    desk.engine_ready()
    assert steps(desk) == [StepIn(first=True)]


def test_a_key_kept_for_another_network_is_forgotten(desk: Desk, qtbot) -> None:
    desk.window.show()
    qtbot.keyClick(desk.window, Qt.Key.Key_F11)
    desk.session.opening.open("nn")
    desk.engine_ready()
    assert not steps(desk)


def test_step_in_for_a_script_that_is_being_opened_goes_to_the_engine_at_once(own: Desk, qtbot, tmp_path) -> None:
    path = tmp_path / "train.py"
    path.write_text("loss = 1\nloss.backward()\n")
    own.fake.own = lambda _command: []  # it takes long
    own.session.opening.open(str(path), allowed=True)
    own.window.update_actions()
    qtbot.keyClick(own.window, Qt.Key.Key_F11)
    assert own.window._status.message == "Step in is done as soon as train.py is open."
    assert steps(own) == [StepIn(first=True)]
    own.session.opening.restart_engine()
    qtbot.keyClick(own.window, Qt.Key.Key_F11)
    own.engine_ready()
    assert last_open(own).stop_first and len(steps(own)) == 1


def test_a_disabled_action_says_why_when_its_key_is_pressed(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    desk.window.show()
    desk.window.update_actions()
    qtbot.keyClick(desk.window, Qt.Key.Key_F6)
    assert desk.window._status.message == "Pause: Nothing is running."


def test_why_something_was_refused_is_hidden_when_the_next_thing_is_done(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    status = desk.window._status
    desk.session.state.failed.emit("This is not possible.")
    status._shown_at -= 1.0  # a second ago
    desk.session.state.enter("running")
    assert status.message == ""
    desk.session.state.failed.emit("A script has ended.")
    desk.session.state.enter("finished")
    assert status.message == "A script has ended."  # which came together with it


def type_into(desk: Desk, qtbot, field: QWidget, text: str) -> None:
    desk.window.show()
    desk.window.panels.show("networks")
    desk.window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    qtbot.keyClicks(field, text)


def test_run_takes_what_was_typed_and_not_yet_entered(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    type_into(desk, qtbot, desk.window.networks.form.iterations, "7")
    desk.window.actions_["run"].trigger()
    assert desk.commands[-1] == Run(7)


def test_run_waits_for_the_network_that_what_was_typed_asks_for(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    answer = desk.fake.answer
    desk.fake.answer = lambda command: [] if isinstance(command, Open) else answer(command)  # it takes long
    type_into(desk, qtbot, desk.window.networks.form.seed, "5")
    desk.window.actions_["run"].trigger()
    assert last_open(desk).seed == 5 and not any(isinstance(command, Run) for command in desk.commands)
    assert desk.window._status.message == "Run is done as soon as autograd is open."


def test_run_does_not_begin_with_a_value_that_is_refused(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    type_into(desk, qtbot, desk.window.networks.form.iterations, "many")
    desk.window.actions_["run"].trigger()
    assert not any(isinstance(command, Run) for command in desk.commands)
    assert desk.window.networks.form._iterations_row.sentence
