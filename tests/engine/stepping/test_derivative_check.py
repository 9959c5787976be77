"""The derivative of a node checked by the engine: how its op was called is known, and nothing of the run changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.engine.gradcheck import checking
from gradviz.model.explanation.check_text import check_text
from gradviz.protocol.answers import DerivativeChecked
from gradviz.protocol.commands import CheckDerivative, NextPhase, Run, RunTo
from gradviz.protocol.events import (
    GraphChanged,
    StateChanged,
    Stopped,
)
from gradviz.protocol.explanations import CheckRecord
from gradviz.protocol.records import NodeRecord
from tests.helpers.engine_thread import EngineThread

EXAMPLE = str(Path(__file__).parents[3] / "resources" / "examples" / "wrong_function.py")


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare the fewest elements one by one, so that many nodes are checked soon."""
    monkeypatch.setattr(checking, "SECONDS", 0.0)


def nodes(engine: EngineThread) -> list[NodeRecord]:
    graphs = [event.graph for event in engine.all(GraphChanged) if event.graph is not None]
    return list(graphs[-1].nodes)


def node_called(engine: EngineThread, name: str, place: int = 0) -> int:
    return [node.id for node in nodes(engine) if node.name == name][place]


def checked(engine: EngineThread, node: int) -> DerivativeChecked:
    engine.tell(CheckDerivative(node))
    return engine.until(DerivativeChecked)


def check_of(engine: EngineThread, node: int) -> CheckRecord:
    answer = checked(engine, node)
    assert answer.check is not None, answer.message
    return answer.check


def finish(engine: EngineThread, until: int) -> None:
    engine.tell(Run(until))
    engine.until(StateChanged, lambda event: event.state == "finished")


def test_a_wrong_function_is_found_before_backward_and_after_it(engine: EngineThread) -> None:
    engine.open(EXAMPLE)
    node = node_called(engine, "SmoothStep")
    before = check_of(engine, node)
    assert (before.cause, before.own_gradient) == ("wrong_formula", False)
    assert before.factor == pytest.approx((0.5,), rel=1e-3)
    (given,) = before.inputs
    assert given.shape == (32, 16) and given.wrong > 0.9 * given.compared
    for _ in range(2):
        engine.tell(NextPhase())
        engine.until(Stopped)
    after = check_of(engine, node)
    assert (after.cause, after.own_gradient) == ("wrong_formula", True)
    assert after.factor == pytest.approx((0.5,), rel=1e-3)


def test_every_op_of_a_network_can_be_checked(engine: EngineThread) -> None:
    engine.open("attention")
    for node in nodes(engine):
        if node.kind == "function":
            record = check_of(engine, node.id)
            assert record.cause in ("", "kink"), (node.name, record)


def test_inputs_have_their_names_and_the_nodes_of_one_op_are_checked_together(engine: EngineThread) -> None:
    engine.open("nn")
    record = check_of(engine, node_called(engine, "addmm"))
    assert [i.name for i in record.inputs] == ["0.weight", "0.bias"] and record.nodes == 2
    assert record.dtype == "float64" and record.rounding is not None


def test_the_op_that_is_next_is_checked_too(engine: EngineThread) -> None:
    engine.open(EXAMPLE)
    finish(engine, 2)
    node = node_called(engine, "addmm")
    engine.tell(RunTo(node, "forward"))
    engine.until(Stopped)
    assert check_of(engine, node).cause == ""
    assert "has not reached" in checked(engine, node_called(engine, "addmm", 1)).message


def test_what_cannot_be_checked_says_why(engine: EngineThread) -> None:
    engine.open("nn")
    weight = next(node.id for node in nodes(engine) if node.kind == "parameter")
    assert "no formula of its own" in checked(engine, weight).message
    node = node_called(engine, "addmm")
    finish(engine, 3)
    assert "ran freely" in checked(engine, node).message


def test_losses_after_checks_are_those_without(engine: EngineThread) -> None:
    def losses(checks: bool) -> list[float | None]:
        engine.open("dynamic")
        found = []
        for step in range(3):
            if checks:
                for node in nodes(engine):
                    if node.kind == "function":
                        checked(engine, node.id)
            engine.tell(NextPhase())
            engine.until(Stopped)
            if checks:
                checked(engine, node_called(engine, "mse_loss") if step == 0 else nodes(engine)[0].id)
            finish(engine, step + 1)
            found.append(engine.all(StateChanged)[-1].loss)
        return found

    assert losses(checks=True) == losses(checks=False)


def test_a_tensor_that_changed_between_forward_and_backward_is_told_from_a_wrong_formula(
    engine: EngineThread, tmp_path: Path
) -> None:
    (tmp_path / "kept.py").write_text(
        "import torch\n"
        "class Scale(torch.autograd.Function):\n"
        "    @staticmethod\n"
        "    def forward(ctx, x):\n"
        "        ctx.kept = x.detach().clone()\n"
        "        Scale.last = ctx\n"
        "        return x ** 2\n"
        "    @staticmethod\n"
        "    def backward(ctx, grad):\n"
        "        return 2 * ctx.kept * grad\n"
        "class Net(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.w = torch.nn.Parameter(torch.ones(3))\n"
        "    def forward(self, x):\n"
        "        y = Scale.apply(self.w * x)\n"
        "        Scale.last.kept.mul_(3)\n"
        "        return y\n"
        "def build():\n"
        "    return Net(), torch.arange(1.0, 4.0), lambda y: y.sum()\n"
    )
    engine.open(str(tmp_path / "kept.py"))
    node = node_called(engine, "Scale")
    assert check_of(engine, node).cause == ""
    for _ in range(2):
        engine.tell(NextPhase())
        engine.until(Stopped)
    assert check_of(engine, node).cause == "saved_changed"


BRANCH = """
import torch
from torch import nn

class Huber(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x.abs() < 1, x * x / 2, x.abs() - 0.5)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * torch.where(x.abs() < 1, x, torch.ones_like(x))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return Huber.apply(self.scale * x)

def build():
    return Net(), torch.tensor([-3.0, -2.0, 0.5, 3.0]), lambda out: out.sum()
"""


def test_a_branch_whose_backward_is_wrong_is_said_with_its_range(engine: EngineThread, tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(BRANCH)
    engine.open(str(file))
    text = check_text(check_of(engine, node_called(engine, "Huber")))
    assert text == (
        "The backward of Huber is wrong: its sign is the opposite in 2 of 4 elements, from −3 to −2; from 0.5 to 3 it"
        " is right."
    )
