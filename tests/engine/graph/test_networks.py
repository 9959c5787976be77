"""The built-in networks: equal to plain scripts, falling, reproducible."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from gradviz.assets import asset
from gradviz.experiment import Experiment
from gradviz.networks.catalogue import NETWORKS, network
from tests.helpers.plain_scripts import PLAIN, plain_losses, seed_all

IDS = [entry.id for entry in NETWORKS]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The machine is shared, and sums must be taken in one order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


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
        name, options = experiment.default_optimizer
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
    assert experiment.has_manual_update == (entry.optimizer == "Manual")
    # The rate of an update by hand is the catalogue's alone; an optimizer's is in the lesson, too.
    options = {} if entry.optimizer == "Manual" else {"lr": entry.learning_rate, **dict(entry.options)}
    assert experiment.default_optimizer == (entry.optimizer, options)


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


@pytest.mark.parametrize("network_id", ["numpy", "tensors", "autograd", "function"])
def test_weights_and_data_go_by_their_names_in_the_lesson(network_id: str) -> None:
    assert list(build(network_id).named_tensors()) == ["x", "y", "w1", "w2"]


@pytest.mark.parametrize("network_id", ["numpy", "tensors"])
def test_gradients_derived_by_hand_are_those_of_autograd(network_id: str) -> None:
    experiment = build(network_id, n=8, d_in=20, h=7, d_out=3)
    experiment.compute_loss(experiment.forward())
    experiment.backward(None)
    x, y, w1, w2 = (torch.as_tensor(v, dtype=torch.float64) for v in experiment.named_tensors().values())
    weights = {"w1": w1.requires_grad_(), "w2": w2.requires_grad_()}
    (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum().backward()
    assert experiment.gradients().keys() == weights.keys()
    for name, gradient in experiment.gradients().items():
        np.testing.assert_allclose(np.asarray(gradient), weights[name].grad.numpy(), rtol=1e-4)


@pytest.mark.parametrize("network_id", [entry.id for entry in NETWORKS if entry.autograd])
def test_every_iteration_begins_without_the_gradients_of_the_one_before(network_id: str) -> None:
    # Passed by, the middle layer would have no gradient to forget.
    experiment = build(network_id, **({"layers_min": 1} if network_id == "dynamic" else {}))
    experiment.next_batch()
    experiment.backward(experiment.compute_loss(experiment.forward()))
    assert experiment.gradients().keys() == experiment.named_parameters().keys()
    experiment.zero_gradients()
    assert experiment.gradients() == {}


def test_the_digits_are_images_of_all_ten_classes() -> None:
    images, labels = importlib.import_module("gradviz.networks.digits").load_digits()
    assert images.shape == (1797, 1, 8, 8)
    assert (images.min(), images.max()) == (0, 1)
    assert labels.bincount().min() > 170


def test_an_epoch_of_digits_takes_every_image_once() -> None:
    experiment = build("digits", batch_size=500)
    seen = []
    for _ in range(4):
        experiment.next_batch()
        seen.append(experiment.inputs)
    assert [len(images) for images in seen] == [500, 500, 500, 297]
    images, _ = importlib.import_module("gradviz.networks.digits").load_digits()
    assert torch.equal(torch.cat(seen).flatten(1).sum(1).sort().values, images.flatten(1).sum(1).sort().values)


def test_attention_does_not_see_the_characters_that_follow() -> None:
    experiment = build("attention", batch_size=2, context=8)
    experiment.next_batch()
    tokens = experiment.inputs
    changed = tokens.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % 10
    with torch.no_grad():
        before, after = experiment.model(tokens), experiment.model(changed)
    assert torch.equal(before[:, :5], after[:, :5])
    assert not torch.equal(before[:, 5:], after[:, 5:])


def test_attention_is_asked_for_the_next_character() -> None:
    experiment = build("attention", batch_size=3, context=16)
    experiment.next_batch()
    assert torch.equal(experiment.inputs[:, 1:], experiment.targets[:, :-1])


def test_shipped_data_is_small_and_names_its_source() -> None:
    source = asset("data/README.md").read_text(encoding="utf-8")
    for name in ("digits.npz", "sonnets.txt"):
        assert name in source
        assert asset(f"data/{name}").stat().st_size < 150_000


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("network_id", [entry.id for entry in NETWORKS if not entry.cpu_only])
def test_training_goes_on_from_the_same_weights_on_a_gpu(network_id: str) -> None:
    experiment = build(network_id)
    experiment.next_batch()
    experiment.backward(experiment.compute_loss(experiment.forward()))
    before = {name: (id(p), p.detach().clone()) for name, p in experiment.named_parameters().items()}
    experiment.move_to("cuda:0")
    experiment.next_batch()
    loss = experiment.compute_loss(experiment.forward())
    experiment.zero_gradients()
    experiment.backward(loss)
    assert loss.is_cuda
    assert all(gradient.is_cuda for gradient in experiment.gradients().values())
    for name, parameter in experiment.named_parameters().items():
        assert id(parameter) == before[name][0]
        assert torch.equal(parameter.detach().cpu(), before[name][1])


@pytest.mark.parametrize("network_id", IDS)
def test_a_lesson_is_short_enough_to_be_read(network_id: str) -> None:
    text = network(network_id).file.read_text()
    assert len(text.splitlines()) <= 100
    assert ast.get_docstring(ast.parse(text))
