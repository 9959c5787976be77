"""Forwards that autograd made no graph of, or that ended in the middle: what is drawn, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from gradviz.protocol.commands import Open, Run
from gradviz.protocol.events import GraphChanged, Raised, StateChanged, Stopped
from tests.engine.truth.expectations import captured, drawn, golden, reach
from tests.engine.truth.models import Model, total
from tests.helpers.engine_thread import EngineThread

torch.set_num_threads(1)


def layer(n: int = 3, m: int = 3) -> nn.Linear:
    return nn.Linear(n, m, bias=False)


def under(mode: Callable[[], Any]) -> Callable[[], Any]:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        with mode():
            return m.a(x).relu()

    return lambda: (Model(forward, a=layer()), torch.randn(2, 3), total)


@pytest.mark.parametrize(("mode", "text"), [(torch.no_grad, "no_grad"), (torch.inference_mode, "inference_mode")])
def test_without_gradients_the_recorded_ops_are_drawn(mode: Callable[[], Any], text: str) -> None:
    graph = captured(under(mode), trains=False)
    assert graph.kind == "recorded"
    assert drawn(graph) == golden("""
        x data
        a.weight parameter
        0 linear  op @a <- x, a.weight
        1 relu  op <- 0
        2 sum  op <- 1
        loss <- 2
    """)
    assert reach(graph) == f"a.weight no_grad: under {text}"
    assert "recorded no graph" in graph.notes[0]
    assert f"under {text}, test_without_a_graph.py:" in graph.notes[0]


FACTORIES = """
import torch
from torch import nn

class Broken(nn.Module):
    def __init__(self, raises):
        super().__init__()
        self.a, self.b, self.raises = nn.Linear(3, 3), nn.Linear(4, 4), raises

    def forward(self, x):
        hidden = self.a(x).relu()
        if self.raises:
            raise ValueError("not in the mood")
        return self.b(hidden)

def in_an_op():
    return Broken(False), torch.ones(2, 3)

def between_ops():
    return Broken(True), torch.ones(2, 3)

def frozen():
    return nn.Linear(3, 3, bias=False).requires_grad_(False), torch.ones(2, 3)

def of_integers():
    model = nn.Linear(3, 3, bias=False)
    class Best(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = model
        def forward(self, x):
            return self.a(x).argmax(1)
    return Best(), torch.ones(2, 3)

def without_gradient():
    model = nn.Linear(3, 3)
    def forward(x):
        with torch.no_grad():
            return model(x)
    return forward, torch.ones(2, 3)
"""


@pytest.fixture
def factories(tmp_path: Any) -> str:
    file = tmp_path / "broken.py"
    file.write_text(FACTORIES)
    return str(file)


def test_a_frozen_model_has_its_recorded_ops(factories: str) -> None:
    with EngineThread() as engine:
        engine.open(f"{factories}:frozen")
        graph = engine.all(GraphChanged)[-1].graph
        assert graph is not None
        assert drawn(graph) == golden("""
            x data
            weight leaf
            0 linear  op <- x, weight
            1 square  op <- 0
            2 mean  op <- 1
            loss <- 2
        """)
        assert "no parameter wants a gradient" in graph.notes[0]


def test_an_output_of_integers_has_its_recorded_ops_and_no_loss(factories: str) -> None:
    with EngineThread() as engine:
        engine.tell(Open(1, f"{factories}:of_integers"))
        engine.until(StateChanged, lambda event: event.state == "failed")
        (raised,) = engine.all(Raised)
        assert "no floating-point tensor to make a loss of; pass a loss of your own" in raised.message
        graph = engine.all(GraphChanged)[-1].graph
        assert graph is not None
        assert drawn(graph) == golden("""
            x data
            a.weight parameter
            0 linear  op @a <- x, a.weight
            1 argmax  op <- 0
            output <- 1
        """)
        assert reach(graph) == "a.weight integer: behind an integer op, argmax"
        assert "behind an integer op, argmax" in graph.notes[0]


def test_an_op_that_raises_is_the_last_node_of_the_graph_so_far(factories: str) -> None:
    with EngineThread() as engine:
        engine.tell(Open(1, f"{factories}:in_an_op"))
        stopped = engine.until(Stopped)
        graph = engine.all(GraphChanged)[-1].graph
        assert graph is not None
        assert drawn(graph) == golden("""
            a.weight parameter @a
            0 t TBackward0 @a <- a.weight
            a.bias parameter @a
            x data
            1 addmm AddmmBackward0 @a <- a.bias, x, 0
            2 relu ReluBackward0 <- 1
            b.weight parameter @b
            b.bias parameter @b
            3 linear  op @b <- 2, b.weight, b.bias
        """)
        failing = next(node for node in graph.nodes if node.id == 3)
        assert failing.note.startswith("raised RuntimeError: mat1 and mat2 shapes cannot be multiplied")
        assert (stopped.reason, stopped.point.node) == ("exception", 3)
        engine.tell(Run())
        engine.until(StateChanged, lambda event: event.state == "failed")


def test_what_raises_between_ops_keeps_the_graph_so_far(factories: str) -> None:
    with EngineThread() as engine:
        engine.tell(Open(1, f"{factories}:between_ops"))
        engine.until(StateChanged, lambda event: event.state == "failed")
        (raised,) = engine.all(Raised)
        assert "not in the mood" in raised.message
        graph = engine.all(GraphChanged)[-1].graph
        assert graph is not None
        assert [node.name for node in graph.nodes if node.id >= 0] == ["t", "addmm", "relu"]


def test_backward_without_a_graph_is_refused_in_a_sentence(factories: str) -> None:
    with EngineThread() as engine:
        engine.open(f"{factories}:without_gradient")
        graph = engine.all(GraphChanged)[-1].graph
        assert graph is not None
        assert graph.kind == "recorded"
        engine.tell(Run(2))
        assert engine.until(Stopped).reason == "exception"
        engine.tell(Run())
        engine.until(StateChanged, lambda event: event.state == "failed")
        (raised,) = engine.all(Raised)
        assert "nothing that leads to the loss wants a gradient" in raised.message
