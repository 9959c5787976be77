"""What is written about the check of a derivative."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gradviz.model.explanation.check_text import check_text, element_name, element_numbers, notes_of
from gradviz.protocol.explanations import CheckedElementRecord, CheckedInputRecord, CheckRecord

X, W = CheckedInputRecord("", 0, (4, 3), 12, 12), CheckedInputRecord("fc.weight", 1, (3,), 3, 0)


def record(cause: str = "", **fields: object) -> CheckRecord:
    return CheckRecord(5, "MyReLU.apply", cause, **{"inputs": (X, W), "dtype": "float64", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("factor", "sentence"),
    [
        (None, "The backward of MyReLU is wrong for input 0."),
        ((0.0,), "The backward of MyReLU is wrong for input 0: it gives 0, where the derivative is not 0."),
        ((-1.0,), "The backward of MyReLU is wrong for input 0: its sign is the opposite everywhere."),
        ((0.5,), "The backward of MyReLU is wrong for input 0: it gives 0.5 times the derivative everywhere."),
    ],
)
def test_a_wrong_formula_says_for_which_input_and_by_which_factor(factor: object, sentence: str) -> None:
    assert check_text(record("wrong_formula", factor=factor)) == sentence
    assert check_text(record("wrong_formula", factor=factor, inputs=(X,))) == sentence.replace(" for input 0", "")


def test_what_else_was_found_follows_a_right_formula() -> None:
    right = "The derivative of MyReLU is right: analytic and numeric agree."
    assert check_text(record(rounding=1e-6, torch_agrees=True)) == right
    assert check_text(record(rounding=0.05)) == f"{right} In the run's own precision it is off by 5 %."
    assert check_text(record(torch_agrees=False, torch_message="No.")).endswith("objects all the same: No.")


@pytest.mark.parametrize(
    ("cause", "word"),
    [("kink", "kinks"), ("kink_near", "kink is closer"), ("low_precision", "single precision"), ("nonfinite", "edge"),
     ("nondeterministic", "another result"), ("saved_changed", "had saved was changed"), ("raised", "raised: Oh")],
)  # fmt: skip
def test_every_cause_has_its_sentence(cause: str, word: str) -> None:
    assert word in check_text(record(cause, message="Oh"))


def test_the_notes_say_what_was_compared() -> None:
    assert notes_of(record()) == ["All 15 elements, in float64, on a copy."]
    few = CheckedInputRecord("", 0, (100, 80), 40, 1)
    notes = notes_of(record(inputs=(few,), nodes=2, random=True, alike=((0, 1),)))
    assert notes[0] == "40 of 8,000 elements, and all at once, in float64, on a copy."
    assert notes[1:] == [
        "The op made 2 nodes, which are checked as one.",
        "It draws random numbers: the same ones at each evaluation.",
        "Inputs 0 and 1 share memory; each was varied alone.",
    ]


def test_elements_have_names_and_numbers() -> None:
    element = CheckedElementRecord(1, (2,), (0.25,), (-0.5,), 0.75, False)
    assert element_name(record(), element) == "weight[2]"
    assert element_numbers(element) == ("0.2500", "−0.5000", "0.75")
    scalar = CheckedElementRecord(0, (), (1.0, 2.0), (1.0, 2.0), 0.0, True)
    assert element_name(record(), scalar) == "input 0" and element_numbers(scalar)[0] == "1.000+2.000j"


def test_a_formula_that_is_wrong_in_one_branch_says_in_which_range() -> None:
    given = CheckedInputRecord("", 0, (4, 3), 12, 5, (-5.2, -1.02), (-0.97, 4.1))
    sentence = check_text(CheckRecord(1, "MyHuber", "wrong_formula", (given,), factor=(-1.0,)))
    assert sentence == (
        "The backward of MyHuber is wrong: its sign is the opposite in 5 of 12 elements, from −5.2 to −1.02; from"
        " −0.97 to 4.1 it is right."
    )
    mixed = replace(given, right_extent=(-2.0, 4.1))
    sentence = check_text(CheckRecord(1, "MyHuber", "wrong_formula", (mixed,), factor=(0.5,)))
    assert sentence.endswith("it gives 0.5 times the derivative in 5 of 12 elements.")
