"""What measuring costs: a measured iteration over the plain one, kind by kind, and with everything measured."""

from __future__ import annotations

import pytest
import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.measure_scheduler import MeasureScheduler
from gradviz.engine.training.runner import Runner
from gradviz.model.overlay.overlay_table import MEASURED
from gradviz.protocol.commands import SetMeasures
from gradviz.protocol.records import MeasureKind
from gradviz.targets.target_spec import read_target
from tests.benchmarks.ratios import ratio

ITERATIONS = 30
KINDS: tuple[MeasureKind, ...] = tuple(MEASURED)


@pytest.mark.parametrize("network", ["dynamic", "attention"])
def test_a_measured_iteration(network: str) -> None:
    torch.set_num_threads(1)
    plain = Runner(TargetSetup(read_target(network)))
    plain.hold()

    def free() -> None:
        for _ in range(ITERATIONS):
            plain.iterate()

    for kinds in ((), *((kind,) for kind in KINDS), KINDS):
        runner = Runner(TargetSetup(read_target(network)))
        runner.hold()
        measuring = MeasureScheduler(lambda event: None)
        measuring.set(SetMeasures(kinds, rate=1e9), 1, None, "")

        def measured(runner: Runner = runner, measuring: MeasureScheduler = measuring) -> None:
            for _ in range(ITERATIONS):
                measuring._next = 0.0
                measuring.attend(runner, watched=False)
                runner.iterate(captured=True)
                measuring.over(1, runner)

        title = {0: "captured alone", len(KINDS): "everything measured"}.get(len(kinds), kinds[0] if kinds else "")
        ratio(f"{network}: {title}, over free running", measured, free, rounds=5)
