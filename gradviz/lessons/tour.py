"""The tour of the window, in five steps, on `dynamic`."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.lessons.conditions import AtPoint, IterationsDone, LooksBack, NodeSelected
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import ActionTarget, NodeTarget, PanelTarget

TOUR_NETWORK = "dynamic"


def make_tour() -> Lesson:
    """Return the tour, in the user's language."""
    return Lesson(
        "tour",
        TOUR_NETWORK,
        title=tr("A tour of the window"),
        look=tr("Five steps, each ticked when you have done it. A link shows the part it is about."),
        new="",
        steps=_steps(),
    )


def _steps() -> tuple[LessonStep, ...]:
    return (
        LessonStep(
            tr(
                "The graph in the middle is what autograd recorded in the last forward. Select"
                " a node: the Inspector shows its shapes and values, Source its line."
            ),
            (NodeTarget("addmm"), PanelTarget("graph"), PanelTarget("inspector"), PanelTarget("source")),
            NodeSelected(),
        ),
        LessonStep(
            tr(
                "The tool bar steps through an iteration. Press [F11], Step in: the engine"
                " stops before the first operation, and the card says what comes next."
            ),
            (ActionTarget("step_in"), PanelTarget("graph")),
            AtPoint("forward"),
        ),
        LessonStep(
            tr(
                "Press [F8], Next phase: in backward each node shows its derivative, and"
                " gradients appear at the lines. [F11] takes them one by one."
            ),
            (ActionTarget("next_phase"), ActionTarget("step_in")),
            AtPoint("backward"),
        ),
        LessonStep(
            tr(
                "The timeline holds what has run. Press [Shift+F10], Step back, or click into"
                " it: values are those of then, and the engine stays where it is."
            ),
            (PanelTarget("timeline"), ActionTarget("step_back")),
            LooksBack(),
        ),
        LessonStep(
            tr(
                "Press [F5], Continue: the network trains and the loss is drawn. [F9] on a"
                " node sets a breakpoint; every network in the list has a lesson here."
            ),
            (ActionTarget("run"), PanelTarget("loss"), PanelTarget("networks")),
            IterationsDone(20),
        ),
    )
