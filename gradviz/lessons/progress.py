"""Which steps of which lessons were done. A step stays done."""

from __future__ import annotations

from gradviz.lessons.conditions import LessonFacts
from gradviz.lessons.lesson import Lesson


class LessonProgress:
    """The steps that were done, by title of the lesson."""

    def __init__(self) -> None:
        self._done: dict[str, set[int]] = {}

    def done(self, lesson: Lesson) -> frozenset[int]:
        """Return the positions of the steps that were done."""
        return frozenset(self._done.get(lesson.id, ()))

    def current(self, lesson: Lesson) -> int | None:
        """Return the position of the first step that was not done; None where all were."""
        done = self.done(lesson)
        return next((i for i in range(len(lesson.steps)) if i not in done), None)

    def update(self, lesson: Lesson, facts: LessonFacts) -> bool:
        """Note the steps that are done now. Return whether there were any new ones."""
        known = self._done.setdefault(lesson.id, set())
        opened = facts.engine.opened
        if opened is None or opened.target != lesson.network:
            return False
        new = {i for i, step in enumerate(lesson.steps) if i not in known and step.done.holds(facts)}
        known |= new
        return bool(new)

    def restart(self, lesson: Lesson) -> None:
        """Forget what was done."""
        self._done.pop(lesson.id, None)
