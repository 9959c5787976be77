"""Lesson 3: backward is PyTorch's."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, NodeSelected
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.numpy import by_hand_beside_autograd
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "autograd",
        "autograd",
        title=tr("autograd writes backward for you"),
        look=tr(
            "Each box is now a node of autograd. It knows the derivative of its operation, and has saved what it needs"
            " for it. `loss.backward()` passes a gradient from node to node, from the loss up.",
        ),
        new=tr(
            "`w1` and `w2` are made with `requires_grad=True`, and the lines of `backward()` are gone. New are"
            " `zero_grad()`, since gradients are added to `.grad`, and `no_grad()` around the update.",
        ),
        steps=_steps(),
        question=tr("What would happen without `zero_grad()`?"),
        answer=tr(
            "`backward()` adds to `.grad`, it never replaces it. In the second iteration `w1.grad` would hold the sum"
            " of two gradients, in the tenth of ten: steps far too long, in directions that are partly out of date.",
        ),
        comparison=by_hand_beside_autograd(),
    )


def _steps() -> tuple[LessonStep, ...]:
    clamp, w2, w1 = NodeTarget("clamp"), NodeTarget("w2"), NodeTarget("w1")
    last_mm = NodeTarget("mm", 2)
    return (
        LessonStep(
            tr(
                "Select `clamp` and look in the Inspector for its saved tensors: `self` is"
                " `h`, which lesson 1 kept by hand."
            ),
            (clamp,),
            NodeSelected(clamp),
        ),
        LessonStep(
            tr("Press [F8], Next phase, until backward begins: at the loss, with the gradient 1."),
            (ActionTarget("next_phase"), NodeTarget("sum")),
            AtPoint("backward", NodeTarget("sum")),
        ),
        LessonStep(
            tr(
                "Press [F11], Step in, until the second `mm` is next. Its card derives both"
                " factors: these are the lines for `grad_w2` and `grad_h_relu` of lesson 1."
            ),
            (ActionTarget("step_in"), last_mm, LineTarget("return h_relu.mm(w2)")),
            AtPoint("backward", last_mm),
        ),
        LessonStep(
            tr("Press [F11]: `w2` has no line of code. Here the gradient that has arrived is added to `w2.grad`."),
            (ActionTarget("step_in"), w2),
            AtPoint("backward", w2),
        ),
        LessonStep(
            tr("Press [F11]: `clamp` sets the gradient to 0 where `h` was negative, as one line of lesson 1 did."),
            (ActionTarget("step_in"), clamp),
            AtPoint("backward", clamp),
        ),
        LessonStep(
            tr(
                "Press [F8]: the update of `w1`, by hand as before. In `no_grad()`, it does"
                " not become a part of the graph."
            ),
            (ActionTarget("next_phase"), LineTarget("w -= learning_rate * w.grad")),
            AtPoint("update", w1),
        ),
    )
