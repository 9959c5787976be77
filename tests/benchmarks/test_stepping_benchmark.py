"""What an iteration costs at the gate, over the same iteration running freely: breakpoints, break on NaN, stepping."""

from __future__ import annotations

from pathlib import Path

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
from tests.benchmarks.ratios import ratio, seconds, told
from tests.helpers.json_thread import JsonThread

ITERATIONS = 50
NOWHERE = PlaceRecord(type_name="NoSuchBackward0")
IN = StepRequest("in")
KINDS = {
    "nothing": (FREE, None),
    "a breakpoint on a node": (FREE, BreakpointRecord(1, "node", place=NOWHERE)),
    "a breakpoint on an op": (FREE, BreakpointRecord(1, "op", text="no_such_op")),
    "a breakpoint on a module": (FREE, BreakpointRecord(1, "module", text="no.such.module")),
    "a breakpoint on a line": (FREE, BreakpointRecord(1, "line", file="no_such.py", line=1)),
    "break on NaN": (FREE, BreakpointRecord(1, "nan")),
    "every step, with summaries": (IN, None),
}


@pytest.mark.parametrize("network", ["autograd", "dynamic", "optim", "attention"])
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


CHAIN = """
import torch, gradviz

def model(x):
    for _ in range(1000):
        x = torch.tanh(x * 1.001)
    return x

def build():
    return gradviz.Experiment(model, torch.randn(4, requires_grad=True))
"""


def test_a_late_stop_in_a_first_forward_over_an_early_one(tmp_path: Path) -> None:
    (tmp_path / "chain.py").write_text(CHAIN)
    with JsonThread(str(tmp_path / "chain.py")) as debugger:

        def step() -> None:
            debugger.seen.clear()
            assert debugger.ask("step_in")["phase"] == "forward"

        stops = [seconds(step) for _ in range(1990)]
    told("a stop after 1,840 ops, over one after 10", list(zip(stops[-150:], stops[10:160], strict=True)))
    print(f"{len(stops) / sum(stops):,.0f} steps a second")
