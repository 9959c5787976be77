"""States of a run are kept on request, within an iteration too, and each N iterations; runs go on from them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.commands import BackTo, KeepCheckpoint, NextPhase, Open, Run, SetCheckpoints, StepIn
from gradviz.protocol.events import Failed, LossBatch, Opened, StateChanged, Stopped, Unchecked
from gradviz.protocol.past_events import CheckpointMade
from tests.engine.replay.test_state_bytes import OWN
from tests.helpers.engine_thread import EngineThread

pytestmark = pytest.mark.usefixtures("one_torch_thread")


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineThread]:
    """One engine for all: each test opens a run of its own."""
    with EngineThread() as thread:
        yield thread


def train(engine: EngineThread, until: int) -> list[float]:
    """Train to an iteration; return the losses since then, as they are sent."""
    since = len(engine.seen)
    engine.tell(Run(until))
    engine.until(StateChanged, lambda event: event.state == "finished")
    batches = [event for event in engine.seen[since:] if isinstance(event, LossBatch)]
    return [float(loss) for batch in batches for loss in np.frombuffer(batch.losses, "<f8")]


def step_into(engine: EngineThread, phase: str) -> None:
    """Stop at the first point of a phase of the next iteration."""
    engine.tell(StepIn())
    while engine.until(Stopped).point.phase != phase:
        engine.tell(NextPhase())


def keep(engine: EngineThread, path: Path) -> CheckpointMade:
    engine.tell(KeepCheckpoint())
    made = engine.until(CheckpointMade)
    path.write_bytes(made.data)
    assert made.size == len(made.data) and not made.more
    return made


@pytest.mark.parametrize("network", [network.id for network in NETWORKS])
def test_a_checkpoint_in_the_midst_of_an_iteration_is_the_state_that_it_began_with(
    engine: EngineThread, tmp_path: Path, network: str
) -> None:
    engine.open(network)
    train(engine, 33)  # digits is at the end of an epoch
    engine.tell(StepIn())
    engine.until(Stopped)
    in_forward = keep(engine, tmp_path / "forward")
    engine.tell(NextPhase())
    assert engine.until(Stopped).point.phase == "backward"
    assert keep(engine, tmp_path / "backward").step == 33
    after = train(engine, 60)
    for path in tmp_path.iterdir():
        assert engine.open(network, 2, checkpoint=str(path)).step == 33
        assert train(engine, 60) == after
    assert (in_forward.run, in_forward.step, in_forward.kind) == (1, 33, "asked")


def test_buffers_and_attributes_that_the_forward_changed_are_as_before_it(engine: EngineThread, tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(OWN)
    target = str(tmp_path / "model.py")
    engine.open(target)
    train(engine, 7)
    step_into(engine, "backward")
    keep(engine, tmp_path / "kept")
    after = train(engine, 20)
    engine.open(target, 2, checkpoint=str(tmp_path / "kept"))
    assert "rows" in engine.all(Unchecked)[-1].message
    assert train(engine, 20) == after


def test_looking_at_the_state_changes_no_loss(engine: EngineThread) -> None:
    engine.open("digits", run=1)
    plain = train(engine, 12)
    engine.open("digits", run=2)
    engine.tell(SetCheckpoints(1))
    begun = len(engine.seen)
    assert train(engine, 12) == plain
    engine.tell(SetCheckpoints(0))
    made = [event for event in engine.seen[begun:] if isinstance(event, CheckpointMade)]
    assert [(event.run, event.step, event.kind) for event in made] == [(2, n, "interval") for n in range(1, 13)]


def test_a_resumed_run_is_stepped_through_and_gone_back_in_from_its_checkpoint_on(
    engine: EngineThread, tmp_path: Path
) -> None:
    engine.open("module")
    train(engine, 5)
    keep(engine, tmp_path / "kept")
    after = train(engine, 9)
    engine.open("module", 2, checkpoint=str(tmp_path / "kept"))
    engine.tell(StepIn(first=True))
    assert engine.until(Stopped).point.phase == "forward"
    assert train(engine, 9) == after
    engine.tell(BackTo(6, 3))
    assert engine.until(Stopped).step == 6
    engine.tell(BackTo(4, 3))
    assert "before the run was resumed" in engine.until(Failed).message


def test_where_no_checkpoint_can_be_made_one_sentence_says_why(engine: EngineThread, tmp_path: Path) -> None:
    engine.open("module")
    engine.tell(KeepCheckpoint())
    assert "Nothing has been trained yet" in engine.until(Failed).message
    train(engine, 1)
    step_into(engine, "update")
    engine.tell(KeepCheckpoint())
    assert "finish it" in engine.until(Failed).message
    engine.tell(Run(2))
    engine.until(StateChanged, lambda event: event.state == "finished")
    engine.tell(Open(9, "module", checkpoint=str(tmp_path / "gone")))
    assert engine.until(Failed).command == "Open"
    assert not any(event.run == 9 for event in engine.all(Opened))
