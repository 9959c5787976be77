"""Traps over JSON lines: fields of each kind, and a script that runs again to the trap that it met."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.model.stepping.breakpoint_kinds import KINDS
from tests.helpers.json_thread import JsonThread

EXAMPLE = Path(__file__).parents[2] / "resources" / "examples" / "nan_in_backward.py"
SPECS = [
    {"kind": "nonfinite", "phase": "backward", "within": "last"},
    {"kind": "spike", "value": 10, "iterations": 50},
    {"kind": "spike", "of": "update", "value": 10, "iterations": 50},
    {"kind": "norm_above", "value": 10, "within": "*"},
    {"kind": "update_ratio_above", "value": 0.1},
    {"kind": "update_ratio_below", "value": 1e-9, "within": "first.weight"},
    {"kind": "unchanged"},
    {"kind": "changed", "within": "first"},
    {"kind": "loss_above", "value": 2.5},
    {"kind": "loss_below", "value": -1},
    {"kind": "zeros_above", "value": 0.9},
    {"kind": "dead_above", "value": 0.5},
    {"kind": "value_outside", "low": -5, "high": 5},
    {"kind": "not_falling", "iterations": 100},
    {"kind": "step_skipped"},
]


def test_every_trap_is_set_by_its_fields_and_lacking_ones_are_named() -> None:
    with JsonThread(f"{EXAMPLE}:build") as debugger:
        set_ = debugger.ask("set_breakpoints", breakpoints=SPECS)
        assert [each["kind"] for each in set_["breakpoints"]] == [spec["kind"] for spec in SPECS]
        refused = debugger.ask("set_breakpoints", breakpoints=[{"kind": "spike", "value": 10}])
        assert refused["message"] == "A breakpoint of kind 'spike' needs \"iterations\"."
        stop = debugger.ask("set_breakpoints", breakpoints=[{"kind": "nonfinite"}]) and debugger.ask("continue")
        assert (stop["step"], stop["grad_fn"], stop["after"]) == (0, "SqrtBackward0", True)
        assert stop["held"] > 0
        mistyped = debugger.ask("set_breakpoints", breakpoints=[{"kind": "unchanged", "within": "nowhere"}])
        assert mistyped["breakpoints"][0]["note"] == "No module and no parameter is called nowhere."
        refused = debugger.ask("run_again")
        assert "No script is paused behind a trap" in refused["message"]


def test_the_specs_above_name_every_trap() -> None:
    assert {kind.word for kind in KINDS.values() if kind.family == "iteration"} <= {spec["kind"] for spec in SPECS}


def test_a_script_runs_again_to_its_trap(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import torch\n"
        "model = torch.nn.Linear(3, 2)\n"
        "optimizer = torch.optim.SGD(model.parameters(), 1e-3)\n"
        "for step in range(9):\n"
        "    out = model(torch.randn(4, 3))\n"
        "    loss = (out - 1e3 * (step == 5)).sqrt().mean() if step == 5 else out.square().mean()\n"
        "    optimizer.zero_grad()\n"
        "    loss.backward()\n"
        "    optimizer.step()\n"
    )
    with JsonThread(str(script)) as debugger:
        debugger.ask("set_breakpoints", breakpoints=[{"kind": "nonfinite"}])
        assert debugger.ask("continue")["event"] == "stopped"
        (trapped,) = debugger.all("trapped")
        assert (trapped["step"], trapped["breakpoint"], trapped["message"]) == (5, 1, "the loss is NaN")
        first = [event["loss"] for event in debugger.all("loss")]
        stop = debugger.ask("run_again")
        assert (stop["step"], stop["op"], stop["line"]) == (5, "torch.Tensor.sqrt", 6)
        assert [event["loss"] for event in debugger.all("loss")][len(first) :] == pytest.approx(first[:5], abs=0)


def test_the_first_iteration_that_met_a_condition_is_asked_for() -> None:
    with JsonThread("optim", 30) as debugger:
        debugger.ask("continue")
        stop = debugger.ask("when", condition={"kind": "norm_below", "value": 1e9, "within": "*"}, since=12)
        assert (stop["event"], stop["step"], stop["phase"], stop["breakpoint"]) == ("stopped", 12, "backward", None)
        (found,) = debugger.all("first")
        assert (found["step"], found["since"], found["interrupted"]) == (12, 12, False)
        assert found["text"].startswith(
            "First in iteration 12, from 12 on: the gradient of all parameters has the norm "
        )
        refused = debugger.ask("when", condition={"kind": "loss_above"})
        assert refused["message"] == "A breakpoint of kind 'loss_above' needs \"value\"."
