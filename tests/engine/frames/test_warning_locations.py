"""Warnings have the place that they have in plain Python, and come as often."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.frames.tracebacks import relocate_warnings
from gradviz.protocol.commands import Run
from gradviz.protocol.events import StateChanged
from tests.helpers.engine_thread import EngineThread
from tests.helpers.scripts import ENDS, NEVER, script

pytestmark = pytest.mark.usefixtures("one_torch_thread")
TEXT = """
import warnings
import torch.nn.functional as F
model = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def noisy():
    warnings.warn("of the script", stacklevel=2)
class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        warnings.warn("of a backward")
        return g * 2
for _ in range(3):
    h = model(torch.ones(4, 3))
    F.softmax(h)
    F.softmax(h)
    F.mse_loss(h, torch.ones(3))
    h.grad
    noisy()
    torch.add(torch.ones(3), 1, out=torch.empty(1))
    F.upsample(h[None, None], scale_factor=2)
    torch.autograd.grad(h.sum(), model.parameters(), retain_graph=True, only_inputs=False)
    loss = Own.apply(model(torch.ones(4, 3))).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


@pytest.fixture
def warns_always() -> Iterator[None]:
    """What torch warns of once in a process, it does so each time."""
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(False)


@pytest.mark.usefixtures("warns_always")
@pytest.mark.parametrize("stepped", [True, False])
def test_a_script_warns_where_and_as_often_as_it_does_alone(
    engine: EngineThread, tmp_path: Path, stepped: bool
) -> None:
    path = script(tmp_path, f"torch.set_warn_always(True)\n{TEXT}")
    plain = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=100).stderr
    expected = re.findall(r"^(.+):(\d+): \w*Warning: ", plain, re.MULTILINE)
    assert len(expected) > 8
    if stepped:
        engine.tell(NEVER)
    with warnings.catch_warnings(record=True) as found:
        warnings.resetwarnings()
        warnings.simplefilter("default")
        engine.open(path)
        engine.tell(Run())
        assert engine.until(StateChanged, lambda event: event.state in ENDS).state == "finished"
    assert [(each.filename, str(each.lineno)) for each in found] == expected


def warned() -> list[tuple[str, int]]:
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        torch.nn.functional.softmax(torch.ones(2, 2))
    return [(each.filename, each.lineno) for each in found]


def test_a_recorder_of_warnings_gets_the_place_too() -> None:
    plain = warned()
    with Capture().watching():
        assert warned() == plain
    assert len(plain) == 1


def test_a_warning_with_a_place_of_its_own_keeps_it() -> None:
    with warnings.catch_warnings(record=True) as found, relocate_warnings():
        warnings.simplefilter("always")
        warnings.warn_explicit("said", UserWarning, "elsewhere.py", 7)
    assert [(each.filename, each.lineno) for each in found] == [("elsewhere.py", 7)]


def test_warnings_are_shown_as_before_when_nobody_looks_any_more() -> None:
    shown = warnings._showwarnmsg  # type: ignore[attr-defined]
    with relocate_warnings(), relocate_warnings():
        assert warnings._showwarnmsg is not shown  # type: ignore[attr-defined]
    assert warnings._showwarnmsg is shown  # type: ignore[attr-defined]
