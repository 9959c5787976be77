"""Figures that are sampled while it trains: they are those of the plain loop, in the iterations that are asked for, and
change nothing."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from gradviz.engine.training import figure_sampler
from gradviz.engine.training.figure_sampler import FIRST
from gradviz.engine.training.grouped_norms import grouped
from gradviz.experiment import Experiment
from gradviz.protocol.commands import BackTo, FigureKind, Open, Run, SetFigures, SetMeasures
from gradviz.protocol.events import Event, GraphChanged, LossBatch
from gradviz.protocol.metric_events import FiguresSampled, MetricsLogged
from tests.engine.serving.test_server import served

ALL: tuple[FigureKind, ...] = ("learning_rate", "grad_norm", "update_ratio", "activations")

CODE = """
import torch
from torch import nn
import gradviz

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 8)
        self.act = nn.ReLU()
        self.drop = nn.Dropout(0.5)
        self.rest = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))
    def forward(self, x):
        return self.rest(self.drop(self.act(self.first(x))))

def build(lr: float = 0.1):
    model = Net()
    x, y = torch.randn(16, 4), torch.randn(16, 2)
    return gradviz.Experiment(model, x, targets=y, loss=nn.functional.mse_loss,
                              optimizer=("SGD", {"lr": lr, "momentum": 0.9}))
"""


@pytest.fixture(autouse=True)
def nothing_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process may have compiled something, after which activations are not sampled."""
    monkeypatch.setattr(figure_sampler, "has_compiled", lambda: False)


@pytest.fixture
def target(tmp_path: Path) -> str:
    (tmp_path / "sampled.py").write_text(CODE)
    return f"{tmp_path / 'sampled.py'}:build"


def sampled(events: list[Event]) -> dict[str, dict[int, float]]:
    """Return name → step → value."""
    found: dict[str, dict[int, float]] = {}
    for event in events:
        if isinstance(event, FiguresSampled):
            steps = np.frombuffer(event.steps, "<i8").tolist()
            rows = np.frombuffer(event.values, "<f8").reshape(len(steps), len(event.names))
            for name, values in zip(event.names, rows.T.tolist(), strict=True):
                found.setdefault(name, {}).update(zip(steps, values, strict=True))
    return found


def losses(events: list[Event]) -> list[float]:
    return [x for e in events if isinstance(e, LossBatch) for x in np.frombuffer(e.losses, "<f8").tolist()]


def test_figures_are_those_of_the_plain_loop(target: str) -> None:
    figures = sampled(served(Open(1, target), SetFigures(ALL, every=2), Run(6)))
    namespace: dict[str, object] = {}
    exec(CODE, namespace)
    torch.manual_seed(0)
    experiment: Experiment = namespace["build"]()  # type: ignore[operator]
    assert sorted(figures["grad_norm"]) == [1, 2, 4]  # the forward of 0 was held to be shown: the next is sampled
    model = experiment.module
    outputs: dict[str, torch.Tensor] = {}
    model.act.register_forward_hook(lambda _m, _i, out: outputs.update(act=out.detach().clone()))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for step in range(6):
        loss = experiment.compute_loss(experiment.forward())
        optimizer.zero_grad()
        loss.backward()
        gradients = [p.grad.double() for p in model.parameters()]
        before = {n: p.detach().double().clone() for n, p in model.named_parameters()}
        optimizer.step()
        if step not in figures["grad_norm"]:
            continue
        total = math.sqrt(sum(float(g.square().sum()) for g in gradients))
        assert figures["grad_norm"][step] == pytest.approx(total, rel=1e-6)
        of_first = math.sqrt(sum(float(g.square().sum()) for g in gradients[:2]))
        assert figures["grad_norm/first"][step] == pytest.approx(of_first, rel=1e-6)
        moved = (model.first.weight.detach().double() - before["first.weight"]).norm() / before["first.weight"].norm()
        assert figures["update_ratio/first.weight"][step] == pytest.approx(float(moved), rel=1e-4)
        act = outputs["act"]
        assert figures["activation_mean/act"][step] == pytest.approx(float(act.mean()), rel=1e-5)
        assert figures["activation_std/act"][step] == pytest.approx(float(act.std(correction=0)), rel=1e-5)
        assert figures["activation_zeros/act"][step] == pytest.approx(float((act == 0).double().mean()), abs=1e-6)
        assert figures["lr"][step] == 0.1


def test_sampling_changes_no_loss(target: str) -> None:
    plain = losses(served(Open(1, target), Run(40)))
    watched = losses(served(Open(1, target), SetFigures(ALL, every=1), Run(40)))
    assert plain == watched


def test_what_is_sampled_is_in_no_graph(target: str) -> None:
    one = [Run(step) for step in range(1, 8)]  # each is captured
    plain = [e.signature for e in served(Open(1, target), *one) if isinstance(e, GraphChanged)]
    events = served(Open(1, target), SetFigures(ALL, every=1), SetMeasures(("activation_mean",), 1e9), *one)
    assert [e.signature for e in events if isinstance(e, GraphChanged)] == plain
    assert sorted(sampled(events)["activation_mean/act"]) == [1, 2, 3, 4, 5, 6]


def test_nothing_is_sampled_or_hooked_unless_asked_for(target: str) -> None:
    assert not sampled(served(Open(1, target), Run(30)))
    assert not torch.nn.modules.module._global_forward_hooks
    events = served(Open(1, target), SetFigures(ALL), SetFigures(()), Run(30))
    assert not sampled(events)


def test_hooks_are_gone_after_an_iteration_that_raised(tmp_path: Path) -> None:
    code = CODE.replace("        return self.rest", "        self.n = getattr(self, 'n', 0) + 1\n"
                        "        if self.n > 5: raise ValueError('five')\n        return self.rest")  # fmt: skip
    (tmp_path / "raises.py").write_text(code)
    served(Open(1, f"{tmp_path / 'raises.py'}:build"), SetFigures(ALL, every=1), Run(30))
    assert not torch.nn.modules.module._global_forward_hooks


def test_left_to_itself_it_samples_as_seldom_as_its_share_of_the_time_asks_for(target: str) -> None:
    events = [e for e in served(Open(1, target), SetFigures(ALL), Run(2000)) if isinstance(e, FiguresSampled)]
    last = events[-1]
    assert last.every >= FIRST  # these iterations take less time than a sample
    assert last.share / last.every <= 0.04
    steps = [step for e in events for step in np.frombuffer(e.steps, "<i8").tolist()]
    assert steps == sorted(set(steps))


def test_iterations_that_run_again_are_not_sampled_again(target: str) -> None:
    events = served(Open(1, target), SetFigures(("grad_norm",), every=1), Run(20), BackTo(5, branch=2), Run(30))
    steps = [s for e in events if isinstance(e, FiguresSampled) for s in np.frombuffer(e.steps, "<i8").tolist()]
    assert len(steps) == len(set(steps))
    assert max(steps) == 29


SCRIPT = """
import torch
from torch import nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
x, y = torch.randn(16, 4), torch.randn(16, 2)
for i in range(12):
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1e9)
    gradviz.log({"norm": norm})
    optimizer.step()
"""


def test_a_script_is_sampled_before_its_optimizer_steps(tmp_path: Path) -> None:
    (tmp_path / "trains.py").write_text("import gradviz\n" + SCRIPT)
    events = served(SetFigures(ALL, every=3), Open(1, str(tmp_path / "trains.py")), Run())
    figures = sampled(events)
    logged = {}
    for event in events:
        if isinstance(event, MetricsLogged):
            steps, values = np.frombuffer(event.steps, "<i8"), np.frombuffer(event.values, "<f8")
            logged |= dict(zip(steps.tolist(), values.tolist(), strict=True))
    assert sorted(figures["grad_norm"]) == [0, 3, 6, 9]
    assert figures["grad_norm"] == pytest.approx({step: logged[step] for step in (0, 3, 6, 9)}, rel=1e-5)
    assert set(figures["lr"].values()) == {0.01}
    assert all(0 < ratio < 1 for ratio in figures["update_ratio/0.weight"].values())
    assert all(0 < share < 1 for share in figures["activation_zeros/1"].values())
    assert not torch.nn.modules.module._global_forward_hooks


@pytest.mark.parametrize("target", ["numpy", "tensors"])
def test_a_network_by_hand_has_norms_and_ratios_of_its_parameters(target: str) -> None:
    figures = sampled(served(Open(1, target), SetFigures(ALL, every=1), Run(5)))
    assert math.isfinite(figures["grad_norm"][3]) and figures["grad_norm"][3] > 0
    assert any(name.startswith("update_ratio/") and 0 < values[3] < 1 for name, values in figures.items())


def test_norms_of_modules_are_the_root_of_the_sum_of_squares_and_keep_what_is_not_finite() -> None:
    norms = {"a.w": 3.0, "a.b": 4.0, "b.c.w": 12.0}
    assert grouped("g", norms) == {"g": 13.0, "g/a": 5.0, "g/a.w": 3.0, "g/a.b": 4.0, "g/b": 12.0, "g/b.c": 12.0,
                                   "g/b.c.w": 12.0}  # fmt: skip
    huge = grouped("g", {"a": 3e200, "b": 4e200})
    assert huge["g"] == pytest.approx(5e200)
    assert math.isnan(grouped("g", {"a.w": math.nan, "b.w": 1.0})["g/a"])
    assert grouped("g", {"a.w": math.inf, "b.w": 1.0})["g"] == math.inf
    assert grouped("g", {"a.w": math.nan, "b.w": 1.0})["g/b"] == 1.0
