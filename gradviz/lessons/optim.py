"""Lesson 6: what an optimizer does, and what Adam keeps."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, IterationsDone, LooksBack
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, NodeTarget, PanelTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "optim",
        "optim",
        title=tr("The update by an optimizer"),
        look=tr(
            "The graph is that of lesson 5, for an optimizer is no part of it: it reads `.grad` and changes the"
            " weights after backward.",
        ),
        new=tr(
            "The loop over the parameters is gone: `torch.optim.Adam` makes the update. It remembers earlier"
            " gradients, so its step is not simply the gradient times the learning rate.",
        ),
        steps=_steps(),
        question=tr("What does Adam keep from one iteration to the next?"),
        answer=tr(
            "For each parameter two tensors of its size and a count: `exp_avg`, a running mean m of the gradients,"
            " `exp_avg_sq`, a running mean v of their squares, and `step`. The step is −lr · m / (√v + ε), both means"
            " corrected for having started at 0. In iteration 0, m is g and v is g²: each entry moves by lr, whatever"
            " its gradient. The memory is twice that of the weights.",
        ),
    )


def _steps() -> tuple[LessonStep, ...]:
    weight, bias = NodeTarget("0.weight"), NodeTarget("0.bias")
    return (
        LessonStep(
            tr(
                "Press [F8], Next phase, until the update begins: `0.weight`"
                " is about to change; its gradient is in the Inspector."
            ),
            (ActionTarget("next_phase"), weight),
            AtPoint("update", weight),
        ),
        LessonStep(
            tr("Press [F11], Step in: `0.weight` is updated, and `0.bias` is next."),
            (ActionTarget("step_in"), bias),
            AtPoint("update", bias),
        ),
        LessonStep(
            tr(
                "Press [Shift+F10], Step back, to look at `0.weight` again. Its step lies"
                " between −0.0001 and 0.0001, the learning rate, though its gradients differ"
                " widely."
            ),
            (ActionTarget("step_back"), weight),
            LooksBack(),
        ),
        LessonStep(
            tr(
                "Press [F5], Continue. Later choose SGD in the form and press [F5] again:"
                " the mark in the loss shows where the optimizer changed."
            ),
            (ActionTarget("run"), PanelTarget("loss"), PanelTarget("networks")),
            IterationsDone(100),
        ),
    )
