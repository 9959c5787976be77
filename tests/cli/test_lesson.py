"""`gradviz lesson`: the list, a lesson by number or name, and a bad number."""

from __future__ import annotations

import pytest

from gradviz.cli.main import main
from gradviz.lessons.course import LESSONS, find_lesson


def test_without_a_number_all_lessons_are_listed(capsys) -> None:
    assert main(["lesson"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [[str(i), name] for i, name in enumerate(LESSONS, 1)]


def test_a_lesson_is_printed_by_number_and_by_name_alike(capsys) -> None:
    assert main(["lesson", "8"]) == 0
    by_number = capsys.readouterr().out
    assert main(["lesson", "dynamic"]) == 0
    assert capsys.readouterr().out == by_number


@pytest.mark.parametrize("name", LESSONS)
def test_all_of_a_lesson_is_printed_without_the_marks_of_keys_and_code(capsys, name: str) -> None:
    assert main(["lesson", name]) == 0
    out = capsys.readouterr().out
    words = " ".join(out.split())
    lesson = find_lesson(name)
    for text in (lesson.look, lesson.new, lesson.question, lesson.answer, *(step.text for step in lesson.steps)):
        assert text.replace("`", "").replace("[F", "F").split("[")[0].split("]")[0] in words
    assert "`" not in out


@pytest.mark.parametrize("word", ["0", "11", "x", "3.5"])
def test_a_bad_number_is_one_sentence_and_status_2(capsys, word: str) -> None:
    assert main(["lesson", word]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert word in captured.err


def test_a_pipe_gets_plain_text(capsys) -> None:
    main(["lesson", "3"])
    assert "\x1b" not in capsys.readouterr().out
