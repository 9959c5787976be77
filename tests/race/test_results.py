"""The table says what each configuration reached, and when, over its seeds."""

from __future__ import annotations

import math

import pytest

from gradviz.protocol.commands import Open
from gradviz.race.entries import Entry
from gradviz.race.race import Lane
from gradviz.race.results import Spread, results


def lane(configuration: str, *losses: float, seed: int = 0, error: str = "") -> Lane:
    made = Lane(Entry(0, configuration, Open(1, "nn", seed=seed)))
    made.extend(losses, [step / 4 for step in range(len(losses))])
    made.error = error
    return made


def test_the_default_threshold_is_what_all_that_learnt_have_reached() -> None:
    lanes = [lane("a", 9, 4, 2), lane("b", 9, 8, 3, 5), lane("c", 9, 99, math.inf)]
    threshold, rows = results(lanes)
    assert threshold == 3
    assert [(row.configuration, row.iterations, row.seconds) for row in rows] == [
        ("a", Spread(3, None), Spread(0.5, None)),
        ("b", Spread(3, None), Spread(0.5, None)),
        ("c", None, None),
    ]
    assert rows[1].final == Spread(5, None) and rows[2].final is None and rows[2].best == Spread(9, None)


def test_seeds_give_a_mean_and_the_deviation_of_a_sample() -> None:
    lanes = [lane("a", 9, 1), lane("a", 9, 3, seed=1), lane("a", seed=2, error="It raised."), lane("b", math.nan)]
    threshold, (row, other) = results(lanes, threshold=2)
    assert threshold == 2 and row.seeds == (0, 1) and row.reached == 1
    assert row.best == row.final == Spread(2, pytest.approx(math.sqrt(2)))
    assert row.iterations == Spread(2, None) and row.errors == ("It raised.",)
    assert other.best is None and other.iterations is None


def test_without_a_loss_there_is_no_threshold() -> None:
    assert results([lane("a")])[0] is None


def test_the_first_loss_that_is_low_enough_is_found_as_losses_come() -> None:
    made = lane("a", math.nan, 5, 4)
    made.extend([6, 4, -math.inf, 2, math.nan, 3, 1], range(7))
    assert made.best == 1 and [made.losses[place] for place in made.lows] == [5, 4, 2, 1]
    assert [made.first_below(threshold) for threshold in (9, 5, 4, 3.5, 2, 1, 0.5)] == [1, 1, 2, 6, 6, 9, None]
