"""What it costs to know a graph: walking it and describing each node (module, line, shapes, names), per node."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from gradviz.engine.capture.autograd_nodes import reachable
from gradviz.engine.capture.named_tensors import TensorNames
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.graph.graph_builder import assemble
from gradviz.experiment import Experiment

ROUNDS = 11


class Block(nn.Module):
    """A decoder's block, small in size, as large as any in nodes."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        parts = self.qkv(self.norm1(x)).chunk(3, dim=-1)
        q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in parts)
        scores = (q @ k.transpose(-2, -1) / (width / self.heads) ** 0.5).softmax(dim=-1)
        x = x + self.out((scores @ v).transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Loop(nn.Module):
    """One cell, a thousand times."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.cell, self.steps = nn.LSTMCell(4, 4), steps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = c = torch.zeros(x.shape[0], 4)
        for _ in range(self.steps):
            h, c = self.cell(x, (h, c))
        return h


def decoder() -> Experiment:
    return Experiment(nn.Sequential(*(Block(16, 2) for _ in range(48))), torch.randn(1, 4, 16))


def loop() -> Experiment:
    return Experiment(Loop(1000), torch.randn(1, 4))


@pytest.mark.parametrize("build", [decoder, loop])
def test_describing_a_graph_over_walking_it(build: Callable[[], Experiment]) -> None:
    torch.set_num_threads(1)
    experiment = build()
    names = TensorNames(experiment)
    best = [float("inf")] * 4
    count = 0

    def took(slot: int, action: Callable[[], Any]) -> Any:
        began = thread_time()
        result = action()
        best[slot] = min(best[slot], thread_time() - began)
        return result

    for _ in range(ROUNDS):
        took(0, experiment.forward)
        capture = Capture(experiment.module)

        def watched(capture: Capture = capture) -> tuple[Any, Any]:
            with capture.watching():
                output = experiment.forward()
                return output, experiment.compute_loss(output)

        output, loss = took(1, watched)
        count = len(took(2, lambda loss=loss: reachable([loss.grad_fn])))
        graph = took(3, lambda c=capture, o=output, y=loss: assemble(c, names, y, o))
        assert len(graph.live) + len(graph.leaves) == count
        graph.release()
    forward, watching, walk, describe = (1e6 * seconds / count for seconds in best)
    print(
        f"\n{build.__name__}: {count:,} nodes; per node: forward {forward:.1f} µs, under capture {watching:.1f} µs; "
        f"walked {walk:.2f} µs, described {describe:.2f} µs, which is {describe - walk:.2f} µs over the walk"
    )
