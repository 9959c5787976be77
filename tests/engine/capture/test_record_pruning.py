"""Nodes that an earlier forward made keep their op, line and module, and leave the numbers of the others alone."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
import torch

from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.record_pruning import forget_dead
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.protocol.records import NodeRecord
from gradviz.targets.target_spec import read_target
from tests.helpers.json_thread import JsonThread

HEAD = "import torch\nfrom torch import nn\nimport gradviz\n"
RECURRENT = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(3, 4)
        self.out = nn.Linear(4, 2)
        self.h = torch.zeros(5, 4)
    def forward(self, x):
        y = x * self.out.weight.sum()
        self.h = self.cell(y, self.h)
        return self.out(self.h)
def build():
    return Net(), torch.randn(5, 3), lambda o: o.square().mean()
class Retaining(gradviz.Experiment):
    def backward(self, loss):
        loss.backward(retain_graph=True)
class Still(torch.optim.SGD):
    def step(self, closure=None):
        pass
def retained():
    return Retaining(Net(), torch.randn(5, 3), loss=lambda o: o.square().mean(), optimizer=lambda ps: Still(ps, lr=1.0))
"""
KEPT_LOSS = """
def build():
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh())
    kept = []
    def loss(output):
        kept.append(output.square().mean())
        return sum(kept[-2:])
    return model, torch.ones(1, 3), loss
"""


def factory(folder: Path, body: str, name: str = "build") -> str:
    (folder / "own.py").write_text(HEAD + body)
    return f"{folder / 'own.py'}:{name}"


def functions(runner: Runner) -> dict[int, NodeRecord]:
    assert runner.graph is not None
    return {node.id: node for node in runner.graph.record.nodes if node.id >= 0}


def stepped(runner: Runner, iterations: int) -> None:
    for _ in range(iterations):
        runner.iterate(captured=True)


def where(runner: Runner, node: NodeRecord) -> tuple[str, int, str]:
    assert runner.graph is not None
    clusters = runner.graph.record.clusters
    return node.op, node.line, clusters[node.cluster].path if node.cluster != -1 else ""


def test_a_hidden_state_that_was_kept_brings_its_nodes_with_op_line_and_module(tmp_path: Path) -> None:
    runner = Runner(TargetSetup(read_target(factory(tmp_path, RECURRENT, "retained"))))
    runner.hold()
    own = {i: where(runner, node) for i, node in functions(runner).items()}
    runner.iterate()
    runner.forward(captured=True)
    both = functions(runner)
    assert runner.graph is not None
    # This forward's nodes have the numbers that they have without the others.
    assert {i: where(runner, both[i]) for i in own} == own
    earlier = [where(runner, node) for i, node in sorted(both.items()) if i not in own]
    assert earlier == [place for _, place in sorted(own.items())][:8]
    assert not runner.graph.record.unexplained
    uses = [(c.path, c.use, c.uses) for c in runner.graph.record.clusters]
    assert uses == [("cell", 1, 2), ("cell", 2, 2), ("out", 1, 1)]


def test_three_iterations_in_a_row_are_all_known(tmp_path: Path) -> None:
    runner = Runner(TargetSetup(read_target(factory(tmp_path, RECURRENT, "retained"))))
    stepped(runner, 3)
    assert runner.graph is not None
    record = runner.graph.record
    assert sum(node.op == "torch.rnn_tanh_cell" and node.name == "tanh" for node in record.nodes) == 3
    assert all(node.line for node in record.nodes if node.id >= 0) and not record.unexplained


def test_what_was_made_while_nothing_was_recorded_is_reported_as_such(tmp_path: Path) -> None:
    runner = Runner(TargetSetup(read_target(factory(tmp_path, RECURRENT, "retained"))))
    runner.iterate()
    runner.forward(captured=True)
    assert runner.graph is not None
    record = runner.graph.record
    unknown = [node for node in record.nodes if node.id >= 0 and not node.op]
    assert len(unknown) == 8 and all("nothing was recorded" in node.note for node in unknown)
    assert min(node.id for node in unknown) > max(node.id for node in record.nodes if node.op)
    assert all(each.text.endswith("where nothing was recorded") for each in record.unexplained)


def test_points_of_the_forward_have_the_numbers_of_the_graph_and_are_its_own_ops(tmp_path: Path) -> None:
    with JsonThread(factory(tmp_path, RECURRENT, "retained")) as debugger:
        debugger.ask("next_iteration")
        stop = debugger.ask("next_iteration")
        ops = []
        while stop["phase"] == "forward":
            ops.append((stop["op"], stop["line"]))
            stop = debugger.ask("step_in")
        graph = {node["id"]: node for node in debugger.ask("graph")["nodes"]}
        assert [op.rpartition(".")[2] for op, _ in ops] == ["sum", "mul", "rnn_tanh_cell", "linear", "square", "mean"]
        reported = [
            e for e in debugger.all("stopped") if e["phase"] == "forward" and e["step"] == 2 and e["node"] is not None
        ]
        assert reported and all(graph[e["node"]]["op"] == e["op"] for e in reported)
        while stop["phase"] == "backward":
            assert stop["op"] or stop["node"] < 0
            assert stop["line"] or stop["node"] < 0
            stop = debugger.ask("step_in")


def test_a_loss_that_was_kept_is_known_when_its_backward_has_run_already(tmp_path: Path) -> None:
    with JsonThread(factory(tmp_path, KEPT_LOSS)) as debugger:
        stop = debugger.ask("continue")
        assert (stop["reason"], stop["phase"], stop["step"]) == ("exception", "backward", 1)
        assert (stop["op"], stop["line"]) == ("torch.Tensor.square", 9)
        assert "nodes that it has run before" in stop["message"]


@pytest.mark.parametrize("stepped_through", [True, False])
def test_a_hidden_state_that_is_not_detached_stops_at_a_node_with_line_and_module(
    stepped_through: bool, tmp_path: Path
) -> None:
    with JsonThread(factory(tmp_path, RECURRENT)) as debugger:
        if stepped_through:
            debugger.ask("next_iteration")
        stop = debugger.ask("continue")
        assert (stop["reason"], stop["phase"], stop["step"]) == ("exception", "backward", 1)
        assert (stop["op"], stop["module"], stop["line"]) == ("torch.rnn_tanh_cell", "cell", 13)
        assert stop["node"] in [node["id"] for node in debugger.ask("graph")["nodes"]]
        assert debugger.ask("tensor", what="grad_output")["shape"] == [5, 4]
        assert "Freed" in debugger.ask("tensor", what="saved", name="result")["message"]


def test_what_nothing_leads_to_any_more_is_forgotten() -> None:
    class Keeping(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(2))
            self.kept: Any = None

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            made = self.weight * x
            self.kept = made if self.kept is None else self.kept
            return made.exp()

    capture, model = Capture(Keeping()), Keeping()
    capture.next_forward_of(model)
    with capture.watching():
        out = model(torch.ones(2))
    assert len(capture.makers.made_by) == 3
    del out
    forget_dead(capture, whole=True)
    gc.collect()
    assert {node.name() for node in capture.makers.made_by} == {"MulBackward0"}
    model.kept = None
    forget_dead(capture, whole=True)
    assert not capture.makers.made_by and not capture.makers.earlier


DEAD = """
import weakref
alive = []
class Keep(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.token = torch.zeros(())
        alive.append(weakref.ref(ctx.token))
        return x * 1
    @staticmethod
    def backward(ctx, gradient):
        return gradient
class Net(nn.Linear):
    def forward(self, x):
        out = super().forward(x)
        Keep.apply(out.exp()).square()
        return out
def build():
    return Net(3, 2), torch.ones(1, 3), lambda o: o.sum()
"""


def test_a_branch_that_leads_to_nothing_is_let_go_of_though_its_nodes_hold_what_they_saved(tmp_path: Path) -> None:
    runner = Runner(TargetSetup(read_target(factory(tmp_path, DEAD))))
    alive = runner.experiment.model.forward.__globals__["alive"]
    for _ in range(4):
        runner.iterate(captured=True)
    gc.collect()
    assert len(alive) == 4 and not any(token() is not None for token in alive)
    assert runner._recorder is not None and not runner._recorder.makers.made_by
