"""One engine's state: read from its events, changed by nothing else, and apart from that of another engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.client.debug_state import DebugState, awaits_loss, losses_of, shows_past_graph
from gradviz.client.engine_process import EngineProcess
from gradviz.errors import GradvizError, ProtocolError
from gradviz.protocol.commands import (
    AskTensor,
    Command,
    NextPhase,
    Open,
    Run,
    SetBreakpoints,
    StepIn,
    StepOver,
)
from gradviz.protocol.events import (
    ConfigurationChanged,
    Edited,
    Event,
    Failed,
    GraphChanged,
    HitsCounted,
    Passed,
    StateChanged,
    Stopped,
    TensorAnswered,
)
from gradviz.protocol.records import BreakpointRecord, MarkRecord, ParameterRecord, PassedRecord, PointRecord
from tests.helpers.fake_engine import FakeRun, graph_record, losses, ready

FAKE = str(Path(__file__).parents[1] / "helpers" / "fake_engine.py")
PATIENCE = 20


class Engine:
    """A state with a fake engine that answers at once."""

    def __init__(self, run: int = 1) -> None:
        self.sent: list[Command] = []
        self.fake = FakeRun()
        self.state = DebugState(self.send)
        self.state.apply(ready())
        self.state.begin(run)
        self.state.open(Open(run, "autograd"))

    def send(self, command: Command) -> None:
        self.sent.append(command)
        self.receive(*self.fake.answer(command))

    def receive(self, *events: Event) -> list[bool]:
        return [self.state.apply(event) for event in events]

    def stop(self, index: int, step: int = 0) -> None:
        self.receive(
            Passed(self.state.run, step, tuple(PassedRecord(point(i), 1e-5, ()) for i in range(index))),
            Stopped(self.state.run, step, "step", point(index)),
            StateChanged(self.state.run, "stopped", step),
        )


def point(index: int) -> PointRecord:
    return PointRecord(index, "forward", index)


def test_two_engines_side_by_side_share_nothing() -> None:
    first, second = Engine(run=1), Engine(run=7)
    first.stop(1)
    second.receive(GraphChanged(7, 3, "two", graph_record("two", "mean")))
    first.state.breakpoints.add(BreakpointRecord(0, "nan"))
    second.stop(2, step=5)
    first.receive(HitsCounted(((1, 4),)), Edited(1, 0, 2, MarkRecord(0, "edit", "g * 2")))
    requests = first.state.ask(AskTensor(0, 1, "output")), second.state.ask(AskTensor(0, 0, "output"))
    second.state.move_cursor(0)

    a, b = first.state, second.state
    assert (a.run, a.step, a.point, a.looks_back) == (1, 0, point(1), False)
    assert (b.run, b.step, b.point, b.looks_back) == (7, 5, point(0), True)
    assert a.graph is not None and b.graph is not None
    assert (a.graph.signature, b.graph.signature) == ("one", "two")
    assert a.timeline is not None and b.timeline is not None
    assert (len(a.timeline.passed), len(b.timeline.passed)) == (1, 2)
    assert (set(a.edits), set(b.edits)) == ({2}, set())
    assert [item.hits for item in a.breakpoints] == [4] and len(b.breakpoints) == 0
    assert requests == (1, 1)  # each counts its own
    assert first.receive(TensorAnswered(1)) == [True]
    assert second.receive(TensorAnswered(1)) == [False]  # the cursor has moved since

    a.end()
    assert (a.state, a.stop) == (None, None) and (b.state, b.is_paused) == ("stopped", True)
    b.resume(StepIn())
    assert b.resuming and not a.resuming


def test_two_processes_side_by_side_each_have_their_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    engines = [EngineProcess([FAKE, "plain"]) for _ in range(2)]
    states = [DebugState(engine.send) for engine in engines]
    try:
        for state, target in zip(states, ("autograd", "nn"), strict=True):
            state.begin(1)
            state.open(Open(1, target))
        for engine, state in zip(engines, states, strict=True):
            while state.state != "ready":
                message = engine.next(PATIENCE)
                assert isinstance(message, Event)
                state.apply(message)
        assert [state.opened.target for state in states if state.opened is not None] == ["autograd", "nn"]
        states[0].resume(Run(100))
        while states[0].state != "finished":
            message = engines[0].next(PATIENCE)
            assert isinstance(message, Event)
            states[0].apply(message)
        assert [(state.state, state.step) for state in states] == [("finished", 100), ("ready", 0)]
    finally:
        for engine in engines:
            engine.close()


def test_events_of_another_run_change_nothing() -> None:
    engine = Engine(run=2)
    late = (StateChanged(1, "running", 9), losses(1, 0, 3), Stopped(1, 0, "step", point(0)))
    assert engine.receive(*late) == [False, False, False]
    assert (engine.state.state, engine.state.step, engine.state.stop) == ("ready", 0, None)


def test_the_newest_step_waits_for_the_stop_of_the_one_before() -> None:
    engine = Engine()
    engine.stop(0)
    engine.sent.clear()
    for command in (StepIn(), StepIn(), StepOver()):
        engine.state.request_step(command)
    assert engine.sent == [StepIn()] and engine.state.resuming
    engine.stop(1)
    assert engine.state.is_paused
    engine.state.send_next_step()
    assert engine.sent == [StepIn(), StepOver()] and engine.state.resuming


def test_a_step_that_fails_leaves_nothing_under_way() -> None:
    engine = Engine()
    engine.stop(0)
    engine.state.resume(NextPhase())
    engine.receive(Failed("StepIn", "Another command."))
    assert engine.state.resuming
    engine.receive(Failed("NextPhase", "It cannot."))
    assert engine.state.is_paused


def test_it_goes_on_only_where_it_is_paused_and_else_gives_the_reason() -> None:
    state = DebugState(lambda command: None)
    with pytest.raises(GradvizError, match="Nothing is open yet"):
        state.resume(StepIn())
    engine = Engine()
    engine.state.resume(Run(500))
    with pytest.raises(GradvizError, match="It is running"):
        engine.state.resume(StepIn())
    engine.receive(StateChanged(1, "failed", 3))
    with pytest.raises(GradvizError, match="ended with an error"):
        engine.state.resume(StepIn())


def test_losses_lead_the_iteration_while_it_runs() -> None:
    engine = Engine()
    engine.state.resume(Run(500))
    batch = losses(1, 0, 50)
    engine.receive(batch)
    assert (engine.state.step, engine.state.loss) == (50, losses_of(batch)[-1])
    engine.receive(StateChanged(1, "paused", 49, 2.0), losses(1, 0, 50))
    assert engine.state.step == 49


def test_a_new_run_keeps_graph_and_breakpoints_and_forgets_the_steps() -> None:
    engine = Engine()
    engine.state.breakpoints.add(BreakpointRecord(0, "nan"))
    engine.stop(2)
    graph = engine.state.graph
    engine.state.begin(2)
    assert engine.state.graph is graph and len(engine.state.breakpoints) == 1
    assert (engine.state.stop, engine.state.timeline, engine.state.state, engine.state.loss) == (None, None, None, None)
    engine.state.send_breakpoints()
    assert engine.sent[-1] == SetBreakpoints(engine.state.breakpoints.enabled())


def test_a_graph_that_was_never_sent_is_an_error() -> None:
    engine = Engine()
    with pytest.raises(ProtocolError):
        engine.receive(GraphChanged(1, 4, "never sent"))


def test_the_graph_of_the_iteration_before_is_known_as_such_until_forward_has_made_its_own() -> None:
    engine = Engine()
    engine.stop(0, step=4)
    assert shows_past_graph(engine.state) and awaits_loss(engine.state)
    graph = engine.state.graph
    assert graph is not None
    engine.receive(GraphChanged(1, 4, graph.signature))
    assert not shows_past_graph(engine.state) and awaits_loss(engine.state)
    engine.stop(1, step=4)  # the graph so far came before the stop
    assert not shows_past_graph(engine.state) and engine.state.graph_step == 4
    engine.stop(0, step=2)  # the run went back
    assert shows_past_graph(engine.state) and engine.state.graph_step == 1
    engine.stop(0, step=0)
    assert engine.state.graph_step == 0 and not shows_past_graph(engine.state)


def test_an_iteration_that_was_stepped_through_left_its_graph_though_none_was_sent() -> None:
    engine = Engine()
    engine.stop(0, step=4)
    engine.stop(0, step=5)
    assert engine.state.graph_step == 4 and shows_past_graph(engine.state)


def test_parameters_that_a_script_has_later_take_the_place_of_those_at_its_opening() -> None:
    state = (engine := Engine()).state
    assert state.opened is not None and state.optimizer is not None
    before = state.opened.parameters
    engine.receive(ConfigurationChanged(1, "cpu", state.optimizer))
    assert state.opened.parameters == before
    later = (ParameterRecord(("later",), (2,), "float32", True),)
    engine.receive(ConfigurationChanged(1, "cpu", state.optimizer, None, later))
    assert state.opened.parameters == later
