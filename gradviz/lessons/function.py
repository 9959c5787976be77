"""Lesson 4: an operation of one's own."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, NodeSelected
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "function",
        "function",
        title=tr("An operation of your own"),
        look=tr(
            "`MyReLU` has a cut corner: its forward and its backward are written in this file, and autograd calls"
            " them. All other nodes are those of lesson 3.",
        ),
        new=tr(
            "`clamp` became a `torch.autograd.Function`. Its `forward` saves what its `backward` will need;"
            " `MyReLU.apply` puts one node into the graph.",
        ),
        steps=_steps(),
        question=tr("Does autograd check that your `backward` fits your `forward`?"),
        answer=tr(
            "No. It looks at the number and the shapes of the gradients, and believes the values: with a wrong"
            " `backward` the network trains, only badly. `torch.autograd.gradcheck` compares it with differences of"
            " `forward`, in double precision.",
        ),
    )


def _steps() -> tuple[LessonStep, ...]:
    ours, first_mm = NodeTarget("MyReLU"), NodeTarget("mm")
    inside = LineTarget("return input.clamp(min=0)")
    return (
        LessonStep(
            tr("Select `MyReLU`: the Inspector says what `save_for_backward` saved."),
            (ours, LineTarget("ctx.save_for_backward(input)")),
            NodeSelected(ours),
        ),
        LessonStep(
            tr(
                "Press [F11], Step in, until you are inside of your `forward`. What runs in"
                " it makes no nodes of its own."
            ),
            (ActionTarget("step_in"), inside),
            AtPoint("forward", inside),
        ),
        LessonStep(
            tr(
                "Press [F8], Next phase, for backward, then [F11] until `MyReLU` is next."
                " Autograd will call your `backward` now."
            ),
            (ActionTarget("next_phase"), ActionTarget("step_in"), ours),
            AtPoint("backward", ours),
        ),
        LessonStep(
            tr(
                "Press [F11]. The gradient that came out differs from the one that went in"
                " only where `input` was negative: there it is 0."
            ),
            (ActionTarget("step_in"), LineTarget("grad_input[input < 0] = 0"), first_mm),
            AtPoint("backward", first_mm),
        ),
    )
