"""Derivatives of derivatives, several losses, gradients that add up."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from gradviz.experiment import Experiment
from tests.engine.truth.expectations import captured, drawn, golden, runner_of
from tests.engine.truth.models import Model, weight


def test_a_gradient_penalty_shows_the_nodes_of_the_backward_that_it_needed() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        x = x.clone().requires_grad_()
        score = (m.layer(x) ** 2).sum()
        (gradient,) = torch.autograd.grad(score, x, create_graph=True)
        return score + gradient.norm()

    graph = captured(
        lambda: (Model(forward, layer=nn.Linear(3, 1, bias=False)), torch.randn(2, 3), lambda output: output)
    )
    assert drawn(graph, sources=True) == golden("""
        layer.weight parameter @layer
        0 t TBackward0 @layer | score = (m.layer(x) ** 2).sum() <- layer.weight
        clone parameter @layer
        1 mm MmBackward0 @layer | score = (m.layer(x) ** 2).sum() <- clone, 0
        2 pow PowBackward0 | score = (m.layer(x) ** 2).sum() <- 1
        3 sum SumBackward0 | score = (m.layer(x) ** 2).sum() <- 2
        4 pow PowBackward0 | (gradient,) = torch.autograd.grad(score, x, create_graph=True) <- 1
        5 mul MulBackward1 | (gradient,) = torch.autograd.grad(score, x, create_graph=True) <- 4
        'constant' stub (made inside torch.autograd.grad; autograd does not follow it)
        6 mul MulBackward0 | (gradient,) = torch.autograd.grad(score, x, create_graph=True) <- 'constant', 5
        7 t TBackward0 | (gradient,) = torch.autograd.grad(score, x, create_graph=True) <- 0
        8 mm MmBackward0 | (gradient,) = torch.autograd.grad(score, x, create_graph=True) <- 6, 7
        9 linalg_vector_norm LinalgVectorNormBackward0 | return score + gradient.norm() <- 8
        10 add AddBackward0 | return score + gradient.norm() <- 3, 9
        loss <- 10
    """)


def test_several_losses_are_one_sum_and_each_output_is_used() -> None:
    def make() -> Experiment:
        model = Model(lambda m, x: (m.a(x), m.b(x)), a=nn.Linear(2, 1, bias=False), b=nn.Linear(2, 1, bias=False))
        return Experiment(model, torch.randn(3, 2), loss=lambda out: out[0].square().mean() + 0.5 * out[1].abs().mean())

    assert drawn(captured(make)) == golden("""
        a.weight parameter @a
        0 t TBackward0 @a <- a.weight
        x data
        1 mm MmBackward0 @a <- x, 0
        b.weight parameter @b
        2 t TBackward0 @b <- b.weight
        3 mm MmBackward0 @b <- x, 2
        4 pow PowBackward0 <- 1
        5 mean MeanBackward0 <- 4
        6 abs AbsBackward0 <- 3
        7 mean MeanBackward0 <- 6
        '0.5' stub (a number)
        8 mul MulBackward0 <- 7, '0.5'
        9 add AddBackward0 <- 5, 8
        loss <- 9
    """)


def test_a_backward_of_the_users_own_that_retains_the_graph_and_goes_twice() -> None:
    made: list[Model] = []

    def backward(loss: torch.Tensor) -> None:
        loss.backward(retain_graph=True)
        loss.backward()

    def make() -> Experiment:
        made.append(Model(lambda m, x: m.w * x, w=weight(3)))
        return Twice(made[-1], torch.ones(3), loss=lambda out: out.sum())

    class Twice(Experiment):
        def backward(self, loss: Any) -> None:
            backward(loss)

    assert drawn(captured(make)) == golden("""
        w parameter
        x data
        0 mul MulBackward0 <- w, x
        1 sum SumBackward0 <- 0
        loss <- 1
    """)
    runner = runner_of(make)
    runner.hold()
    runner.backward()
    assert made[-1].w.grad.tolist() == [2.0] * 3


def test_gradients_accumulate_over_iterations_where_zero_grad_is_off() -> None:
    made: list[Model] = []

    def make() -> Experiment:
        made.append(Model(lambda m, x: m.w * x, w=weight(3)))
        steps = iter(range(1000))

        def zero_grad() -> None:
            if next(steps) % 2 == 0:
                made[-1].w.grad = None

        return Experiment(made[-1], torch.ones(3), loss=lambda out: out.sum(), zero_grad=zero_grad)

    captured(make)
    runner = runner_of(make)
    gradients = []
    for _ in range(4):
        runner.forward(captured=True)
        runner.backward()
        gradients.append(made[-1].w.grad.tolist()[0])
        runner.iterate()
    assert gradients == [1.0, 2.0, 1.0, 2.0]


def test_an_op_of_order_two_in_the_loss_itself() -> None:
    def loss(out: torch.Tensor) -> torch.Tensor:
        return out

    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        y = (m.w**3).sum()
        (first,) = torch.autograd.grad(y, m.w, create_graph=True)
        (second,) = torch.autograd.grad(first.sum(), m.w, create_graph=True)
        return second.sum()

    graph = captured(lambda: (Model(forward, w=weight(2)), torch.ones(1), loss))
    assert [node.name for node in graph.nodes if node.kind == "parameter"] == ["w"]
    assert {node.op for node in graph.nodes if node.id >= 0} == {"torch.Tensor.sum", "torch.autograd.grad"}
