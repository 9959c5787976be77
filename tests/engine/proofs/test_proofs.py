"""The errors of `resources/examples`, and others of their kinds, come with what led to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gradviz.engine.proofs.assignments import line_that_keeps
from tests.helpers.json_thread import JsonThread

EXAMPLES = Path("resources/examples/errors")


def stopped(target: str) -> dict[str, Any]:
    with JsonThread(target) as debugger:
        return debugger.ask("continue")


def steps(stop: dict[str, Any]) -> list[tuple[str, str, str, int | None]]:
    return [(link["role"], link["name"], link["phase"], link["line"]) for link in stop["chain"]]


def script(tmp_path: Path, body: str) -> str:
    head = (
        "import torch\nfrom torch import nn\ntorch.manual_seed(0)\nmodel = nn.Linear(4, 4)\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.01)\nx = torch.ones(3, 4)\n"
    )
    path = tmp_path / "train.py"
    path.write_text(head + body + "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n")
    return str(path)


def test_a_result_that_was_changed_in_place_is_named_with_who_saved_wrote_and_read() -> None:
    stop = stopped(str(EXAMPLES / "overwritten.py"))
    assert stop["title"] == "gate (8 × 16) was modified in place after it was saved"
    assert steps(stop) == [("saved", "sigmoid", "forward", 19), ("written", "mul", "forward", 20),
                           ("read", "sigmoid", "backward", 19)]  # fmt: skip
    assert "version 1 where 0" in stop["chain"][2]["reason"]
    assert "gradient computation has been modified" in stop["error"]


def test_a_parameter_that_an_optimizer_wrote_is_named_with_the_line_of_the_step() -> None:
    stop = stopped(str(EXAMPLES / "stepped_too_early.py"))
    assert stop["title"].startswith("critic.weight (16 × 1)")
    assert steps(stop)[1] == ("written", "of_critic.step()", "update", 23)
    assert "of_critic.step() (stepped_too_early.py:23)" in stop["message"]


def test_blame_answers_the_proof_at_an_error() -> None:
    with JsonThread(str(EXAMPLES / "overwritten.py")) as debugger:
        stop = debugger.ask("continue")
        answer = debugger.ask("blame")
        assert (answer["title"], answer["chain"]) == (stop["title"], stop["chain"])


def test_a_hidden_state_that_is_kept_is_named_with_the_line_that_keeps_it() -> None:
    stop = stopped(str(EXAMPLES / "second_backward.py"))
    assert steps(stop) == [("kept", "self.hidden", "forward", 22), ("used", "mm", "forward", 21),
                           ("read", "tanh", "backward", 21)]  # fmt: skip
    assert "Write self.hidden = hidden.detach() instead." in stop["message"]
    assert stop["chain"][0]["node"] in stop["earlier"] and stop["chain"][2]["node"] in stop["earlier"]
    assert stop["chain"][1]["node"] not in stop["earlier"]


@pytest.mark.parametrize(
    ("body", "name", "line", "cure"),
    [
        (
            "loss = torch.zeros(())\nfor _ in range(4):\n    loss += model(x).square().mean()\n",
            "loss", 9, "Keep it .detach()ed.",
        ),
        (
            "kept = [x]\nfor _ in range(4):\n    new = model(kept[-1]).tanh()\n    kept.append(new)\n"
            "    loss = new.square().mean()\n",
            "kept[1]", 10, "Write kept.append(new.detach()) instead.",
        ),
        (
            "state = x\nfor _ in range(4):\n    state = model(state).tanh()\n    loss = state.square().mean()\n",
            "state", 9, "Keep it .detach()ed.",
        ),
    ],
)  # fmt: skip
def test_what_a_script_keeps_is_found(tmp_path: Path, body: str, name: str, line: int, cure: str) -> None:
    stop = stopped(script(tmp_path, body))
    assert steps(stop)[0] == ("kept", name, "forward", line)
    assert cure in stop["message"]


def test_an_op_that_lost_every_gradient_is_named_and_backward_stops_at_the_loss() -> None:
    stop = stopped(str(EXAMPLES / "lost_gradient.py"))
    assert (stop["phase"], stop["title"]) == ("backward", "No gradient leads from the loss to a parameter")
    assert steps(stop) == [("lost", "argmax", "forward", 18), ("started", "loss", "backward", None)]
    assert "scores.weight, scores.bias" in stop["chain"][0]["reason"]


@pytest.mark.parametrize(
    ("init", "forward", "said", "line"),
    [
        ("self.requires_grad_(False)", "return self.a(x)", "all are frozen", None),
        ("pass", "return self.a(x).detach()", "detached by detach", 9),
        ("pass", "with torch.no_grad(): return self.a(x)", "under no_grad", 9),
        ("pass", "return torch.tensor(self.a(x).sum().item())", "item", 9),
    ],
)
def test_each_way_to_lose_every_gradient_is_told_apart(
    tmp_path: Path, init: str, forward: str, said: str, line: int | None
) -> None:
    file = tmp_path / "net.py"
    file.write_text(
        "import torch\nfrom torch import nn\nclass Net(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n"
        f"        self.a = nn.Linear(4, 4)\n        {init}\n    def forward(self, x):\n        {forward}\n"
        "def build():\n    return Net(), torch.ones(3, 4), lambda o: o.square().mean()\n"
    )
    stop = stopped(str(file))
    assert said in stop["message"]
    assert stop["chain"][0]["line"] == line


def test_a_checkpoint_that_differs_is_named_with_what_differs_and_all_that_torch_reports() -> None:
    stop = stopped(str(EXAMPLES / "checkpoint_mismatch.py"))
    assert [link["role"] for link in stop["chain"]] == ["recomputed", "read"]
    assert (stop["chain"][0]["name"], stop["chain"][0]["line"]) == ("middle", 20)
    assert "What #5 exp (line 24) saved was 8 × 16 float32 in forward, and is 8 × 4 float32 the" in stop["message"]
    assert len(stop["error"].splitlines()) > 10


def test_the_op_whose_saved_tensor_differs_in_a_checkpoint_is_a_link_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    text = (EXAMPLES / "checkpoint_mismatch.py").read_text()
    file.write_text(text.replace("return hidden.exp()", "return hidden.exp().sin()"))
    stop = stopped(str(file))
    assert [(link["role"], link["name"]) for link in stop["chain"]] == [
        ("recomputed", "middle"), ("saved", "exp"), ("read", "sin"),
    ]  # fmt: skip


def test_the_line_that_keeps_is_one_outside_of_the_constructor(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(
        "class Net:\n    def __init__(self):\n        self.h = None\n    def forward(self, x):\n        self.h = x\n"
        "        self.all['a'] = x\n        a, self.b = x\n"
    )
    found = [line_that_keeps(str(file), name) for name in ("self.h", "self.all['a']", "self.b", "self.none")]
    assert found == [5, 6, 7, 0]


def test_hooks_of_tensor_parameter_and_module_that_change_a_gradient_are_named_with_before_and_after() -> None:
    with JsonThread("resources/examples/changed_by_hooks.py") as debugger:
        debugger.ask("next_phase")
        found = [hook for _ in range(13) for hook in debugger.ask("step_in").get("hooks", ())]
    assert [(hook["kind"], hook["name"], hook["function"], hook["line"]) for hook in found] == [
        ("parameter", "last.bias", "without_bias", 14), ("module", "last", "clip", 18),
        ("tensor", "hidden", "halve", 10),
    ]  # fmt: skip
    assert found[0]["norm_before"] > 0 and found[0]["norm_after"] == 0
    assert found[2]["norm_after"] == pytest.approx(found[2]["norm_before"] / 2)
