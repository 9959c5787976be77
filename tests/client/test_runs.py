"""A run is called after what it was trained with, not after what is chosen when it is over."""

from __future__ import annotations

from array import array

import pytest

from gradviz.client.runs import RunHistory, default_setup, setup_of
from gradviz.errors import GradvizError
from gradviz.protocol.commands import Open
from gradviz.protocol.events import LossBatch
from gradviz.protocol.records import MarkRecord

ADAM = MarkRecord(2, "optimizer", "Manual → Adam")


def losses(first: int, *values: float, run: int = 1) -> LossBatch:
    return LossBatch(run, first, array("d", values).tobytes(), 1.0)


@pytest.fixture
def history() -> RunHistory:
    history = RunHistory()
    history.begin(default_setup("nn"))
    history.append(losses(0, 3.0, 2.0))
    return history


def test_a_run_takes_the_name_of_another_optimizer_with_its_first_iteration(history: RunHistory) -> None:
    history.mark(1, ADAM, "Adam")
    curve = history.scalars.curve(1)
    assert curve.title == "Manual" and not curve.marks
    assert history.append(losses(2, 1.0))
    assert curve.title == "Adam from 2" and curve.marks == [ADAM]
    assert not history.append(losses(3, 1.0))


def test_a_finished_run_is_not_relabelled_by_what_is_chosen_afterwards(history: RunHistory) -> None:
    history.mark(1, ADAM, "Adam")
    history.begin(default_setup("nn"))
    history.append(losses(0, 3.0, 2.0, 1.0, run=2))
    assert [curve.title for curve in history.scalars.curves] == ["Manual", "Manual"]
    assert not any(curve.marks for curve in history.scalars.curves)


def test_what_happened_in_an_iteration_that_is_over_is_marked_at_once(history: RunHistory) -> None:
    mark = MarkRecord(1, "evaluations", "20 evaluations")
    history.mark(1, mark, "LBFGS")
    assert history.scalars.curve(1).marks == [mark]


def test_a_command_becomes_a_whole_setup() -> None:
    setup = setup_of(Open(1, "nn", {"n": "16"}, seed=3))
    assert setup.hyperparameters == {**default_setup("nn").hyperparameters, "n": 16} and setup.seed == 3
    with pytest.raises(GradvizError):
        setup_of(Open(1, "nn", {"no": "1"}))


def test_the_first_run_that_has_a_loss_is_run_1() -> None:
    history, numbers = RunHistory(), []
    for target, trained in (("autograd", False), ("nn", True), ("optim", False), ("nn", True)):
        run = history.begin(default_setup(target))
        numbers.append(history.shown_number)
        if trained:
            history.append(losses(0, 1.0, run=run))
            assert history.shown_number == numbers[-1]
    assert numbers == [1, 1, 2, 2] and [curve.number for curve in history.scalars.curves] == [1, 2]
