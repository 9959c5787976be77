"""What was raised is shown whole at the prompt: frames of the user's, then every line of the message."""

from __future__ import annotations

import io
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradviz
from gradviz.client.debug_state import DebugState
from gradviz.protocol.events import Raised, Stopped
from gradviz.protocol.records import BreakpointRecord, PointRecord
from gradviz.terminal.prompt.prompt_reporter import StopReporter, traceback_lines
from gradviz.terminal.text.line_writer import Screen

OURS = str(Path(gradviz.__file__).parent / "engine" / "capture.py")
LIBRARY = "/v/site-packages/torch/autograd/graph.py"
MESSAGES = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])), min_size=1).map("\n".join)
TRICKY = (
    "Caught ValueError in worker process 0.\nOriginal Traceback (most recent call last):\n"
    f'  File "{LIBRARY}", line 3, in fetch\n    data = f()\nValueError: here'
)


def raised(message: str, *files: str) -> tuple[str, str]:
    """A traceback through `files`, and its end."""
    said = "".join(traceback.format_exception_only(ValueError(message)))
    frames = [f'  File "{file}", line {i}, in f\n    g()\n' for i, file in enumerate(files, 1)]
    return "".join(["Traceback (most recent call last):\n", *frames, said]), said


@given(MESSAGES | st.just(TRICKY), st.booleans())
def test_every_line_of_a_message_is_shown_in_order(message: str, called_by_user: bool) -> None:
    text, said = raised(message, OURS, *(["/home/m.py"] if called_by_user else []), LIBRARY)
    lines = traceback_lines(text, said)
    wanted = said.rstrip("\n").splitlines()
    if called_by_user:
        assert lines[0] == '  File "/home/m.py", line 2, in f'
        assert lines[-len(wanted) :] == wanted
    else:
        assert lines == (wanted if len(wanted) > 1 else [])
    assert not any(OURS in line for line in lines)


def test_of_many_frames_the_middle_is_left_out_and_the_message_is_not() -> None:
    message = "\n".join(f"line {i}" for i in range(100))
    lines = traceback_lines(*raised(message, *["/home/m.py"] * 40))
    assert lines[12] == "  …" and len(lines) == 25 + 100
    assert lines[-1] == "line 99"


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> tuple[Screen, io.StringIO]:
    stream = io.StringIO()
    return Screen(stream, {"COLUMNS": "40"}), stream


HELPFUL = "Recomputed values for the following tensors differ\n" + "\n".join(f"position {i}" for i in range(40))


def test_a_stop_at_an_error_shows_its_message_whole(screen: tuple[Screen, io.StringIO]) -> None:
    text, said = raised(HELPFUL, OURS, LIBRARY)
    stop = Stopped(
        1, 0, "exception", PointRecord(0, "backward"), message=f"ValueError: {HELPFUL}", traceback=text, said=said
    )
    StopReporter(DebugState(lambda command: None), screen[0])._write_reason(stop)
    shown = screen[1].getvalue().splitlines()
    assert " ".join(shown[:2]) == "ValueError: Recomputed values for the following tensors differ"
    assert [line for line in shown if line.startswith("position")] == [f"position {i}" for i in range(40)]


def test_the_end_of_a_run_shows_the_message_whole(screen: tuple[Screen, io.StringIO], tmp_path: Path) -> None:
    text, said = raised(HELPFUL, str(tmp_path / "own.py"), LIBRARY)
    StopReporter(DebugState(lambda command: None), screen[0]).report_error(
        Raised(1, 0, "forward", "No.", text, said=said)
    )
    shown = screen[1].getvalue().splitlines()
    assert [line for line in shown if line.startswith("position")] == [f"position {i}" for i in range(40)]
    assert any("own.py" in line for line in shown)


def test_an_error_about_reach_is_said_by_what_it_means_and_names_the_search(screen: tuple[Screen, io.StringIO]) -> None:
    said = (
        "RuntimeError: Expected to have finished reduction in the prior iteration before starting a new one. This\nis"
    )
    StopReporter(DebugState(lambda command: None), screen[0]).report_error(
        Raised(1, 1, "forward", "RuntimeError: Expected to have finished reduction…", "Traceback", said=said)
    )
    shown = " ".join(screen[1].getvalue().split())
    assert "DistributedDataParallel waits for the gradient of every parameter" in shown
    assert "`reach Expected to have finished reduction in the prior iteration` lists the parameters." in shown


def test_why_a_trap_stopped_is_read_whole(screen: tuple[Screen, io.StringIO]) -> None:
    debugger = DebugState(lambda command: None)
    debugger.breakpoints.add(BreakpointRecord(0, "nonfinite"))
    message = "7 Inf in gradient of sum led to this: 64 NaN in the gradient of the.longest.name.of.all.first.weight"
    StopReporter(debugger, screen[0])._write_reason(
        Stopped(1, 0, "breakpoint", PointRecord(0, "backward", 1), breakpoint=1, message=message)
    )
    shown = screen[1].getvalue().splitlines()
    assert len(shown) > 1 and " ".join(line.strip() for line in shown) == f"breakpoint 1 NaN or Inf: {message}"
