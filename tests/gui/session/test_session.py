"""The session: wishes leave as commands, facts come back as signals, and nothing is lost when an engine dies."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gradviz.gui.session.session import Session
from gradviz.protocol.commands import Command, Inspect, Open, Pause, Run, RunOne, SetDevice, SetOptimizer
from gradviz.protocol.events import Failed, GraphChanged, NodeDetails, Raised, RestartNeeded, StateChanged
from gradviz.protocol.records import OptimizerChoice, SavedRecord
from tests.helpers.fake_engine import FakeRun, graph_record, losses, ready


class Joined:
    """A session with a fake engine that answers at once."""

    def __init__(self) -> None:
        self.session, self.fake, self.commands = Session(), FakeRun(), []
        self.session.state.command_issued.connect(self._serve)

    def _serve(self, command: Command) -> None:
        self.commands.append(command)
        for event in self.fake.answer(command):
            self.session.apply(event)

    def start(self) -> Session:
        self.session.opening.open("autograd")
        self.session.apply(ready())
        return self.session

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            for event in self.fake.tick():
                self.session.apply(event)


@pytest.fixture
def joined(qapp) -> Joined:
    return Joined()


def test_nothing_is_sent_before_the_engine_is_ready(joined: Joined) -> None:
    joined.session.opening.open("nn")
    assert joined.commands == []
    joined.session.apply(ready())
    assert [type(c) for c in joined.commands] == [Open]
    assert joined.commands[0].target == "nn"


def test_opening_leads_to_ready_with_a_graph_and_a_loss(joined: Joined) -> None:
    session = joined.start()
    assert (session.state.phase, session.engine.step, session.engine.loss) == ("ready", 0, 2.94e7)
    assert session.engine.graph is not None and len(session.engine.graph) == 6


def test_a_run_ends_finished_with_every_loss(joined: Joined) -> None:
    session = joined.start()
    session.run()
    assert session.state.phase == "running"
    joined.tick(10)
    assert (session.state.phase, session.engine.step) == ("finished", 500)
    assert len(session.state.scalars.curve(1)) == 500


def test_running_again_after_the_end_trains_as_many_more(joined: Joined) -> None:
    session = joined.start()
    session.run()
    joined.tick(10)
    session.run()
    assert joined.commands[-1] == Run(1000)


def test_one_iteration_holds_after_it(joined: Joined) -> None:
    session = joined.start()
    session.run_one()
    assert joined.commands[-1] == RunOne()
    assert (session.state.phase, session.engine.step) == ("paused", 1)


def test_one_iteration_that_takes_long_is_running_and_can_be_paused(qtbot) -> None:
    commands: list[Command] = []
    session = Session()
    session.apply(ready())
    session.apply(StateChanged(session.state.runs.number, "paused", 1))
    session.state.command_issued.connect(commands.append)
    session.run_one()
    session.apply(StateChanged(session.state.runs.number, "running", 1))
    assert session.state.phase == "paused"  # what is over at once shall not flicker
    qtbot.waitUntil(lambda: session.state.phase == "running")
    session.pause()
    assert commands == [RunOne(), Pause()]
    session.apply(StateChanged(session.state.runs.number, "paused", 2))
    assert session.state.phase == "paused"


def test_pause_is_only_sent_while_running(joined: Joined) -> None:
    session = joined.start()
    session.pause()
    assert Pause() not in joined.commands
    session.run()
    session.pause()
    assert (joined.commands[-1], session.state.phase) == (Pause(), "paused")


def test_reset_keeps_the_earlier_curve_and_begins_the_next_run(joined: Joined) -> None:
    session = joined.start()
    session.run()
    joined.tick(2)
    session.opening.reset()
    assert session.state.runs.number == 2 and session.engine.step == 0
    assert [curve.run for curve in session.state.scalars.curves] == [1]


def test_late_losses_of_an_ended_run_still_reach_its_curve(joined: Joined) -> None:
    session = joined.start()
    session.run()
    joined.tick(1)
    session.opening.reset()
    session.apply(losses(1, 50, 10))
    assert len(session.state.scalars.curve(1)) == 60
    assert session.engine.step == 0


def test_events_of_an_ended_run_do_not_change_the_state(joined: Joined) -> None:
    session = joined.start()
    session.opening.reset()
    session.apply(StateChanged(1, "running", 7))
    assert (session.state.phase, session.engine.step) == ("ready", 0)


def test_sizes_changed_before_training_open_anew_at_once(joined: Joined) -> None:
    session = joined.start()
    session.configure(replace(session.state.setup, hyperparameters={**session.state.setup.hyperparameters, "h": 50}))
    assert joined.commands[-1].hyperparameters["h"] == 50


def test_sizes_changed_during_training_wait_for_a_reset(joined: Joined) -> None:
    session = joined.start()
    session.run()
    joined.tick(1)
    session.configure(replace(session.state.setup, seed=3))
    assert not isinstance(joined.commands[-1], Open)
    assert session.state.waits_for_reset
    session.opening.reset()
    assert joined.commands[-1].seed == 3
    assert not session.state.waits_for_reset


def test_device_and_optimizer_are_changed_in_the_middle_of_a_run_and_marked(joined: Joined) -> None:
    session = joined.start()
    session.run()
    joined.tick(4)
    sgd = OptimizerChoice("SGD", {"lr": 1e-6, "momentum": 0.9})
    session.configure(replace(session.state.setup, device="cuda:0", optimizer=sgd))
    assert joined.commands[-2:] == [SetDevice("cuda:0"), SetOptimizer(sgd)]
    curve = session.state.scalars.curve(1)
    assert not curve.marks  # until an iteration is run with them
    joined.tick()
    assert [mark.step for mark in curve.marks] == [200, 200]
    assert curve.title == "SGD from 200"
    assert (session.engine.device, session.engine.optimizer) == ("cuda:0", sgd)


def test_a_refused_change_brings_the_form_back_to_the_facts(joined: Joined, qtbot) -> None:
    session = joined.start()
    joined.fake.answer = lambda command: [Failed("SetDevice", "cuda:0 is full.")]  # type: ignore[method-assign]
    with qtbot.waitSignal(session.state.failed) as reported:
        session.configure(replace(session.state.setup, device="cuda:0"))
    assert reported.args == ["cuda:0 is full."]
    assert session.state.setup.device == "cpu"


def test_a_device_that_is_gone_falls_back_to_the_cpu(joined: Joined, qtbot) -> None:
    session = joined.session
    session.configure(replace(session.state.setup, device="cuda:7"))
    with qtbot.waitSignal(session.state.failed):
        session.apply(ready())
    assert joined.commands[-1].device == "cpu"


def test_a_graph_named_by_its_signature_is_the_one_sent_before(joined: Joined) -> None:
    session = joined.start()
    first = session.engine.graph
    session.apply(GraphChanged(1, 5, "two", graph_record("two", "mean")))
    assert (session.engine.graph.signature, session.engine.graphs.since) == ("two", 5)
    session.apply(GraphChanged(1, 9, "one"))
    assert session.engine.graph is first and session.engine.graphs.since == 9


def test_an_unknown_signature_is_said_and_changes_nothing(joined: Joined, qtbot) -> None:
    session = joined.start()
    with qtbot.waitSignal(session.state.failed):
        session.apply(GraphChanged(1, 5, "never sent"))
    assert session.engine.graph.signature == "one"


def test_selecting_a_function_asks_for_its_saved_tensors(joined: Joined) -> None:
    session = joined.start()
    session.selection.select(0)
    assert joined.commands[-1] == Inspect("one", 0)
    assert session.selection.details.saved[0].name == "self"


def test_selecting_a_parameter_asks_what_the_optimizer_keeps_for_it(joined: Joined) -> None:
    session = joined.start()
    session.selection.select(-2)
    assert session.selection.node.name == "w1" and joined.commands[-1] == Inspect("one", -2)


def test_selecting_data_asks_nothing(joined: Joined) -> None:
    session = joined.start()
    before = len(joined.commands)
    session.selection.select(-1)
    assert session.selection.node.kind == "data" and len(joined.commands) == before


def test_the_selection_stays_where_the_node_is_the_same_in_the_next_graph(joined: Joined) -> None:
    session = joined.start()
    session.selection.select(0)
    session.apply(GraphChanged(1, 1, "two", graph_record("two", "mean")))
    assert session.selection.node_id == 0
    session.selection.select(2)
    session.apply(GraphChanged(1, 2, "one"))
    assert session.selection.node_id is None


def test_a_run_in_another_python_asks_for_an_engine_there_and_back(joined: Joined, qtbot) -> None:
    session = joined.start()
    for python in ("/elsewhere/python", ""):
        with qtbot.waitSignal(session.state.engine_requested) as asked:
            session.configure(replace(session.state.setup, python=python))
        assert asked.args == [python]
        session.apply(ready())
        assert session.state.phase == "ready"
    assert session.state.runs.number == 3


def test_a_dead_engine_leaves_curve_and_graph_and_restarts_at_a_wish(joined: Joined, qtbot) -> None:
    session = joined.start()
    session.run()
    joined.tick(2)
    session.engine_died("The engine was killed (SIGKILL)", "")
    assert (
        session.state.phase == "dead"
        and session.engine.graph is not None
        and len(session.state.scalars.curve(1)) == 100
    )
    with qtbot.waitSignal(session.state.engine_requested):
        session.opening.restart_engine()
    session.apply(ready())
    assert (session.state.phase, session.state.runs.number) == ("ready", 2)
    assert len(session.state.scalars.curve(1)) == 100


def test_opening_something_after_a_crash_starts_an_engine_for_it(joined: Joined, qtbot) -> None:
    session = joined.start()
    session.engine_died("The engine was killed (SIGKILL)", "")
    with qtbot.waitSignal(session.state.engine_requested):
        session.opening.open("nn")
    session.apply(ready())
    assert session.state.phase == "ready" and session.state.setup.target == "nn"


def test_where_torch_was_changed_another_engine_opens_what_was_asked_for(joined: Joined, qtbot) -> None:
    session = joined.start()
    joined.fake.answer = lambda command: []
    session.opening.open("nn")
    reported: list[str] = []
    session.state.failed.connect(reported.append)
    with qtbot.waitSignal(session.state.engine_requested):
        session.apply(RestartNeeded(session.state.runs.number, "Code that ran in this engine changed torch.relu"))
    assert session.state.phase == "starting"
    assert reported == ["Code that ran in this engine changed torch.relu: another engine opens nn."]
    opened = len(joined.commands)
    session.apply(ready())
    assert [command.target for command in joined.commands[opened:] if isinstance(command, Open)] == ["nn"]


def test_an_error_of_the_networks_code_ends_the_run_and_keeps_what_there_is(joined: Joined, qtbot) -> None:
    session = joined.start()
    with qtbot.waitSignal(session.state.raised):
        session.apply(Raised(1, 3, "forward", "boom", "Traceback…", "file.py", 3))
    assert session.state.phase == "failed" and session.engine.graph is not None


def test_sizes_that_are_known_stay_when_backward_frees_the_tensors(joined: Joined) -> None:
    session = joined.start()
    session.selection.select(2)
    held = session.selection.details
    assert held is not None and held.state == "held"
    freed = NodeDetails(held.signature, held.node, "freed", (SavedRecord(held.saved[0].name, note="freed"),))
    session.apply(freed)
    assert session.selection.details is not None
    assert (session.selection.details.state, session.selection.details.saved) == ("freed", held.saved)


def test_a_run_that_goes_on_is_asked_for_what_was_freed(joined: Joined) -> None:
    session = joined.start()
    session.selection.select(2)
    assert session.engine.graph is not None
    saved = (SavedRecord("mat2", note="freed"),)
    session.apply(NodeDetails(session.engine.graph.signature, 2, "freed", saved))
    joined.commands.clear()
    session.run()
    assert Inspect(session.engine.graph.signature, 2) in joined.commands


def test_the_end_of_a_script_is_reported(joined: Joined, qtbot) -> None:
    session = joined.session
    joined.start()
    with qtbot.waitSignal(session.state.failed) as reported:
        session.apply(StateChanged(session.state.runs.number, "finished", 5, 0.5, "The script has ended."))
    assert reported.args == ["The script has ended."]
    assert (session.state.phase, session.engine.step, session.state.until) == ("finished", 5, 5)
