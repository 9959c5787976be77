"""Runs one iteration of a small function of one parameter through a gate, for chains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from gradviz.engine.blame.chain import Chain
from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_request import StepRequest
from gradviz.engine.loading.target import LoadedTarget, TargetSetup
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.engine.training.runner import Runner
from gradviz.experiment import Experiment
from gradviz.protocol.cause_records import BlameLink
from gradviz.targets.target_spec import read_target

FREE = StepRequest("free")


class Model(nn.Module):
    """`compute` of the weight and the input, as a model."""

    def __init__(self, compute: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], weight: torch.Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.compute = compute

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.compute(self.weight, x)


def runner_of(experiment: Experiment) -> Runner:
    """A runner of an experiment that is there already."""
    target = LoadedTarget(
        "small", "small", None, "factory", lambda values: dict(values), lambda values: (experiment, ())
    )
    return Runner(TargetSetup(read_target("nn")), target)


def gated(runner: Runner) -> Gate:
    """Run one iteration through a gate that never stops, but for the update."""
    gate = Gate(
        runner.step, FREE, BreakpointSet(), ValueCache(), lambda stop: FREE, lambda: None, whole=True, every_node=True
    )
    runner.open_gate(gate)
    runner.forward(captured=True)
    runner.backward()
    return gate


def chain_of(
    compute: Callable[[torch.Tensor, torch.Tensor], Any], weight: Any, x: Any = (1.0,), dtype: torch.dtype | None = None
) -> tuple[BlameLink, ...]:
    """The chain of one iteration whose loss is the sum of `compute(weight, x)`."""
    w = weight if isinstance(weight, torch.Tensor) else torch.tensor(weight, dtype=dtype)
    data = x if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=dtype)
    experiment = Experiment(Model(compute, w), data, loss=lambda output: output.sum())
    return chain_in(experiment)


def chain_in(experiment: Experiment, node: int | None = None) -> tuple[BlameLink, ...]:
    """The chain of the first iteration of an experiment."""
    runner = runner_of(experiment)
    gate = gated(runner)
    assert runner.graph is not None
    named = experiment.named_tensors()
    data = {name: value for name, value in named.items() if name not in experiment.named_parameters()}
    return Chain(gate, runner.graph.record, named, data).links(node)
