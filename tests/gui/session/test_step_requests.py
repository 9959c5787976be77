"""The session while stepping: stops, the past, breakpoints that outlive engines, tensors, keys that come too fast."""

from __future__ import annotations

import pytest

from gradviz.gui.session.session import Session
from gradviz.protocol.commands import (
    AskTensor,
    Command,
    Edit,
    Open,
    Run,
    SetBreakpoints,
    StepIn,
    StepOut,
    StepOver,
)
from gradviz.protocol.events import (
    Edited,
    Event,
    Failed,
    HitsCounted,
    Passed,
    StateChanged,
    Stopped,
    TensorAnswered,
    WeightsLoaded,
)
from gradviz.protocol.records import BreakpointRecord, MarkRecord, PassedRecord, PointRecord, SummaryRecord
from tests.helpers.fake_engine import FakeRun, losses, ready

FORWARD = (0, 1, 2)
"""Nodes of the fake graph in the order of forward; backward runs them the other way round."""


def point(index: int) -> PointRecord:
    if index < 3:
        return PointRecord(index, "forward", FORWARD[index], op="torch.Tensor.mm", file="f.py", line=15 + index)
    return PointRecord(index, "backward", FORWARD[5 - index], grad_fn="MmBackward0", file="f.py", line=20 - index)


def passed(run: int, step: int, *indices: int) -> Passed:
    value = SummaryRecord("output", (2, 2), 1.0, -1.0, 1.0)
    return Passed(run, step, tuple(PassedRecord(point(i), 1e-5, (value,)) for i in indices))


class Stepped:
    """A session whose fake engine answers what the test lets it, when the test lets it."""

    def __init__(self) -> None:
        self.session, self.fake, self.commands = Session(), FakeRun(), []
        self.session.state.command_issued.connect(self._serve)

    def _serve(self, command: Command) -> None:
        self.commands.append(command)
        for event in self.fake.answer(command):
            self.session.apply(event)

    def say(self, *events: Event) -> None:
        for event in events:
            self.session.apply(event)

    def start(self) -> Session:
        self.session.opening.open("autograd")
        self.session.apply(ready())
        return self.session

    def stop(self, index: int, step: int = 0, **options) -> None:
        self.say(
            passed(1, step, *range(index)),
            Stopped(1, step, options.pop("reason", "step"), point(index), **options),
            StateChanged(1, "stopped", step, 3.0),
        )

    def sent(self, kind: type[Command]) -> list[Command]:
        return [command for command in self.commands if isinstance(command, kind)]


@pytest.fixture
def stepped(qapp) -> Stepped:
    return Stepped()


def test_a_stop_selects_its_node_and_fills_the_timeline(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(4, of_phase=(2, 3))
    assert (session.state.phase, session.selection.node_id, session.engine.point) == ("stopped", 1, point(4))
    assert len(session.engine.timeline.passed) == 4 and session.engine.timeline.next == point(4)
    assert session.engine.timeline.expected["backward"] == 3


def test_a_short_step_does_not_flicker(stepped: Stepped, qtbot) -> None:
    session = stepped.start()
    stepped.stop(0)
    session.steps.step_in()
    stepped.say(StateChanged(1, "running", 0))
    assert session.state.phase == "stopped"
    stepped.stop(1)
    assert session.state.phase == "stopped"
    session.steps.step_out()
    with qtbot.waitSignal(session.steps.resumed):
        stepped.say(StateChanged(1, "running", 0))
    assert session.state.phase == "running" and session.engine.stop is None and session.engine.point is None


def test_keys_that_come_too_fast_leave_one_step_to_do(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(0)
    for _ in range(20):
        session.steps.step_in()
    session.steps.step_over()
    assert [type(c) for c in stepped.commands if isinstance(c, StepIn | StepOver)] == [StepIn]
    stepped.stop(1)
    assert [type(c) for c in stepped.commands if isinstance(c, StepIn | StepOver)] == [StepIn, StepOver]
    stepped.stop(2)
    assert len(stepped.sent(StepIn)) + len(stepped.sent(StepOver)) == 2


def test_a_step_that_fails_lets_the_next_one_through(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(0)
    session.steps.step_out()
    stepped.say(Failed("StepOut", "It cannot."))
    session.steps.step_in()
    assert len(stepped.sent(StepOut)) == len(stepped.sent(StepIn)) == 1


def test_nothing_steps_while_it_runs(stepped: Stepped) -> None:
    session = stepped.start()
    session.run()
    session.steps.step_in()
    assert not stepped.sent(StepIn) and len(stepped.sent(Run)) == 1


def test_a_step_back_moves_the_window_alone(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(4)
    before = len(stepped.sent(StepIn))
    session.steps.step_back()
    assert session.engine.looks_back and session.engine.point == point(3) and session.selection.node_id == 2
    session.steps.step_in()  # on to the present, without the engine
    assert not session.engine.looks_back and session.engine.point == point(4)
    assert len(stepped.sent(StepIn)) == before


def test_going_on_from_the_past_comes_back_to_the_present(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(4)
    session.steps.move_cursor(0)
    session.steps.step_out()
    assert not session.engine.looks_back and len(stepped.sent(StepOut)) == 1


def test_another_iteration_begins_another_timeline(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(4)
    first = session.engine.timeline
    stepped.say(passed(1, 0, 4, 5), losses(1, 0, 1))
    assert session.engine.timeline is first and len(first.passed) == 6
    stepped.stop(0, step=1)
    assert session.engine.timeline is not first and session.engine.timeline.step == 1
    stepped.say(StateChanged(1, "paused", 9))
    assert session.engine.timeline is None and session.engine.stop is None


def test_breakpoints_are_sent_whole_and_again_to_a_new_engine(stepped: Stepped) -> None:
    session = stepped.start()
    session.breakpoints.add(BreakpointRecord(0, "op", text="mm"))
    session.breakpoints.add(BreakpointRecord(0, "nan"))
    assert [b.kind for b in stepped.sent(SetBreakpoints)[-1].breakpoints] == ["op", "nan"]
    session.breakpoints.enable(1, False)
    assert [b.kind for b in stepped.sent(SetBreakpoints)[-1].breakpoints] == ["nan"]
    session.engine_died("Gone", "")
    session.breakpoints.remove(1)
    session.opening.restart_engine()
    count = len(stepped.commands)
    session.apply(ready())
    assert [type(c) for c in stepped.commands[count:]] == [SetBreakpoints, Open]
    assert len(session.engine.breakpoints) == 1


def test_breakpoints_outlive_the_window(stepped: Stepped, qapp) -> None:
    session = stepped.start()
    session.breakpoints.toggle(BreakpointRecord(0, "line", file="f.py", line=3))
    other = Session()
    other.breakpoints.restore(session.engine.breakpoints.to_json())
    assert [item.record.line for item in other.engine.breakpoints] == [3]
    said = []
    other.state.failed.connect(said.append)
    other.breakpoints.restore("{broken")
    assert said and len(other.engine.breakpoints) == 1


def test_hits_are_counted_and_forgotten_with_the_run(stepped: Stepped) -> None:
    session = stepped.start()
    session.breakpoints.add(BreakpointRecord(0, "nan"))
    stepped.say(HitsCounted(((1, 7), (99, 1))))
    assert session.engine.breakpoints[1].hits == 7
    session.opening.reset()
    assert session.engine.breakpoints[1].hits == 0


def test_break_on_nan_is_one_wish(stepped: Stepped) -> None:
    session = stepped.start()
    nan = BreakpointRecord(0, "nonfinite")
    session.breakpoints.toggle(nan)
    assert session.breakpoints.breaks_on_nonfinite
    session.breakpoints.toggle(nan)
    assert not session.breakpoints.breaks_on_nonfinite and len(session.engine.breakpoints) == 0


def test_answers_to_an_earlier_stop_are_dropped(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(4)
    received = []
    session.tensors.answered.connect(received.append)
    early = session.tensors.ask(AskTensor(0, 1, "output"))
    stepped.stop(5)
    late = session.tensors.ask(AskTensor(0, 0, "output"))
    stepped.say(TensorAnswered(early), TensorAnswered(late), TensorAnswered(late))
    assert [answer.request for answer in received] == [late] and early != late


def test_an_edit_is_marked_on_the_run_even_before_its_first_loss(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(4)
    session.tensors.edit(Edit(1, "grad_output", "g * 2"))
    stepped.say(Edited(1, 0, 1, MarkRecord(0, "edit", "gradient into clamp: g * 2")))
    assert set(session.engine.edits) == {1}
    stepped.say(losses(1, 0, 1))
    assert [mark.kind for mark in session.state.scalars.curve(1).marks] == ["edit"]


def test_an_edit_that_fails_is_said(stepped: Stepped, qtbot) -> None:
    session = stepped.start()
    stepped.stop(4)
    session.tensors.edit(Edit(1, "grad_output", "h"))
    with qtbot.waitSignal(session.tensors.edit_failed) as said:
        stepped.say(Failed("Edit", "'h' cannot be computed."))
    assert said.args == ["'h' cannot be computed."]


def test_an_engine_that_dies_at_a_stop_leaves_the_past(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(4)
    session.engine_died("The engine was killed (SIGKILL)", "")
    assert session.engine.stop is None and len(session.engine.timeline.passed) == 4 and session.engine.graph is not None
    session.steps.step_back()
    assert session.engine.looks_back
    session.steps.step_out()
    assert not stepped.sent(StepOut)


def test_reset_forgets_the_steps(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.stop(4)
    session.opening.reset()
    assert session.engine.timeline is None and session.engine.stop is None and session.state.phase == "ready"


def test_a_forward_that_is_begun_again_empties_the_timeline(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.say(passed(1, 0, 0, 1, 2))
    session.steps.step_in()
    assert stepped.sent(StepIn) == [StepIn(first=True)]
    stepped.stop(0)
    assert session.engine.timeline.passed == [] and session.engine.timeline.next == point(0)
    session.steps.step_in()
    assert stepped.sent(StepIn)[-1] == StepIn()


def test_weights_that_were_loaded_are_not_lost_by_the_first_step(stepped: Stepped) -> None:
    session = stepped.start()
    stepped.say(WeightsLoaded(1, "w.pt", 2))
    session.steps.step_in()
    assert stepped.sent(StepIn) == [StepIn()]
