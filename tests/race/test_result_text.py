"""The table of a race can be read in a terminal, and by a program with every digit."""

from __future__ import annotations

from gradviz.race.result_text import table_csv, table_text
from gradviz.race.results import ConfigurationResult, Spread

ROWS = [
    ConfigurationResult("Adam lr=1e-3", (0, 1), Spread(1 / 3, 0.25), Spread(0.5, 0.0), 1, Spread(7.0, None), None),
    ConfigurationResult("SGD", (0,), None, None, 0, None, None),
]


def test_columns_are_aligned_and_notes_follow() -> None:
    head, first, second, *notes = table_text(ROWS, 0.5, 2).splitlines()
    place = head.index("best")
    assert first[place:].startswith("0.333333 ± 0.25") and second[place:].startswith("–")
    assert "7 (1 of 2 seeds)" in first
    assert "0.5 or less" in notes[0] and "same weights and see the same data; threads each: 2" in notes[1]


def test_a_program_gets_every_digit_and_nothing_where_nothing_is_known() -> None:
    head, first, second = table_csv(ROWS, 0.5).splitlines()
    known = dict(zip(head.split(","), first.split(","), strict=True))
    assert known["configuration"] == "Adam lr=1e-3" and known["seeds"] == "0 1" and known["reached"] == "1"
    assert float(known["best"]) == 1 / 3 and known["best_std"] == "0.25" and known["iterations_std"] == ""
    assert second == "SGD,0,0.5,0,,,,,,,,"
