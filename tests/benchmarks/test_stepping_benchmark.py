"""What an iteration costs at the gate, over the same iteration running freely: breakpoints, break on NaN, stepping."""

from __future__ import annotations

import pytest
import torch

from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import Gate, Stop
from gradviz.engine.gate.step_request import FREE, StepRequest
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.engine.training.runner import Runner
from gradviz.protocol.records import BreakpointRecord, PlaceRecord
from gradviz.targets.target_spec import read_target
from tests.benchmarks.ratios import ratio

ITERATIONS = 50
NOWHERE = PlaceRecord(type_name="NoSuchBackward0")
IN = StepRequest("in")
KINDS = {
    "nothing": (FREE, None),
    "a breakpoint on a node": (FREE, BreakpointRecord(1, "node", place=NOWHERE)),
    "break on NaN": (FREE, BreakpointRecord(1, "nan")),
    "every step, with summaries": (IN, None),
}


@pytest.mark.parametrize("network", ["autograd", "dynamic", "attention"])
def test_iterations_at_the_gate(network: str) -> None:
    torch.set_num_threads(1)
    plain = Runner(TargetSetup(read_target(network)))
    plain.hold()

    def free() -> None:
        for _ in range(ITERATIONS):
            plain.iterate()

    for title, (request, record) in KINDS.items():
        breakpoints = BreakpointSet(() if record is None else (record,))
        runner = Runner(TargetSetup(read_target(network)))
        runner.hold()
        cache = ValueCache()

        def stand(stop: Stop, runner: Runner = runner) -> StepRequest:
            assert runner.gate is not None
            runner.gate.history.records()
            return IN

        def gated(
            runner=runner, request=request, breakpoints=breakpoints, cache=cache, stand=stand, title=title
        ) -> None:
            for _ in range(ITERATIONS):
                if title != "nothing" and not runner.holds_forward:
                    cache.clear()
                    runner.open_gate(Gate(runner.step, request, breakpoints, cache, stand, lambda: None))
                runner.iterate()

        ratio(f"{network}: {title}, over free running", gated, free, rounds=5)
