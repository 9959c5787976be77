"""What can be asked for at a stop: its own node's tensors, whatever the stop; the update's three; never a false no."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.commands import SetBudget
from gradviz.protocol.records import OptimizerChoice
from tests.helpers.json_debugger import Event
from tests.helpers.json_thread import JsonThread

OF_ANY = ("output", "input", "grad_output", "grad_input")
OF_PARAMETER = ("parameter", "parameter_grad", "parameter_before", "parameter_after", "update")
DENIED = re.compile(r"no such node|no node \S+ in the graph|has made no node")
NOT_YET = re.compile(r"Not computed\. (Forward|Backward|The update) has not (reached|run) this (node|parameter) yet\.$")
BY_HAND = re.compile(r"This network is derived by hand")
INSIDE = re.compile(r"Inside \S+, which shows its result only\.$")


def factory(folder: Path, body: str, name: str = "own.py") -> str:
    (folder / name).write_text(f"import torch\nfrom torch import nn\n{body}")
    return str(folder / name)


def asked(debugger: JsonThread, what: str, **fields: Any) -> tuple[Any, str]:
    """The values, or None and the sentence why there are none."""
    answer = debugger.ask("tensor", what=what, values=True, **fields)
    return answer.get("values"), answer.get("message") or ""


def check_stop(debugger: JsonThread, stop: Event) -> None:
    """Everything that the stop's own node has is answered, and what it has not is denied for the right reason."""
    if stop["node"] is None:
        values, why = asked(debugger, "output" if stop["after"] else "input")
        assert values is not None or re.fullmatch(r"\w+ has no input 0\.", why), (stop, why)
        return
    answers = {what: asked(debugger, what) for what in (*OF_ANY, *OF_PARAMETER)}
    assert not any(DENIED.search(why) for _, why in answers.values()), (stop, answers)
    assert asked(debugger, "output", node=stop["node"]) == answers["output"]
    if stop["phase"] == "update":
        for what in ("parameter", "parameter_grad", "parameter_before"):
            assert answers[what][0] is not None, (stop, what, answers[what])
        for what in ("parameter_after", "update"):
            values, why = answers[what]
            assert (values is not None) if stop["after"] else NOT_YET.match(why), (stop, what, why)
    elif stop["grad_fn"] and stop["phase"] == "backward":
        values, why = answers["grad_output"]
        assert values is not None or why.startswith("None: "), (stop, why)
        values, why = answers["output"]
        assert values is not None or INSIDE.match(why) or stop["node"] < 0, (stop, why)
        assert stop["after"] or NOT_YET.match(answers["grad_input"][1])
    elif stop["after"]:
        assert answers["output"][0] is not None, (stop, answers["output"])
    else:
        values, why = answers["input"]
        assert values is not None or NOT_YET.match(why), (stop, why)
        assert NOT_YET.match(answers["output"][1])
        assert NOT_YET.match(answers["grad_output"][1]) or BY_HAND.match(answers["grad_output"][1])


@pytest.mark.parametrize("network", [entry.id for entry in NETWORKS])
def test_the_stops_own_node_is_answered_at_every_stop_of_every_network(network: str) -> None:
    with JsonThread(network) as debugger:
        stop, stops = debugger.stop, 0
        while stop["step"] < 2:
            check_stop(debugger, stop)
            stop = debugger.ask("step_in")
            stops += 1
        assert stops >= 30


@pytest.mark.parametrize("network", ["autograd", "function", "dynamic", "digits", "attention"])
def test_what_an_op_or_node_just_gave_is_answered_where_a_condition_stops_behind_it(network: str) -> None:
    with JsonThread(network) as debugger:
        debugger.ask("next_phase")
        graph = debugger.ask("graph")
        shapes = {tuple(node["shape"]) for node in graph["nodes"] if node["id"] >= 0 and node["shape"] is not None}
        debugger.ask("set_breakpoints", breakpoints=[{"kind": "shape", "shape": list(shape)} for shape in shapes])
        seen = set()
        while (stop := debugger.ask("continue"))["step"] < 2:
            check_stop(debugger, stop)
            seen.add((stop["phase"], stop["after"]))
        assert seen == {("forward", True), ("backward", True)}


INF_IN_LOSS = """
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))
    def forward(self, x):
        return self.w * x
def build():
    return M(), torch.ones(2), lambda o: (o * 1e30 * 1e30).sum()
"""


def test_a_stop_in_the_loss_function_has_its_node_and_tensors(tmp_path: Path) -> None:
    with JsonThread(factory(tmp_path, INF_IN_LOSS)) as debugger:
        debugger.ask("set_breakpoints", breakpoints=[{"kind": "inf"}])
        stop = debugger.ask("continue")
        assert (stop["node"], stop["after"], stop["phase"]) == (2, True, "forward")
        check_stop(debugger, stop)
        assert asked(debugger, "output")[0] == ["Infinity", "Infinity"]
        assert asked(debugger, "input")[0] == pytest.approx([1e30, 1e30])
        assert asked(debugger, "saved", name="other")[0] == 1e30
        assert stop["node"] in [node["id"] for node in debugger.ask("graph")["nodes"]]


DEAD_BRANCH = """
class Wild(nn.Linear):
    calls = 0
    def forward(self, x):
        Wild.calls += 1
        out = super().forward(x)
        (out * (1e30 if Wild.calls > 1 else 1) * 1e30).tanh()
        return out
def build():
    return Wild(2, 2), torch.ones(1, 2), lambda o: o.sum()
"""


def test_a_branch_that_leads_to_nothing_can_be_asked_for_where_it_is_stopped(tmp_path: Path) -> None:
    with JsonThread(factory(tmp_path, DEAD_BRANCH)) as debugger:
        debugger.ask("next_iteration")
        debugger.ask("set_breakpoints", breakpoints=[{"kind": "inf"}])
        stop = debugger.ask("continue")
        assert (stop["step"], stop["op"], stop["after"]) == (1, "torch.Tensor.mul", True)
        assert stop["node"] not in [node["id"] for node in debugger.ask("graph")["nodes"]]
        check_stop(debugger, stop)
        assert "Infinity" in str(asked(debugger, "output")[0])
        assert abs(asked(debugger, "input")[0][0][0]) > 1e27


RAISING = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
    def forward(self, x):
        out = self.a(x)
        return out @ torch.ones(3, 3) if Net.where == "forward" else out
class Refusing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, gradient):
        raise ValueError("no gradient today")
def build():
    Net.where = "forward"
    return Net(), torch.ones(1, 2), lambda o: o.sum()
def in_loss():
    Net.where = "loss"
    return Net(), torch.ones(1, 2), lambda o: (o * 2 @ torch.ones(3, 3)).sum()
def in_backward():
    Net.where = "backward"
    return Net(), torch.ones(1, 2), lambda o: Refusing.apply(o * 2).sum()
"""


@pytest.mark.parametrize(("name", "phase"), [("build", "forward"), ("in_loss", "forward"), ("in_backward", "backward")])
@pytest.mark.parametrize("stepped", [True, False])
def test_what_raised_has_what_went_into_it(name: str, phase: str, stepped: bool, tmp_path: Path) -> None:
    with JsonThread(f"{factory(tmp_path, RAISING)}:{name}") as debugger:
        stop = debugger.ask("step_in" if stepped else "continue")
        while stop["reason"] == "step":
            stop = debugger.ask("step_in")
        assert (stop["reason"], stop["phase"]) == ("exception", phase)
        assert stop["node"] in [node["id"] for node in debugger.ask("graph")["nodes"]]
        went_in, missing = ("input", "output") if phase == "forward" else ("grad_output", "grad_input")
        for fields in ({}, {"node": stop["node"]}):
            assert asked(debugger, went_in, **fields)[0] is not None
            assert NOT_YET.match(asked(debugger, missing, **fields)[1])


OUTSIDE = """
import gradviz
class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.used = nn.Parameter(torch.ones(2))
        self.other = nn.Parameter(torch.full((2,), 3.0))
    def forward(self, x):
        return self.used * x
def build():
    model = Two()
    def loss(output):
        output.register_hook(lambda gradient: setattr(model.other, "grad", torch.ones(2)))
        return output.sum()
    return gradviz.Experiment(model, torch.ones(2), loss=loss, optimizer=("SGD", {"lr": 0.5}))
"""


def test_a_parameter_outside_of_the_graph_can_be_asked_for_while_it_is_updated(tmp_path: Path) -> None:
    with JsonThread(factory(tmp_path, OUTSIDE)) as debugger:
        debugger.ask("next_phase")
        stop = debugger.ask("next_phase")
        assert stop["parameter"] == "used"
        check_stop(debugger, stop)
        stop = debugger.ask("step_in")
        assert stop["parameter"] == "other"
        assert stop["node"] not in [node["id"] for node in debugger.ask("graph")["nodes"]]
        check_stop(debugger, stop)
        assert asked(debugger, "update", name="used")[0] == [-0.5, -0.5]
        assert asked(debugger, "parameter_after", node=stop["node"])[1].startswith("Not computed")
        debugger.ask("step_in")
        assert asked(debugger, "update", name="other")[0] == [-0.5, -0.5]


UPDATED = """
import gradviz
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([10.0, 20.0]))
        self.v = nn.Parameter(torch.tensor([1.0, 1.0]))
        self.tied = self.v
    def forward(self, x):
        return self.w * self.v
def build():
    return gradviz.Experiment(M(), torch.zeros(1), loss=lambda o: o.sum())
def clearing():
    class Clearing(torch.optim.SGD):
        def step(self, closure=None):
            super().step()
            for group in self.param_groups:
                for p in group["params"]:
                    p.grad.zero_()
    return gradviz.Experiment(M(), torch.zeros(1), loss=lambda o: o.sum(), optimizer=lambda ps: Clearing(ps, lr=1.0))
"""


@pytest.mark.parametrize(
    ("name", "optimizer"),
    [
        ("build", OptimizerChoice("SGD", {"lr": 1.0})),
        ("build", OptimizerChoice("Adam", {"lr": 0.5})),
        ("build", OptimizerChoice("SGD", {"lr": 1.0, "foreach": True})),
        ("build", OptimizerChoice("AdamW", {"lr": 0.5, "foreach": True})),
        ("clearing", None),
    ],
)
def test_update_is_the_step_between_what_was_before_and_what_is_after(
    name: str, optimizer: OptimizerChoice | None, tmp_path: Path
) -> None:
    with JsonThread(f"{factory(tmp_path, UPDATED)}:{name}", optimizer=optimizer) as debugger:
        before = {other: asked(debugger, "parameter", name=other)[0] for other in ("w", "v")}
        debugger.ask("next_iteration")
        assert debugger.stop["phase"] == "forward"
        for other, names in (("w", ("w",)), ("v", ("v", "tied"))):
            after = asked(debugger, "parameter", name=other)[0]
            step = [round(a - b, 6) for a, b in zip(after, before[other], strict=True)]
            assert any(step)
            for known_as in names:
                assert asked(debugger, "parameter_before", name=known_as)[0] == before[other]
                assert asked(debugger, "parameter_after", name=known_as)[0] == after
                assert [round(x, 6) for x in asked(debugger, "update", name=known_as)[0]] == step
        node = next(node["id"] for node in debugger.ask("graph")["nodes"] if node["name"] == "w")
        assert asked(debugger, "parameter_before", node=node)[0] == before["w"]
        # Once this iteration's own update has begun, the one before counts no more.
        while debugger.stop["phase"] != "update":
            debugger.ask("next_phase")
        values, why = asked(debugger, "update", name="v")
        assert values is None and NOT_YET.match(why)


@pytest.mark.parametrize("network", ["numpy", "tensors", "autograd"])
def test_an_update_by_hand_has_its_step_too(network: str) -> None:
    with JsonThread(network) as debugger:
        names = [parameter["names"][0] for parameter in debugger.all("opened")[0]["parameters"]]
        before = {name: asked(debugger, "parameter", name=name, slice="0, 0:3")[0] for name in names}
        debugger.ask("next_iteration")
        for name in names:
            after = asked(debugger, "parameter_after", name=name, slice="0, 0:3")[0]
            assert asked(debugger, "parameter_before", name=name, slice="0, 0:3")[0] == before[name]
            step = asked(debugger, "update", name=name, slice="0, 0:3")[0]
            assert step == pytest.approx([a - b for a, b in zip(after, before[name], strict=True)], rel=1e-3, abs=1e-9)


def test_all_at_once_over_the_budget_is_said_to_be_that(tmp_path: Path) -> None:
    choice = OptimizerChoice("SGD", {"lr": 1.0, "foreach": True})
    with JsonThread(f"{factory(tmp_path, UPDATED)}", optimizer=choice) as debugger:
        debugger.engine.tell(SetBudget(40))
        debugger.ask("next_iteration")
        _, why = asked(debugger, "update", name="w")
        assert "at once" in why and "foreach=False" in why


SHARED = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, -2.0, 3.0]))

    def forward(self, x):
        h = x * self.weight
        late = self.weight.sin()  # its node runs between the last term of h and the node of h
        return (h.exp() * 0.1 + h.cos() * h + late).sum()

def build():
    return Net(), torch.tensor([0.5, 1.0, 2.0])
"""


def test_the_sum_of_a_shared_gradient_is_answered_as_soon_as_its_terms_are_in(tmp_path: Path) -> None:
    """autograd's own sum, read at the node's stop, is the same."""
    with JsonThread(factory(tmp_path, SHARED)) as debugger:
        stop = debugger.ask("next_phase")
        answers = []
        while stop["node"] != 0:  # the mul that made h
            answers.append(asked(debugger, "grad_output", node=0))
            stop = debugger.ask("step_in")
        early, why = answers[0]
        assert early is None and NOT_YET.match(why)
        assert answers[-1][0] is not None
        assert answers[-1][0] == asked(debugger, "grad_output", node=0)[0]
