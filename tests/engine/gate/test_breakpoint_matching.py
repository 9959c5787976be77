"""Conditions stop at values of every kind where they first go wrong, and say what they could not be tried on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gradviz.engine.gate.breakpoint_matching import ON_VALUES, BreakpointSet
from gradviz.engine.tensors.tensor_summary import summarize
from gradviz.protocol.records import BreakpointRecord
from tests.helpers.json_thread import JsonThread

HEAD = "import torch\nfrom torch import nn\n"
KINDS = {
    "jagged": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(-torch.ones(4, 2))
    def forward(self, x):
        rows = torch.nested.nested_tensor_from_jagged(self.w * x, torch.tensor([0, 1, 4]))
        return rows.log().values().sum()
def build():
    return Net(), torch.ones(4, 2), lambda loss: loss
""",
        "forward",
        "torch.Tensor.log",
        "8 NaN in output",
    ),
    "nested": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(-torch.ones(2))
    def forward(self, x):
        rows = torch.nested.as_nested_tensor([self.w * x, self.w[:1] * 3])
        return torch.nested.to_padded_tensor(rows / 0, 0.0).sum()
def build():
    return Net(), torch.ones(2), lambda loss: loss
""",
        "forward",
        "torch.Tensor.div",
        "3 Inf in output",
    ),
    "complex": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(3))
    def forward(self, x):
        return torch.complex(self.w, self.w).log().abs().sum()
def build():
    return Net(), torch.ones(2), lambda loss: loss
""",
        "forward",
        "torch.Tensor.log",
        "3 Inf in output",
    ),
    "sparse": (
        """
class Wild(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w):
        return w.sum()
    @staticmethod
    def backward(ctx, gradient):
        return torch.sparse_coo_tensor([[1, 1]], torch.tensor([[1.0], [torch.nan]]), (3, 1), check_invariants=True)
def build():
    model = nn.Linear(3, 1, bias=False)
    model.weight = nn.Parameter(torch.ones(3, 1))
    model.forward = lambda x: Wild.apply(model.weight)
    return model, torch.ones(2), lambda loss: loss
""",
        "backward",
        "Wild.apply",
        "1 NaN in gradient of weight",
    ),
}


def factory(folder: Path, body: str) -> str:
    (folder / "own.py").write_text(HEAD + body)
    return str(folder / "own.py")


@pytest.mark.filterwarnings("ignore")  # some kinds are said to be prototypes
@pytest.mark.parametrize("kind", KINDS)
def test_a_condition_stops_where_a_value_of_any_kind_first_goes_wrong(kind: str, tmp_path: Path) -> None:
    body, phase, op, message = KINDS[kind]
    with JsonThread(factory(tmp_path, body)) as debugger:
        debugger.ask("set_breakpoints", breakpoints=[{"kind": "nan"}, {"kind": "inf"}])
        stop = debugger.ask("continue")
        assert (stop["reason"], stop["phase"], stop["op"], stop["message"]) == ("breakpoint", phase, op, message)
        answer = debugger.ask("tensor", what="output" if phase == "forward" else "grad_input", values=True)
        assert answer["event"] == "tensor"
        figures = answer["statistics"]
        assert f"{figures['nans'] or figures['infs']} {'NaN' if figures['nans'] else 'Inf'}" in message
        assert "NaN" in str(answer["values"]) or "Infinity" in str(answer["values"])
        assert not debugger.all("unchecked")


UNREADABLE = """
class Closed(torch.Tensor):
    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        if func is torch.ops.aten.add.Tensor:
            return torch.ones(3).as_subclass(cls)
        raise KeyError(f"{func} is not for you")
class Net(nn.Linear):
    def forward(self, x):
        torch.empty(3, device="meta").add(1)
        closed = torch.ones(3).as_subclass(Closed) + 1
        closed + 1
        return super().forward(x)
def build():
    return Net(2, 2), torch.ones(1, 2), lambda o: (o * 0).sqrt().sum()
"""


def test_a_value_without_numbers_is_reported_once_and_the_condition_goes_on(tmp_path: Path) -> None:
    with JsonThread(factory(tmp_path, UNREADABLE)) as debugger:
        debugger.ask("set_breakpoints", breakpoints=[{"kind": "nan"}])
        stop = debugger.ask("continue")
        assert (stop["reason"], stop["phase"]) == ("breakpoint", "backward")
        (reported,) = debugger.all("unchecked")
        assert set(reported) == {"event", "message"}
        said = "No condition of a breakpoint could be tried on the output of torch.Tensor.add."
        assert reported["message"].startswith(said)
        assert "figures of a Closed" in reported["message"] and reported["message"].endswith("is not for you'.")
        assert debugger.seen.index(reported) < debugger.seen.index(stop)


@pytest.mark.parametrize("value", [torch.ones(2, 3), torch.tensor([float("nan"), float("inf")]), torch.zeros(())])
@pytest.mark.parametrize("kind", ON_VALUES)
def test_every_condition_reads_the_summary_of_a_real_tensor(kind: str, value: torch.Tensor) -> None:
    record = BreakpointRecord(1, kind, "2x3", number=1.0)
    found = ON_VALUES[kind].finds(record, summarize("x", value), value, "torch.relu")
    assert found == "" or "x" in found


@pytest.mark.parametrize(
    ("record", "value", "found"),
    [
        (BreakpointRecord(1, "zeros_above", number=0.5), torch.tensor([0.0, 0, 1]), "66.7 % of x are zero, above 50 %"),
        (BreakpointRecord(1, "zeros_above", number=0.7), torch.tensor([0.0, 0, 1]), ""),
        (
            BreakpointRecord(1, "dead_above", number=0.4),
            torch.tensor([[0.0, 1], [0, 0]]),
            "1 of 2 units of x are zero for the whole batch, above 40 %",
        ),
        (BreakpointRecord(1, "dead_above", number=0.5), torch.tensor([[0.0, 1], [0, 0]]), ""),
        (
            BreakpointRecord(1, "dead_above", number=0.4),
            torch.stack([torch.zeros(2, 3, 3), torch.ones(2, 3, 3)], 1),
            "1 of 2 units of x are zero for the whole batch, above 40 %",
        ),
        (
            BreakpointRecord(1, "value_outside", number=-1, other=2),
            torch.tensor([-1.5, 0]),
            "x goes from -1.5 to 0, outside -1 to 2",
        ),
        (BreakpointRecord(1, "value_outside", number=-1, other=2), torch.tensor([-1.0, 2]), ""),
    ],
)
def test_zeros_dead_units_and_ranges_are_found(record: BreakpointRecord, value: torch.Tensor, found: str) -> None:
    assert ON_VALUES[record.kind].finds(record, summarize("x", value), value, "torch.relu") == found


def test_a_condition_is_narrowed_to_a_module_or_to_the_gradient_of_a_parameter() -> None:
    points = BreakpointSet([BreakpointRecord(1, "nan", within="a.b")])
    bad = torch.tensor([float("nan")])
    assert points.on_values("forward", [("output", bad)], "torch.add", "a") is None
    assert points.on_values("forward", [("output", bad)], "torch.add", "a.bc") is None
    assert points.on_values("forward", [("output", bad)], "torch.add", "a.b") is not None
    assert points.on_values("forward", [("output", bad)], "torch.add", "a.b.c") is not None
    assert points.on_values("backward", [("a.b.grad", bad)], "AccumulateGrad") is not None


def test_a_condition_that_raises_is_reported_once_as_a_fault_of_ours_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> str:
        raise KeyError("limit")

    monkeypatch.setitem(ON_VALUES, "norm_above", replace(ON_VALUES["norm_above"], finds=fail))
    conditions = BreakpointSet((BreakpointRecord(1, "norm_above", number=1.0),))
    for _ in range(2):
        assert conditions.on_values("forward", [("output", torch.ones(3))]) is None
        assert conditions.on_values("backward", [("gradient", torch.ones(3))]) is None
    (sentence,) = conditions.unchecked
    assert sentence.endswith("(KeyError: 'limit'): a fault of gradviz.") and "gradient" in sentence
