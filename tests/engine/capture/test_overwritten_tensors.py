"""The report of a saved tensor changed in place: its name, the op that saved it, and the line that wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradviz.engine.capture.overwritten_tensors import versions_of
from gradviz.engine.loading.error_explanation import hint_of
from gradviz.experiment import Experiment
from tests.helpers.json_thread import JsonThread

HEAD = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 4), nn.Linear(4, 4)
        self.register_buffer("mask", torch.ones(4))
        self.norm = nn.BatchNorm1d(4)
    def forward(self, x):
"""
TAIL = """
def build():
    torch.manual_seed(0)
    return Net(), torch.randn(5, 3), lambda o: o.square().mean()
"""
# The forward, and: what was overwritten, who saved it, which op wrote; `!` ends the lines that are meant.
KINDS = {
    "the result of an op": (
        "h = torch.sigmoid(self.a(x))  #made\ny = self.b(h)  #saved\nh.mul_(2)  #wrote\nreturn y",
        ("The result of #2 sigmoid", "#4 addmm", "mul_"),
    ),
    "by way of a row": (
        "h = torch.sigmoid(self.a(x))  #made\ny = self.b(h)  #saved\nrow = h[0]\nrow.mul_(2)  #wrote\nreturn y",
        ("The result of #2 sigmoid", "#4 addmm", "mul_"),
    ),
    "by an index": (
        "h = self.a(x)  #made\ny = h.square()  #saved\nh[0, 1] = 7.0  #wrote\nreturn y",
        ("The result of #1 addmm", "#2 pow", "__setitem__"),
    ),
    "by its operator": (
        "h = self.a(x).exp()  #made saved\nh += 1  #wrote\nreturn h",
        ("The result of #2 exp", "#2 exp", "__iadd__|add_"),
    ),
    "by a keyword": (
        "h = self.a(x).sigmoid()  #made saved\ny = torch.nn.functional.relu(h, inplace=True)  #wrote\nreturn y",
        ("The result of #2 sigmoid", "#2 sigmoid", "relu"),
    ),
    "a view of another view's base": (
        "h = self.a(x) * 1  #made\nleft, right = h[:2], h[2:]  #view\ny = left.exp() * left  #saved\n"
        "right.zero_()  #wrote\nreturn y",
        ("The result of #3 slice", "#6 mul", "zero_"),
    ),
    "a buffer": (
        "y = self.a(x) * self.mask  #saved\nself.mask.add_(1)  #wrote\nreturn y",
        ("mask (4)", "#2 mul", "add_"),
    ),
    "a row of a buffer": (
        "y = self.a(x) * self.mask[None]  #saved\nself.mask[0] = 3  #wrote\nreturn y",
        ("A view of mask (1 × 4)", "#2 mul", "__setitem__"),
    ),
    "a parameter under no_grad": (
        "y = self.b(self.a(x))  #saved\nwith torch.no_grad():\n    self.b.weight.mul_(0.5)  #wrote\nreturn y",
        ("b.weight (4 × 4)", "#3 addmm", "mul_"),
    ),
    "what is no output": (
        "m = torch.ones(5, 4)  #made\ny = self.a(x) * m  #saved\nm.fill_(0)  #wrote\nreturn y",
        ("What ones", "#2 mul", "fill_"),
    ),
    "one of a list": (
        "h, k = self.a(x).exp(), self.b.weight * 1  #made\ny = h * 2 * h  #saved\n"
        "torch._foreach_mul_([k, h], 2.0)  #wrote\nreturn y",
        ("The result of #2 exp", "#5 mul", "_foreach_mul_"),
    ),
    "the first of several": (
        "h = self.a(x).tanh()  #made saved\nh.add_(0)  #wrote\nh.add_(1)\nh[0] = 1\nreturn h",
        ("The result of #2 tanh", "#2 tanh", "add_"),
    ),
}


def factory(folder: Path, forward: str, tail: str = TAIL) -> str:
    body = "\n".join(f"        {line}" for line in forward.splitlines())
    (folder / "own.py").write_text(HEAD.lstrip("\n") + body + "\n" + tail)
    return str(folder / "own.py")


def line_of(path: str, mark: str) -> int:
    lines = Path(path).read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if re.search(rf"#.*\b{mark}\b", line))


@pytest.mark.parametrize("stepped", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_the_tensor_its_saver_and_its_writer_are_named(kind: str, stepped: bool, tmp_path: Path) -> None:
    forward, (what, saver, writer) = KINDS[kind]
    path = factory(tmp_path, forward)
    with JsonThread(path) as debugger:
        if stepped:
            debugger.ask("next_phase")
        stop = debugger.ask("continue")
        assert (stop["reason"], stop["phase"]) == ("exception", "backward")
        said = stop["message"]
        saved, wrote = line_of(path, "saved"), line_of(path, "wrote")
        assert said.startswith(what), said
        assert f"was saved by {saver} (own.py:{saved}) for its backward" in said, said
        assert re.search(rf"modified in place since, by ({writer}) \(own\.py:{wrote}\)\. Use what makes", said), said
        assert stop["node"] == int(saver.split()[0][1:]) and stop["line"] == saved
        assert "CopySlices" not in said and "of torch" not in said
        # The saved tensor is said to be overwritten, and not to be freed; others of the node are still there.
        graph = debugger.ask("graph")
        assert any(node["id"] == stop["node"] for node in graph["nodes"])
        names = ("self", "other", "mat1", "mat2", "result", "input")
        answers = [debugger.ask("tensor", what="saved", name=name).get("message") or "" for name in names]
        (gone,) = {answer for answer in answers if answer.startswith("Not available")}
        assert re.fullmatch(
            rf"Not available: overwritten by an op in place since it was saved, by ({writer}) \(.*\)\.", gone
        )
        assert not any(answer.startswith("Freed") for answer in answers)
        # The run then ends with the same sentence.
        assert debugger.ask("step_in")["message"] == said


def test_what_no_op_of_the_forward_wrote_names_who_may_have(tmp_path: Path) -> None:
    forward = (
        "def write(gradient):\n    with torch.no_grad():\n        self.b.weight.add_(1)\n"
        "y = self.b(self.a(x))  #saved\ny.register_hook(write)\nreturn y"
    )
    with JsonThread(factory(tmp_path, forward)) as debugger:
        said = debugger.ask("continue")["message"]
        assert said.startswith("b.weight (4 × 4) was saved by #3 addmm")
        assert "by no op that was recorded: an optimizer's step" in said


def test_a_script_that_updates_between_forward_and_backward_gets_the_parameter_named(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import torch\nfrom torch import nn\nmodel = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1))\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\nx = torch.ones(2, 3)\n"
        "first, second = model(x).sum(), model(x).square().sum()\n"
        "first.backward()\noptimizer.step()\nsecond.backward()\n"
    )
    with JsonThread(str(script)) as debugger:
        debugger.ask("next_iteration")
        stop = debugger.ask("continue")
        assert stop["message"].startswith("A view of 1.weight (4 × 1) was saved by #3 addmm (train.py:6)")
        assert "by optimizer.step() (train.py:8)" in stop["message"]
        assert stop["phase"] == "backward" and stop["line"] == 6


def test_without_a_graph_the_message_of_torch_is_put_into_plain_words() -> None:
    x = torch.ones(3, 2, requires_grad=True)
    sayings = []
    for write in (lambda h: h.mul_(2), lambda h: h[0].mul_(2)):
        h = x.sigmoid()
        y = h * h
        write(h)
        with pytest.raises(RuntimeError) as raised:
            y.sum().backward()
        sayings.append(hint_of(raised.value, Experiment(torch.nn.Linear(1, 1), torch.ones(1, 1))))
    assert sayings[0].startswith("An output of Mul of shape 3 × 2 was changed in place")
    assert sayings[1].startswith("A tensor of shape 3 × 2 was changed in place")


WRITES = st.sampled_from(["h.add_(1)", "h[0].mul_(2)", "h[:, 1] = 0", "h.t().neg_()", "h.view(-1)[3:].exp_()"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    writes=st.lists(WRITES, min_size=1, max_size=3),
    use=st.sampled_from(["h.square()", "h * h.detach()", "self.b(h)"]),
)
def test_whichever_way_it_is_written_the_first_line_that_wrote_is_reported(
    writes: list[str], use: str, tmp_path: Path
) -> None:
    forward = "\n".join(
        ["h = self.a(x).tanh() * 1", f"y = {use}  #saved", f"{writes[0]}  #wrote", *writes[1:], "return y"]
    )
    path = factory(tmp_path, forward)
    with JsonThread(path) as debugger:
        said = debugger.ask("continue")["message"]
        assert f"(own.py:{line_of(path, 'saved')}) for its backward" in said, said
        assert f"(own.py:{line_of(path, 'wrote')}). Use" in said, said


def test_versions_are_read_of_tensors_of_every_kind() -> None:
    class Own(torch.Tensor):
        pass

    with torch.inference_mode():
        frozen = torch.ones(2)
    changed = torch.ones(2).add_(1)
    assert versions_of([changed, torch.ones(1)]) == [1, 0]
    assert versions_of([changed, frozen]) == [1, -1]
    assert versions_of([changed.as_subclass(Own), torch.eye(2).to_sparse()]) == [1, 0]
