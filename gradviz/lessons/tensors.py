"""Lesson 2: the same with tensors, autograd off."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, PanelShown
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget, PanelTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "tensors",
        "tensors",
        title=tr("The same, in tensors"),
        look=tr(
            "The same graph, operation for operation: a tensor is an array that can live on a GPU, and PyTorch's names"
            " differ a little from NumPy's.",
        ),
        new=tr(
            "`dot` is now `mm`, `maximum` is `clamp`, `copy` is `clone`. Where the machine has a GPU, choose it in the"
            " form under Device. Autograd stays off, so backward is still written by hand.",
        ),
        steps=_steps(),
        question=tr("These are PyTorch's operations. Why has autograd recorded no graph?"),
        answer=tr(
            "Autograd records an operation only if one of its inputs requires a gradient. No tensor here does: nothing"
            " is recorded, nothing is saved, and `loss.backward()` would raise an error. Lesson 3 adds"
            " `requires_grad=True` to two lines.",
        ),
    )


def _steps() -> tuple[LessonStep, ...]:
    hidden = LineTarget("self.h = x.mm(self.w1)")
    transposed = LineTarget("grad_h_relu = grad_y_pred.mm(self.w2.t())")
    grad_w1 = LineTarget("self.grad_w1 = x.t().mm(grad_h)")
    return (
        LessonStep(
            tr(
                "Open the panel Reach. It lists which parameters gradient reaches, and here"
                " says why there is nothing to list."
            ),
            (PanelTarget("reach"),),
            PanelShown("reach"),
        ),
        LessonStep(
            tr("Press [F11], Step in: `x.mm(w1)` is next, 64 × 1000 times 1000 × 100."),
            (ActionTarget("step_in"), hidden),
            AtPoint("forward", hidden),
        ),
        LessonStep(
            tr(
                "Press [F8], Next phase, then [F11] to the gradient of `h_relu`: `t()`"
                " transposes `w2` without copying it."
            ),
            (ActionTarget("next_phase"), ActionTarget("step_in"), transposed),
            AtPoint("backward", transposed),
        ),
        LessonStep(
            tr(
                "Go on with [F11] to the gradient of `w1`. It has the shape of `w1`,"
                " 1000 × 100, as every gradient has that of its tensor."
            ),
            (ActionTarget("step_in"), grad_w1),
            AtPoint("backward", grad_w1),
        ),
        LessonStep(
            tr("Press [F8]: the update of `w1`. `-=` changes the tensor in place; `w1 = w1 - …` would make a new one."),
            (ActionTarget("next_phase"), LineTarget("self.w1 -= learning_rate * self.grad_w1")),
            AtPoint("update", NodeTarget("w1")),
        ),
    )
