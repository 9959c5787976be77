"""Lesson 10: one block of a transformer."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, IterationsDone, NodeSelected
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget, PanelTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "attention",
        "attention",
        title=tr("One block of a transformer"),
        look=tr(
            "Characters of a sonnet go in; for each, the network guesses the next one. In `block.attention` every"
            " character looks at those before it, in four heads at once.",
        ),
        new=tr(
            "Modules within modules, and sums around them: what comes into a part is added to what comes out of it, so"
            " a gradient has a short way past each part.",
        ),
        steps=_steps(),
        question=tr("Why is −∞ put in before the softmax, and not 0 after it?"),
        answer=tr(
            "exp(−∞) is 0, so a later character gets the weight 0 and the other weights still sum to 1. Zeros put in"
            " after the softmax would leave weights that sum to less, and the scores of later characters would have"
            " taken part in computing them. The gradient of what was masked is 0.",
        ),
    )


def _steps() -> tuple[LessonStep, ...]:
    softmax = NodeTarget("softmax")
    scores = LineTarget("scores = q @ k.transpose(-2, -1) / (width / self.heads) ** 0.5")
    masked = LineTarget('weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)')
    added = LineTarget("x = x + self.attention(self.norm1(x))")
    return (
        LessonStep(
            tr(
                "Select `softmax`, inside of `block.attention`. The node before it has put −∞ where a character would"
                " look ahead."
            ),
            (softmax, masked),
            NodeSelected(softmax),
        ),
        LessonStep(
            tr(
                "Press [F11], Step in, until the scores are computed: the product of `q` and"
                " `k` says how well each pair of characters fits."
            ),
            (ActionTarget("step_in"), scores),
            AtPoint("forward", scores),
        ),
        LessonStep(
            tr(
                "Press [F8], Next phase, for backward, then select `softmax` and press [Ctrl+F10], Run to here. Its"
                " value is in the Inspector: for each head 32 × 32 weights, and 0 above the diagonal."
            ),
            (ActionTarget("next_phase"), softmax, ActionTarget("run_to")),
            AtPoint("backward", softmax),
        ),
        LessonStep(
            tr(
                "Press [F5], Continue: the loss begins near ln 49 = 3.9, as guessing among"
                " 49 characters would give, and falls."
            ),
            (ActionTarget("run"), PanelTarget("loss"), added),
            IterationsDone(200),
        ),
    )
