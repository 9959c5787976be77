"""Keeping states over keeping none, and going back over running the iterations that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import pytest
import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.tensors.value_cache import DEFAULT_BUDGET
from gradviz.engine.training.runner import Runner, restore_state
from gradviz.targets.target_spec import read_target
from tests.benchmarks.ratios import ratio, seconds, told


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def trained(count: int, limit: int = DEFAULT_BUDGET) -> Runner:
    runner = Runner(TargetSetup(read_target("optim")))
    runner.states.limit = limit
    run(runner, count)
    return runner


def run(runner: Runner, count: int) -> None:
    for _ in range(count):
        runner.iterate()


def test_keeping_states() -> None:
    keeps, plain = trained(600), trained(600, limit=0)
    found = ratio("optim, states kept over none", lambda: run(keeps, 500), lambda: run(plain, 500), 15)
    print(f"a state each {keeps.states.stride} iterations, {len(keeps.states.states)} of them")
    assert found < 1.15  # of a noisy machine; the aim is 1.03


def test_going_back() -> None:
    runner, pairs = trained(1500), []
    for target in range(500, 1200, 100):
        present, state = runner.step, runner.states.nearest(target)
        assert state is not None
        count = max(target - state.step, 1)
        began = perf_counter()
        restore_state(runner, state)
        run(runner, count)
        back = perf_counter() - began
        pairs.append((back, seconds(lambda count=count: run(runner, count))))
        run(runner, max(present - runner.step, 0))
    assert told("going back in optim over running the iterations from the nearest state", pairs) < 2
