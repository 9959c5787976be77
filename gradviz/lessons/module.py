"""Lesson 7: a module of one's own."""

from __future__ import annotations

from gradviz.lessons.conditions import AtPoint, HasBreakpoint, NodeSelected
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, LineTarget, NodeTarget
from gradviz.lessons.translation import translate


def make_lesson() -> Lesson:
    """Return the lesson, in the user's language."""
    return Lesson(
        "module",
        "module",
        title=translate("Lessons", "A module of your own"),
        look=translate(
            "Lessons",
            "The frames have names now, `linear1` and `linear2`: those of the attributes in `__init__`. `clamp` is in"
            " no frame, since `forward` calls it on the tensor itself.",
        ),
        new=translate(
            "Lessons",
            "A class takes the place of `nn.Sequential`: layers are made in `__init__`, and `forward` is plain Python"
            " that uses them. The optimizer is SGD.",
        ),
        steps=_steps(),
        question=translate("Lessons", "How does the optimizer come to know `linear1.weight`?"),
        answer=translate(
            "Lessons",
            "An `nn.Module` that is assigned to an attribute is registered, and so are its parameters; `parameters()`"
            " collects them through all levels. Layers in a plain list are not registered: they would get gradients,"
            " and never be updated. `nn.ModuleList` is there for that.",
        ),
    )


def _steps() -> tuple[LessonStep, ...]:
    clamp = NodeTarget("clamp")
    line = LineTarget("h_relu = self.linear1(x).clamp(min=0)")
    return (
        LessonStep(translate("Lessons", "Select `clamp`: Source shows the line of your `forward` that made it."),
                   (clamp, line), NodeSelected(clamp)),
        LessonStep(translate("Lessons", "Press [F9], or right-click on the node: a breakpoint on it, for forward and"
                                        " backward alike."),
                   (ActionTarget("toggle_breakpoint"), clamp), HasBreakpoint(clamp)),
        LessonStep(translate("Lessons", "Press [F5], Run: it stops before `clamp` in forward. `linear1` has run."),
                   (ActionTarget("run"), clamp), AtPoint("forward", clamp)),
        LessonStep(translate("Lessons", "Press [F5] again: the same node in backward. The gradient comes from"
                                        " `linear2` and goes on to `linear1`. [F9] removes the breakpoint."),
                   (ActionTarget("run"), clamp), AtPoint("backward", clamp)),
    )  # fmt: skip
