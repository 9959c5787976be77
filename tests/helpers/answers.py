"""Answers about tensors as the engine gives them, for tests of what shows them."""

from __future__ import annotations

import torch

from gradviz.engine.tensors.tensor_replies import answer
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.events import TensorAnswered


def answered(value: torch.Tensor, *, slice: str = "", values: bool = False, picture: int = 200) -> TensorAnswered:
    """What the engine would say about `value`."""
    return answer(AskTensor(1, 7, "output", slice=slice, values=values, picture=picture), value)


def sparse_gradient() -> torch.Tensor:
    """A gradient of 64 × 100 behind a clamp: about a third is exactly zero."""
    generator = torch.Generator().manual_seed(0)
    gradient = torch.randn(64, 100, generator=generator)
    return gradient * (torch.rand(64, 100, generator=generator) > 0.3)
