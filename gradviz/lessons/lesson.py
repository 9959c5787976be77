"""What a lesson is: its texts and its steps, and what a step points at. Plain data.

In the texts, keys are written [F11] between brackets and code between backticks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gradviz.lessons.conditions import Condition
from gradviz.lessons.targets import LessonTarget
from gradviz.networks.catalogue import network


@dataclass(frozen=True, slots=True)
class LessonStep:
    """Something to do: how, what it points at, and when it is done."""

    text: str
    targets: tuple[LessonTarget, ...]
    done: Condition


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to look at in one network, what is new in it, what to press, and a question with its answer."""

    id: str
    """The network that it is named after, or `tour`."""
    network: str
    title: str
    look: str
    new: str
    """What changes from the lesson before."""
    steps: tuple[LessonStep, ...]
    question: str = ""
    answer: str = ""
    comparison: tuple[tuple[str, str], ...] = ()
    """Two columns to be read side by side; the first row is their heads."""

    @property
    def file(self) -> Path:
        """The source that the lesson is about."""
        return network(self.network).file
