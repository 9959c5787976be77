"""A user's own hooks run once and in order, and what they put into the graph is shown."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tests.engine.truth.expectations import captured, drawn, golden, runner_of
from tests.engine.truth.models import Model, total, weight


def test_full_backward_hooks_put_a_node_before_and_behind_their_module() -> None:
    def make() -> Any:
        layer = nn.Linear(3, 3)
        layer.register_full_backward_hook(lambda module, grad_input, grad_output: None)
        return Model(lambda m, x: m.layer(x * m.w), layer=layer, w=weight(3)), torch.randn(2, 3), total

    graph = captured(make)
    assert drawn(graph) == golden("""
        x data
        w parameter
        0 mul MulBackward0 <- x, w
        1 backward_hook_function BackwardHookFunctionBackward @layer <- 0
        layer.weight parameter @layer
        2 t TBackward0 @layer <- layer.weight
        layer.bias parameter @layer
        3 addmm AddmmBackward0 @layer <- layer.bias, 1, 2
        4 backward_hook_function BackwardHookFunctionBackward @layer <- 3
        5 sum SumBackward0 <- 4
        loss <- 5
    """)


def test_what_a_forward_hook_computes_belongs_to_the_call_and_to_the_line_of_the_hook() -> None:
    def make() -> Any:
        layer = nn.Linear(3, 3, bias=False)
        layer.register_forward_pre_hook(lambda module, args: (args[0] * 3,))
        layer.register_forward_hook(lambda module, args, output: output.tanh())
        return Model(forward, layer=layer, w=weight(3)), torch.randn(2, 3), total

    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return m.layer(x * m.w).relu()

    graph = captured(make)
    assert drawn(graph, sources=True) == golden("""
        x data
        w parameter
        0 mul MulBackward0 | return m.layer(x * m.w).relu() <- x, w
        '3' stub @layer (a number)
        1 mul MulBackward0 @layer | layer.register_forward_pre_hook(lambda module, args: (args[0] * 3,)) <- 0, '3'
        layer.weight parameter @layer
        2 t TBackward0 @layer | return m.layer(x * m.w).relu() <- layer.weight
        3 mm MmBackward0 @layer | return m.layer(x * m.w).relu() <- 1, 2
        4 tanh TanhBackward0 @layer | layer.register_forward_hook(lambda module, args, output: output.tanh()) <- 3
        5 relu ReluBackward0 | return m.layer(x * m.w).relu() <- 4
        6 sum SumBackward0 | return output.sum() <- 5
        loss <- 6
    """)


@pytest.mark.parametrize("looked_at", [False, True])
def test_hooks_of_all_kinds_run_once_and_in_order(looked_at: bool) -> None:
    called: list[str] = []

    def say(name: str) -> Any:
        return lambda *args: called.append(name)

    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        h: torch.Tensor = m.layer(x)
        h.register_hook(say("tensor"))
        assert h.grad_fn is not None
        h.grad_fn.register_hook(say("node"))
        h.grad_fn.register_prehook(say("node pre"))
        return h

    def make() -> Any:
        layer = nn.Linear(3, 3, bias=False)
        layer.register_forward_pre_hook(say("forward pre"))
        layer.register_forward_hook(say("forward"))
        layer.register_full_backward_pre_hook(say("backward pre"))
        layer.register_full_backward_hook(say("backward"))
        layer.weight.register_hook(say("weight"))
        layer.weight.register_post_accumulate_grad_hook(say("accumulated"))
        return Model(forward, layer=layer, w=weight(1)), torch.randn(2, 3).requires_grad_(), total

    runner = runner_of(make)
    if looked_at:
        runner.hold()
    runner.iterate()
    assert called == [
        "forward pre",
        "forward",
        "tensor",
        "node pre",
        "backward pre",
        "node",
        "weight",
        "accumulated",
        "backward",
    ]


def test_a_hook_that_changes_a_gradient_changes_it_once() -> None:
    def make() -> Any:
        w = weight(3)
        w.register_hook(lambda grad: grad * 10)
        return Model(lambda m, x: m.w * x, w=w), torch.ones(3), total

    captured(make)  # the three runs end with the same gradients
    runner = runner_of(make)
    runner.hold()
    runner.backward()
    assert runner.experiment.gradients()["w"].tolist() == [10.0] * 3
