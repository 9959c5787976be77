"""The step of a parameter at a stop: the optimizer's formula with its numbers, and what it keeps, before and after."""

from __future__ import annotations

import math

import pytest

from gradviz.protocol.answers import UpdateExplained
from gradviz.protocol.commands import AskTensor, ExplainUpdate, NextPhase, Run, SetBreakpoints, StepIn
from gradviz.protocol.events import (
    StateChanged,
    Stopped,
    TensorAnswered,
)
from gradviz.protocol.explanations import UpdateRecord
from gradviz.protocol.records import BreakpointRecord, OptimizerChoice
from tests.helpers.engine_thread import EngineThread


def reach_update(engine: EngineThread, target: str, optimizer: OptimizerChoice | None = None) -> Stopped:
    engine.open(target, optimizer=optimizer)
    for _ in range(2):
        engine.tell(NextPhase())
        stopped = engine.until(Stopped)
    assert stopped.point.phase == "update"
    return stopped


def step(engine: EngineThread) -> Stopped:
    engine.tell(StepIn())
    return engine.until(Stopped)


def explained(engine: EngineThread, name: str = "", node: int | None = None) -> UpdateExplained:
    engine.tell(ExplainUpdate(7, node, name))
    answer = engine.until(UpdateExplained)
    assert answer.request == 7
    return answer


def update_of(engine: EngineThread, name: str = "") -> UpdateRecord:
    answer = explained(engine, name)
    assert answer.update is not None, answer.message
    return answer.update


def state(engine: EngineThread, node: int | None, what: str, name: str) -> TensorAnswered:
    engine.tell(AskTensor(0, node, what, name=name))  # type: ignore[arg-type]
    return engine.until(TensorAnswered)


ADAMW = OptimizerChoice("AdamW", {"lr": 0.01, "weight_decay": 0.1})


def test_before_and_after_a_step_the_formula_has_this_parameters_numbers(engine: EngineThread) -> None:
    stopped = reach_update(engine, "optim", ADAMW)
    name = stopped.point.parameter
    before = update_of(engine)
    assert (before.parameter, before.optimizer, before.ran) == (name, "AdamW", False)
    assert before.formulas[-1] == "w ← w − lr m̂ / (√v̂ + ε) − lr λ w"
    assert before.numbers[-1] == "w ← w − 0.01 m̂ / (√v̂ + 1e−08) − 0.01 · 0.1 w"
    assert {term.part for term in before.terms} == {"gradient", "momentum", "decay"}
    assert ("t", "step", 1.0) in before.scalars
    step(engine)
    after = update_of(engine, name)
    assert after.ran and after.formulas == before.formulas
    assert after.step == pytest.approx(before.step, rel=1e-4)
    assert after.rounding is not None and after.rounding < 1e-4
    kept = {value.name: value for value in after.values}
    assert kept["exp_avg"].before == 0 and kept["exp_avg"].after == pytest.approx(0.1 * kept["gradient"].before)
    assert (kept["exp_avg"].symbol, kept["exp_avg_sq"].symbol) == ("m", "v")


def test_what_the_optimizer_keeps_is_looked_at_like_any_tensor(engine: EngineThread) -> None:
    stopped = reach_update(engine, "optim", ADAMW)
    node = stopped.point.node
    assert "keeps nothing called 'exp'" in state(engine, node, "state", "exp").message
    step(engine)
    before, after, now = (
        state(engine, node, what, "exp_avg").statistics for what in ("state_before", "state_after", "state")
    )
    assert before is not None and after is not None and now is not None
    assert before.norm == 0 and after.norm == now.norm and now.norm
    following = engine.all(Stopped)[-1].point.node
    coming = state(engine, following, "state_before", "exp_avg")
    assert coming.statistics is not None and coming.statistics.norm == 0
    assert "has not reached" in state(engine, following, "state_after", "exp_avg").message


def test_of_all_parameters_at_once_each_is_explained(engine: EngineThread) -> None:
    reach_update(engine, "optim", OptimizerChoice("Adam", {"lr": 0.01, "foreach": True}))
    before = update_of(engine, "0.bias")
    assert before.parameter == "0.bias" and not before.ran
    step(engine)
    after = update_of(engine, "0.bias")
    assert after.ran and after.rounding is not None and after.rounding < 1e-3


def test_the_step_before_the_update_is_refused(engine: EngineThread) -> None:
    engine.open("optim")
    assert "has not reached" in explained(engine, "0.bias").message
    assert "did you mean 0.bias" in explained(engine, "0.bais").message


def test_a_search_and_a_hand_written_update_say_that_they_have_no_formula(engine: EngineThread) -> None:
    reach_update(engine, "optim", OptimizerChoice("LBFGS", {"lr": 0.1}))
    searching = update_of(engine, "0.bias")
    assert not searching.formulas and "searches" in searching.note
    reach_update(engine, "autograd")
    assert "by hand" in explained(engine).message


def test_steps_that_nobody_looked_at_are_not_copied(engine: EngineThread) -> None:
    engine.open("optim", optimizer=ADAMW)
    engine.tell(Run(3))
    engine.until(StateChanged, lambda event: event.state == "finished")
    engine.tell(SetBreakpoints((BreakpointRecord(1, "grad_norm", number=1e30),)))
    engine.tell(Run(5))
    engine.until(StateChanged, lambda event: event.state == "finished")
    answer = explained(engine, "0.bias")
    assert "has not reached" in answer.message or "without a stop" in answer.message


def test_the_formula_follows_the_iteration(engine: EngineThread) -> None:
    reach_update(engine, "optim", OptimizerChoice("SGD", {"lr": 0.5, "momentum": 0.5}))
    assert update_of(engine).formulas[0] == "b ← g"
    for _ in range(3):
        engine.tell(NextPhase())
        engine.until(Stopped)
    second = update_of(engine)
    assert second.formulas[0] == "b ← μ b + g"
    assert math.isclose({s: v for s, _, v in second.scalars}["μ"], 0.5)
