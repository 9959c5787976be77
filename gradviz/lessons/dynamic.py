"""Lesson 8: a graph that is another in each iteration, and weights that are shared."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, HasBreakpoint, IterationsDone, NodeSelected
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget, PanelTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "dynamic",
        "dynamic",
        title=tr("Shared weights, random depth"),
        look=tr(
            "With seed 0 the first forward uses `middle_linear` three times: three frames, but one"
            " `middle_linear.weight`, with a line to each use.",
        ),
        new=tr(
            "`forward` draws at random how often the middle layer is used, from 0 to 3 times. autograd records what"
            " runs, so the graph is another in each iteration.",
        ),
        steps=_steps(),
        question=tr("Why does the gradient of the shared weight have several terms?"),
        answer=tr(
            "The loss depends on the weight along several ways, one through each use. By the chain rule its derivative"
            " is the sum over all ways. Each use passes on the term of its way; the weight waits until all are in and"
            " adds them. Used not at all, it has no term: its `.grad` stays `None`, and the optimizer leaves it as it"
            " is.",
        ),
    )


def _steps() -> tuple[LessonStep, ...]:
    weight = NodeTarget("middle_linear.weight")
    drawn = LineTarget("for _ in range(random.randint(*self.layers)):")
    return (
        LessonStep(
            tr("Select `middle_linear.weight` and follow its lines to the uses of the layer."),
            (weight, drawn),
            NodeSelected(weight),
        ),
        LessonStep(
            tr("Press [F9]: a breakpoint on the weight."),
            (ActionTarget("toggle_breakpoint"), weight),
            HasBreakpoint(weight),
        ),
        LessonStep(
            tr("Press [F5], Run: backward stops when all terms are in. The Inspector lists them, the last use first."),
            (ActionTarget("run"), weight),
            AtPoint("backward", weight),
        ),
        LessonStep(
            tr(
                "Press [F9] to remove the breakpoint. Then press [Shift+F8], Next iteration, and [F8], Next phase,"
                " a few times: each forward draws its depth anew, and when it is over, its graph is shown."
            ),
            (
                ActionTarget("toggle_breakpoint"),
                weight,
                ActionTarget("next_iteration"),
                ActionTarget("next_phase"),
                drawn,
            ),
            IterationsDone(2),
        ),
        LessonStep(
            tr("Press [F5], Continue: the loss falls all the same, for all depths share their weights."),
            (ActionTarget("run"), PanelTarget("loss")),
            IterationsDone(100),
        ),
    )
