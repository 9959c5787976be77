"""Inputs and outputs of every shape: dataclasses, dicts, lists, named tuples, keyword arguments, None and strings."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from gradviz.experiment import Experiment
from tests.engine.truth.expectations import captured, drawn, golden, unexplained
from tests.engine.truth.models import Model, weight


@dataclass
class Batch:
    left: torch.Tensor
    right: torch.Tensor | None
    tag: str = "a batch"


@dataclass
class Result:
    score: torch.Tensor
    word: str
    nothing: None
    parts: list[Any]


class Pair(NamedTuple):
    first: torch.Tensor
    second: int


@dataclass
class ModelOutput(OrderedDict[str, Any]):
    """As the outputs of well-known libraries are: a dict and a dataclass at once, without what is None."""

    loss: torch.Tensor | None = None
    logits: torch.Tensor | None = None
    states: tuple[torch.Tensor, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("loss", "logits", "states"):
            if getattr(self, name) is not None:
                self[name] = getattr(self, name)


def test_a_dataclass_in_a_dict_of_keywords_goes_in_and_a_tree_comes_out() -> None:
    def forward(m: Model, batch: Batch, extra: Any = None, mode: str = "") -> Result:
        assert mode == "train"
        return Result(batch.left @ m.w + extra["list"][0], "text", None, [Pair(m.w.exp(), 3), None, "more"])

    def make() -> Experiment:
        inputs = {"batch": Batch(torch.randn(2, 3), None), "extra": {"list": [torch.randn(3)]}, "mode": "train"}
        return Experiment(Model(forward, w=weight(3, 3)), inputs)

    assert drawn(captured(make)) == golden("""
        batch.left data
        w parameter
        0 mm MmBackward0 <- batch.left, w
        extra.list[0] data
        1 add AddBackward0 <- 0, extra.list[0]
        2 exp ExpBackward0 <- w
        3 pow PowBackward0 <- 1
        4 mean MeanBackward0 <- 3
        5 pow PowBackward0 <- 2
        6 mean MeanBackward0 <- 5
        7 add AddBackward0 <- 4, 6
        loss <- 7
    """)


def test_a_tuple_is_positional_arguments_and_targets_may_be_a_tree() -> None:
    def loss(output: torch.Tensor, targets: Any) -> torch.Tensor:
        return (output - targets["y"]).square().sum() * targets["more"][0]

    def make() -> Experiment:
        targets = {"y": torch.randn(3), "more": (torch.tensor(2.0), "text")}
        return Experiment(
            Model(lambda m, a, b: a * m.w + b[0], w=weight(3)),
            (torch.randn(3), [torch.randn(3)]),
            loss=loss,
            targets=targets,
        )

    assert drawn(captured(make)) == golden("""
        x[0] data
        w parameter
        0 mul MulBackward0 <- x[0], w
        x[1][0] data
        1 add AddBackward0 <- 0, x[1][0]
        y data
        2 sub SubBackward0 <- 1, y
        3 pow PowBackward0 <- 2
        4 sum SumBackward0 <- 3
        more[0] data
        5 mul MulBackward0 <- 4, more[0]
        loss <- 5
    """)


def test_an_output_that_is_dict_and_dataclass_at_once_counts_each_tensor_once() -> None:
    def forward(m: Model, x: torch.Tensor) -> ModelOutput:
        h = m.w * x
        return ModelOutput(loss=h.sum(), logits=h, states=(h.exp(), h.sin()))

    make = lambda: (Model(forward, w=weight(3)), torch.randn(3), lambda output: output.loss)  # noqa: E731
    assert drawn(captured(make)) == golden("""
        w parameter
        x data
        0 mul MulBackward0 <- w, x
        1 sum SumBackward0 <- 0
        2 exp ExpBackward0 <- 0
        3 sin SinBackward0 <- 0
        output.states[0] <- 2
        output.states[1] <- 3
        loss <- 1
    """)


def test_the_default_loss_of_a_tree_explains_its_ops_without_a_line() -> None:
    make = lambda: Experiment(Model(lambda m, x: [m.w * x, {"b": m.w.sin()}], w=weight(3)), torch.randn(3))  # noqa: E731
    graph = captured(make)
    assert drawn(graph) == golden("""
        w parameter
        x data
        0 mul MulBackward0 <- w, x
        1 sin SinBackward0 <- w
        2 pow PowBackward0 <- 0
        3 mean MeanBackward0 <- 2
        4 pow PowBackward0 <- 1
        5 mean MeanBackward0 <- 4
        6 add AddBackward0 <- 3, 5
        loss <- 6
    """)
    assert unexplained(graph) == []
    assert [node.id for node in graph.nodes if node.note.startswith("gradviz's own loss")] == [2, 3, 4, 5, 6]
