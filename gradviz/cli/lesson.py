"""`gradviz lesson`: the list of lessons, or the text of one, as the window shows it."""

from __future__ import annotations

import os
import re
import sys

from gradviz.language import tr
from gradviz.lessons.course import LESSONS, find_lesson, number_of
from gradviz.lessons.lesson import Lesson, LessonStep
from gradviz.lessons.targets import LineTarget
from gradviz.terminal.text.code_text import source_line
from gradviz.terminal.text.line_writer import Screen, columns_of, wrap_text

_WIDEST = 88
"""Columns of running text; longer lines are hard to read."""


def print_lesson(word: str | None) -> int:
    """Print the lesson of a number or a name; without one, the list of all. Return the exit status.

    Raises:
        UnknownNameError: there is no such lesson.
    """
    screen = Screen(sys.stdout, os.environ)
    if word is None:
        for name in LESSONS:
            screen.write(
                [("", f"{number_of(name):>2}  "), ("bold", f"{name:<10}"), ("", f" {find_lesson(name).title}")]
            )
    else:
        _write_lesson(screen, find_lesson(word))
    return 0


def _write_lesson(screen: Screen, lesson: Lesson) -> None:
    number, count = number_of(lesson.network), len(LESSONS)
    head = tr("Lesson {number} of {count}").format(number=number, count=count)
    screen.write([("dim", f"{head}  {lesson.network}")], [("bold", lesson.title)], "")
    _write_text(screen, lesson.look)
    screen.write("", [("accent", tr("New here"))])
    _write_text(screen, lesson.new)
    if lesson.comparison:
        screen.write("")
        _write_comparison(screen, lesson)
    screen.write("")
    for position, step in enumerate(lesson.steps, 1):
        _write_step(screen, lesson, position, step)
    screen.write("", [("accent", tr("Question"))])
    _write_text(screen, lesson.question)
    screen.write("")
    _write_text(screen, lesson.answer)
    window = tr("In the window: gradviz {name}").format(name=lesson.network)
    prompt = tr("At a prompt (F11 is step, F8 phase, F5 continue): gradviz debug {name}")
    screen.write("", [("dim", window)], [("dim", prompt.format(name=lesson.network))])


def _write_step(screen: Screen, lesson: Lesson, position: int, step: LessonStep) -> None:
    _write_text(screen, step.text, first=f"{position:>2}. ")
    for target in step.targets:
        if isinstance(target, LineTarget):
            line = target.find(lesson.file)
            code = source_line(str(lesson.file), line, colored=screen.colored) or []
            screen.write([("dim", f"    {lesson.file.name}:{line}  "), *code])


def _write_comparison(screen: Screen, lesson: Lesson) -> None:
    rows = [(_plain(left), _plain(right)) for left, right in lesson.comparison]
    wide = max(columns_of(left) for left, _ in rows)
    for position, (left, right) in enumerate(rows):
        style = "" if position else "dim"
        screen.write([(style, f"  {left}{' ' * (wide - columns_of(left))}   {right}")])


def _write_text(screen: Screen, text: str, first: str = "") -> None:
    """Write a text of a lesson, wrapped; `first` precedes its first line, and the others are indented as far."""
    indent = " " * len(first)
    for position, line in enumerate(wrap_text(_plain(text), min(screen.width, _WIDEST) - len(first))):
        screen.write([("", first if not position else indent), ("", line)])


def _plain(text: str) -> str:
    """Return a text without the marks of code and keys."""
    return re.sub(r"`([^`]*)`|\[([\w+]+)\]", lambda found: found[1] or found[2], text)
