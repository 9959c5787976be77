"""Each entry runs in an engine of its own, with the losses of the same run alone; one that fails stops no other."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Event

import pytest

from gradviz.cli.main import main
from gradviz.errors import GradvizError
from gradviz.protocol.commands import Open
from gradviz.protocol.records import OptimizerChoice
from gradviz.race.entries import Entry, grid, parse_optimizer
from gradviz.race.race import Lane, Race, check
from gradviz.runs.library import RunLibrary

pytestmark = pytest.mark.slow
STEPS = 5
SMALL = {"n": 4, "d_in": 6, "h": 5, "d_out": 2}


@pytest.fixture
def raced(tmp_path: Path):
    made: list[Race] = []

    def run(entries: list[Entry]) -> Race:
        over = Event()

        def notify(_lane: Lane) -> None:
            if race.is_over:
                over.set()

        race = Race(entries, STEPS, tmp_path / "runs", notify=notify, say=pytest.fail)
        made.append(race)
        race.start()
        assert over.wait(100)
        race.close()
        return race

    yield run
    for race in made:
        race.close()


def test_losses_are_those_of_the_run_alone_and_a_failure_stops_no_other(
    raced, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = Open(1, "optim", SMALL)
    race = raced(grid([opening], [parse_optimizer("Adam"), parse_optimizer("Nobody")], ["1e-2"], [3]))
    good, bad = race.lanes
    assert (good.state, bad.state) == ("finished", "failed") and "Nobody" in bad.error
    check(race)
    monkeypatch.setenv("OMP_NUM_THREADS", str(race.threads))
    settings = [f"--set={name}={value}" for name, value in SMALL.items()]
    words = ["run", "optim", "--optimizer=Adam", "--lr=1e-2", "--seed=3", f"--steps={STEPS}", "--every=1", *settings]
    assert main(words) == 0
    alone = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert [f"{loss:.9g}" for loss in good.losses] == alone and len(good.seconds) == STEPS
    library = RunLibrary(tmp_path / "runs")
    assert library.find(good.run).name == "Adam lr=1e-2, seed 3"
    found = library.find(good.run)
    assert found.state == "finished" and found.color == good.entry.color


def test_a_race_without_a_loss_is_an_error(raced) -> None:
    race = raced(grid([Open(1, "nn", SMALL)], [OptimizerChoice("Nobody")], [], [0]))
    with pytest.raises(GradvizError, match="Nobody"):
        check(race)


def test_a_race_that_is_closed_is_cancelled_and_leaves_no_engine(tmp_path: Path) -> None:
    begun = Event()
    race = Race(grid([Open(1, "optim", SMALL)], [], [], [0, 1]), 10**8, tmp_path / "runs", at_once=1, say=pytest.fail)
    race.notify = lambda lane: begun.set() if lane.losses else None
    race.start()
    assert begun.wait(100)
    race.close()
    first, second = race.lanes
    assert first.losses and first.state == second.state == "cancelled" and not second.losses
    assert not race.engines and RunLibrary(tmp_path / "runs").find(first.run).state == "ended"


def test_an_engine_that_is_killed_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    over = Event()
    race = Race(grid([Open(1, "optim", SMALL)], [], [], [0, 1]), 3000, tmp_path / "runs", at_once=2, say=pytest.fail)

    def notify(lane: Lane) -> None:
        if lane.entry.number == 0 and lane.losses and not lane.is_over:
            os.kill(race.engines[lane.entry.number].id, signal.SIGKILL)
        if race.is_over:
            over.set()

    race.notify = notify
    race.start()
    assert over.wait(100)
    race.close()
    killed, other = race.lanes
    assert killed.state == "failed" and "SIGKILL" in killed.error
    assert other.state == "finished" and len(other.losses) == 3000
    assert RunLibrary(tmp_path / "runs").find(killed.run).state == "died"
