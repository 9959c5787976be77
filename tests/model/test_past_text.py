"""The sentences on what was looked for in the past of a run."""

from __future__ import annotations

from gradviz.model.explanation.past_text import found_text
from gradviz.protocol.past_events import FirstFound
from gradviz.protocol.records import BreakpointRecord

NORM = BreakpointRecord(0, "norm_above", number=10, within="middle_linear.weight")


def test_what_was_found_is_one_sentence_and_how_near_it_was_before_another() -> None:
    found = "the gradient of middle_linear.weight has the norm 10.42, above 10"
    assert found_text(FirstFound(1, NORM, 1187, found, 9.7, 0, 1188)) == (
        f"First in iteration 1,187: {found}. Before: 9.7 at most."
    )
    below = BreakpointRecord(0, "loss_below", number=0.1)
    assert found_text(FirstFound(1, below, 12, "the loss is 0.09, below 0.1", 0.11, 5, 13)) == (
        "First in iteration 12, from 5 on: the loss is 0.09, below 0.1. Before: 0.11 at least."
    )


def test_what_was_not_found_or_not_looked_for_to_the_end() -> None:
    assert found_text(FirstFound(1, NORM, None, "", 9.7, 0, 300)) == (
        "In no iteration from 0 to 299: Gradient norm above 10. 9.7 at most."
    )
    assert found_text(FirstFound(1, NORM, None, "", None, 0, 40, interrupted=True)) == (
        "The search ended before iteration 40; not met from 0 to there: Gradient norm above 10."
    )
