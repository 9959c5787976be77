"""Standard streams that a shell has closed, or opened the wrong way: no traceback, and nothing that waits for ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell of Unix")

PATIENCE = 60


def run(words: str, redirection: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["sh", "-c", f'exec "$0" -m gradviz {words} {redirection}', sys.executable]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=PATIENCE)


@pytest.mark.parametrize("redirection", ["<&-", "<&- 2>&-"])
def test_a_closed_input_is_one_that_has_ended(redirection: str) -> None:
    done = run("debug autograd --json", redirection)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [line.split(b'"')[3] for line in done.stdout.splitlines()] == [b"ready", b"opened", b"stopped", b"exited"]


def test_at_the_prompt_too() -> None:
    done = run("debug autograd", "<&-")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "forward 1 · iteration 0" in done.stdout.decode()


@pytest.mark.parametrize("words", ["debug autograd", "run autograd --steps 2", "networks"])
def test_what_goes_to_a_closed_output_goes_nowhere(words: str) -> None:
    done = run(words, "<&- >&- 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_results_do_not_go_to_a_file_that_was_opened_in_a_closed_streams_place(tmp_path: Path) -> None:
    picture = tmp_path / "graph.svg"
    done = run(f"render autograd -o '{picture}'", "<&- >&- 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert picture.read_text().startswith("<?xml") and picture.read_text().endswith("</svg>\n")


@pytest.mark.parametrize("words", ["debug autograd", "debug autograd --json"])
def test_an_input_that_cannot_be_read_is_told(tmp_path: Path, words: str) -> None:
    done = run(words, f"0>'{tmp_path / 'out'}'")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"gradviz: Standard input cannot be read: Bad file descriptor.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_an_output_that_is_full_is_told_by_its_name() -> None:
    done = run("networks", ">/dev/full")
    assert done.returncode == 2
    assert done.stderr == b"gradviz: Standard output cannot be written: No space left on device.\n"
