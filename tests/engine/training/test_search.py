"""When did it first …: the first iteration that meets a condition is found in the past, and stopped in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gradviz.protocol.commands import BackTo, FindFirst, Pause, Run, SetBreakpoints
from gradviz.protocol.events import Failed, HitsCounted, StateChanged, Stopped
from gradviz.protocol.past_events import Branched, FirstFound, Repeated
from gradviz.protocol.records import BreakpointRecord
from tests.engine.training.test_past import go_back, losses, train
from tests.helpers.engine_thread import EngineThread

USERS = BreakpointRecord(4, "iteration", number=3)


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineThread]:
    """One engine for all: each test opens a run of its own."""
    with EngineThread() as thread:
        yield thread


def trained(engine: EngineThread, network: str = "optim", count: int = 60) -> list[float]:
    engine.tell(SetBreakpoints(()))
    engine.open(network)
    start = len(engine.seen)
    train(engine, count)
    return [loss for _, loss in losses(engine, start)]


def find(engine: EngineThread, kind: str, step: int = 0, **values: object) -> FirstFound:
    engine.tell(FindFirst(BreakpointRecord(0, kind, **values), step, branch=2))
    return engine.until(FirstFound)


def test_a_loss_is_found_among_those_that_were_recorded(engine: EngineThread) -> None:
    first = trained(engine)
    limit = (first[29] + first[30]) / 2
    wanted = next(step for step, loss in enumerate(first) if loss < limit)
    start = len(engine.seen)
    found = find(engine, "loss_below", number=limit)
    assert (found.step, found.first, found.before) == (wanted, 0, min(first[:wanted]))
    assert found.message == f"the loss is {first[wanted]:.6g}, below {limit:g}"
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.index) == (wanted, 0)
    assert not any(isinstance(event, Repeated) and event.step < 16 for event in engine.seen[start:])


def test_a_gradient_is_found_by_running_again_and_stopped_at(engine: EngineThread) -> None:
    trained(engine)
    norms = {}
    engine.tell(SetBreakpoints((USERS,)))
    for step in (20, 21):
        go_back(engine, step)
        runner = engine.server.current_run()
        engine.tell(SetBreakpoints((BreakpointRecord(1, "phase", "update"),)))
        engine.tell(Run())
        engine.until(Stopped)
        norms[step] = float(runner.experiment.gradients()["0.weight"].norm())
    engine.tell(SetBreakpoints((USERS,)))
    low, high = sorted(norms.values())
    kind = "norm_below" if norms[21] == low else "norm_above"
    found = find(engine, kind, step=20, number=(low + high) / 2, within="0.weight")
    assert (found.step, found.first, found.interrupted) == (21, 20, False)
    assert found.before == pytest.approx(norms[20])
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.phase, stop.breakpoint) == (21, "backward", None)
    assert "gradient of 0.weight has the norm" in stop.message
    assert engine.server.services.stepping.breakpoints.records == (USERS,)
    engine.tell(BackTo(0, 2))
    engine.until(Stopped)
    engine.tell(Run(60))
    assert engine.until(Stopped).breakpoint == 4  # the user's stop again


def test_what_never_was_is_said_and_the_run_is_where_it_was(engine: EngineThread) -> None:
    trained(engine)
    found = find(engine, "update_ratio_above", number=1e9)
    assert (found.step, found.end, found.interrupted) == (None, 60, False) and 0 < found.before < 1e9
    assert engine.until(StateChanged, lambda event: event.state != "running") == StateChanged(
        1, "paused", 60, engine.server.services.losses.last
    )
    start = len(engine.seen)
    train(engine, 62)
    assert not any(isinstance(event, Branched) for event in engine.seen[start:])


def test_a_condition_on_values_is_met_where_it_comes_up(engine: EngineThread) -> None:
    trained(engine, "module", 20)
    found = find(engine, "zeros_above", step=2, number=0.01)
    stop = engine.until(Stopped)
    assert found.step == stop.step and stop.after and "zero" in stop.message


def test_a_weight_that_changed_is_looked_for_from_the_last_state_in_which_it_had_not(engine: EngineThread) -> None:
    trained(engine, "optim", 80)
    runner = engine.server.current_run()
    frozen = runner.states.states[0].weights.before()
    last = max(state.step for state in runner.states.states if state.step <= 48)
    for state in runner.states.states:  # as if nothing had been trained until then
        if state.step <= last:
            state.weights._copies = [value.clone() for value in frozen.values()]
            state.weights._values = state.weights._values[: len(frozen)]
    start = len(engine.seen)
    found = find(engine, "changed", within="0")
    engine.until(Stopped)
    assert found.step == last and found.message.startswith("the update changed 0.")
    assert min(event.step for event in engine.seen[start:] if isinstance(event, Repeated)) >= last


def test_a_pause_ends_the_search_and_the_users_breakpoints_count_again(engine: EngineThread) -> None:
    trained(engine, "attention", 300)
    engine.tell(FindFirst(BreakpointRecord(0, "norm_above", number=1e9, within="*"), branch=2))
    engine.until(Repeated, lambda event: event.step > 5)
    engine.tell(SetBreakpoints((USERS,)))
    engine.tell(Pause())
    found = engine.until(FirstFound)
    assert (found.step, found.interrupted) == (None, True) and 0 < found.end < 300
    assert engine.until(StateChanged).state == "paused"
    assert engine.server.services.stepping.breakpoints.records == (USERS,)
    assert not any(hits for event in engine.all(HitsCounted) for hits in event.hits if hits[0] == 0)


def test_only_iterations_that_ran_are_looked_at(engine: EngineThread) -> None:
    trained(engine, "tensors", 4)
    engine.tell(FindFirst(BreakpointRecord(0, "nonfinite"), 4))
    assert engine.until(Failed).message == "Iteration 4 has not run yet; one can look from 0 to 3."
