"""`gradviz debug` as its user has it: in a pseudo-terminal, and with lines from a pipe."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.pseudo_terminal import PATIENCE, ROOT, PseudoTerminal

PROMPT = r"\(gradviz\)"
LOOKS = (
    ("c", "16 of 21"),
    ("g", "use 3"),
    ("w", "AccumulateGrad"),
    ("t", "update"),
    ("reach", "6 of 6"),
    ("r #10", "term 1"),
    ("p grad", "norm"),
    ("bk 4", "looking 4 back"),
    ("h", "Go on"),
)
UP, CTRL_C, CTRL_D, TAB = "\x1b[A", "\x03", "\x04", "\t"

SLOW = """
import time, torch, gradviz
from torch import nn

class Slow(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, nap):
        ctx.nap = nap
        return x.clone()
    @staticmethod
    def backward(ctx, g):
        time.sleep(ctx.nap)
        return g, None

class Net(nn.Module):
    def __init__(self, nap):
        super().__init__()
        self.nap = nap
        self.lin = nn.Linear(4, 4)
    def forward(self, x):
        x = self.lin(x)
        for _ in range(1000):
            x = Slow.apply(x, self.nap)
        return x

def build(nap=0.05):
    x = torch.randn(2, 4)
    return gradviz.Experiment(Net(nap), inputs=x, targets=x, loss=nn.MSELoss(), optimizer=("SGD", {"lr": 0.01}))
"""

TROUBLE = """
import os, sys, torch, gradviz
from torch import nn

class Net(nn.Module):
    def __init__(self, how):
        super().__init__()
        self.lin = nn.Linear(4, 4)
        self.how = how
    def forward(self, x):
        print("hello from forward")
        y = self.lin(x)
        if self.how == "raise":
            y = y @ torch.zeros(3, 3)
        if self.how == "read":
            input("name? ")
        if self.how == "kill":
            os.kill(os.getpid(), 9)
        return y

def build(how="raise"):
    x = torch.randn(2, 4)
    return gradviz.Experiment(Net(how), inputs=x, targets=x, loss=nn.MSELoss(), optimizer=("SGD", {"lr": 0.01}))
"""


def piped(lines: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gradviz", "debug", *arguments],
        input=lines,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )


def test_the_prompt_has_completion_history_and_colors(tmp_path: Path) -> None:
    with PseudoTerminal("debug", "dynamic", XDG_DATA_HOME=str(tmp_path)) as terminal:
        assert "forward 1 · iteration 0" in terminal.until(PROMPT)
        terminal.type(f"pha{TAB}\r")
        terminal.until(rf"backward 1 of 21[\s\S]*{PROMPT}")
        terminal.type(f"break middle_linear.w{TAB}\r")
        assert "breakpoint 1  middle_linear.weight" in terminal.until(rf"breakpoint 1[\s\S]*{PROMPT}")
        terminal.type("c\r")
        shown = terminal.until(rf"backward 16 of 21[\s\S]*{PROMPT}")
        assert "a sum of 3 terms, 3 in" in shown
        terminal.type("s\r")
        terminal.until(rf"backward 17 of 21[\s\S]*{PROMPT}")
        terminal.type("\r")  # an empty line repeats
        terminal.until(rf"backward 18 of 21[\s\S]*{PROMPT}")
        terminal.type(CTRL_D)
        assert terminal.ended() == 0
        assert "\x1b[38;5;172mbackward" in terminal.raw.replace("\x1b[1;38", "\x1b[38").replace(";1m", "m")
    (history,) = tmp_path.rglob("debug-history")
    assert "+break middle_linear.weight" in history.read_text()

    with PseudoTerminal("debug", "dynamic", columns=60, XDG_DATA_HOME=str(tmp_path), NO_COLOR="1") as terminal:
        terminal.until(PROMPT)
        terminal.type(f"{UP}{UP}{UP}\r")  # over s and c
        terminal.until(rf"breakpoint 1  middle_linear.weight[\s\S]*{PROMPT}")
        for line, answer in LOOKS:
            terminal.type(f"{line}\r")
            terminal.until(rf"{answer}[\s\S]*?\(gradviz[ \d-]*\)")
        lines = re.split(r"[\r\n]+", terminal.text)
        assert max(map(len, lines)) <= 60
        assert not re.search(r"\x1b\[[\d;]*38;5", terminal.raw)
        terminal.type("q\r")
        assert terminal.ended() == 0


def test_ctrl_c_pauses_inside_a_long_backward(tmp_path: Path) -> None:
    path = tmp_path / "slow.py"
    path.write_text(SLOW)
    with PseudoTerminal("debug", str(path), XDG_DATA_HOME=str(tmp_path)) as terminal:
        terminal.until(PROMPT)
        terminal.type("phase\r")
        terminal.until(rf"backward 1 of[\s\S]*{PROMPT}")
        terminal.type("c\r")
        terminal.until("running, Ctrl")
        terminal.type(CTRL_C)
        shown = terminal.until(rf"paused[\s\S]*{PROMPT}")
        stopped = re.search(r"backward (\d+) of 1\d\d\d · iteration 0", shown)
        assert stopped is not None and 1 < int(stopped[1]) < 1000
        for line in ("pri", "gra"):
            terminal.type(f"{line}{CTRL_C}")  # gives up the line, and no more
            terminal.until(rf"{line}[\s\S]*{PROMPT}")
        terminal.type(CTRL_C)
        terminal.until(rf"It is paused[\s\S]*{PROMPT}")
        terminal.type(CTRL_D)
        assert terminal.ended() == 0


def test_ctrl_c_interrupts_what_does_not_pause(tmp_path: Path) -> None:
    path = tmp_path / "slow.py"
    path.write_text(SLOW)
    with PseudoTerminal("debug", str(path), "--set", "nap=600.0", XDG_DATA_HOME=str(tmp_path)) as terminal:
        terminal.until(PROMPT)
        terminal.type("phase\r")  # a forward that is still running would be paused
        terminal.until(rf"backward 1 of[\s\S]*{PROMPT}")
        terminal.type("c\r")
        terminal.until("running, Ctrl")
        terminal.type(CTRL_C)
        terminal.until("Ctrl.C again interrupts it")
        terminal.type(CTRL_C)
        terminal.until(rf"Interrupted in line \d+ of slow.py[\s\S]*{PROMPT}")
        terminal.type(CTRL_D)
        assert terminal.ended() == 0


def test_lines_of_a_pipe_are_done_without_echo_and_their_end_ends_it() -> None:
    done = piped("s\n\nfoo\np #99\nb inf\nstop\n", "dynamic")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "(gradviz)" not in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stdout.count("forward 2 ·") == 1  # an empty line of a pipe repeats nothing
    assert "There is no command 'foo'; did you mean" in done.stdout
    assert "There is no node #99; the graph has #" in done.stdout
    assert "breakpoint 1  Inf appears" in done.stdout


def test_what_would_never_come_is_refused_in_a_sentence() -> None:
    done = piped("it\nuntil loss\nuntil x\nbreak loss\nuntil middle_linear.weight in forward\ndevice cpu\n", "dynamic")
    assert done.returncode == 0
    assert done.stdout.count("Nothing runs at loss: it is the loss, data, or a leaf without gradient.") == 2
    assert "Nothing runs at x:" in done.stdout
    assert "middle_linear.weight is passed in backward and update, not in forward." in done.stdout
    assert "It is on cpu already." in done.stdout


def test_a_stream_without_box_characters_gets_ascii() -> None:
    done = piped("s\ng\nr\nt\n", "autograd", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "+--" in done.stdout


def test_a_watched_tensor_is_printed_at_each_stop_with_what_it_was_before() -> None:
    lines = "phase\nwatch 0.bias\nphase\nstep 2\nunwatch 0.bias\nstep\nwatch\n"
    output = piped(lines, "nn").stdout
    watched = re.findall(r"^  0\.bias  100  .*$", output, re.MULTILINE)
    assert len(watched) == 3
    assert "before" not in watched[0] and "before" in watched[1] and "change" not in watched[1]
    assert "change" in watched[2] and "largest" in watched[2]
    assert "Nothing is watched" in output


def test_losses_are_those_of_a_plain_run() -> None:
    plain = subprocess.run(
        [sys.executable, "-m", "gradviz", "run", "dynamic", "--steps", "3", "--json"],
        capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT, check=True,
    )  # fmt: skip
    last = float(re.findall(r'"loss": ([\d.e+-]+)', plain.stdout)[-1])
    done = piped("s 3\nphase\ns\nout\nc\n", "dynamic", "--steps", "3")
    assert f"3 iterations are done, loss {last:.8g}" in done.stdout


@pytest.fixture
def trouble(tmp_path: Path) -> str:
    path = tmp_path / "trouble.py"
    path.write_text(TROUBLE)
    return str(path)


def test_code_that_raises_is_reported_with_its_line_and_restart_begins_again(trouble: str) -> None:
    done = piped("c\nprint #1.output\nc\nstep\nprint lin.weight\ngraph\nrestart\n", trouble)
    assert done.returncode == 0
    assert "│ hello from forward\n" in done.stdout
    assert "RuntimeError: mat1 and mat2 shapes cannot be multiplied" in done.stdout
    assert "trouble.py:14  y = y @ torch.zeros(3, 3)" in done.stdout  # the stop at what raised
    assert "#1 addmm, output  2×4" in done.stdout  # the graph so far is kept
    assert "multiplied (2x4 and 3x3)\n  in forward of iteration 0\n" in done.stdout
    assert "lin.weight  4×4  float32" in done.stdout
    assert 'trouble.py", line 14, in forward' in done.stdout  # the traceback, from the user's frame
    assert "gradviz/engine" not in done.stdout
    assert "The run ended with an error; restart begins a new one." in done.stdout
    assert done.stdout.count("forward 1 · iteration 0") == 2


def test_before_the_first_op_tensors_are_shown_and_changed_by_their_names() -> None:
    lines = "print\nprint w2\nset w2 = 0\nprint input 1[0, 0]\nprint x\nreach\nphase\nprint #2.output\n"
    done = piped(lines, "autograd")
    for said in (
        "mm has made no node yet; print input 0 shows what goes into it",
        "w2  100×10  float32",
        "changed  w2: 0",
        "mm, input 1  1000×100  float32",
        "x  64×1000  float32",
        "Which parameters gradient reaches is known when the forward is over.",
        "#2 mm, output  64×10  float32  cpu\n  min  0  mean  0",
    ):
        assert said in done.stdout


def test_code_that_reads_gets_the_end_of_input(trouble: str) -> None:
    done = piped("c\n", trouble, "--set", "how=read")
    assert done.returncode == 0
    assert "EOFError" in done.stdout


def test_an_engine_that_dies_is_reported_and_restart_starts_another(trouble: str) -> None:
    done = piped("b nan\nc\nstep\nrestart\nbl\n", trouble, "--set", "how=kill")
    assert "The engine was killed (SIGKILL). It may have run out of memory." in done.stdout
    assert "The engine has ended; restart begins again." in done.stdout
    assert done.stdout.count("forward 1 · iteration 0") == 2
    assert "NaN appears" in done.stdout.rpartition("forward 1")[2]
    assert done.returncode == 0


def test_restart_begins_in_another_engine_where_code_changed_torch(tmp_path: Path) -> None:
    path = tmp_path / "patch.py"
    path.write_text(
        "import torch\nprint('used' if hasattr(torch.Tensor, 'total') else 'fresh')\n"
        "torch.Tensor.total = lambda self: self.sum()\n"
        "def build():\n    return lambda x: x.total(), torch.ones(2, requires_grad=True)\n"
    )
    done = piped("break iteration 1\ncontinue\nrestart\ncontinue\n", str(path))
    assert "changed torch.Tensor.total: another engine opens it." in done.stdout
    assert done.stdout.count("fresh") == 2 and "used" not in done.stdout
    assert done.stdout.count("forward 1 · iteration 1") == 2 and done.returncode == 0


def test_what_cannot_be_opened_is_one_sentence() -> None:
    done = piped("", "dynamic", "--optimizer", "Nope")
    assert done.returncode == 2
    assert "Nope" in done.stdout + done.stderr
