"""Hooks of tensors and parameters that change a gradient are named one by one, and are the user's own again."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_request import StepRequest
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.experiment import Experiment
from tests.engine.blame.graphs import gated, runner_of
from tests.helpers.json_thread import JsonThread

SEVERAL_HOOKS = """
import torch
from torch import nn

def looks(gradient):
    seen.append(float(gradient.norm()))

def halve(gradient):
    return gradient / 2

def double_in_place(gradient):
    gradient.mul_(2)

def clear(parameter):
    parameter.grad.zero_()

def only_looks(parameter):
    seen.append(parameter.grad is None)

seen = []

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)
        for hook in (only_looks, clear):
            self.layer.weight.register_post_accumulate_grad_hook(hook)

    def forward(self, x):
        out = self.layer(x)
        for hook in (looks, halve, looks, double_in_place):
            out.register_hook(hook)
        return out.tanh()

def build():
    return Net(), torch.randn(4, 3), lambda out: out.sum()
"""


def test_of_several_hooks_at_one_place_those_are_named_that_changed_the_gradient(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(SEVERAL_HOOKS)
    with JsonThread(str(file)) as debugger:
        debugger.ask("next_phase")
        found = [hook for _ in range(7) for hook in debugger.ask("step_in").get("hooks", ())]
        names = [hook["function"] for hook in found]
        assert names == ["halve", "double_in_place", "clear"]
        assert found[0]["norm_after"] == pytest.approx(found[0]["norm_before"] / 2)
        assert found[1]["norm_after"] == pytest.approx(found[0]["norm_before"])
        assert (found[2]["kind"], found[2]["name"], found[2]["norm_after"]) == ("parameter", "layer.weight", 0)


def test_hooks_are_the_users_own_again_after_a_backward_through_the_gate() -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    seen: list[float] = []
    weight.register_hook(lambda gradient: seen.append(float(gradient.sum())))
    own = list(weight._backward_hooks.values())
    gated(runner_of(Experiment(Scaled(weight), torch.ones(2), loss=lambda out: out.sum())))
    assert list(weight._backward_hooks.values()) == own and seen == [2.0]


def test_figures_are_those_of_what_a_hook_wrote_though_no_version_shows_it() -> None:
    weight = torch.nn.Parameter(torch.randn(100))
    runner = runner_of(Experiment(Reshaped(weight), torch.randn(10, 10), loss=lambda out: out.sum()))
    step_in, passed = StepRequest("in"), []

    def look(stop: object) -> StepRequest:
        passed.extend(gate.history.records())
        return step_in

    gate = Gate(runner.step, step_in, BreakpointSet(), ValueCache(), look, lambda: None)
    runner.open_gate(gate)
    runner.differentiate(captured=True)
    product, view = (
        next(record for record in passed if (record.point.phase, record.point.grad_fn) == ("backward", name))
        for name in ("MulBackward0", "ViewBackward0")
    )
    assert view.values[0].norm == pytest.approx(2 * (product.values[0].norm or 0))


class Reshaped(torch.nn.Module):
    """Its input times the weight, whose gradient a hook doubles in place."""

    def __init__(self, weight: torch.nn.Parameter) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tripled = self.weight * 3
        tripled.register_hook(_double)
        return tripled.view(10, 10) * x


def _double(gradient: torch.Tensor) -> None:
    gradient.data.mul_(2)


class Scaled(torch.nn.Module):
    """A weight times its input."""

    def __init__(self, weight: torch.nn.Parameter) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight
