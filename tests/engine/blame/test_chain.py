"""Chains of small graphs: the origin, its reason, the rows, and what is not on the way."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from gradviz.engine.blame.chain import Chain
from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import Gate
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.model.explanation.cause_text import culprit_of, headline_text
from tests.engine.blame.graphs import FREE, chain_in, chain_of

INF, NAN = math.inf, math.nan
Compute = Callable[[torch.Tensor, torch.Tensor], Any]


FORWARD: list[tuple[str, Compute, Any, Any, str, str]] = [
    ("log_of_zero", lambda w, x: (w * x).log(), (0.0, 1.0), (1.0, 1.0), "log", "log x is −∞ where x is 0"),
    ("log_below_zero", lambda w, x: w.log(), (-1.0, 1.0), 1.0, "log", "for 1 of 2 values, which go from −1 to 1"),
    ("in_place", lambda w, x: (w * x).log_(), (-1.0, 1.0), 1.0, "log", "below 0"),
    ("log1p", lambda w, x: w.log1p(), (-2.0,), 1.0, "log1p", "below −1"),
    ("sqrt", lambda w, x: w.sqrt(), (-4.0,), 1.0, "sqrt", "√x is NaN"),
    ("rsqrt", lambda w, x: w.rsqrt(), (0.0,), 1.0, "rsqrt", "1 / √x"),
    ("zero_by_zero", lambda w, x: w / x, (0.0, 1.0), (0.0, 1.0), "div", "0 / 0 is NaN: 1 of 2 elements"),
    ("by_zero", lambda w, x: w / x, (1.0, 1.0), (0.0, 1.0), "div", "x / 0 is infinite. 1 of 2 divisors are 0"),
    ("by_the_number_zero", lambda w, x: w / 0, (1.0,), 1.0, "div", "x / 0"),
    ("one_by_zero", lambda w, x: 1 / w, (0.0,), 1.0, "rtruediv", "x / 0 is infinite"),
    ("exp", lambda w, x: w.exp(), (89.0,), 1.0, "exp", "where x is above 88.7"),
    ("exp_of_half", lambda w, x: w.half().exp().float(), (12.0,), 1.0, "exp", "65504, where x is above 11.1"),
    ("power", lambda w, x: w**0.5, (-1.0,), 1.0, "pow", "A negative number to a power"),
    ("negative_power", lambda w, x: w**-1.5, (0.0,), 1.0, "pow", "0 to a negative power"),
    ("asin", lambda w, x: w.asin(), (1.5,), 1.0, "asin", "outside of −1 to 1"),
    ("softmax", lambda w, x: (w.masked_fill(x > 0, -INF)).softmax(-1), ((1.0, 2.0),), ((1.0, 1.0),),
     "masked_fill", "−∞ is written here"),
    ("std", lambda w, x: w.std(), (1.0,), 1.0, "std", "a single number"),
    ("mean_of_none", lambda w, x: w[x > 9].mean(), (1.0, 2.0), (1.0, 1.0), "mean", "mean of no numbers"),
    ("matmul", lambda w, x: (w @ x).float(), torch.full((2, 8), 300.0).half(), torch.full((8, 2), 300.0).half(),
     "matmul", "more than the largest number of float16, 65504"),
    ("cast", lambda w, x: w.half().float(), (1e6,), 1.0, "half", "beyond float16"),
    ("written", lambda w, x: w * torch.tensor([NAN]), (1.0,), 1.0, "tensor", "NaN is written here"),
    ("overflow", lambda w, x: (w * 1e38) * 10, (1e-3, 1.0), 1.0, "mul", "beyond float32"),
    ("ignored", lambda w, x: F.cross_entropy(w, torch.tensor([-100, -100])), ((1.0, 2.0), (3.0, 4.0)), 1.0,
     "cross_entropy", "All 2 targets are the ignored class −100"),
    ("log_softmax_class", lambda w, x: F.cross_entropy(w.masked_fill(x > 0, -INF), torch.tensor([0])), ((1.0, 2.0),),
     ((1.0, 0.0),), "masked_fill", "−∞ is written"),
    ("fmod", lambda w, x: torch.fmod(w, x), (1.0,), (0.0,), "fmod", "division by 0"),
    ("logit", lambda w, x: torch.logit(w), (1.0,), 1.0, "logit", "±∞"),
    ("normalization", lambda w, x: F.layer_norm(w, (2,), eps=0.0), ((1.0, 1.0),), 1.0, "layer_norm", "eps is 0"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:std")
@pytest.mark.parametrize(
    ("compute", "w", "x", "op", "reason"), [row[1:] for row in FORWARD], ids=[r[0] for r in FORWARD]
)
def test_the_origin_is_the_first_op_whose_inputs_were_finite(
    compute: Compute, w: Any, x: Any, op: str, reason: str
) -> None:
    origin = chain_of(compute, w, x)[0]
    assert (origin.phase, origin.name) == ("forward", op)
    assert reason.replace("−100", "-100") in origin.reason


BACKWARD: list[tuple[str, Compute, Any, Any, str, str]] = [
    ("sqrt", lambda w, x: w.sqrt(), (0.0, 1.0), 1.0, "sqrt", "infinite where x is 0. That is so for 1 of 2"),
    ("pow", lambda w, x: w**0.5, (0.0, 1.0), 1.0, "pow", "to a power below 1"),
    ("asin", lambda w, x: w.asin(), (1.0,), 1.0, "asin", "where x is −1 or 1"),
    ("where_of_sqrt", lambda w, x: torch.where(w > 0, w.sqrt(), 0.0), (0.0, 1.0), 1.0, "sqrt",
     "since “where” (line"),
    ("where_of_division", lambda w, x: torch.where(x > 0, w / x, w), (1.0, 1.0), (0.0, 1.0), "div", "x / 0"),
    ("where_of_log", lambda w, x: torch.where(w > 0, w.log(), w), (0.0, 1.0), 1.0, "log", "−∞"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("compute", "w", "x", "op", "reason"), [row[1:] for row in BACKWARD], ids=[r[0] for r in BACKWARD]
)
def test_an_infinite_slope_is_the_origin_of_a_gradient(compute: Compute, w: Any, x: Any, op: str, reason: str) -> None:
    origin = chain_of(compute, w, x)[0]
    assert origin.name == op
    assert reason in origin.reason


def test_a_softmax_over_a_row_of_minus_infinity_is_explained_behind_the_mask() -> None:
    mask, softmax = chain_of(lambda w, x: w.masked_fill(x > 0, -INF).softmax(-1), ((1.0, 2.0),), ((1.0, 1.0),))[:2]
    assert (mask.name, softmax.name) == ("masked_fill", "softmax")
    assert "−∞ throughout is 0 / 0, which is NaN: 1 of 1 rows" in softmax.reason


MASKED: list[tuple[str, Compute, Any, Any, str]] = [
    ("written", lambda w, x: (w.masked_fill(x > 0, -INF) + 1).softmax(-1), ((1.0, 2.0),), ((1.0, 1.0),), "softmax"),
    ("log_of_mask", lambda w, x: (w + (1 - x).log()).softmax(-1), ((1.0, 2.0),), ((1.0, 1.0),), "softmax"),
    ("in_data", lambda w, x: (w + x).softmax(-1), ((1.0, 2.0),), ((-INF, -INF),), "softmax"),
    ("target_class", lambda w, x: F.cross_entropy(w.masked_fill(x > 0, -INF), torch.tensor([0])), ((1.0, 2.0),),
     ((1.0, 0.0),), "cross_entropy"),
    ("plus_in_data", lambda w, x: (w + x).softmax(-1), ((1.0, 2.0),), ((INF, 0.0),), "x"),
    ("no_softmax", lambda w, x: w.log() * x, (0.0,), (0.0,), "log"),
]  # fmt: skip


@pytest.mark.parametrize(("compute", "w", "x", "op"), [row[1:] for row in MASKED], ids=[r[0] for r in MASKED])
def test_a_mask_of_minus_infinity_is_meant_and_what_it_breaks_is_at_fault(
    compute: Compute, w: Any, x: Any, op: str
) -> None:
    links = chain_of(compute, w, x)
    culprit = links[culprit_of(links)]
    assert culprit.name == op
    assert f"{op}, line" in headline_text(links, "") or op == "x"


def test_infinities_that_meet_are_said_where_they_meet() -> None:
    data, minus = chain_of(lambda w, x: (w + x) - x, (1.0,), (INF,))[:2]
    assert (data.name, data.point) == ("x", None)
    assert "came with the data" in data.reason
    assert minus.reason == "∞ − ∞ is NaN: 1 of 1 elements."


def test_a_mask_of_minus_infinity_is_not_blamed_for_a_nan_beside_it() -> None:
    def compute(w: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return (w.log() + x).softmax(-1)

    links = chain_of(compute, ((-1.0, 2.0, 3.0),), ((0.0, 0.0, -INF),))
    assert links[0].name == "log"
    assert "x" not in {link.name for link in links}


def test_a_nan_that_dies_in_where_is_not_on_the_way() -> None:
    def compute(w: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        lost = torch.where(x > 0, x.log(), w.detach())  # the NaN of the first row dies here
        return lost + (w / (x + 1))  # and the second row makes one of its own

    links = chain_of(compute, (0.0, 0.0), (-2.0, -1.0))
    assert [link.name for link in links][:2] == ["div", "add"]


def test_a_nan_that_died_in_where_comes_back_as_a_gradient() -> None:
    links = chain_of(lambda w, x: torch.where(w > 0, w.log(), torch.zeros_like(w)), (-1.0, 0.0, 1.0), 1.0)
    assert [(link.phase, link.name) for link in links[:2]] == [("forward", "log"), ("backward", "log")]
    assert "since “where” (line" in links[1].reason and "0 · ∞ is NaN" in links[1].reason


def test_an_infinite_gradient_two_nodes_before_a_nan_is_the_origin() -> None:
    links = chain_of(lambda w, x: (w * x).square().sum(1).sqrt(), (1.0, 2.0), ((1.0, 1.0), (0.0, 0.0)))
    assert [link.name for link in links[:3]] == ["sqrt", "sum", "pow"]
    assert "times 0" in links[2].reason
    assert links[0].rows == (1,)
    assert (links[0].row_count, links[0].batch) == (1, 2)
    assert links[-1].grad_fn == "AccumulateGrad"


def test_a_parameter_that_was_not_finite_before_is_the_origin() -> None:
    origin = chain_of(lambda w, x: w * x, (NAN,), (1.0,))[0]
    assert (origin.name, origin.point) == ("weight", None)
    assert "an earlier update wrote it" in origin.reason


def test_a_parameter_is_found_before_anything_has_run() -> None:
    model = nn.Linear(2, 1)
    with torch.no_grad():
        model.weight[0, 1] = INF
    experiment = Experiment(model, torch.randn(3, 2), loss=lambda output: output.sum())
    gate = Gate(4, FREE, BreakpointSet(), ValueCache(), lambda stop: FREE, lambda: None)
    (link,) = Chain(gate, None, experiment.named_tensors(), {}).links()
    assert (link.name, link.point, link.outputs[0].infs) == ("weight", None, 1)


def test_a_custom_function_is_looked_into() -> None:
    class Log(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            return (x - 1).log()

        @staticmethod
        def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
            return grad

    links = chain_of(lambda w, x: Log.apply(w), (0.5, 2.0))
    assert [link.name for link in links[:2]] == ["log", "Log"]


def test_a_value_written_into_a_place_is_found() -> None:
    def compute(w: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        h = w * x
        h[0] = float("nan")
        return h * 2

    links = chain_of(compute, (1.0, 2.0), (1.0, 1.0))
    assert links[0].name == "setitem"
    assert "NaN is written here" in links[0].reason


def test_the_limits_of_a_small_type_are_said() -> None:
    links = chain_of(lambda w, x: (w * 200).half().exp().float(), (0.1, 1e-9))
    (values,) = links[0].inputs
    assert values.dtype == "float16"
    assert values.headroom == pytest.approx(65504 / 20, rel=1e-3)
    assert values.subnormal == 0.5


def test_what_is_finite_has_no_cause() -> None:
    with pytest.raises(GradvizError, match="All that is kept of this iteration is finite"):
        chain_of(lambda w, x: w.masked_fill(x > 0, -INF).softmax(-1), ((1.0, 2.0),), ((1.0, 0.0),))


def test_a_node_can_be_asked_about() -> None:
    experiment = Experiment(nn.Linear(2, 1), torch.randn(3, 2), loss=lambda output: output.sum())
    with pytest.raises(GradvizError, match="holds neither NaN nor Inf"):
        chain_in(experiment, 0)
