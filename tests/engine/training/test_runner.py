"""The states of a run, its phases, and its equality with a plain script."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch import nn

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError, InvalidValueError, UnknownNameError
from gradviz.protocol.records import OptimizerChoice
from gradviz.targets.target_spec import read_target


def held(target: str = "autograd", **options: object) -> Runner:
    runner = Runner(TargetSetup(read_target(target), **options))  # type: ignore[arg-type]
    runner.hold()
    return runner


def seed_all(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def test_opening_holds_after_the_forward_of_iteration_0() -> None:
    runner = held()
    assert (runner.state, runner.step, runner.holds_forward) == ("ready", 0, True)
    assert runner.loss == pytest.approx(2.94e7, rel=0.01)
    assert runner.graph is not None and runner.graph.live


def test_running_continues_the_held_iteration_without_another_forward() -> None:
    calls = []
    runner = Runner(TargetSetup(read_target("nn")))
    runner.experiment.module.register_forward_hook(lambda *_: calls.append(1))
    runner.hold()
    held_loss = runner.loss
    runner.begin(until=1)
    assert float(runner.iterate()) == held_loss
    assert len(calls) == 1
    assert (runner.state, runner.step, runner.loss) == ("finished", 1, None)


def test_a_run_finishes_where_it_was_asked_to_and_goes_on_when_asked_for_more() -> None:
    runner = held()
    runner.begin(until=3)
    for _ in range(3):
        assert runner.state == "running"
        runner.iterate()
    assert runner.state == "finished"
    with pytest.raises(GradvizError, match="3 iterations are done"):
        runner.begin(until=3)
    runner.begin(until=4)
    runner.iterate()
    assert (runner.state, runner.step) == ("finished", 4)


def test_a_pause_holds_between_iterations() -> None:
    runner = held()
    runner.begin(None)
    runner.iterate()
    runner.pause()
    assert (runner.state, runner.step, runner.holds_forward) == ("paused", 1, False)


def test_a_failed_run_goes_nowhere() -> None:
    runner = held()
    runner.fail()
    for act in (lambda: runner.begin(None), lambda: runner.set_device("cpu")):
        with pytest.raises(GradvizError, match="failed"):
            act()


def test_the_graph_is_let_go_of_with_its_iteration() -> None:
    runner = held()
    runner.iterate()
    assert runner.graph is not None
    assert not runner.graph.live
    assert runner.graph.types


def test_the_seed_makes_the_run() -> None:
    losses = [list(Runner(TargetSetup(read_target("dynamic"), seed=seed)).losses(5)) for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]


def test_hyperparameters_reach_the_network() -> None:
    runner = held("nn", hyperparameters={"h": "7"})
    assert runner.experiment.named_parameters()["0.weight"].shape == (7, 1000)


def test_lbfgs_equals_the_plain_script() -> None:
    seed_all(0)
    x, y = torch.randn(64, 1000), torch.randn(64, 10)
    model = nn.Sequential(nn.Linear(1000, 100), nn.ReLU(), nn.Linear(100, 10))
    loss_fn = nn.MSELoss(reduction="sum")
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=5)
    plain = []

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        return loss

    for _ in range(4):
        plain.append(float(optimizer.step(closure).detach()))
    choice = OptimizerChoice("LBFGS", {"lr": 0.5, "max_iter": 5})
    assert list(Runner(TargetSetup(read_target("optim"), optimizer=choice)).losses(4)) == plain


def test_a_chosen_optimizer_equals_the_plain_script() -> None:
    seed_all(5)
    x, y = torch.randn(64, 1000), torch.randn(64, 10)
    w1, w2 = torch.randn(1000, 100, requires_grad=True), torch.randn(100, 10, requires_grad=True)
    optimizer = torch.optim.RMSprop([w1, w2], lr=1e-3, momentum=0.5)
    plain = []
    for _ in range(5):
        loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
        plain.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    choice = OptimizerChoice("RMSprop", {"lr": 1e-3, "momentum": 0.5})
    assert list(Runner(TargetSetup(read_target("autograd"), seed=5, optimizer=choice)).losses(5)) == plain


def test_moving_before_training_rebuilds_from_the_seed() -> None:
    runner = held("dynamic")
    assert runner.set_device("cpu") is False
    assert not runner.holds_forward
    assert list(runner.losses(4)) == list(Runner(TargetSetup(read_target("dynamic"))).losses(4))


def test_moving_during_training_keeps_weights_state_and_losses() -> None:
    def losses(move: bool) -> list[float]:
        runner = Runner(TargetSetup(read_target("optim")))
        before = list(runner.losses(3))
        if move:
            assert runner.set_device("cpu") is True
        return before + list(runner.losses(3))

    assert losses(move=True) == losses(move=False)


@pytest.mark.parametrize(
    ("setup", "error", "words"),
    [
        (TargetSetup(read_target("nope")), UnknownNameError, "numpy, tensors"),
        (TargetSetup(read_target("model.py")), GradvizError, "There is no file"),
        (TargetSetup(read_target("package.module:make")), GradvizError, "no module"),
        (TargetSetup(read_target("nn"), {"q": 1}), UnknownNameError, "d_in"),
        (TargetSetup(read_target("nn"), {"n": -1}), InvalidValueError, "between 1 and"),
        (TargetSetup(read_target("nn"), seed=-1), InvalidValueError, "seed"),
        (TargetSetup(read_target("nn"), device="toaster"), UnknownNameError, "cpu"),
        (TargetSetup(read_target("numpy"), device="cuda:0"), GradvizError, "CPU's memory"),
        (TargetSetup(read_target("nn"), optimizer=OptimizerChoice("Foo")), UnknownNameError, "SGD"),
        (TargetSetup(read_target("nn"), optimizer=OptimizerChoice("Adam", {"momentum": 1})), UnknownNameError, "betas"),
    ],
)
def test_what_cannot_be_is_one_sentence(setup: TargetSetup, error: type[GradvizError], words: str) -> None:
    with pytest.raises(error) as caught:
        Runner(setup)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_run_moves_to_the_gpu_and_back() -> None:
    runner = held("optim")
    runner.begin(None)
    losses = [float(runner.iterate()) for _ in range(3)]
    runner.set_device("cuda:0")
    runner.iterate(captured=True)
    assert runner.graph is not None
    assert {n.device for n in runner.graph.record.nodes if n.kind == "function"} == {"cuda:0"}
    runner.set_device("cpu")
    losses.append(float(runner.iterate()))
    assert losses == sorted(losses, reverse=True)
