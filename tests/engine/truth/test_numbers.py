"""Complex numbers and Fourier transforms."""

from __future__ import annotations

import torch
from torch import nn

from tests.engine.truth.expectations import captured, drawn, golden
from tests.engine.truth.models import Model, total, weight


def test_a_fourier_transform_keeps_its_input() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        z = torch.fft.rfft(m.w * x)
        back = torch.fft.irfft(z * z.conj(), n=8)
        return back.sum() + z.abs().sum()

    graph = captured(lambda: (Model(forward, w=weight(8)), torch.randn(8), total))
    assert drawn(graph, shapes=True) == golden("""
        w parameter float32[8]
        x data float32[8]
        0 mul MulBackward0 float32[8] <- w, x
        1 fft_r2_c FftR2CBackward0 complex64[5] <- 0
        2 conj ConjBackward0 complex64[5] <- 1
        3 mul MulBackward0 complex64[5] <- 1, 2
        4 fft_c2_r FftC2RBackward0 float32[8] <- 3
        5 sum SumBackward0 float32[] <- 4
        6 abs AbsBackward0 float32[5] <- 1
        7 sum SumBackward0 float32[] <- 6
        8 add AddBackward0 float32[] <- 5, 7
        9 sum SumBackward0 float32[] <- 8
        loss float32[] <- 9
    """)


def test_a_complex_parameter() -> None:
    def make() -> object:
        w = nn.Parameter(torch.randn(3, dtype=torch.complex64))
        return Model(lambda m, x: torch.view_as_real(m.w * x).pow(2), w=w), torch.randn(3), total

    assert drawn(captured(make), shapes=True) == golden("""
        w parameter complex64[3]
        x data float32[3]
        0 mul MulBackward0 complex64[3] <- w, x
        1 view_as_real ViewAsRealBackward0 float32[3, 2] <- 0
        2 pow PowBackward0 float32[3, 2] <- 1
        3 sum SumBackward0 float32[] <- 2
        loss float32[] <- 3
    """)
