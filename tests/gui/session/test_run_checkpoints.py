"""The window keeps checkpoints of its run, and a recorded run goes on from one as if it had never ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from gradviz.client.code_consent import digest_of
from gradviz.client.runs import default_setup
from gradviz.gui.processes.background_thread import BackgroundWork
from gradviz.gui.session.session import Session
from gradviz.gui.session.target_opening import ResumedRun
from gradviz.protocol.commands import Open, SetCheckpoints
from gradviz.runs.client_recorder import ClientRecorder
from gradviz.runs.library import RunLibrary
from gradviz.runs.run_records import RunSummary
from tests.helpers.engine_thread import EngineThread

SMALL = {"n": 4, "d_in": 3, "h": 2, "d_out": 1}


class Seat:
    """A session with a real engine in a thread, whose runs are recorded."""

    def __init__(self, engine: EngineThread, folder: Path) -> None:
        setup = replace(default_setup("nn"), hyperparameters=SMALL, iterations=12)
        self.session, self.engine = Session(lambda _target: setup), engine
        self.recorder = ClientRecorder(folder, "window")
        self.said: list[str] = []
        self.session.recorded.said.connect(self.said.append)
        self.session.recorded.use(RunLibrary(folder), self.recorder)
        self.session.state.command_issued.connect(self.recorder.sent)
        self.session.state.command_issued.connect(engine.tell)
        self.session.opening.open("nn")
        self.session.apply(engine.seen[0])
        self.until(lambda: self.session.state.phase == "ready")

    def until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            event = self.engine.next()
            self.recorder.take(event)
            self.session.apply(event)

    def train(self, to: int) -> None:
        self.session.configure(replace(self.session.state.setup, iterations=to))
        self.session.run()
        self.until(lambda: self.session.state.phase == "finished" and self.session.engine.step == to)

    @property
    def losses(self) -> list[float]:
        state = self.session.state
        return state.scalars.curve(state.runs.number).losses.tolist()

    def recorded(self) -> list[RunSummary]:
        self.recorder.close()
        return self.session.recorded.library.runs()


@pytest.fixture
def seat(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    monkeypatch.setattr(BackgroundWork, "GRACE", 30.0)
    with EngineThread() as engine:
        yield Seat(engine, tmp_path / "runs")


def test_a_run_that_is_resumed_has_the_curve_and_the_losses_that_it_would_have_had(seat: Seat) -> None:
    checkpoints = seat.session.checkpoints
    assert checkpoints.why_not()
    seat.train(5)
    assert not checkpoints.why_not()
    checkpoints.keep()
    seat.until(lambda: bool(seat.said))
    assert "Checkpoint of iteration 5 kept" in seat.said[0] and seat.recorder.current.id in seat.said[0]
    seat.train(9)
    whole = seat.losses
    (first,) = seat.recorded()
    assert (first.checkpoints, first.checkpoint_step) == (1, 5)
    checkpoints.resume(first)
    seat.until(lambda: seat.session.state.phase == "ready")
    assert (seat.losses, seat.session.engine.step) == (whole[:5], 5)
    seat.train(9)
    assert seat.losses == whole
    newest = seat.recorded()[0]
    assert (newest.parent, newest.parent_step, newest.iterations) == (first.id, 5, 9)


def test_checkpoints_at_a_stride_are_said_once_and_stay_wanted_by_the_next_engine(seat: Seat) -> None:
    sent: list[object] = []
    seat.session.state.command_issued.connect(sent.append)
    seat.session.checkpoints.set_every(3)
    seat.train(12)
    (run,) = seat.recorded()
    assert run.checkpoints == 4 and len(seat.said) == 1 and "each 3 iterations" in seat.said[0]
    seat.session.checkpoints.on_ready()
    assert sent[-1] == SetCheckpoints(3)


def test_a_source_file_that_has_changed_since_is_said_before_its_run_goes_on(seat: Seat, tmp_path: Path, qtbot) -> None:
    source = tmp_path / "source.py"
    source.write_text("a = 1")
    seat.train(2)
    assert seat.recorder.current is not None
    seat.recorder.current.set_facts(source=str(source), digest=digest_of(source))
    seat.session.checkpoints.keep()
    seat.until(lambda: bool(seat.said))
    (run,) = seat.recorded()
    source.write_text("a = 2")
    with qtbot.waitSignal(seat.session.checkpoints.confirmation_needed) as asked:
        seat.session.checkpoints.resume(run)
    assert asked.args[0].changed == str(source)
    assert seat.session.state.phase == "finished"


def test_a_run_without_a_checkpoint_is_a_sentence(seat: Seat) -> None:
    seat.train(2)
    (run,) = seat.recorded()
    seat.session.checkpoints.resume(run)
    assert "no checkpoint" in seat.said[-1]


def test_a_checkpoint_that_the_disk_does_not_take_is_not_said_to_be_kept(seat: Seat, tmp_path: Path, qtbot) -> None:
    (tmp_path / "file").write_text("")
    seat.recorder.folder = tmp_path / "file"
    seat.session.opening.reset()
    seat.until(lambda: seat.session.state.phase == "ready" and seat.session.engine.run == 2)
    seat.train(2)
    recording = seat.recorder.current
    assert recording is not None
    qtbot.waitUntil(lambda: recording.is_waiting)
    seat.session.checkpoints.keep()
    seat.until(lambda: bool(seat.said))
    assert "waits" in seat.said[-1] and str(tmp_path / "file") in seat.said[-1]


def test_a_run_whose_code_may_not_run_leaves_nothing_to_go_on_from(seat: Seat, tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("def build(): ...")
    opening = seat.session.opening
    opening.open(str(tmp_path / "model.py:build"), resumed=ResumedRun("some/file", np.zeros(3), "theirs"))
    assert opening.consent.question is not None
    opening.answer(False)
    sent: list[object] = []
    seat.session.state.command_issued.connect(sent.append)
    opening.reopen()
    assert [command.checkpoint for command in sent if isinstance(command, Open)] == [""]
