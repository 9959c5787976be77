"""Recorded runs for the window: read in another thread, and what goes wrong is a sentence."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from gradviz.gui.processes.background_thread import BackgroundWork
from gradviz.gui.session.recorded_runs import RecordedRuns, label
from gradviz.gui.session.session import Session
from gradviz.protocol.commands import Command
from gradviz.runs.client_recorder import ClientRecorder
from gradviz.runs.library import RunLibrary
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_records import LOSS, RunFacts, RunSummary
from tests.helpers.fake_engine import FakeRun, ready


@pytest.fixture
def recorded(qapp, tmp_path: Path) -> RecordedRuns:
    session = Session()
    session.recorded.library = RunLibrary(tmp_path / "runs")
    return session.recorded


def record(folder: Path, steps=range(3), **facts: object) -> Recording:
    recording = Recording(folder, RunFacts(id=new_id(), began=time.time(), title="nn", **facts), print)  # type: ignore[arg-type]
    recording.add_points(LOSS, steps, range(len(steps)), [3.0, 1.0, 2.0][: len(steps)])
    recording.close("finished")
    return recording


def test_runs_are_read_in_another_thread(recorded: RecordedRuns, monkeypatch: pytest.MonkeyPatch, qtbot) -> None:
    record(recorded.library.folder)
    threads, read = [], RunLibrary.runs

    def runs(library: RunLibrary) -> list[RunSummary]:
        threads.append(threading.current_thread())
        return read(library)

    monkeypatch.setattr(RunLibrary, "runs", runs)
    monkeypatch.setattr(BackgroundWork, "GRACE", 0)
    with qtbot.waitSignal(recorded.changed):
        recorded.refresh()
        assert not recorded.runs
    assert len(recorded.runs) == 1 and threads[0] is not threading.main_thread()


def test_a_list_that_is_the_same_is_not_shown_again(recorded: RecordedRuns, qtbot) -> None:
    record(recorded.library.folder)
    recorded.refresh()
    with qtbot.assertNotEmitted(recorded.changed):
        recorded.refresh()


def test_a_folder_that_cannot_be_read_is_a_problem(recorded: RecordedRuns, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recorded.library = RunLibrary(tmp_path / "file")
    recorded.refresh()
    assert not recorded.runs and "GRADVIZ_RUNS" in recorded.problems[tmp_path / "file"]


def test_a_run_that_is_gone_is_a_sentence_and_what_waits_is_done(recorded: RecordedRuns, qtbot) -> None:
    gone, other = record(recorded.library.folder), record(recorded.library.folder)
    recorded.refresh()
    runs = {run.id: run for run in recorded.runs}
    gone.path.unlink()
    with qtbot.waitSignal(recorded.said):
        recorded.show(runs[gone.id])
    recorded.show(runs[other.id])
    assert list(recorded.shown) == [(other.id, LOSS)]


def test_steps_that_go_back_are_put_in_their_order_and_none_is_dropped(recorded: RecordedRuns) -> None:
    record(recorded.library.folder, [5, 9, 5])
    recorded.refresh()
    recorded.show(recorded.runs[0])
    (curve,) = recorded._state.scalars.curves
    assert curve.raw.steps is not None
    assert (curve.raw.steps.tolist(), curve.losses.tolist()) == ([5, 5, 9], [3.0, 2.0, 1.0])


def test_runs_of_this_window_are_known_as_its_own(qapp, tmp_path: Path) -> None:
    session, fake, recorder = Session(), FakeRun(), ClientRecorder(tmp_path / "runs", "window")

    def take(events) -> None:
        for event in events:
            recorder.take(event)
            session.apply(event)

    def serve(command: Command) -> None:
        recorder.sent(command)
        take(fake.answer(command))

    session.state.command_issued.connect(serve)
    session.recorded.use(RunLibrary(tmp_path / "runs"), recorder)
    session.opening.open("autograd")
    take([ready()])
    session.run()
    take(fake.tick())
    recorder.close()
    record(tmp_path / "runs", name="another")
    session.recorded.refresh()
    own = {label(run) if run.name else "own": session.recorded.is_own(run) for run in session.recorded.runs}
    assert own == {"another": False, "own": True}
