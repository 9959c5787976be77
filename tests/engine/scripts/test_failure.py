"""A script that raises while it runs freely: where it stops, what can be looked at, and that no old graph is shown."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
import torch

from gradviz.protocol.commands import AskTensor, Open, Run
from gradviz.protocol.events import GraphChanged, Raised, StateChanged, Stopped, TensorAnswered
from tests.helpers.engine_thread import EngineThread

HEAD = """import torch
from torch import nn
class Oops(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        raise ValueError("oops")
model = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def train(bad):
"""
TAIL = """
for i in range(5):
    train(i == 3)
"""


def stopped(engine: EngineThread, folder: Path, body: str) -> Stopped:
    path = folder / "script.py"
    path.write_text(HEAD + textwrap.indent(textwrap.dedent(body).strip(), "    ") + TAIL)
    engine.open(str(path))
    engine.tell(Run())
    event = engine.until(Stopped | Raised)  # type: ignore[arg-type]
    assert isinstance(event, Stopped), event
    assert (event.reason, event.step) == ("exception", 3)
    return event


def test_an_error_in_a_backward_stops_at_the_node_with_the_graph_of_that_backward(
    engine: EngineThread, tmp_path: Path
) -> None:
    stop = stopped(
        engine,
        tmp_path,
        """
        out = model(torch.ones(2, 4))
        if bad:
            out = Oops.apply(out).exp()
        loss = out.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        """,
    )
    assert (stop.point.phase, stop.point.grad_fn, stop.point.line) == ("backward", "OopsBackward", 9)
    assert stop.message == "ValueError: oops"
    assert "loss.backward()" in stop.traceback
    graph = engine.all(GraphChanged)[-1].graph
    assert graph is not None
    assert [node.name for node in graph.nodes if node.id >= 0] == ["t", "addmm", "t", "addmm", "Oops", "exp", "sum"]
    assert "ran freely" in graph.notes[0]
    assert {name for record in graph.reach for name in record.names} == {"0.weight", "0.bias", "1.weight", "1.bias"}
    engine.tell(AskTensor(1, None, "parameter", name="1.weight"))
    assert engine.until(TensorAnswered).shape == (1, 3)
    engine.tell(AskTensor(2, 0, "output"))
    assert engine.until(TensorAnswered).message == "Not recorded: this iteration ran freely until it raised."
    engine.tell(Run())
    assert engine.until(Raised).message == "ValueError: oops"
    assert engine.until(StateChanged).state == "failed"


FORWARDS = [
    ("x = torch.ones(2, 5 if bad else 4)\nhidden = x * 2\nloss = model(hidden).sum()", "0", 16),
    ("hidden = torch.ones(2, 5 if bad else 4)\nloss = (hidden @ model[0].weight.T).sum()", "", 15),
    ("hidden = torch.ones(2, 4)\nloss = model(hidden).reshape(7 if bad else 2).sum()", "", 15),
]


@pytest.mark.parametrize(("body", "module", "line"), FORWARDS)
def test_an_error_in_a_forward_stops_with_the_tensors_alive_and_no_graph_of_another_iteration(
    engine: EngineThread, tmp_path: Path, body: str, module: str, line: int
) -> None:
    stop = stopped(engine, tmp_path, body + "\noptimizer.zero_grad()\nloss.backward()\noptimizer.step()")
    assert (stop.point.phase, stop.point.module, stop.point.line) == ("forward", module, line - 1)
    last = engine.all(GraphChanged)[-1].graph
    assert last is not None
    assert last.nodes == ()
    assert "Iteration 3 ran freely" in last.notes[0]
    engine.tell(AskTensor(1, None, "parameter", name="hidden"))
    assert engine.until(TensorAnswered).shape is not None
    engine.tell(Run())
    assert engine.until(Raised).step == 3


def test_an_error_in_an_update_stops_there(engine: EngineThread, tmp_path: Path) -> None:
    stop = stopped(
        engine,
        tmp_path,
        """
        optimizer.zero_grad()
        model(torch.ones(2, 4)).sum().backward()
        if bad:
            optimizer.param_groups[0]["lr"] = "fast"
        optimizer.step()
        """,
    )
    assert (stop.point.phase, stop.point.line) == ("update", 17)


def test_errors_that_the_script_handles_are_no_stops(engine: EngineThread, tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    body = """
    loss = model(torch.ones(2, 4)).sum()
    optimizer.zero_grad()
    try:
        (Oops.apply(loss) if bad else loss).backward()
    except ValueError:
        return
    optimizer.step()
    """
    path.write_text(HEAD + textwrap.indent(textwrap.dedent(body), "    ") + TAIL)
    engine.open(str(path))
    engine.tell(Run())
    ended = engine.until(StateChanged, lambda event: event.state in ("finished", "failed"))
    assert (ended.state, engine.all(Stopped)) == ("finished", [])


def test_what_the_script_itself_raises_between_its_operations_is_reported_without_a_stop(
    engine: EngineThread, tmp_path: Path
) -> None:
    path = tmp_path / "script.py"
    body = """
    if bad:
        raise KeyError("no such file")
    optimizer.zero_grad()
    model(torch.ones(2, 4)).sum().backward()
    optimizer.step()
    """
    path.write_text(HEAD + textwrap.indent(textwrap.dedent(body), "    ") + TAIL)
    engine.tell(Open(1, str(path)))
    engine.until(StateChanged, lambda event: event.state == "ready")
    engine.tell(Run())
    assert engine.until(Raised).line == 15
    assert engine.all(Stopped) == []
    assert torch.is_grad_enabled()


def test_a_network_that_raises_once_stops_there_with_what_the_call_was_given(
    engine: EngineThread, tmp_path: Path
) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        """import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.good, self.bad, self.calls = nn.Linear(8, 4), nn.Linear(5, 4), 0
    def forward(self, x):
        self.calls += 1
        return (self.bad if self.calls == 4 else self.good)(x)
def build():
    return Net(), (torch.ones(3, 8),)
"""
    )
    engine.open(f"{path}:build")
    engine.tell(Run())
    stop = engine.until(Stopped)
    point = stop.point
    assert (stop.reason, stop.step, point.op, point.module, point.line) == ("exception", 3, "torch.nn.Linear", "bad", 9)
    assert stop.inputs == 1
    engine.tell(AskTensor(1, None, "input"))
    assert engine.until(TensorAnswered).shape == (3, 8)
    engine.tell(Run())
    assert "cannot be multiplied" in engine.until(Raised).message
