"""What was filled in for a race is read into its parts; what cannot be read is one sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradviz.errors import InvalidValueError
from gradviz.protocol.commands import Open
from gradviz.race import plan as plans
from gradviz.race.entries import grid
from gradviz.race.plan import Plan, RaceRequest
from gradviz.runs.run_records import RunSummary


def summary(title: str, iterations: int, seconds: float | None) -> RunSummary:
    ended = None if seconds is None else 100 + seconds
    return RunSummary(id="a", began=100, ended=ended, title=title, path="", size=0, iterations=iterations)


def test_a_plan_is_remembered() -> None:
    plan = Plan(("nn",), (("Adam", "betas=0.9,0.99"),), "1e-3", "0", "7", "0.5", "2")
    assert plans.from_text(plans.to_text(plan)) == plan
    assert plans.from_text("no JSON") == Plan()


def test_numbers_have_blanks_or_commas_between() -> None:
    assert plans.read_rates("1e-3, 1e-4;0.1") == ["1e-3", "1e-4", "0.1"] and plans.read_rates(" ") == []
    assert plans.read_seeds("0 1,2") == [0, 1, 2]
    assert plans.read_threshold("0.05") == 0.05 and plans.read_threshold(" ") is None
    assert plans.read_options("momentum=0.9 betas=0.9,0.99") == {"momentum": "0.9", "betas": "0.9,0.99"}


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (plans.read_rates, "1e-3 x"),
        (plans.read_rates, "0"),
        (plans.read_seeds, ""),
        (plans.read_seeds, "-1"),
        (plans.read_seeds, "4294967296"),
        (plans.read_threshold, "low"),
        (plans.read_threshold, "nan"),
        (plans.read_options, "momentum"),
        (plans.read_options, "momentum="),
    ],
)
def test_what_cannot_be_read_is_a_sentence(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"\.$"):
        read(text)


def test_how_long_a_race_takes_follows_from_runs_of_its_slowest_network() -> None:
    runs = [summary("nn", 100, 10), summary("nn", 100, 50), summary("optim", 10, 10), summary("optim", 9, None)]
    assert plans.known_rate(runs, ["nn"]) == 10 and plans.known_rate(runs, ["nn", "optim"]) == 1
    assert plans.known_rate(runs, ["nn", "digits"]) is None
    request = RaceRequest(tuple(grid([Open(1, "nn")], [], [], [0, 1, 2])), iterations=100, at_once=2)
    assert plans.duration(request, None) is None
    one = plans.duration(RaceRequest(request.entries[:1], 100, 1), 10)
    assert one is not None and one > 10 and plans.duration(request, 10) == 2 * one
