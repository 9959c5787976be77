"""What a trap costs in a free run, beside what torch's anomaly mode costs in the same loop."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest
import torch
from torch import nn

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.stepping.step_controller import StepController
from gradviz.engine.training.runner import Runner
from gradviz.engine.training.trap_watch import TrapWatch
from gradviz.experiment import Experiment
from gradviz.protocol.events import HitsCounted
from gradviz.protocol.records import BreakpointRecord
from gradviz.targets.target_spec import read_target
from tests.benchmarks.large_models import Block
from tests.benchmarks.ratios import ratio

NONFINITE = BreakpointRecord(1, "nonfinite")
SPIKE = BreakpointRecord(1, "spike", "loss", number=10, other=50)
NORM = BreakpointRecord(1, "norm_above", number=1e30, within="*")
UNCHANGED = BreakpointRecord(1, "update_ratio_above", number=1e30)
NETWORKS = ("autograd", "optim", "attention", "decoder")
"""For a trap on NaN or Inf 1.10, 1.10, 1.05 and 1.02 are wanted, on a machine that does nothing else."""


def decoder() -> Experiment:
    torch.manual_seed(0)
    model = nn.Sequential(*(Block(64) for _ in range(48)))
    return Experiment(model, torch.randn(4, 32, 64), optimizer=("SGD", {"lr": 1e-4}))


class NoServer:
    """A server for a controller that never stops."""

    run = 1

    def post(self, event: object) -> None:
        assert isinstance(event, HitsCounted)  # which says what is kept

    def current_run(self) -> Runner:
        raise AssertionError


def loop(network: str, record: BreakpointRecord | None, iterations: int) -> Callable[[], None]:
    runner = Runner(
        TargetSetup(read_target("tests.benchmarks.test_traps_benchmark:decoder" if network == "decoder" else network))
    )
    runner.iterate()
    stepping = StepController(NoServer())  # type: ignore[arg-type]
    stepping.traps.set([record] if record is not None else [])
    traps = TrapWatch(stepping, lambda runner: None)

    def run() -> None:
        for _ in range(iterations):
            if record is None:
                float(runner.iterate())
                continue
            traps.attend(runner, free=True)
            runner.differentiate()
            assert not traps.check_gradients(runner)
            traps.before_update(runner)
            runner.update()
            assert not traps.check_update(runner)
            float(runner.finish())

    return run


@pytest.mark.timeout(600)
@pytest.mark.parametrize("network", NETWORKS)
def test_what_traps_cost(network: str) -> None:
    torch.set_num_threads(1)
    iterations = 2 if network == "decoder" else 100
    plain = loop(network, None, iterations)
    for title, record in (("NaN or Inf", NONFINITE), ("spike", SPIKE), ("norm", NORM), ("update", UNCHANGED)):
        ratio(
            f"{network}: a trap on {title}, over free",
            loop(network, record, iterations),
            plain,
            rounds=9,
            clock=process_time,
        )

    def anomaly() -> None:
        with torch.autograd.set_detect_anomaly(True):
            plain()

    ratio(f"{network}: torch's anomaly mode, over free", anomaly, plain, rounds=3, clock=process_time)
