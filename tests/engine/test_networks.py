"""The built-in networks: equal to plain scripts, falling, reproducible."""

from __future__ import annotations

import ast
import importlib
import inspect

import pytest
import torch

from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.networks.catalogue import NETWORKS, network
from tests.helpers.plain_scripts import PLAIN, plain_losses, seed_all

IDS = [entry.id for entry in NETWORKS]


def build(network_id: str, seed: int = 0, **hyperparameters: int) -> Experiment:
    module = importlib.import_module(f"gradviz.networks.{network_id}")
    seed_all(seed)
    return module.build(**hyperparameters)


def train(network_id: str, steps: int, seed: int = 0) -> list[float]:
    """The loop that the engine runs, without the engine."""
    entry = network(network_id)
    experiment = build(network_id, seed)
    optimizer = None
    if not experiment.has_manual_update:
        name, options = experiment.optimizer
        optimizer = getattr(torch.optim, name)(list(experiment.named_parameters().values()), **options)
    losses = []
    for _ in range(steps):
        experiment.next_batch()
        loss = experiment.compute_loss(experiment.forward())
        losses.append(loss.item())
        experiment.zero_gradients()
        experiment.backward(loss)
        if optimizer is None:
            experiment.manual_update(entry.learning_rate)
        else:
            optimizer.step()
    return losses


@pytest.mark.parametrize("network_id", list(PLAIN))
def test_losses_equal_those_of_a_plain_script_bit_for_bit(network_id: str) -> None:
    assert train(network_id, 25) == plain_losses(network_id, 25)


@pytest.mark.parametrize("network_id", ["digits", "attention"])
def test_real_data_is_learnt_and_the_seed_decides_all(network_id: str) -> None:
    losses = train(network_id, 60)
    assert sum(losses[-10:]) < 0.8 * sum(losses[:10])
    assert train(network_id, 5) == losses[:5]
    assert train(network_id, 5, seed=1) != losses[:5]


@pytest.mark.parametrize("network_id", IDS)
def test_defaults_are_those_of_the_catalogue(network_id: str) -> None:
    entry = network(network_id)
    module = importlib.import_module(f"gradviz.networks.{network_id}")
    defaults = {name: p.default for name, p in inspect.signature(module.build).parameters.items()}
    assert defaults == {h.name: h.default for h in entry.hyperparameters}
    experiment = build(network_id)
    assert experiment.has_autograd == entry.autograd
    if entry.optimizer == "Manual":
        assert experiment.has_manual_update
        assert experiment.optimizer is None
    else:
        assert experiment.optimizer == (entry.optimizer, {"lr": entry.learning_rate, **dict(entry.options)})


@pytest.mark.parametrize("network_id", list(PLAIN))
def test_sizes_reach_the_tensors(network_id: str) -> None:
    experiment = build(network_id, n=3, d_in=5, h=4, d_out=2)
    named = experiment.named_tensors()
    assert tuple(named["x"].shape) == (3, 5)
    assert tuple(named["y"].shape) == (3, 2)
    assert tuple(experiment.forward().shape) == (3, 2)


def test_the_middle_layer_is_used_within_its_range() -> None:
    experiment = build("dynamic", layers_min=2, layers_max=2)
    uses = []
    hook = experiment.module.middle_linear.register_forward_hook(lambda *_: uses.append(1))
    experiment.forward()
    hook.remove()
    assert len(uses) == 2


def test_a_width_that_the_heads_do_not_divide_is_refused_in_a_sentence() -> None:
    with pytest.raises(GradvizError, match="multiple of heads"):
        build("attention", width=30, heads=4)


@pytest.mark.parametrize("network_id", IDS)
def test_a_lesson_is_short_enough_to_be_read(network_id: str) -> None:
    text = network(network_id).file.read_text()
    assert len(text.splitlines()) <= 100
    assert ast.get_docstring(ast.parse(text))
