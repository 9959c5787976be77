"""Real graphs of a size to measure with: a decoder of 48 blocks, a DenseNet-121, an LSTMCell unrolled 1,000 steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from gradviz.engine.capture.named_tensors import TensorNames
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.graph.graph_builder import assemble
from gradviz.experiment import Experiment
from gradviz.protocol.records import ClusterRecord, EdgeRecord, GraphRecord, NodeRecord


class Attention(nn.Module):
    """Causal self-attention written out op by op."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        parts = self.c_attn(x).split(width, dim=2)
        q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in parts)
        scores = (q @ k.transpose(-2, -1)) * q.shape[-1] ** -0.5
        mask = torch.ones(length, length).tril() == 0
        weights = scores.masked_fill(mask, float("-inf")).softmax(-1)
        return self.c_proj((weights @ v).transpose(1, 2).contiguous().view(batch, length, width))


class Block(nn.Module):
    """Attention and two linear layers, each with a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attn = Attention(width, 4)
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        x = self.ln_1(x + self.attn(x))
        return self.ln_2(x + self.mlp(x))


class Decoder(nn.Module):
    """A small language model with tied embeddings."""

    def __init__(self, blocks: int = 48, width: int = 32, words: int = 50) -> None:
        super().__init__()
        self.wte = nn.Embedding(words, width)
        self.h = nn.ModuleList(Block(width) for _ in range(blocks))
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, words, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, words: Tensor) -> Tensor:
        x = self.wte(words)
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))


class DenseLayer(nn.Module):
    """Takes everything that came before it in its block."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(width), nn.BatchNorm2d(4 * growth)
        self.conv1 = nn.Conv2d(width, 4 * growth, 1, bias=False)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, features: list[Tensor]) -> Tensor:
        return self.conv2(self.norm2(self.conv1(self.norm1(torch.cat(features, 1)).relu())).relu())


class DenseBlock(nn.Module):
    """So many dense layers, and all their results together."""

    def __init__(self, layers: int, width: int, growth: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DenseLayer(width + i * growth, growth) for i in range(layers))

    def forward(self, x: Tensor) -> Tensor:
        features = [x]
        for layer in self.layers:
            features.append(layer(features))
        return torch.cat(features, 1)


class DenseNet(nn.Module):
    """As many layers as DenseNet-121, narrower."""

    def __init__(self, growth: int = 4) -> None:
        super().__init__()
        width, parts = 8, [nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU()]
        for layers in (6, 12, 24, 16):
            parts.append(DenseBlock(layers, width, growth))
            width += layers * growth
            if layers != 16:
                parts.append(nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width // 2, 1)))
                width //= 2
        self.features, self.classifier = nn.Sequential(*parts), nn.Linear(width, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).relu().mean((2, 3)))


class Unrolled(nn.Module):
    """One LSTM cell, step after step."""

    def __init__(self) -> None:
        super().__init__()
        self.cell, self.out = nn.LSTMCell(3, 4), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        h = c = torch.zeros(1, 4)
        states = []
        for step in x.unbind(1):
            h, c = self.cell(step, (h, c))
            states.append(h)
        return self.out(torch.stack(states, 1))


def _record(model: nn.Module, inputs: Tensor, loss: Callable[[Any], Tensor]) -> GraphRecord:
    experiment = Experiment(model, inputs, loss=loss)
    capture = Capture(model)
    with capture.watching("forward"):
        output = model(inputs)
        value = loss(output)
    return assemble(capture, TensorNames(experiment), value, output).record


@lru_cache
def record_of(name: str) -> GraphRecord:
    """The graph of `decoder`, `densenet`, `lstm`, or `100,000 nodes`."""
    torch.manual_seed(0)
    match name:
        case "decoder":
            words = torch.randint(0, 50, (2, 16))
            return _record(
                Decoder(), words, lambda output: functional.cross_entropy(output.flatten(0, 1), words.flatten())
            )
        case "densenet":
            return _record(DenseNet(), torch.randn(1, 3, 8, 8), Tensor.sum)
        case "lstm":
            return _record(Unrolled(), torch.randn(1, 1000, 3), lambda output: output.pow(2).mean())
    return _many_blocks(2000, 50)


def _many_blocks(blocks: int, size: int) -> GraphRecord:
    names = ("addmm", "split", "view", "bmm", "softmax", "mul", "add", "native_layer_norm", "gelu", "mm")
    clusters = tuple(ClusterRecord(f"h.{block}", "Block") for block in range(blocks))
    count = blocks * size
    nodes = tuple(NodeRecord(i, "function", names[i * 7 % size % 10], cluster=i // size) for i in range(count))
    chain = (EdgeRecord(i, i + 1) for i in range(count - 1))
    skips = (EdgeRecord(k * size, k * size + size - 1, 0, 1) for k in range(blocks))
    return GraphRecord("many", "autograd", nodes, (*chain, *skips), clusters)
