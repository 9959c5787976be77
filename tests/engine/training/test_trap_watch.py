"""Traps: an iteration that meets one runs again, and stops at what meets it first; all others run freely."""

from __future__ import annotations

import math
import textwrap
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.commands import Command, Open, Run, SetBreakpoints, SetBudget, StepIn
from gradviz.protocol.events import HitsCounted, LossBatch, StateChanged, Stopped, Unchecked
from gradviz.protocol.records import BreakpointRecord
from tests.engine.loading.test_examples import NEEDS, SMALLER
from tests.helpers.engine_thread import EngineThread

EXAMPLES = Path(__file__).parents[3] / "resources" / "examples"
NONFINITE = BreakpointRecord(1, "nonfinite")
ALL = (
    NONFINITE,
    BreakpointRecord(2, "spike", number=1e9, other=5),
    BreakpointRecord(3, "spike", text="gradient", number=1e9, other=5),
    BreakpointRecord(4, "spike", text="update", number=1e9, other=5),
    BreakpointRecord(5, "norm_above", number=1e30, within="*"),
    BreakpointRecord(6, "update_ratio_above", number=1e9),
    BreakpointRecord(7, "not_falling", number=1000),
)
"""One of each kind that can be checked freely, none of which is met."""
ALWAYS = (
    BreakpointRecord(1, "spike", number=0.0, other=1),
    BreakpointRecord(1, "norm_above", number=0.0, within="*"),
    BreakpointRecord(1, "update_ratio_above", number=0.0),
)

HEAD = """
    import math
    import torch
    from torch import nn
    from gradviz import Experiment


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.line = nn.Linear(3, 3)
            self.steps = 0

        def forward(self, x):
            self.steps += 1
            return self.act(self.line(torch.dropout(x, 0.5, True)))

        def act(self, h):
            BODY


    def build():
        return Experiment(Net(), torch.ones(4, 3), loss=lambda h: h.square().mean(), optimizer=("SGD", {"lr": 1e-3}))
"""


@pytest.fixture
def engine() -> Iterator[EngineThread]:
    with EngineThread() as thread:
        yield thread


def network(folder: Path, body: str, head: str = HEAD) -> str:
    file = folder / "net.py"
    lines = body.strip().splitlines()
    file.write_text(textwrap.dedent(head).replace("BODY", "\n        ".join(lines)))
    return f"{file}:build"


def trap(engine: EngineThread, target: str, *records: BreakpointRecord, until: int = 20) -> Stopped | StateChanged:
    engine.open(target)
    engine.tell(SetBreakpoints(records))
    return go(engine, Run(until))


def go(engine: EngineThread, command: Command) -> Stopped | StateChanged:
    engine.tell(command)
    while True:
        event = engine.next()
        ended = isinstance(event, StateChanged) and event.state in ("finished", "failed", "paused")
        if isinstance(event, Stopped) or ended:
            return event


def losses(engine: EngineThread) -> bytes:
    return b"".join(event.losses for event in engine.all(LossBatch))


def to_the_end(engine: EngineThread, target: str, *records: BreakpointRecord, until: int) -> tuple[str, bytes]:
    """Run on from each stop; return how the run ended, and its losses."""
    engine.open(target, hyperparameters=SMALLER.get(Path(target).stem, {}))
    engine.tell(SetBreakpoints(records))
    end = go(engine, Run(until))
    while isinstance(end, Stopped):
        end = go(engine, Run(until))
    return end.state, losses(engine)


def plain(target: str, until: int) -> tuple[str, bytes]:
    with EngineThread() as engine:
        return to_the_end(engine, target, until=until)


@pytest.mark.filterwarnings("ignore")  # of third-party packages
@pytest.mark.parametrize(
    "target", [*(n.id for n in NETWORKS), *(str(path.relative_to(EXAMPLES)) for path in sorted(EXAMPLES.rglob("*.py")))]
)
def test_losses_with_traps_are_those_without_bit_for_bit(engine: EngineThread, target: str) -> None:
    for package in NEEDS.get(Path(target).stem, ()):
        pytest.importorskip(package)
    target = str(EXAMPLES / target) if target.endswith(".py") else target
    assert to_the_end(engine, target, *ALL, until=4) == plain(target, 4)


@pytest.mark.parametrize("record", ALWAYS, ids=lambda record: record.kind)
@pytest.mark.parametrize("target", ["dynamic", "optim", "numpy"])
def test_losses_are_the_same_where_every_iteration_stops(
    engine: EngineThread, target: str, record: BreakpointRecord
) -> None:
    assert to_the_end(engine, target, record, until=5) == plain(target, 5)
    assert engine.all(Stopped)


def test_nan_of_the_example_stops_two_nodes_before_it_appears(engine: EngineThread) -> None:
    stop = trap(engine, f"{EXAMPLES / 'nan_in_backward.py'}:build", NONFINITE)
    assert isinstance(stop, Stopped)
    assert (stop.step, stop.reason, stop.breakpoint, stop.after) == (0, "breakpoint", 1, True)
    assert (stop.point.phase, stop.point.grad_fn) == ("backward", "SqrtBackward0")
    assert stop.message == "7 Inf in gradient of sum led to this: 64 NaN in the gradient of first.weight"
    assert engine.all(HitsCounted)[-1].hits == ((1, 1),)


def test_a_nan_that_is_there_at_ready_is_met_in_iteration_0(engine: EngineThread, tmp_path: Path) -> None:
    stop = trap(engine, network(tmp_path, "return (h - 1e6).log()"), NONFINITE)
    assert isinstance(stop, Stopped)
    assert (stop.step, stop.point.phase, stop.point.op) == (0, "forward", "torch.Tensor.log")
    assert stop.message == "12 NaN in output led to this: the loss is NaN"


def test_nan_anywhere_is_met_in_iteration_0_too_where_it_is_set_behind_its_forward(
    engine: EngineThread, tmp_path: Path
) -> None:
    target = network(tmp_path, "return (h - 1e6).log()")
    stop = trap(engine, target, BreakpointRecord(1, "nan"), until=2)
    assert isinstance(stop, Stopped)
    assert (stop.step, stop.point.phase, stop.point.op) == (0, "forward", "torch.Tensor.log")
    while isinstance(stop, Stopped):
        stop = go(engine, Run(2))
    assert stop.state == "finished"


def test_infinities_that_a_mask_makes_on_purpose_are_passed(engine: EngineThread, tmp_path: Path) -> None:
    body = """
        weights = h.masked_fill(torch.eye(4, 3) == 1, -math.inf).softmax(-1)
        return weights.sub(1).log() if self.steps > 3 else weights
    """
    stop = trap(engine, network(tmp_path, textwrap.dedent(body)), NONFINITE)
    assert isinstance(stop, Stopped)
    assert (stop.step, stop.point.op) == (3, "torch.Tensor.log")


@pytest.mark.parametrize(
    "masked", ["h.masked_fill(mask, -math.inf)", "h + torch.zeros(4, 3).masked_fill(mask, -math.inf)"]
)
@pytest.mark.parametrize("steps", [0, 3])
def test_a_row_that_is_masked_as_a_whole_stops_at_its_softmax(
    engine: EngineThread, tmp_path: Path, masked: str, steps: int
) -> None:
    body = f"""
        mask = torch.eye(4, 3) == 1
        mask[2] = self.steps >= {steps}
        return ({masked}).softmax(-1)
    """
    stop = trap(engine, network(tmp_path, textwrap.dedent(body)), NONFINITE)
    assert isinstance(stop, Stopped)
    assert stop.point.op == "torch.Tensor.softmax"
    assert stop.message.startswith("3 NaN in output led to this")


def test_weights_that_came_in_broken_are_named_before_the_first_op(engine: EngineThread, tmp_path: Path) -> None:
    head = HEAD.replace("1e-3", "1e38")
    stop = trap(engine, network(tmp_path, "return h", head), NONFINITE)
    assert isinstance(stop, Stopped)
    assert (stop.step > 0, stop.point.index, stop.after) == (True, 0, False) or "loss is Inf" in stop.message


def test_an_update_that_breaks_weights_is_undone_and_stopped_at(engine: EngineThread, tmp_path: Path) -> None:
    head = HEAD.replace("1e-3", "1e38")
    stop = trap(engine, network(tmp_path, "return h * 1000", head), BreakpointRecord(1, "nonfinite", phase="update"))
    assert isinstance(stop, Stopped)
    assert (stop.step, stop.point.phase, stop.after) == (0, "update", True)
    assert stop.message.startswith("the update made")


@pytest.mark.parametrize("of", ["", "gradient", "update"])
def test_a_spike_stops_before_the_iteration_with_the_state_that_it_began_with(
    engine: EngineThread, tmp_path: Path, of: str
) -> None:
    head = HEAD.replace("1e-3", "1e-6")
    target = network(tmp_path, "return h * (100 if self.steps == 13 else 1)", head)
    stop = trap(engine, target, BreakpointRecord(1, "spike", text=of, number=10, other=5))
    assert isinstance(stop, Stopped)
    assert (stop.step, stop.point.index, stop.point.phase, stop.after) == (12, 0, "forward", False)
    assert "times the median of the 5 iterations before" in stop.message
    assert isinstance(go(engine, Run(20)), StateChanged)
    assert losses(engine) == plain(target, 20)[1]


def test_the_norm_of_a_module_is_that_of_its_parameters_together(engine: EngineThread) -> None:
    stop = trap(engine, "attention", BreakpointRecord(1, "norm_below", number=1e9, within="block.mlp"), until=3)
    if isinstance(stop, StateChanged):
        pytest.skip("attention has no block.mlp")
    assert stop.point.phase == "backward" and "block.mlp" in stop.message


def test_a_weight_that_does_not_change_is_named(engine: EngineThread, tmp_path: Path) -> None:
    stop = trap(engine, network(tmp_path, "return h - self.line.bias"), BreakpointRecord(1, "unchanged"))
    assert isinstance(stop, Stopped)
    assert (stop.step, stop.point.phase) == (0, "update")
    assert stop.message == "the update did not change line.bias"


@pytest.mark.parametrize(
    ("change", "within", "message"),
    [
        ("return h + self.more(h).detach()", "",
         "the update did not change more.weight and 1 more: more.weight has no gradient, Reach shows why"),
        ("self.more.requires_grad_(False); return h + self.more(h)", "", ""),
        ("self.more.requires_grad_(False); return h + self.more(h)", "more.bias",
         "the update did not change more.bias: more.bias is frozen, it requires no gradient"),
    ],
)  # fmt: skip
def test_why_a_weight_does_not_change_is_said_and_one_that_is_frozen_is_meant_by_name_alone(
    engine: EngineThread, tmp_path: Path, change: str, within: str, message: str
) -> None:
    head = HEAD.replace("self.steps = 0", "self.steps = 0\n            self.more = nn.Linear(3, 3)")
    stop = trap(engine, network(tmp_path, change, head), BreakpointRecord(1, "unchanged", within=within))
    assert (stop.message if isinstance(stop, Stopped) else "") == message
    assert not isinstance(stop, Stopped) or stop.reason == "breakpoint"


def test_a_frozen_weight_has_no_step_that_is_too_small(engine: EngineThread, tmp_path: Path) -> None:
    head = HEAD.replace("self.steps = 0", "self.steps = 0\n            self.more = nn.Linear(3, 3)")
    target = network(tmp_path, "self.more.requires_grad_(False); return h + self.more(h)", head)
    assert isinstance(trap(engine, target, BreakpointRecord(1, "update_ratio_below", number=1e-12)), StateChanged)


def test_the_way_to_a_trap_has_no_stop_of_its_own_where_the_user_stepped_before(
    engine: EngineThread, tmp_path: Path
) -> None:
    head = HEAD.replace("self.steps = 0", "self.steps = 0\n            self.more = nn.Linear(3, 3)")
    engine.tell(Open(1, network(tmp_path, "return h + self.more(h).detach()", head), stop_first=True))
    engine.until(Stopped)
    engine.tell(SetBreakpoints((BreakpointRecord(1, "unchanged"),)))
    stop = go(engine, Run(20))
    assert isinstance(stop, Stopped) and (stop.step, stop.reason, stop.breakpoint) == (0, "breakpoint", 1)


def test_a_loss_that_does_not_fall_stops_after_so_many_iterations(engine: EngineThread, tmp_path: Path) -> None:
    target = network(tmp_path, "return h * min(self.steps, 3) * 0 + self.steps")
    stop = trap(engine, target, BreakpointRecord(1, "not_falling", number=4))
    assert isinstance(stop, Stopped)
    assert (stop.step, stop.message) == (4, "the loss has had no lower value for 4 iterations")


def test_a_model_with_a_state_of_its_own_says_so_once_and_passes_the_gate(engine: EngineThread, tmp_path: Path) -> None:
    body = """
        COUNT[0] += 1
        return h * COUNT[0] * (math.nan if COUNT[0] > 4 else 1)
    """
    target = network(tmp_path, textwrap.dedent(body), HEAD.replace("class Net", "COUNT = [0]\n\n\n    class Net", 1))
    stop = trap(engine, target, BreakpointRecord(1, "norm_above", number=0.0, within="*"))
    said = [event.message for event in engine.all(Unchecked)]
    assert len(said) == 1 and "cannot be run again exactly: its forward gave the loss" in said[0]
    assert isinstance(stop, Stopped) and stop.after
    stop = go(engine, Run(20))
    assert isinstance(stop, Stopped) and stop.step == 1 and stop.point.phase == "backward"
    assert len(engine.all(Unchecked)) == 1


def test_updates_are_not_watched_over_the_byte_budget_which_is_said(engine: EngineThread) -> None:
    engine.tell(SetBudget(100))
    end = trap(engine, "optim", BreakpointRecord(1, "unchanged"), until=3)
    assert isinstance(end, StateChanged)
    (said,) = engine.all(Unchecked)
    assert said.message.startswith("Updates are not watched: copies of the weights")


def test_what_is_kept_to_run_an_iteration_again_is_said_and_let_go_of_with_its_trap(engine: EngineThread) -> None:
    trap(engine, "optim", BreakpointRecord(1, "unchanged"), until=3)
    held = [event.held for event in engine.all(HitsCounted)]
    assert held == sorted(held) and held[-1] > 100_000
    engine.tell(SetBreakpoints(()))
    go(engine, Run(5))
    engine.tell(SetBreakpoints((BreakpointRecord(2, "not_falling", number=1000),)))
    go(engine, Run(8))
    assert engine.all(HitsCounted)[-1].held < held[-1]


def test_stepping_goes_on_from_where_a_trap_stopped(engine: EngineThread) -> None:
    stop = trap(engine, f"{EXAMPLES / 'nan_in_backward.py'}:build", NONFINITE)
    assert isinstance(stop, Stopped)
    engine.tell(StepIn())
    following = engine.until(Stopped)
    assert following.point.index == stop.point.index + 1
    assert math.isnan(array("d", losses(engine))[-1]) if losses(engine) else True
