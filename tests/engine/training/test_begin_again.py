"""The first step of a network that took long to build: its forward begins anew, and nothing is built again."""

from __future__ import annotations

import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner, begin_again
from gradviz.targets.target_spec import read_target


def held(seconds: float) -> Runner:
    runner = Runner(TargetSetup(read_target("dynamic"), {}, 0, "cpu", None))
    runner.build_seconds = seconds
    runner.hold()
    return runner


def losses(runner: Runner) -> list[float]:
    begin_again(runner)
    return [float(runner.iterate()) for _ in range(4)]


def test_a_slow_build_goes_back_to_its_start_and_gives_the_same_losses() -> None:
    quick = held(0.0)
    built_again = losses(quick)
    slow = held(9.0)
    experiment = slow.experiment
    assert losses(slow) == built_again and slow.experiment is experiment
    assert torch.equal(slow.experiment.module.input_linear.weight, quick.experiment.module.input_linear.weight)
