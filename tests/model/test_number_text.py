"""How numbers are written: true minus signs, as many digits as help, what is no number by one name."""

from __future__ import annotations

import math

import pytest

from gradviz.model.number_text import as_typed, exact, power, short, significant, whole


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (2.94e7, "2.94e+07"),
        (4.12e-6, "4.12e−06"),
        (229.08, "229.08"),
        (12345.6, "12346"),
        (0.0, "0"),
        (-1.5, "−1.5"),
    ],
)
def test_a_loss_is_short(loss: float, text: str) -> None:
    assert short(loss) == text


@pytest.mark.parametrize("write", [short, exact, significant])
def test_what_is_no_number_has_one_name(write) -> None:
    assert [write(value) for value in (math.nan, math.inf, -math.inf)] == ["NaN", "Inf", "−Inf"]


def test_an_exact_loss_is_read_back_as_it_was() -> None:
    assert float(as_typed(exact(-0.1 - 0.2))) == -0.1 - 0.2


def test_whole_numbers_and_powers() -> None:
    assert [whole(12500), whole(-6400), power(-6), power(12)] == ["12,500", "−6,400", "10⁻⁶", "10¹²"]
