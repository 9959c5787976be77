"""Lesson 7: a module of one's own."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, HasBreakpoint, NodeSelected
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "module",
        "module",
        title=tr("A module of your own"),
        look=tr(
            "The frames have names now, `linear1` and `linear2`: those of the attributes in `__init__`. `clamp` is in"
            " no frame, since `forward` calls it on the tensor itself.",
        ),
        new=tr(
            "A class takes the place of `nn.Sequential`: layers are made in `__init__`, and `forward` is plain Python"
            " that uses them. The optimizer is SGD.",
        ),
        steps=_steps(),
        question=tr("How does the optimizer come to know `linear1.weight`?"),
        answer=tr(
            "An `nn.Module` that is assigned to an attribute is registered, and so are its parameters; `parameters()`"
            " collects them through all levels. Layers in a plain list are not registered: they would get gradients,"
            " and never be updated. `nn.ModuleList` is there for that.",
        ),
    )


def _steps() -> tuple[LessonStep, ...]:
    clamp = NodeTarget("clamp")
    line = LineTarget("h_relu = self.linear1(x).clamp(min=0)")
    return (
        LessonStep(
            tr("Select `clamp`: it was made in the same line as the first `addmm`, but outside of `linear1`."),
            (clamp, line),
            NodeSelected(clamp),
        ),
        LessonStep(
            tr("Press [F9], or right-click on the node: a breakpoint on it, for forward and backward alike."),
            (ActionTarget("toggle_breakpoint"), clamp),
            HasBreakpoint(clamp),
        ),
        LessonStep(
            tr("Press [F11], Step in: the engine stops at the beginning of your `forward`."),
            (ActionTarget("step_in"), line),
            AtPoint("forward"),
        ),
        LessonStep(
            tr("Press [F5], Continue: it stops before `clamp` in forward. `linear1` has run."),
            (ActionTarget("run"), clamp),
            AtPoint("forward", clamp),
        ),
        LessonStep(
            tr(
                "Press [F5] again: the same node in backward. The gradient comes from"
                " `linear2` and goes on to `linear1`. [F9] removes the breakpoint."
            ),
            (ActionTarget("run"), clamp),
            AtPoint("backward", clamp),
        ),
    )
