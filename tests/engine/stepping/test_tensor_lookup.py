"""Looking never touches: a run that is looked at is, bit for bit, the run that is not."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.modules import module as torch_module

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.records import OptimizerChoice
from gradviz.targets.target_spec import read_target

EVERY_NETWORK = [network.id for network in NETWORKS]


def hooks() -> list[int]:
    return [
        len(getattr(torch_module, name))
        for name in ("_global_forward_pre_hooks", "_global_forward_hooks", "_global_backward_hooks")
    ]


def draws() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), float(torch.rand(()))


def parameters(runner: Runner) -> dict[str, bytes]:
    values = runner.experiment.named_parameters().items()
    return {name: np.asarray(v.detach() if isinstance(v, torch.Tensor) else v).tobytes() for name, v in values}


def trained(target: str, *, looked_at: bool, steps: int = 6, **options: Any) -> tuple[list[float], Any, Any]:
    runner = Runner(TargetSetup(read_target(target), seed=3, **options))
    if looked_at:
        runner.hold()
    losses = [float(runner.iterate(captured=looked_at)) for _ in range(steps)]
    return losses, parameters(runner), draws()


@pytest.mark.parametrize("target", EVERY_NETWORK)
def test_losses_weights_and_generators_are_the_same_with_and_without_looking(target: str) -> None:
    assert trained(target, looked_at=True) == trained(target, looked_at=False)


def test_a_search_that_evaluates_again_is_not_disturbed_by_looking() -> None:
    choice = OptimizerChoice("LBFGS", {"lr": 0.1, "max_iter": 4})
    plain = trained("dynamic", looked_at=False, optimizer=choice)
    assert trained("dynamic", looked_at=True, optimizer=choice) == plain


@pytest.mark.parametrize("target", EVERY_NETWORK)
def test_nothing_stays_installed(target: str) -> None:
    before = hooks()
    runner = Runner(TargetSetup(read_target(target)))
    runner.hold()
    assert hooks() == before
    runner.iterate()
    if runner.experiment.module is not None:
        for module in runner.experiment.module.modules():
            assert not module._forward_hooks and not module._backward_hooks
    assert all(
        not value._backward_hooks
        for value in runner.experiment.named_parameters().values()
        if hasattr(value, "is_leaf")
    )


def test_the_hooks_are_gone_when_forward_raises() -> None:
    before = hooks()
    runner = Runner(TargetSetup(read_target("nn")))
    runner.experiment.inputs = torch.randn(2, 3)
    with pytest.raises(RuntimeError):
        runner.forward(captured=True)
    assert hooks() == before
    assert torch.ones(2).add(1).sum() == 4  # and no function mode is left either


def test_modes_and_flags_are_left_alone() -> None:
    runner = Runner(TargetSetup(read_target("module")))
    assert runner.experiment.module is not None
    runner.experiment.module.eval()
    torch.set_grad_enabled(True)
    runner.hold()
    assert not runner.experiment.module.training
    assert torch.is_grad_enabled()


def test_holding_leaves_no_gradient() -> None:
    runner = Runner(TargetSetup(read_target("nn")))
    runner.hold()
    assert all(parameter.grad is None for parameter in runner.experiment.named_parameters().values())


def test_arrays_are_plain_again_after_a_recorded_iteration() -> None:
    runner = Runner(TargetSetup(read_target("numpy")))
    model = runner.experiment.model
    w1 = model.w1
    runner.hold()
    assert model.w1 is w1
    assert all(type(value) is np.ndarray for value in vars(model).values())
    assert type(runner.experiment.inputs) is np.ndarray
    runner.iterate()
    assert model.w1 is w1


def test_batchnorm_counts_each_batch_once() -> None:
    runner = Runner(TargetSetup(read_target("nn")))
    norm = torch.nn.BatchNorm1d(10)
    runner.experiment.model.append(norm)
    runner.names.refresh()
    runner.hold()
    assert norm.num_batches_tracked.item() == 1
    runner.iterate()
    assert norm.num_batches_tracked.item() == 1
