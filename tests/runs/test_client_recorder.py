"""What a client sends and receives becomes a recorded run, with everything at the iteration where it took effect."""

from __future__ import annotations

import hashlib
import json
from array import array
from pathlib import Path

import numpy as np
import pytest

from gradviz.client.engine_process import EngineDeath
from gradviz.client.runs import default_setup
from gradviz.protocol.commands import Open, Run
from gradviz.protocol.events import (
    ConfigurationChanged,
    Edited,
    GraphChanged,
    LossBatch,
    Opened,
    Raised,
    StateChanged,
    Stopped,
)
from gradviz.protocol.metric_events import FiguresSampled
from gradviz.protocol.past_events import Branched, CheckpointMade
from gradviz.protocol.records import (
    EvaluationsRecord,
    MarkRecord,
    OptimizerChoice,
    PointRecord,
    SourceRecord,
)
from gradviz.runs.client_recorder import ClientRecorder, Resumption
from gradviz.runs.library import RunLibrary
from gradviz.runs.run_reader import RunReader
from gradviz.runs.run_records import Points, RunSummary
from tests.helpers.fake_engine import ready
from tests.helpers.graphs import two_layers

SGD, ADAM = OptimizerChoice("SGD", {"lr": 0.1}), OptimizerChoice("Adam", {"lr": 0.01})


@pytest.fixture
def recorder(tmp_path: Path) -> ClientRecorder:
    return ClientRecorder(tmp_path, "window")


def losses(run: int, first: int, *values: float) -> LossBatch:
    return LossBatch(run, first, array("d", values).tobytes(), 100.0)


def opened(run: int, optimizer: OptimizerChoice = SGD, **more: object) -> Opened:
    return Opened(run, "nn", "nn.Sequential", "cpu", optimizer, (), (), (), **more)  # type: ignore[arg-type]


def begin(recorder: ClientRecorder, run: int = 1, **more: object) -> None:
    recorder.sent(Open(run, "nn", seed=7))
    recorder.take(opened(run, **more))


def only(recorder: ClientRecorder) -> RunSummary:
    recorder.close()
    assert recorder.folder is not None
    (run,) = RunLibrary(recorder.folder).runs()
    return run


def events(run: RunSummary) -> list[tuple[int, str, str]]:
    with RunReader(Path(run.path)) as reader:
        return [(event.step, event.kind, event.text) for event in reader.events]


def change(step: int, optimizer: OptimizerChoice) -> ConfigurationChanged:
    return ConfigurationChanged(1, "cpu", optimizer, MarkRecord(step, "optimizer", optimizer.name))


def test_a_run_is_recorded_as_it_was_opened(recorder: ClientRecorder, tmp_path: Path) -> None:
    source = tmp_path / "model.py"
    source.write_text("build = None")
    recorder.take(ready())
    begin(recorder, source=SourceRecord(str(source)))
    recorder.sent(Run(20))
    recorder.take(losses(1, 0, 3.0, 2.0))
    recorder.take(losses(1, 2, 2.5))
    run = only(recorder)
    assert run.setup is not None
    assert (run.title, run.setup.optimizer, run.setup.seed, run.setup.iterations) == ("nn", SGD, 7, 20)
    assert run.setup.hyperparameters == default_setup("nn").hyperparameters
    assert (run.iterations, run.last, run.best, run.state, run.origin) == (3, 2.5, 2.0, "ended", "window")
    assert run.torch == ready().torch and run.digest == hashlib.sha256(b"build = None").hexdigest()
    with RunReader(Path(run.path)) as reader:
        times = reader.points().times
    assert (times[1:] >= times[:-1]).all() and times[0] >= run.began


def test_a_source_that_was_changed_before_the_first_loss_has_no_digest(
    recorder: ClientRecorder, tmp_path: Path
) -> None:
    source = tmp_path / "model.py"
    begin(recorder, source=SourceRecord(str(source)))
    source.write_text("changed")
    recorder.take(losses(1, 0, 1.0))
    assert not only(recorder).digest


def test_a_network_that_was_only_opened_is_not_recorded(recorder: ClientRecorder, tmp_path: Path) -> None:
    begin(recorder)
    recorder.take(GraphChanged(1, 0, "a", two_layers().record))
    begin(recorder, 2)
    recorder.close()
    assert not list(tmp_path.iterdir())


def test_every_run_of_a_client_is_a_run_of_its_own(recorder: ClientRecorder, tmp_path: Path) -> None:
    begin(recorder)
    recorder.take(losses(1, 0, 1.0))
    recorder.sent(Open(2, "optim"))
    recorder.take(losses(1, 1, 2.0))  # on its way while the next was requested
    recorder.take(opened(2))
    recorder.take(losses(2, 0, 5.0))
    recorder.close()
    runs = {run.title: run.iterations for run in RunLibrary(tmp_path).runs()}
    assert runs == {"nn": 2, "optim": 1}


def test_another_optimizer_is_noted_with_the_first_iteration_that_it_makes(recorder: ClientRecorder) -> None:
    begin(recorder)
    recorder.take(losses(1, 0, 3.0, 2.0))
    recorder.take(change(2, ADAM))
    recorder.take(losses(1, 2, 1.0))
    run = only(recorder)
    assert events(run) == [(2, "optimizer", "Adam")] and run.optimizer == "SGD"
    with RunReader(Path(run.path)) as reader:
        assert json.loads(reader.events[0].data)["optimizer"]["name"] == "Adam"


def test_a_finished_run_is_not_changed_by_what_is_chosen_afterwards(recorder: ClientRecorder) -> None:
    begin(recorder)
    recorder.take(losses(1, 0, 3.0, 2.0))
    recorder.take(StateChanged(1, "finished", 2))
    recorder.take(change(2, ADAM))
    run = only(recorder)
    assert run.state == "finished" and [kind for _, kind, _ in events(run)] == ["end"]


def test_a_run_that_goes_on_after_its_end_is_one_run(recorder: ClientRecorder) -> None:
    begin(recorder)
    recorder.take(losses(1, 0, 3.0))
    recorder.take(StateChanged(1, "finished", 1))
    recorder.take(StateChanged(1, "running", 1))
    recorder.take(losses(1, 1, 2.0))
    run = only(recorder)
    assert (run.iterations, run.state) == (2, "ended")


def test_an_optimizer_chosen_before_the_first_iteration_is_that_of_the_run(recorder: ClientRecorder) -> None:
    begin(recorder)
    recorder.take(ConfigurationChanged(1, "cpu", ADAM, None))
    recorder.take(losses(1, 0, 3.0))
    run = only(recorder)
    assert run.optimizer == "Adam" and not events(run)


def test_edits_traps_errors_and_evaluations_are_noted(recorder: ClientRecorder) -> None:
    begin(recorder)
    recorder.take(Edited(1, 0, 3, MarkRecord(0, "edit", "w = 0")))
    recorder.take(LossBatch(1, 0, array("d", [3.0]).tobytes(), 1.0, (EvaluationsRecord(0, 20, 1.5),)))
    recorder.take(Stopped(1, 1, "breakpoint", PointRecord(0, "forward"), message="the loss is NaN"))
    recorder.take(Stopped(1, 1, "step", PointRecord(1, "forward")))
    recorder.take(Raised(1, 1, "forward", "no", ""))
    run = only(recorder)
    assert events(run) == [(0, "edit", "w = 0"), (1, "trap", "the loss is NaN"), (1, "error", "no")]
    assert run.state == "failed" and run.metrics == ("loss", "evaluations", "last_evaluation")


def test_what_is_sampled_is_recorded_by_name(recorder: ClientRecorder) -> None:
    begin(recorder)
    recorder.take(losses(1, 0, 3.0, 2.0, 1.0))
    steps, times = np.array([0, 2], "<i8"), np.array([1e9, 1e9 + 1])
    table = np.array([[0.5, np.nan], [0.25, 7.0]])
    sampled = FiguresSampled(1, ("grad_norm", "lr"), steps.tobytes(), times.tobytes(), table.tobytes(), 2, 0.01)
    recorder.take(sampled)
    run = only(recorder)
    with RunReader(Path(run.path)) as reader:
        points = reader.points("grad_norm")
        assert (points.steps.tolist(), points.times.tolist(), points.values.tolist()) == (
            [0, 2],
            [1e9, 1e9 + 1],
            [0.5, 0.25],
        )
        assert np.isnan(reader.points("lr").values[0])


def test_the_death_of_the_engine_ends_the_run(recorder: ClientRecorder) -> None:
    begin(recorder)
    recorder.take(losses(1, 0, 3.0))
    recorder.take(EngineDeath("The engine crashed", "Native code gave up.", -11))
    run = only(recorder)
    assert run.state == "died" and events(run) == [(1, "death", "The engine crashed. Native code gave up.")]


def test_graphs_are_kept_once_also_those_that_an_earlier_run_was_sent(recorder: ClientRecorder, tmp_path: Path) -> None:
    graph = two_layers().record
    for number in (1, 2):
        begin(recorder, number)
        recorder.take(GraphChanged(number, 0, graph.signature, graph if number == 1 else None))
        recorder.take(losses(number, 0, 3.0))
        recorder.take(GraphChanged(number, 1, graph.signature))
    recorder.close()
    for run in RunLibrary(tmp_path).runs():
        with RunReader(Path(run.path)) as reader:
            assert reader.graph() == graph and reader.graph_changes == [(0, graph.signature)]


def test_a_script_that_is_run_again_to_a_trap_is_a_branch(recorder: ClientRecorder, tmp_path: Path) -> None:
    begin(recorder)
    recorder.take(losses(1, 0, 3.0))
    first = recorder.current
    recorder.sent(Open(2, "nn", again_to=4))
    second = recorder.current
    assert first is not None and second is not None
    assert (second.facts.parent, second.facts.parent_step) == (first.id, 4)


def test_without_a_folder_nothing_is_recorded(tmp_path: Path) -> None:
    recorder = ClientRecorder(None, "debug")
    begin(recorder)
    recorder.take(losses(1, 0, 3.0))
    recorder.close()
    assert recorder.current is None


def test_a_branch_is_a_run_of_its_own_from_where_it_parts(recorder: ClientRecorder, tmp_path: Path) -> None:
    source = tmp_path / "model.py"
    source.write_text("build = None")
    begin(recorder, source=SourceRecord(str(source)))
    graph = two_layers().record
    recorder.take(GraphChanged(1, 0, graph.signature, graph))
    recorder.take(losses(1, 0, 3.0, 2.0, 1.0))
    recorder.take(StateChanged(1, "finished", 3))
    recorder.take(Branched(2, 1, 1))
    recorder.take(ConfigurationChanged(2, "cpu", ADAM, MarkRecord(1, "optimizer", "Adam")))
    recorder.take(losses(2, 1, 5.0))
    recorder.close()
    library = RunLibrary(tmp_path)
    branch, parent = sorted(library.runs(), key=lambda run: not run.parent)
    assert (parent.iterations, parent.state, parent.parent) == (3, "finished", "")
    assert (branch.iterations, branch.state, branch.parent, branch.parent_step) == (2, "ended", parent.id, 1)
    assert [kind for _, kind, _ in events(branch)] == ["branch", "optimizer"] and not events(parent)[1:]
    with RunReader(Path(branch.path)) as reader:
        assert reader.points().steps.tolist() == [1] and reader.graph() == graph
    assert library.points(branch).values.tolist() == [3.0, 5.0]
    assert branch.digest == parent.digest != ""
    library.delete(parent)
    assert library.points(branch).values.tolist() == [5.0]


def test_iterations_that_run_again_are_recorded_once(recorder: ClientRecorder) -> None:
    begin(recorder)
    recorder.take(losses(1, 0, 3.0, 2.0))
    recorder.take(losses(1, 1, 2.0, 1.0))
    run = only(recorder)
    with RunReader(Path(run.path)) as reader:
        assert reader.points().values.tolist() == [3.0, 2.0, 1.0]


def test_a_checkpoint_in_parts_is_one_in_the_file(recorder: ClientRecorder) -> None:
    begin(recorder)
    recorder.take(losses(1, 0, 3.0, 2.0))
    recorder.take(CheckpointMade(1, 2, "asked", 6, b"abc", more=True))
    recorder.take(CheckpointMade(1, 2, "asked", 6, b"def"))
    run = only(recorder)
    with RunReader(Path(run.path)) as reader:
        (row,) = reader.checkpoints
        assert (row.step, row.kind, row.size, reader.checkpoint(row.number)) == (2, "asked", 6, b"abcdef")
    assert run.is_kept


def test_a_resumed_run_begins_with_the_losses_of_the_one_that_it_goes_on_from(recorder: ClientRecorder) -> None:
    before = Points(np.arange(2), np.array([1.0, 2.0]), np.array([3.0, 2.0]))
    recorder.resumption = Resumption("other", 2, before)
    recorder.sent(Open(1, "nn", checkpoint="some/file"))
    recorder.take(opened(1))
    recorder.sent(Open(2, "nn", checkpoint="some/file"))  # again: nothing was trained, and no file is left
    recorder.take(opened(2))
    recorder.take(losses(2, 2, 1.0))
    run = only(recorder)
    assert (run.parent, run.parent_step, run.iterations) == ("other", 2, 3)
    with RunReader(Path(run.path)) as reader:
        assert reader.points().values.tolist() == [3.0, 2.0, 1.0]
