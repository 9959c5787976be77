"""When a free run is looked at: rarely enough to cost nothing."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import gradviz.engine
from gradviz.engine.training.iteration_policy import SHARE, SHORTEST_PAUSE, Sampling


def looks(plain: float, looked_at: float, seconds: float) -> int:
    """How many looks a run takes whose iterations last `plain`, or `looked_at` seconds."""
    sampling, now, count = Sampling(), 0.0, 0
    while now < seconds:
        if sampling.due(now):
            now += looked_at
            sampling.looked(now, looked_at)
            count += 1
        else:
            now += plain
            sampling.passed(plain)
    return count


def test_a_quick_network_is_looked_at_five_times_a_second() -> None:
    assert 45 <= looks(0.0005, 0.0015, 10) <= 51


@given(st.floats(0.001, 0.1), st.floats(1, 30))
def test_looking_takes_about_a_hundredth_of_the_time(plain: float, factor: float) -> None:
    seconds = 60.0
    cost = looks(plain, plain * factor, seconds) * plain * (factor - 1)
    # The last look is paid for by the time after it.
    assert cost <= seconds * SHARE + 2 * plain * factor


def test_the_cost_of_a_look_is_what_it_adds_to_an_iteration() -> None:
    # An iteration of a second that a look makes one tenth of a percent longer: every other one is looked at.
    assert looks(1.0, 1.001, 100) == 50


def test_somebody_who_waits_does_not_wait_for_the_share() -> None:
    sampling = Sampling()
    sampling.passed(0.001)
    sampling.looked(10.0, 1.0)
    assert not sampling.due(10.1, wanted=True)
    assert sampling.due(10.0 + SHORTEST_PAUSE, wanted=True)
    assert not sampling.due(10.0 + SHORTEST_PAUSE)


def test_nothing_is_looked_at_before_it_is_known_what_an_iteration_costs() -> None:
    assert not Sampling().due(100.0, wanted=True)


def test_only_a_run_itself_assigns_its_state() -> None:
    outside = []
    for path in Path(gradviz.engine.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                owner = ast.unparse(node.value)
                if owner in ("run", "runner", "self._run", "self._runner"):
                    outside.append(f"{path.name}: {owner}.{node.attr}")
    assert not outside
