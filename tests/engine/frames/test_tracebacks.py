"""Tracebacks are those of plain Python: of what a script raises, at a stop, and of what the script itself prints."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gradviz.engine.frames.tracebacks import traceback_text
from gradviz.protocol.commands import Run
from gradviz.protocol.events import Event, Raised, Stopped
from tests.helpers.engine_thread import EngineThread
from tests.helpers.scripts import NEVER, script

pytestmark = pytest.mark.usefixtures("one_torch_thread")
OURS = str(Path(__file__).parents[3] / "gradviz")
HEAD = """
import torch.nn.functional as F
class Bad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        raise ValueError("in backward")
model = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def train(check):
    h = model(torch.ones(4, 3))
    check(h)
    h.square().mean().backward()
    optimizer.step()
"""
RAISING = {
    "an op": "h.mm(h)",
    "a function": "F.cross_entropy(h, torch.zeros(7).long())",
    "a function that is opened": "F.normalize(h, dim=7)",
    "a module": "model(torch.ones(4, 5))",
    "a backward": "Bad.apply(h).sum().backward()",
    "a grad": "torch.autograd.grad(Bad.apply(h).sum(), list(model.parameters()))",
}


def plain_traceback(path: str) -> str:
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=100)
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize("kind", RAISING)
def test_the_traceback_at_a_stop_is_the_plain_one(engine: EngineThread, tmp_path: Path, kind: str) -> None:
    path = script(tmp_path, HEAD + f"train(lambda h: None)\ntrain(lambda h: {RAISING[kind]})\n")
    plain = plain_traceback(path)
    engine.tell(NEVER)
    engine.open(path)
    engine.tell(Run())
    stop = engine.until(Stopped)
    assert stop.reason == "exception"
    engine.tell(Run())
    raised = engine.until(Raised)
    for text in (stop.traceback, raised.traceback):
        assert OURS not in text
        assert without_inner(text) == without_inner(plain)


def without_inner(text: str) -> list[str]:
    """Frames by file and function, without those of torch's own that differ where hooks on modules are there."""
    frames = [line.split(", line ") for line in text.splitlines() if line.startswith("  File ")]
    found = [(file, place.partition(" in ")[2]) for file, place in frames]
    return [*map(str, (f for f in found if f[1] != "inner")), text.splitlines()[-1]]


@pytest.mark.parametrize("kind", RAISING)
def test_what_a_script_prints_of_its_own_errors_holds_no_frame_of_ours(
    engine: EngineThread, tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    text = """
        import traceback
        def check(h):
            try:
                CALL
            except Exception:
                traceback.print_exc()
        for _ in range(3):
            train(check)
        raise KeyError("the end")
    """
    path = script(tmp_path, HEAD + textwrap.dedent(text).replace("CALL", RAISING[kind]))
    engine.open(path)
    event: Event | None = None
    while not isinstance(event, Raised):
        engine.tell(Run())
        event = engine.until(Event, lambda event: isinstance(event, Stopped | Raised))
    printed = capfd.readouterr().err
    assert printed.count("Traceback") == 3
    assert OURS not in printed


def test_causes_and_contexts_are_shown_too() -> None:
    def fails() -> None:
        try:
            try:
                raise KeyError("first")
            except KeyError as error:
                raise ValueError("second") from error
        except ValueError:
            raise TypeError("third")  # noqa: B904 - the context is what is shown

    try:
        fails()
    except TypeError as error:
        text = traceback_text(error)
    assert [text.index(word) for word in ("first", "second", "third")] == sorted(
        text.index(word) for word in ("first", "second", "third")
    )
    assert "direct cause" in text and "another exception occurred" in text
