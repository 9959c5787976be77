"""Lesson 5: modules hold the weights."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, NodeSelected, PanelShown
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget, PanelTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "nn",
        "nn",
        title=tr("Layers from torch.nn"),
        look=tr(
            "Frames are calls of modules: `0` and `2` are the two `nn.Linear`, each with a weight and a bias. A click"
            " on the head of a frame folds it into one box.",
        ),
        new=tr(
            "Modules make and hold the weights, and `nn.Sequential` calls them in their order. The loss is"
            " `nn.MSELoss`. The weights start small, so the learning rate can be a hundred times as large.",
        ),
        steps=_steps(),
        question=tr("Why is the gradient of a bias a sum over the rows?"),
        answer=tr(
            "The one bias is added to each of the 64 rows, so it is used 64 times. Each use contributes a gradient,"
            " and the contributions of all uses add up. In lesson 8 a whole layer is used several times, and the same"
            " happens to its weight.",
        ),
    )


def _steps() -> tuple[LessonStep, ...]:
    weight, addmm, bias = NodeTarget("0.weight"), NodeTarget("addmm", 2), NodeTarget("2.bias")
    return (
        LessonStep(
            tr(
                "Select `0.weight`: it is 100 × 1000, outputs before inputs. That is why `t`"
                " stands between it and the product."
            ),
            (weight, NodeTarget("t")),
            NodeSelected(weight),
        ),
        LessonStep(
            tr("Open the panel Modules: parameters, time and memory of each module."),
            (PanelTarget("modules"),),
            PanelShown("modules"),
        ),
        LessonStep(
            tr(
                "Press [F8], Next phase, until backward begins, then [F11], Step in: the second `addmm` is"
                " next. It computes `bias + x · weightᵀ` in one, and passes on three gradients."
            ),
            (ActionTarget("next_phase"), ActionTarget("step_in"), addmm),
            AtPoint("backward", addmm),
        ),
        LessonStep(
            tr("Press [F11]: the gradient of `2.bias` is in, summed over the 64 rows."),
            (ActionTarget("step_in"), bias),
            AtPoint("backward", bias),
        ),
        LessonStep(
            tr("Press [F8]: the update goes through `model.parameters()`, by hand still."),
            (ActionTarget("next_phase"), LineTarget("parameter.sub_(learning_rate * parameter.grad)")),
            AtPoint("update", weight),
        ),
    )
