"""A script that meets a trap is paused behind the iteration, and runs again to where it began."""

from __future__ import annotations

import textwrap
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradviz.protocol.commands import Open, Pause, Run, SetBreakpoints
from gradviz.protocol.events import HitsCounted, LossBatch, StateChanged, Stopped, Trapped, Unchecked
from gradviz.protocol.past_events import Repeated
from gradviz.protocol.records import BreakpointRecord
from tests.helpers.engine_thread import EngineThread

NONFINITE = BreakpointRecord(1, "nonfinite")

SCRIPT = """
    import math
    import random
    import torch
    from torch import nn

    model = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), 1e-3)
    for step in range(20):
        x = torch.randn(4, 3) + random.random()
        hidden = model(x)
        scores = hidden.masked_fill(torch.eye(4, 2) == 1, -math.inf).softmax(-1)
        out = hidden * 2 + scores
        if step == 7:
            BODY
        loss = out.square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.fixture
def engine() -> Iterator[EngineThread]:
    with EngineThread() as thread:
        yield thread


def script(folder: Path, body: str, text: str = SCRIPT) -> str:
    file = folder / "script.py"
    file.write_text(textwrap.dedent(text).replace("BODY", body))
    return str(file)


def trap(engine: EngineThread, target: str, *records: BreakpointRecord) -> Trapped:
    engine.open(target)
    engine.tell(SetBreakpoints(records))
    engine.tell(Run())
    found = engine.until(Trapped)
    engine.until(StateChanged, lambda event: event.state == "paused")
    return found


def losses(engine: EngineThread, run: int) -> list[float]:
    return [loss for event in engine.all(LossBatch) if event.run == run for loss in array("d", event.losses)]


def test_a_nan_pauses_behind_the_iteration_and_runs_again_to_the_op_that_made_it(
    engine: EngineThread, tmp_path: Path
) -> None:
    target = script(tmp_path, "out = (out - 1e6).sqrt()")
    found = trap(engine, target, NONFINITE)
    assert (found.step, found.breakpoint, found.message) == (7, 1, "the loss is NaN")
    assert engine.all(HitsCounted)[-1].hits == ((1, 1),)
    engine.tell(Open(2, target, again_to=7))
    stop = engine.until(Stopped)
    assert (stop.step, stop.breakpoint, stop.point.phase, stop.point.op) == (7, 1, "forward", "torch.Tensor.sqrt")
    assert stop.message == "8 NaN in output led to this: the loss is NaN"
    assert losses(engine, 2) == losses(engine, 1)[:7]
    engine.tell(Run(10))
    engine.until(StateChanged, lambda event: event.state in ("finished", "paused"))
    assert not engine.all(Unchecked)


def test_a_spike_runs_again_to_the_first_op_of_the_iteration(engine: EngineThread, tmp_path: Path) -> None:
    target = script(tmp_path, "out = out * 1000")
    found = trap(engine, target, BreakpointRecord(1, "spike", "loss", number=100, other=5))
    assert found.step == 7
    engine.tell(Open(2, target, again_to=7))
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.index, stop.after) == (7, 0, False)


def test_a_gradient_that_breaks_runs_again_to_its_node(engine: EngineThread, tmp_path: Path) -> None:
    target = script(tmp_path, "out = out + (hidden * 0).sqrt()")
    found = trap(engine, target, NONFINITE)
    assert "NaN in the gradient of" in found.message
    engine.tell(Open(2, target, again_to=7))
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.phase, stop.point.grad_fn) == (7, "backward", "SqrtBackward0")


@pytest.mark.parametrize(
    ("body", "record", "message"),
    [
        ("optimizer.param_groups[0]['lr'] = 1e3", BreakpointRecord(1, "update_ratio_above", number=10), "the step of"),
        ("optimizer.param_groups[0]['lr'] = 0.0", BreakpointRecord(1, "unchanged"), "the update did not change"),
        (
            "optimizer.param_groups[0]['lr'] = 1e30; out = out * 1e9",
            BreakpointRecord(1, "nonfinite", phase="update"),
            "the update made",
        ),
    ],
)
def test_an_update_pauses_behind_its_iteration_and_runs_again_to_the_weight(
    engine: EngineThread, tmp_path: Path, body: str, record: BreakpointRecord, message: str
) -> None:
    target = script(tmp_path, body)
    found = trap(engine, target, record)
    assert found.step == 7
    assert found.message.startswith(message)
    engine.tell(Open(2, target, again_to=7))
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.phase, stop.after) == (7, "update", True)
    assert stop.point.parameter in stop.message
    assert losses(engine, 2) == losses(engine, 1)[:7]


def test_an_update_by_hand_is_not_watched_which_is_said(engine: EngineThread, tmp_path: Path) -> None:
    by_hand = "for p in model.parameters(): p.data -= 1e-3 * p.grad"
    text = SCRIPT.replace("optimizer.step()", by_hand).replace("optimizer.zero_grad()", "model.zero_grad()")
    engine.open(script(tmp_path, "pass", text.replace("optimizer = torch", "# torch")))
    engine.tell(SetBreakpoints((BreakpointRecord(1, "unchanged"),)))
    engine.tell(Run())
    assert engine.until(Unchecked).message.startswith("No optimizer stepped")


KEEPS = ("hidden = model(x)", "hidden = model(x) + 0 * (kept if step == 7 else 0); kept = hidden.sum()")
RAISING = {
    "second_backward": (*KEEPS, ("kept", "used", "read"), "a second time"),
    "lost_gradient": ("loss = out", "loss = (out.detach() if step == 7 else out)", ("lost", "started"), "grad"),
}


@pytest.mark.parametrize("name", RAISING)
def test_an_error_of_a_free_iteration_runs_again_to_its_proof(engine: EngineThread, tmp_path: Path, name: str) -> None:
    before, after, roles, said = RAISING[name]
    target = script(tmp_path, "pass", SCRIPT.replace(before, after))
    engine.open(target)
    engine.tell(Run())
    stop = engine.until(Stopped)
    assert (stop.step, stop.reason, stop.unrecorded) == (7, "exception", True)
    assert said in stop.said
    engine.tell(Open(2, target, again_to=7))
    stop = engine.until(Stopped)
    assert (stop.step, stop.reason, stop.unrecorded) == (7, "exception", False)
    assert stop.proof is not None
    assert tuple(link.role for link in stop.proof.chain) == roles
    assert stop.proof.chain[0].line
    assert losses(engine, 2) == losses(engine, 1)[:7]


def test_a_script_that_does_not_repeat_itself_says_so(engine: EngineThread, tmp_path: Path) -> None:
    text = SCRIPT.replace("import math", "import math\n    import os").replace(
        "hidden * 2", "hidden * (2 + os.urandom(1)[0] / 1000)"
    )
    target = script(tmp_path, "out = (out - 1e6).sqrt()", text)
    trap(engine, target, NONFINITE)
    engine.tell(Open(2, target, again_to=7))
    said = engine.until(Unchecked)
    assert said.message.startswith("The script does not repeat itself: the loss of iteration")
    engine.until(StateChanged, lambda event: event.state == "paused")


def test_a_step_that_a_scaler_skips_is_met_and_does_not_count_as_a_broken_gradient(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = SCRIPT.replace("loss.backward()", "scaler.scale(loss).backward()").replace(
        "optimizer.step()", "scaler.step(optimizer)\n        scaler.update()"
    )
    text = text.replace("for step", 'scaler = torch.amp.GradScaler("cpu")\n    for step')
    target = script(tmp_path, "out = out + (hidden * 0).sqrt()", text)
    found = trap(engine, target, NONFINITE, BreakpointRecord(2, "step_skipped"))
    assert (found.step, found.breakpoint) == (7, 2)
    assert found.message.startswith("the gradient scaler left the update out: ")


def test_a_trap_that_this_engine_has_not_met_runs_the_script_as_ever(engine: EngineThread, tmp_path: Path) -> None:
    target = script(tmp_path, "pass")
    engine.tell(Open(1, target, again_to=3))
    assert "has not seen the script stop there" in engine.until(Unchecked).message
    engine.until(StateChanged, lambda event: event.state == "ready")


def test_a_script_goes_back_to_any_iteration_with_the_same_losses(engine: EngineThread, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(
        "import torch\nmodel = torch.nn.Linear(3, 1)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.01)\n"
        "for _ in range(20):\n    loss = torch.dropout(model(torch.rand(4, 3)), 0.5, True).square().mean()\n"
        "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n"
    )
    engine.tell(Open(1, str(path)))
    engine.until(StateChanged, lambda event: event.state == "ready")
    engine.tell(Run())
    engine.until(StateChanged, lambda event: event.state == "finished")
    engine.tell(Open(2, str(path), again_to=12))
    stop = engine.until(Stopped)
    assert (stop.run, stop.step, stop.reason, stop.point.phase, stop.point.index) == (2, 12, "step", "forward", 0)
    engine.tell(Run())
    engine.until(StateChanged, lambda event: event.state == "finished")
    found: dict[int, bytes] = {1: b"", 2: b""}
    for batch in engine.all(LossBatch):
        found[batch.run] += batch.losses
    assert found[1] == found[2] and len(found[1]) == 8 * 20


def test_the_way_back_in_a_script_is_reported_and_a_pause_ends_it(engine: EngineThread, tmp_path: Path) -> None:
    target = script(tmp_path, "pass", SCRIPT.replace("range(20)", "range(4000)"))
    engine.open(target)
    engine.tell(Run(3000))
    engine.until(StateChanged, lambda event: event.state == "finished")
    engine.tell(Open(2, target, again_to=2900))
    reported = engine.until(Repeated, lambda event: event.step > 1)
    assert (reported.run, reported.to, reported.back) == (2, 2900, True)
    assert any(event.run == 2 and event.state == "running" for event in engine.all(StateChanged))
    engine.tell(Pause())
    paused = engine.until(StateChanged, lambda event: event.state == "paused")
    assert 0 < paused.step < 2900
    engine.tell(Run(2950))  # it goes on as ever, past the iteration that was gone back to
    end = engine.until(StateChanged, lambda event: event.state in ("finished", "stopped"))
    assert (end.state, end.step) == ("finished", 2950)
    assert losses(engine, 2) == losses(engine, 1)[:2950]
