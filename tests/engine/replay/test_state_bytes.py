"""A state goes through bytes, and a run that is resumed from them is the run that went on, bit for bit."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.replay.state_bytes import state_from_bytes
from gradviz.engine.training.checkpoints import checkpoint_of, resume_from
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError
from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.records import OptimizerChoice
from gradviz.targets.target_spec import read_target


def losses(runner: Runner, count: int) -> list[float]:
    return [float(runner.iterate()) for _ in range(count)]


def disturb() -> None:
    """What another process would have drawn before."""
    random.random()
    np.random.rand()
    torch.rand(3)


@pytest.mark.parametrize("network", [network.id for network in NETWORKS])
@pytest.mark.usefixtures("one_torch_thread")
def test_a_resumed_run_of_every_network_equals_one_that_went_on(network: str) -> None:
    runner = Runner(TargetSetup(read_target(network)))
    losses(runner, 35)  # digits is in its second epoch
    data = checkpoint_of(runner)
    after = losses(runner, 40)
    resumed = Runner(TargetSetup(read_target(network)))
    disturb()
    assert resume_from(resumed, data) == []
    assert resumed.step == 35
    assert losses(resumed, 40) == after


@pytest.mark.parametrize("choice", [
    OptimizerChoice("LBFGS", {"lr": 0.1}),
    OptimizerChoice("SGD", {"lr": 1e-5, "momentum": 0.9}),
    OptimizerChoice("AdamW", {"lr": 1e-3, "amsgrad": True}),
], ids=lambda choice: choice.name)  # fmt: skip
@pytest.mark.usefixtures("one_torch_thread")
def test_what_an_optimizer_keeps_comes_back_though_another_was_built(choice: OptimizerChoice) -> None:
    runner = Runner(TargetSetup(read_target("module"), optimizer=choice))
    losses(runner, 4)
    data = checkpoint_of(runner)
    after = losses(runner, 4)
    resumed = Runner(TargetSetup(read_target("module")))
    resume_from(resumed, data)
    assert resumed.choice == runner.choice
    assert losses(resumed, 4) == after


OWN = """
import random
import gradviz
import numpy as np
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.line, self.norm, self.calls, self.names, self.rows = nn.Linear(3, 2), nn.BatchNorm1d(2), 0, [], []

    def forward(self, x):
        self.calls += 1
        self.names.append("x")
        self.rows = [x]
        noise = torch.rand(2, generator=own) + float(numbers.random()) + words.random()
        return torch.dropout(self.norm(self.line(x)) / len(self.names), 0.5, True) * noise

own, numbers, words = torch.Generator(), np.random.default_rng(), random.Random()

class Rows(torch.utils.data.Dataset):
    def __len__(self):
        return 12
    def __getitem__(self, i):
        return torch.full((3,), float(i)) + torch.rand(()), torch.zeros(())

def build():
    loader = torch.utils.data.DataLoader(Rows(), batch_size=4, shuffle=True, generator=torch.Generator())
    return gradviz.Experiment(Model(), batches=lambda: ((x, None) for x, _ in loader), optimizer=("Adam", {"lr": 0.1}))
"""


@pytest.mark.usefixtures("one_torch_thread")
def test_buffers_lists_own_generators_and_a_shuffled_loader_come_back_and_a_list_of_tensors_is_named(
    tmp_path: Path,
) -> None:
    (tmp_path / "model.py").write_text(OWN)
    setup = TargetSetup(read_target(str(tmp_path / "model.py")))
    runner = Runner(setup)
    losses(runner, 10)
    data = checkpoint_of(runner)
    after = losses(runner, 10)
    resumed = Runner(setup)
    assert resume_from(resumed, data) == ["rows"]
    assert losses(resumed, 10) == after


def test_other_files_and_other_networks_are_refused_in_a_sentence() -> None:
    with pytest.raises(GradvizError, match="no checkpoint of gradviz"):
        state_from_bytes(b"12345678 no")
    data = checkpoint_of(Runner(TargetSetup(read_target("optim"))))
    with pytest.raises(GradvizError, match="another network: it has "):
        resume_from(Runner(TargetSetup(read_target("module"))), data)
    with pytest.raises(GradvizError, match=r"100.* there and 7.* here|10×100 there and 10×7 here"):
        resume_from(Runner(TargetSetup(read_target("optim"), {"h": 7})), data)
