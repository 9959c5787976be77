"""Random numbers and running statistics: as the plain loop has them, bit for bit."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from tests.engine.truth.expectations import captured, drawn, golden, runner_of
from tests.engine.truth.models import Model, total, weight


def test_dropout_and_batch_norm_in_training() -> None:
    def make() -> object:
        return nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5)), torch.randn(4, 3), total

    graph = captured(make)  # running statistics and generators are the same in the plain, watched and stepped run
    assert drawn(graph) == golden("""
        0.weight parameter @0
        0 t TBackward0 @0 <- 0.weight
        0.bias parameter @0
        x data
        1 addmm AddmmBackward0 @0 <- 0.bias, x, 0
        1.weight parameter @1
        1.bias parameter @1
        2 native_batch_norm NativeBatchNormBackward0 @1 <- 1, 1.weight, 1.bias
        'mask' stub @2 (what dropout keeps; 0 where it drops a value, else 1 / (1 − p))
        3 mul MulBackward0 @2 <- 2, 'mask'
        4 sum SumBackward0 <- 3
        loss <- 4
    """)
    runner = runner_of(make)
    runner.hold()
    runner.iterate()
    assert runner.experiment.named_tensors()["1.num_batches_tracked"].item() == 1


def test_batch_norm_in_evaluation_reads_its_running_statistics() -> None:
    make = lambda: (nn.BatchNorm1d(3).eval(), torch.randn(4, 3), total)  # noqa: E731
    assert drawn(captured(make)) == golden("""
        x data
        weight parameter
        bias parameter
        running_mean leaf
        running_var leaf
        0 native_batch_norm NativeBatchNormBackward0 <- x, weight, bias, running_mean, running_var
        1 sum SumBackward0 <- 0
        loss <- 1
    """)


def test_every_kind_of_random_op() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        noise = torch.rand_like(x) + torch.bernoulli(torch.full((4, 4), 0.5)) + torch.randperm(4)
        h = F.alpha_dropout(m.w * x + noise, 0.3) + F.rrelu(m.w, training=True)
        return F.gumbel_softmax(h, hard=True) + F.feature_alpha_dropout(h, 0.2)

    captured(lambda: (Model(forward, w=weight(4, 4)), torch.randn(4, 4), total))


def test_dropout_that_keeps_all_and_identity_make_no_node() -> None:
    make = lambda: (nn.Sequential(nn.Identity(), nn.Linear(3, 3), nn.Dropout(0.0)), torch.randn(2, 3), total)  # noqa: E731
    assert drawn(captured(make)) == golden("""
        1.weight parameter @1
        0 t TBackward0 @1 <- 1.weight
        1.bias parameter @1
        x data
        1 addmm AddmmBackward0 @1 <- 1.bias, x, 0
        2 sum SumBackward0 <- 1
        loss <- 2
    """)
