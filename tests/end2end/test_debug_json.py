"""`gradviz debug --json` reports the truth, bit for bit, and survives what scripts get wrong."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.autograd.graph import GradientEdge

from gradviz.cli.main import main
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.networks.catalogue import NETWORKS
from gradviz.targets.target_spec import read_target
from tests.helpers.json_debugger import Event, JsonDebugger, talk

STOPPED = {
    "event", "reason", "step", "phase", "node", "op", "grad_fn", "module", "use", "file", "line", "parameter", "after",
    "breakpoint", "message", "position", "points", "held",
}  # fmt: skip


def losses_of_run(target: str, steps: int, capsys: pytest.CaptureFixture[str]) -> list[Event]:
    assert main(["run", target, "--steps", str(steps), "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def own_model(folder: Path, body: str, name: str = "own.py") -> str:
    (folder / name).write_text(body)
    return str(folder / name)


def test_files_in_the_current_folder_do_not_run_in_place_of_what_torch_imports(tmp_path: Path) -> None:
    for name in ("cuda", "profile"):
        (tmp_path / f"{name}.py").write_text("open('it-ran', 'w').close()\n")
    with JsonDebugger("autograd", cwd=str(tmp_path)) as debugger:
        assert debugger.until("stopped", "failed")["event"] == "stopped"
    assert not (tmp_path / "it-ran").exists()


def test_a_conversation_reads_as_it_is_documented() -> None:
    events = talk(
        "autograd",
        [
            '{"command": "step_in", "id": 1}',
            '{"command": "tensor", "node": 0, "what": "output", "slice": "0, 0:2", "values": true, "id": "t"}',
            '{"command": "next_phase", "id": 2}',
            '{"command": "graph", "id": 3}',
            '{"command": "continue", "id": 4}',
        ],
        "--steps=2",
    )
    assert [event["event"] for event in events] == [
        "ready", "opened", "stopped", "stopped", "tensor", "stopped", "graph", "loss", "loss", "stopped", "exited",
    ]  # fmt: skip
    assert [event.get("id") for event in events] == [None, None, None, 1, "t", 2, 3, None, None, 4, None]
    ready, opened, first, second, tensor, backward, graph, *_, finished, exited = events
    assert ready["protocol"] == 1
    assert set(ready) == {"event", "protocol", "gradviz", "torch", "python", "devices"}
    assert opened["parameters"][0] == {
        "names": ["w1"],
        "shape": [1000, 100],
        "dtype": "float32",
        "requires_grad": True,
    }
    assert set(first) == STOPPED
    assert (first["reason"], first["step"], first["phase"], first["op"]) == ("step", 0, "forward", "torch.Tensor.mm")
    assert (second["op"], Path(second["file"]).name, second["position"]) == ("torch.Tensor.clamp", "autograd.py", 2)
    assert (tensor["shape"], tensor["dtype"], tensor["values_shape"]) == ([64, 100], "float32", [2])
    assert set(tensor["statistics"]) == {"min", "max", "mean", "std", "norm", "zeros", "nans", "infs", "count"}
    assert (backward["phase"], backward["reason"], backward["grad_fn"]) == ("backward", "phase", "SumBackward0")
    assert backward["node"] in {node["id"] for node in graph["nodes"]}
    assert {"signature", "kind", "nodes", "edges", "clusters"} <= set(graph)
    assert (finished["reason"], finished["step"], finished["phase"]) == ("finished", 2, None)
    assert exited == {"event": "exited", "code": 0}


@pytest.mark.parametrize("target", [entry.id for entry in NETWORKS])
def test_three_stepped_iterations_have_the_losses_of_a_plain_run(
    target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with JsonDebugger(target) as debugger:
        stop = debugger.until("stopped")
        visited = 0
        while stop["step"] < 3:
            stop = debugger.ask("step_in")
            visited += 1
        assert debugger.all("loss") == [{"event": "loss", **loss} for loss in losses_of_run(target, 3, capsys)]
        assert visited > 20


@pytest.mark.parametrize("target", ["autograd", "dynamic", "attention"])
def test_the_gradient_at_each_stop_is_what_autograd_gives(target: str, tmp_path: Path) -> None:
    runner = Runner(TargetSetup(read_target(target)))
    runner.hold()
    assert runner.graph is not None
    nodes = {**runner.graph.live, **runner.graph.leaves}
    edges = [GradientEdge(node, 0) for node in runner.graph.live.values()]
    leaves = [node.variable for node in runner.graph.leaves.values()]
    found = torch.autograd.grad(runner.held_loss, [*edges, *leaves], allow_unused=True)
    expected = dict(zip([*runner.graph.live, *runner.graph.leaves], found, strict=True))
    with JsonDebugger(target) as debugger:
        debugger.until("stopped")
        stop = debugger.ask("next_phase")
        seen = set()
        while stop["phase"] == "backward":
            path = tmp_path / f"{stop['node']}.npy"
            gradient = expected[stop["node"]]
            answer = debugger.ask("save", what="grad_output", path=str(path))
            if gradient is None:
                assert answer["event"] == "failed"
            else:
                assert np.array_equal(np.load(path), gradient.numpy())
            seen.add(stop["node"])
            stop = debugger.ask("step_in")
        assert seen == set(nodes)


def test_a_nan_made_in_backward_is_stopped_at_its_first_node(tmp_path: Path) -> None:
    target = own_model(
        tmp_path,
        "import torch\n"
        "def build():\n"
        "    model = torch.nn.Linear(4, 3)\n"
        "    def loss(output):\n"
        "        return (output * 0).sqrt().sum()\n"
        "    return model, torch.ones(2, 4), loss\n",
    )
    with JsonDebugger(target) as debugger:
        debugger.until("stopped")
        assert debugger.ask("set_breakpoints", breakpoints=[{"kind": "nan"}])["breakpoints"][0]["kind"] == "nan"
        stop = debugger.ask("continue")
        # The slope of a root at 0 is infinite, and 0 times that is the first NaN.
        assert (stop["reason"], stop["phase"], stop["grad_fn"]) == ("breakpoint", "backward", "MulBackward0")
        assert (stop["after"], stop["breakpoint"], stop["line"]) == (True, 1, 5)
        tensor = debugger.ask("tensor", what="grad_input", values=True)
        assert tensor["values"][0][0] == "NaN"
        assert tensor["statistics"]["nans"] == 6


def test_what_a_script_gets_wrong_is_one_failed_event_each_and_it_goes_on() -> None:
    wrong = [
        "no json",
        "[1]",
        '{"id": 5}',
        '{"command": "jump"}',
        '{"command": "run_to"}',
        '{"command": "run_to", "node": "a"}',
        '{"command": "run_to", "node": -1}',
        '{"command": "run_to", "node": -2, "phase": "forward"}',
        '{"command": "reach", "id": ' + "[" * 2000 + "]" * 2000 + "}",
        '{"command": "set_breakpoints", "breakpoints": [{"kind": "node", "node": -1}]}',
        '{"command": "set_breakpoints", "breakpoints": [{"kind": "line", "file": "nowhere.py", "line": 3}]}',
        '{"command": "step_in", "fast": true}',
        '{"command": "tensor", "what": "colour", "node": 0}',
        '{"command": "tensor", "what": "output", "node": 999}',
        '{"command": "set_breakpoints", "breakpoints": [{"kind": "line"}]}',
        '{"command": "edit", "what": "output", "node": 0, "expression": "g"}',
        '{"command": "edit", "what": "parameter", "node": -2, "expression": "g +"}',
    ]
    events = talk("autograd", ['{"command": "next_phase"}', *wrong, '{"command": "step_in", "id": "last"}'])
    failed = [event for event in events if event["event"] == "failed"]
    assert len(failed) == len(wrong)
    assert all(event["message"].endswith(".") and "\n" not in event["message"] for event in failed)
    assert events[-2]["id"] == "last"


def test_a_word_that_is_none_is_answered_with_those_there_are() -> None:
    lines = [
        '{"command": "tensor", "what": "colour"}',
        '{"command": "set_breakpoints", "breakpoints": [{"kind": "colour"}]}',
    ]
    roles, kinds = [event["message"] for event in talk("autograd", lines) if event["event"] == "failed"]
    assert "there is output, input, saved, grad_output" in roles
    assert "there is node, op, module, line" in kinds


def test_a_line_is_stopped_at_by_the_name_of_its_file_alone() -> None:
    with JsonDebugger("autograd") as debugger:
        line = debugger.until("stopped")["line"] + 2
        debugger.ask("set_breakpoints", breakpoints=[{"kind": "line", "file": "autograd.py", "line": line}])
        stop = debugger.ask("continue")
        assert (stop["reason"], stop["line"]) == ("breakpoint", line)


def test_a_slice_out_of_range_is_refused_in_a_sentence() -> None:
    lines = [
        '{"command": "step_in"}',
        '{"command": "tensor", "node": 0, "what": "output", "slice": "500", "values": true}',
    ]
    (failed,) = [event for event in talk("autograd", lines) if event["event"] == "failed"]
    assert "500" in failed["message"] and "64" in failed["message"]


def test_what_the_model_prints_comes_as_events_and_nothing_else_is_on_standard_output(tmp_path: Path) -> None:
    body = (
        "import os, sys, torch\n"
        "def build():\n"
        "    print('héllo'); os.write(1, b'from below\\n'); print('aside', file=sys.stderr)\n"
        "    return torch.nn.Linear(2, 2), torch.ones(1, 2)\n"
    )
    with JsonDebugger(own_model(tmp_path, body)) as debugger:
        debugger.until("stopped")
        _, err, status = debugger.close()
        shown = "".join(event["text"] for event in debugger.all("output"))
        assert "héllo" in shown and "from below" in shown and "aside" in shown
        assert (err, status) == ("", 0)


def test_a_gradient_that_is_edited_at_the_gate_goes_on_changed() -> None:
    with JsonDebugger("autograd") as debugger:
        debugger.until("stopped")
        debugger.ask("next_phase")
        assert debugger.ask("edit", expression="g * 2")["event"] == "edited"
        before = debugger.ask("tensor", what="grad_output", values=True)
        assert before["values"] == 2.0


def test_reach_is_reported_for_every_parameter() -> None:
    with JsonDebugger("module") as debugger:
        debugger.until("stopped")
        debugger.ask("next_phase")
        reach = debugger.ask("reach")
        assert {record["names"][0]: record["reached"] for record in reach["parameters"]} == {
            "linear1.weight": True,
            "linear1.bias": True,
            "linear2.weight": True,
            "linear2.bias": True,
        }


def test_what_exists_before_the_first_op_can_be_asked_for_and_asking_changes_no_loss(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = (
        "import torch\n"
        "def build():\n"
        "    torch.manual_seed(5)\n"
        "    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))\n"
        "    return net, (torch.randn(6, 3),)\n"
    )
    target = own_model(tmp_path, body)
    torch.manual_seed(5)
    first, norm, last = torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2)
    x = torch.randn(6, 3)
    with JsonDebugger(target, "--steps=3") as debugger:
        stop = debugger.until("stopped")
        assert stop["node"] is None

        def values(what: str, **fields: Any) -> Any:
            event = debugger.ask("tensor", what=what, values=True, **fields)
            assert event["node"] is None
            return event["values"]

        assert values("input") == x.tolist()
        assert values("input", index=1) == first.weight.tolist()
        assert values("input", name="x[0]") == x.tolist()
        assert values("parameter", name="2.weight") == last.weight.tolist()
        assert values("output", name="1.running_var") == norm.running_var.tolist()
        assert debugger.ask("tensor", what="parameter")["message"] == 'Say which parameter, with "name" or "node".'
        assert debugger.ask("reach")["event"] == "failed"
        assert debugger.ask("edit", what="parameter", name="2.weight", expression="g")["text"] == "2.weight: g"
        path = tmp_path / "w.npy"
        assert debugger.ask("save", what="parameter", name="2.weight", path=str(path))["event"] == "saved"
        assert np.load(path).tolist() == last.weight.tolist()
        while (stop := debugger.ask("step_in"))["op"] != "torch.nn.functional.batch_norm":
            assert stop["phase"] == "forward"
        assert values("input") == first(x).tolist()
        assert debugger.ask("tensor", what="input", name="x[0]")["node"] is not None
        debugger.ask("continue")
        shown = [{"step": event["step"], "loss": event["loss"]} for event in debugger.all("loss")]
    plain = [event for event in losses_of_run(target, 3, capsys) if "loss" in event]
    assert shown == [{"step": event["step"], "loss": event["loss"]} for event in plain]


def test_a_model_that_raises_fails_and_can_still_be_asked(tmp_path: Path) -> None:
    body = (
        "import torch\n"
        "class Net(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.a = torch.nn.Linear(2, 2)\n"
        "    def forward(self, x):\n"
        "        return self.a(x) @ torch.ones(3, 3)\n"
        "def build():\n"
        "    return Net(), torch.ones(1, 2)\n"
    )
    with JsonDebugger(own_model(tmp_path, body)) as debugger:
        debugger.until("stopped")
        stop = debugger.ask("continue")
        assert (stop["reason"], stop["op"], stop["line"]) == ("exception", "torch.Tensor.matmul", 7)
        assert debugger.ask("graph")["nodes"]
        failed = debugger.ask("step_in")
        assert failed["event"] == "failed" and failed["line"] == 7 and "Traceback" in failed["traceback"]
        again = debugger.ask("step_in")
        assert again["message"] == "The run ended with an error; gradviz debug begins another."


def test_an_engine_that_is_killed_is_reported_and_ends_with_status_1() -> None:
    with JsonDebugger("autograd") as debugger:
        debugger.until("stopped")
        children = Path(f"/proc/{debugger.process.pid}/task/{debugger.process.pid}/children")
        if not children.exists():
            pytest.skip("the children of a process are not told here")
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        assert "SIGKILL" in debugger.until("failed")["message"]
        assert debugger.until("exited")["code"] == -signal.SIGKILL
        assert debugger.close()[2] == 1


def test_a_target_that_cannot_be_opened_is_said_and_ends_with_status_2(tmp_path: Path) -> None:
    with JsonDebugger(own_model(tmp_path, "def build(:\n")) as debugger:
        rest, _, status = debugger.close()
        assert [event["event"] for event in rest][-2:] == ["failed", "exited"]
        assert "own.py" in rest[-2]["message"]
        assert status == 2


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("sys.exit(3)", "The script ended itself with status 3."),
        ("sys.exit('no data')", "The script ended itself: no data"),
        ("raise ValueError('no more')", "ValueError: no more"),
    ],
)
def test_a_script_that_does_not_end_well_has_failed_and_not_finished(tmp_path: Path, end: str, message: str) -> None:
    body = (
        "import sys, torch\nw = torch.ones(2, requires_grad=True)\nfor _ in range(2):\n    w.sum().backward()\n" + end
    )
    with JsonDebugger(own_model(tmp_path, body)) as debugger:
        failed = debugger.ask("continue")
        assert (failed["event"], failed["message"]) == ("failed", message)
        assert "ended with an error" in debugger.ask("step_in")["message"]
        debugger.close()
        assert len(debugger.all("loss")) == 2
        assert "finished" not in [event["reason"] for event in debugger.all("stopped")]


def test_a_script_that_never_trains_has_failed_and_not_finished(tmp_path: Path) -> None:
    body = "import torch\ndef train(loss):\n    loss.backward()\nprint(torch.ones(1))\n"
    with JsonDebugger(own_model(tmp_path, body)) as debugger:
        assert "never called backward()" in debugger.until("failed")["message"]
        debugger.close()
        assert not debugger.all("stopped")
