"""The console: headings by run, tracebacks from the user's frame on, and links to lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor

import gradviz
from gradviz.gui.panels.console import Console
from gradviz.gui.panels.console_log import ConsoleLog

OURS = Path(gradviz.__file__).parent / "engine" / "gate" / "gate.py"
SAID = "ValueError: no\nsecond line\n"
TRACEBACK = (
    f'Traceback (most recent call last):\n  File "{OURS}", line 9, in run\n    go()\n'
    f'  File "/home/me/net.py", line 12, in forward\n    raise ValueError\n{SAID}'
)


@pytest.fixture
def titles() -> list[str]:
    return ["nn, run 1"]


@pytest.fixture
def console(qtbot, titles: list[str]) -> Console:
    console = Console(lambda: titles[-1])
    qtbot.addWidget(console)
    console.resize(600, 300)
    return console


def test_each_run_that_prints_has_one_heading(console: Console, titles: list[str]) -> None:
    console.write("stdout", "a\n")
    console.write("stdout", "b")
    titles.append("nn, run 2")
    titles.append("optim, run 3")  # run 2 printed nothing
    console.write("stderr", "c\n")
    assert console.text.splitlines() == ["nn, run 1", "a", "b", "optim, run 3", "c"]


def test_a_cleared_console_says_again_which_run_prints(console: Console) -> None:
    console.write("stdout", "a\n")
    console.clear()
    assert console.text == ""
    console.write("stdout", "b\n")
    assert console.text.splitlines() == ["nn, run 1", "b"]


def test_a_traceback_begins_at_the_users_frame_and_is_written_once(console: Console) -> None:
    console.write("stdout", "no end")
    console.write_traceback(TRACEBACK, SAID)
    console.write_traceback(TRACEBACK, SAID)
    assert console.text.splitlines() == [
        "nn, run 1",
        "no end",
        '  File "/home/me/net.py", line 12, in forward',
        "    raise ValueError",
        "ValueError: no",
        "second line",
    ]


def test_an_error_without_a_frame_of_the_users_is_shown_whole(console: Console) -> None:
    console.write_traceback("GradvizError: The file has no factory.\n", "GradvizError: The file has no factory.\n")
    assert console.text.splitlines()[1:] == ["GradvizError: The file has no factory."]


@pytest.mark.parametrize(
    "line", ['  File "/home/me/net.py", line 12, in forward', "/home/me/net.py:12: UserWarning: odd"]
)
def test_a_click_or_enter_on_a_line_of_code_asks_for_it(qtbot, console: Console, line: str) -> None:
    console.write("stderr", f"{line}\nno link\n")
    console.flush()
    console.show()
    log = console.findChild(ConsoleLog)
    asked: list[tuple[str, int]] = []
    console.line_requested.connect(lambda file, number: asked.append((file, number)))
    cursor = QTextCursor(log.document().findBlockByNumber(1))
    cursor.movePosition(QTextCursor.MoveOperation.Right, n=5)
    place = log.cursorRect(cursor).center()
    qtbot.mouseClick(log.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == [("/home/me/net.py", 12)]
    log.setTextCursor(cursor)
    qtbot.keyClick(log, Qt.Key.Key_Return)
    assert len(asked) == 2
    qtbot.mouseClick(log.viewport(), Qt.MouseButton.LeftButton, pos=place + QPoint(0, 2 * log.fontMetrics().height()))
    assert len(asked) == 2
