"""The table of lessons, in their order, and how one is found by its number or name."""

from __future__ import annotations

from collections.abc import Callable

from gradviz.errors import UnknownNameError
from gradviz.language import tr
from gradviz.lessons import attention, autograd, digits, dynamic, function, module, nn, numpy, optim, tensors
from gradviz.lessons.lesson import Lesson

LESSONS: dict[str, Callable[[], Lesson]] = {
    "numpy": numpy.make_lesson,
    "tensors": tensors.make_lesson,
    "autograd": autograd.make_lesson,
    "function": function.make_lesson,
    "nn": nn.make_lesson,
    "optim": optim.make_lesson,
    "module": module.make_lesson,
    "dynamic": dynamic.make_lesson,
    "digits": digits.make_lesson,
    "attention": attention.make_lesson,
}
"""By network. They are made when they are read, in the user's language."""


def number_of(network: str) -> int:
    """Return the number of a network's lesson, from 1."""
    return list(LESSONS).index(network) + 1


def find_lesson(word: str) -> Lesson:
    """Return the lesson of a number, from 1, or of a network's name.

    Raises:
        UnknownNameError: there is none; the message lists all.
    """
    names = list(LESSONS)
    if word.isascii() and word.isdigit() and 1 <= int(word) <= len(names):
        word = names[int(word) - 1]
    if word not in LESSONS:
        raise UnknownNameError(tr("lesson"), word, [f"{number} {name}" for number, name in enumerate(names, 1)])
    return LESSONS[word]()
