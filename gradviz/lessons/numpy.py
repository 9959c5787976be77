"""Lesson 1: forward, loss and gradient in NumPy, derived by hand."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, IterationsDone, NodeSelected
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget, PanelTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "numpy",
        "numpy",
        title=tr("The gradient, derived by hand"),
        look=tr(
            "Two layers: `y_pred = max(x · w1, 0) · w2`. NumPy derives nothing, so `backward()` in Source is the chain"
            " rule, written line by line. The graph shows the operations as they were recorded.",
        ),
        new=tr("Everything: this is the whole of training, with nothing hidden."),
        steps=_steps(),
        question=tr("Why must `forward()` keep `h` and `h_relu`?"),
        answer=tr(
            "The derivative of a product by one factor is the other factor: `grad_w2` needs `h_relu`. And where `h` was"
            " negative, `max(h, 0)` did not change with `h`: `grad_h` needs `h`, to know where. Every backward needs"
            " values of its forward; in lesson 3 autograd saves them for you.",
        ),
        comparison=by_hand_beside_autograd(),
    )


def _steps() -> tuple[LessonStep, ...]:
    w1 = NodeTarget("w1")
    grad_y_pred = LineTarget("grad_y_pred = 2.0 * (self.y_pred - y)")
    grad_w2 = LineTarget("self.grad_w2 = self.h_relu.T.dot(grad_y_pred)")
    relu = LineTarget("grad_h[self.h < 0] = 0")
    return (
        LessonStep(tr("Select `w1`: a hexagon is something that is trained."), (w1,), NodeSelected(w1)),
        LessonStep(
            tr(
                "Press [F11], Step in: the engine stops before the first operation,"
                " `x · w1`, and Source shows its line."
            ),
            (ActionTarget("step_in"), LineTarget("self.h = x.dot(self.w1)")),
            AtPoint("forward", LineTarget("self.h = x.dot(self.w1)")),
        ),
        LessonStep(
            tr(
                "Press [F8], Next phase: the loss is known, and backward begins. The"
                " derivative of `(y_pred − y)²` is `2 (y_pred − y)`."
            ),
            (ActionTarget("next_phase"), grad_y_pred),
            AtPoint("backward", grad_y_pred),
        ),
        LessonStep(
            tr(
                "Press [F11] until the gradient of `w2` is next. Of the products of `h_relu`"
                " and `grad_y_pred`, this is the one with the shape of `w2`."
            ),
            (ActionTarget("step_in"), grad_w2),
            AtPoint("backward", grad_w2),
        ),
        LessonStep(
            tr("Go on with [F11] to the line that sets entries to 0: where `h` was negative, no gradient passes."),
            (ActionTarget("step_in"), relu),
            AtPoint("backward", relu),
        ),
        LessonStep(
            tr("Press [F8] again: in the update each weight goes a small step against its gradient."),
            (ActionTarget("next_phase"), LineTarget("self.w1 -= learning_rate * self.grad_w1")),
            AtPoint("update", w1),
        ),
        LessonStep(
            tr("Press [F5], Continue: 500 times the same, and the loss falls."),
            (ActionTarget("run"), PanelTarget("loss")),
            IterationsDone(100),
        ),
    )


def by_hand_beside_autograd() -> tuple[tuple[str, str], ...]:
    """Return the lines of `backward()` in lesson 1, and beside them the nodes that do the same in lesson 3."""
    return (
        (tr("By hand, lesson 1"), tr("autograd, lesson 3")),
        ("`grad_y_pred = 2.0 * (y_pred - y)`", "`SumBackward0`, `PowBackward0`, `SubBackward0`"),
        ("`grad_w2 = h_relu.T.dot(grad_y_pred)`", tr("`MmBackward0`, to `w2`")),
        ("`grad_h_relu = grad_y_pred.dot(w2.T)`", tr("the same `MmBackward0`, to `ClampBackward1`")),
        ("`grad_h[h < 0] = 0`", "`ClampBackward1`"),
        ("`grad_w1 = x.T.dot(grad_h)`", tr("the other `MmBackward0`, to `w1`")),
    )
