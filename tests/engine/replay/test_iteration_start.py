"""An iteration runs again exactly, or says why it cannot."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gradviz import Experiment
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.replay.iteration_start import IterationStart, is_same, number_of
from gradviz.engine.replay.kept_values import NotRepeatableError
from gradviz.engine.replay.random_states import RandomStates
from gradviz.engine.training.runner import Runner
from gradviz.networks.catalogue import NETWORKS
from gradviz.targets.target_spec import read_target


def nothing() -> None:
    """Do nothing between putting back and running."""


class Iterations:
    """Iterations of an experiment, in a loop of the test's own."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.held_loss: Any = None
        self.start = IterationStart(experiment)
        self.start.wanted = True
        self.step = 0

    def forward(self, *, captured: bool = False, again: bool = False) -> None:
        self.held_loss = self.experiment.compute_loss(self.experiment.forward())

    def backward(self) -> None:
        self.experiment.zero_gradients()
        self.experiment.backward(self.held_loss)

    def iterate(self) -> Tensor:
        self.experiment.next_batch()
        self.start.note(self.step)
        self.step += 1
        self.forward()
        self.backward()
        return self.held_loss.detach()

    def again(self) -> None:
        self.start.run_again(self, self.held_loss.detach(), nothing)


class Model(nn.Module):
    def __init__(self, act: Callable[[Model, Tensor], Tensor]) -> None:
        super().__init__()
        self.line = nn.Linear(3, 2)
        self.norm = nn.BatchNorm1d(2)
        self.register_buffer("mask", torch.ones(2))
        self.calls = 0
        self.kept = [0]
        self._act = act

    def forward(self, x: Tensor) -> Tensor:
        return self._act(self, self.norm(self.line(x)) * self.mask)


def experiment(act: Callable[[Model, Tensor], Tensor], x: Any = None) -> Experiment:
    torch.manual_seed(0)
    return Experiment(Model(act), torch.randn(4, 3) if x is None else x)


@pytest.mark.parametrize("network", [network.id for network in NETWORKS])
def test_every_network_runs_again_bit_for_bit(network: str) -> None:
    def losses(*, again: bool) -> list[Any]:
        runner = Runner(TargetSetup(read_target(network)))
        runner.hold()
        found = []
        for _ in range(3):
            if not runner.holds_forward:
                runner.forward()
            runner.backward()
            gradients = {name: value * 1 for name, value in runner.experiment.gradients().items()}
            if again:
                runner.start.run_again(runner, runner.held_loss, nothing)
                for name, gradient in runner.experiment.gradients().items():
                    assert (gradient == gradients[name]).all()
            found.append(float(runner.iterate()))
        return found

    assert losses(again=True) == losses(again=False)


def test_random_states_of_all_three_are_put_back() -> None:
    def draw() -> list[float]:
        return [random.gauss(), random.random(), np.random.randn(), np.random.rand(), float(torch.rand(()))]

    states = RandomStates()
    for _ in range(4):
        states.note()
        first = draw()
        random.gauss()
        states.put_back()
        assert draw() == first


def test_numpy_is_asked_again_only_after_it_has_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    ask = np.random.get_state
    monkeypatch.setattr(np.random, "get_state", lambda **options: calls.append(1) or ask(**options))
    np.random.seed(3)
    states = RandomStates()
    for _ in range(3):
        states.note()
    assert len(calls) == 1
    first = np.random.rand()
    states.note()
    second = np.random.rand()
    states.put_back()
    assert np.random.rand() == second != first
    assert len(calls) == 2


def test_buffers_dropout_and_attributes_come_back() -> None:
    def act(model: Model, h: Tensor) -> Tensor:
        model.calls += 1
        model.last = h
        return torch.dropout(h, 0.5, True) * model.calls

    run = Iterations(experiment(act))
    for _ in range(3):
        run.iterate()
        model = run.experiment.model
        state = {name: value.clone() for name, value in model.state_dict().items()}
        run.again()
        assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
        assert model.calls == run.step


def test_a_state_of_the_models_own_is_noticed_and_said_once() -> None:
    def act(model: Model, h: Tensor) -> Tensor:
        model.kept[0] += 1
        return h * model.kept[0]

    run = Iterations(experiment(act))
    run.iterate()
    with pytest.raises(NotRepeatableError, match="cannot be run again exactly: its forward gave"):
        run.again()
    assert run.start.refusal
    run.iterate()
    assert run.start.noted == 0


def test_a_list_that_grows_is_named() -> None:
    run = Iterations(experiment(lambda model, h: (model.kept.append(1), h)[1]))
    run.iterate()
    with pytest.raises(NotRepeatableError, match="keeps a state of its own in kept"):
        run.again()


def test_gradients_that_are_never_zeroed_are_noticed() -> None:
    made = Experiment(nn.Linear(3, 2), torch.randn(4, 3), zero_grad=lambda: None)
    run = Iterations(made)
    run.iterate()
    with pytest.raises(NotRepeatableError, match="gradients are added"):
        run.again()


def test_a_batch_that_is_changed_in_place_comes_back() -> None:
    x, line = torch.randn(4, 3), nn.Linear(3, 2)
    run = Iterations(Experiment(lambda x: line(x.add_(1) * 1), x, parameters=dict(line.named_parameters())))
    for _ in range(3):
        run.iterate()
        after = x.clone()
        run.again()
        assert torch.equal(x, after)


def test_what_stays_as_it_is_is_copied_once_and_then_not_held() -> None:
    run = Iterations(experiment(lambda model, h: h))
    run.iterate()
    first = run.start.held
    run.iterate()
    sizes = [value.nbytes for value in (run.experiment.model.norm.running_mean, run.experiment.model.norm.running_var)]
    assert run.start.held == sum(sizes) + run.experiment.model.norm.num_batches_tracked.nbytes < first


def test_copies_stay_within_the_budget_and_what_was_not_copied_is_named() -> None:
    run = Iterations(experiment(lambda model, h: h))
    run.start.budget.limit = 0
    run.iterate()
    assert run.start.held == 0
    with pytest.raises(NotRepeatableError, match="num_batches_tracked is changed in place, and no copy"):
        run.again()


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "LBFGS"])
def test_an_update_is_undone_with_the_state_of_its_optimizer(name: str) -> None:
    model = nn.Linear(3, 2)
    made = Experiment(model, torch.randn(4, 3))
    optimizer = getattr(torch.optim, name)(model.parameters(), 0.1)
    run = Iterations(made)

    def step() -> None:
        def evaluate() -> torch.Tensor:
            optimizer.zero_grad()
            loss = made.compute_loss(made.forward())
            loss.backward()
            return loss

        optimizer.step(evaluate)

    for _ in range(3):
        loss = run.iterate()
        assert run.start.weights.note(made.named_parameters(), optimizer)
        step()
        after = [value.clone() for value in model.parameters()]
        run.start.run_again(run, loss, nothing, weights=True)
        step()
        assert all(map(torch.equal, model.parameters(), after))


def test_aside_leaves_no_trace() -> None:
    run = Iterations(experiment(lambda model, h: torch.dropout(h, 0.5, True)))
    loss = run.iterate()
    model = run.experiment.model
    state = {name: value.clone() for name, value in model.state_dict().items()}
    gradients = [value.grad for value in model.parameters()]
    torch_state = torch.get_rng_state()
    with run.start.aside(dict(model.named_parameters())):
        again = run.experiment.compute_loss(run.experiment.forward())
        again.backward()
        assert is_same(number_of(again), number_of(loss))
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert all(value.grad is gradient for value, gradient in zip(model.parameters(), gradients, strict=True))
