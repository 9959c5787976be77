"""Who a leaf is: shared, tied, frozen, unused, used twice in one op, without dimensions."""

from __future__ import annotations

import torch
from torch import nn

from tests.engine.truth.expectations import captured, drawn, golden


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(self.layer(x).relu())


def total(output: torch.Tensor) -> torch.Tensor:
    return output.sum()


def test_a_module_used_twice_has_two_calls_and_one_weight() -> None:
    graph = captured(lambda: (Shared(), torch.randn(2, 3), total))
    assert drawn(graph) == golden("""
        layer.weight parameter
        0 t TBackward0 @layer#1 <- layer.weight
        x data
        1 mm MmBackward0 @layer#1 <- x, 0
        2 relu ReluBackward0 <- 1
        3 t TBackward0 @layer#2 <- layer.weight
        4 mm MmBackward0 @layer#2 <- 2, 3
        5 sum SumBackward0 <- 4
        loss <- 5
    """)
