"""What is written about an optimizer's step."""

from __future__ import annotations

from gradviz.model.derivative.derivatives import plain_formula
from gradviz.model.explanation.update_text import update_text, update_title
from gradviz.protocol.explanations import UpdateRecord, UpdateTermRecord

GRADIENT, DECAY = UpdateTermRecord("gradient", "−lr g", 0.5), UpdateTermRecord("decay", "−lr λ w", 2.0)


def record(**changed: object) -> UpdateRecord:
    fields = {"formulas": ("w ← w − lr g − lr λ w",), "numbers": ("",), "step": 2.1, "terms": (GRADIENT, DECAY)}
    return UpdateRecord("w", "SGD", **{**fields, **changed})  # type: ignore[arg-type]


def test_the_largest_term_is_named_where_there_are_several() -> None:
    assert update_text(record()) == (
        "It will move by a norm of 2.10. The largest of its terms is the weight decay; the terms add up, their norms"
        " do not."
    )
    assert update_text(record(terms=(GRADIENT,), ran=True)) == "It moved by a norm of 2.10."


def test_a_step_that_is_not_the_formulas_is_said_so() -> None:
    assert "differs from the formula by 20 %" in update_text(record(ran=True, rounding=0.2))
    assert "differs" not in update_text(record(ran=True, rounding=1e-6))


def test_without_a_formula_the_note_is_all() -> None:
    assert update_text(UpdateRecord("w", "LBFGS", note="It searches.")) == "It searches."


def test_a_counted_step_is_in_the_title() -> None:
    assert update_title(record(scalars=(("t", "step", 1200.0),))) == "SGD, step 1,200"
    assert update_title(record()) == "SGD"


def test_formulas_in_one_line_have_small_letters_where_there_are_some() -> None:
    assert plain_formula("m̂ = m / (1 − β_{1}^{t})") == "m̂ = m / (1 − β₁ᵗ)"
    assert plain_formula("s_{min} η_{−} β_{Q}") == "sₘᵢₙ η₋ β_Q"
