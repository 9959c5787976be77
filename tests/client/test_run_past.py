"""What a client knows of a run's past, and the curve of a branch."""

from __future__ import annotations

import numpy as np
import pytest

from gradviz.client.debug_state import DebugState, way_back, why_not_back
from gradviz.client.runs import RunHistory, default_setup
from gradviz.errors import GradvizError
from gradviz.protocol.commands import BackTo, Open
from gradviz.protocol.events import LossBatch, Opened, StateChanged
from gradviz.protocol.past_events import Branched, Repeated
from gradviz.protocol.records import OptimizerChoice


def batch(run: int, first: int, *losses: float) -> LossBatch:
    return LossBatch(run, first, np.array(losses, "<f8").tobytes(), 1.0)


def test_the_curve_of_a_branch_begins_with_that_of_its_run_which_stays() -> None:
    runs = RunHistory()
    runs.begin(default_setup("optim"))
    runs.append(batch(1, 0, 5.0, 4.0, 3.0, 2.0))
    runs.branch(Branched(2, 1, 2))
    runs.append(batch(2, 2, 2.5))
    assert runs.scalars.curve(1).losses.tolist() == [5, 4, 3, 2]
    assert runs.scalars.curve(2).losses.tolist() == [5, 4, 2.5]
    assert [(mark.step, mark.kind) for mark in runs.scalars.curve(2).marks] == [(2, "branch")]
    assert runs.number == 2 and runs.begin(default_setup("optim")) == 3


def test_one_can_go_back_to_what_has_losses_and_a_branch_is_the_run_from_then_on() -> None:
    state = DebugState(lambda command: None)
    opening = Open(1, "optim")
    state.open(opening)
    assert why_not_back(state, 0) == "Nothing is open yet."
    state.apply(Opened(1, "optim", "optim", "cpu", OptimizerChoice("Adam", {}), (), (), ()))
    state.apply(StateChanged(1, "running", 0))
    assert why_not_back(state, 0) == "It is running; pause it first."
    state.apply(batch(1, 0, 5.0, 4.0, 3.0))
    state.apply(StateChanged(1, "finished", 3))
    assert way_back(state, opening, 3) == BackTo(3, 2)
    with pytest.raises(GradvizError, match="there is 0 to 3"):
        way_back(state, opening, 4)
    state.apply(Repeated(1, 1, 2, 5.0))
    assert (state.step, state.loss, state.past.repeated) == (1, 5.0, Repeated(1, 1, 2, 5.0))
    assert not state.apply(Branched(9, 7, 1))  # of a run that is over
    assert state.apply(Branched(2, 1, 2))
    assert (state.run, state.past.reached, state.past.repeated) == (2, 2, None)
