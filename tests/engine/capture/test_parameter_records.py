"""Which parameters are trained: by autograd, or by hand."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gradviz.engine.capture.named_tensors import parameter_records
from gradviz.experiment import Experiment
from gradviz.networks import numpy, tensors


@pytest.mark.parametrize("network", [numpy, tensors])
def test_what_is_trained_by_hand_counts_as_trained(network: object) -> None:
    assert [record.requires_grad for record in parameter_records(network.build())] == [True, True]  # type: ignore[attr-defined]


def test_of_a_module_the_frozen_ones_do_not() -> None:
    model = nn.Linear(2, 1)
    model.bias.requires_grad_(False)
    records = parameter_records(Experiment(model, inputs=torch.ones(1, 2), targets=torch.ones(1, 1), loss=nn.MSELoss()))
    assert {record.names[0]: record.requires_grad for record in records} == {"weight": True, "bias": False}
