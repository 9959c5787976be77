"""Analytic beside numeric derivatives: right and wrong formulas, and the usual causes of a difference told apart."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional as F  # noqa: N812

from gradviz.engine.gradcheck.checking import check
from gradviz.errors import GradvizError


def numbers(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(shape, dtype=dtype, generator=torch.Generator().manual_seed(3))


def test_a_right_formula_agrees_and_torch_agrees_with_that() -> None:
    found = check(lambda v: torch.nn.functional.linear(*v), [numbers(4, 3), numbers(2, 3), numbers(2)], [0, 1, 2])
    assert (found.cause, found.torch_agrees, found.dtype) == ("", True, torch.float64)
    assert len(found.elements) == 12 + 6 + 2 and all(element.agrees for element in found.elements)
    assert found.rounding is not None and found.rounding < 1e-5


@pytest.mark.parametrize(
    ("call", "inputs"),
    [
        (lambda v: v[0].sigmoid() * v[1], [numbers(5), numbers(5)]),
        (lambda v: F.conv2d(v[0], v[1], v[2]), [numbers(1, 2, 5, 5), numbers(3, 2, 3, 3), numbers(3)]),
        (lambda v: F.layer_norm(v[0], (4,), v[1], v[2]), [numbers(3, 4), numbers(4), numbers(4)]),
        (lambda v: v[0].add_(v[1]), [numbers(3), numbers(3)]),
        (lambda v: torch.linalg.svd(v[0])[1], [numbers(3, 3)]),
        (lambda v: v[0].abs() ** 2, [numbers(4, dtype=torch.complex64)]),
        (lambda v: v[0] * v[1], [numbers(4, dtype=torch.complex64), numbers(4, dtype=torch.complex64)]),
        (lambda v: v[0].expand(3, 2), [numbers(1, 2)]),
        (lambda v: v[0] * v[1][0], [numbers(1), numbers(1, 1)]),
        (lambda v: F.dropout(v[0], 0.5), [numbers(20)]),
        (lambda v: v[0].masked_fill(v[0] > 0, float("-inf")), [numbers(6)]),
        (lambda v: torch.unbind(v[0]), [numbers(3, 2)]),
    ],
)  # fmt: skip
def test_torchs_own_derivatives_agree(
    call: Callable[[Sequence[torch.Tensor]], Any], inputs: list[torch.Tensor]
) -> None:
    found = check(call, inputs, range(len(inputs)))
    assert found.cause == "", found.elements


class Twice(Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        x, y = ctx.saved_tensors
        return 2 * grad * y, grad * x


class OneElement(Function):
    """Wrong for a single element of many."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x.exp()

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        (x,) = ctx.saved_tensors
        gradient = grad * x.exp()
        gradient[17, 33] *= 1.5
        return gradient


class Single(Function):
    """Computes in single precision, whatever it is given."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return (x.float() ** 3).to(x)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        return 3 * ctx.saved_tensors[0] ** 2 * grad


class Once(Function):
    """Right, and breaks on an undefined gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> Any:
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, one: torch.Tensor, other: torch.Tensor) -> Any:
        return 2 * one + 3 * other


def test_a_wrong_formula_is_found_with_its_input_and_its_factor() -> None:
    found = check(lambda v: Twice.apply(*v), [numbers(4), numbers(4) + 3], [0, 1])
    assert (found.cause, found.wrong) == ("wrong_formula", (0,))
    assert found.factor is not None and abs(found.factor - 2) < 1e-3
    right = [element.agrees for element in found.elements if element.place == 1]
    assert right == [True] * 4


def test_one_wrong_element_among_thousands_is_found() -> None:
    found = check(lambda v: OneElement.apply(v[0]), [numbers(100, 80)], [0])
    assert found.cause == "wrong_formula" and len(found.elements) < 4000
    worst = max(found.elements, key=lambda element: element.difference)
    assert (worst.index, worst.agrees) == (17 * 80 + 33, False)


def test_a_kink_at_an_element_and_one_within_epsilon_are_no_wrong_formulas() -> None:
    assert check(lambda v: v[0].relu(), [torch.tensor([0.0, 1.0, -1.0])], [0]).cause == "kink"
    near = torch.tensor([2e-7, 1.0], dtype=torch.float64)
    assert check(lambda v: v[0].abs(), [near], [0]).cause in ("kink", "kink_near")


def test_an_infinite_slope_is_no_wrong_formula() -> None:
    assert check(lambda v: v[0].sqrt(), [torch.tensor([0.0, 1.0])], [0]).cause == "nonfinite"


def test_single_precision_inside_is_no_wrong_formula() -> None:
    assert check(lambda v: Single.apply(v[0]), [numbers(6) + 2], [0]).cause == "low_precision"


def test_what_gives_another_result_each_time_is_said_so() -> None:
    calls = iter(range(100_000))
    assert check(lambda v: v[0] * (1 + next(calls)), [numbers(3)], [0]).cause == "nondeterministic"


def test_random_numbers_of_torch_are_the_same_at_each_run() -> None:
    found = check(lambda v: F.dropout(v[0], 0.5), [numbers(64)], [0])
    assert found.random and found.cause == ""
    assert not check(lambda v: v[0] * 2, [numbers(4)], [0]).random


def test_an_undefined_gradient_that_backward_cannot_take_is_torchs_finding() -> None:
    found = check(lambda v: Once.apply(v[0]), [numbers(3)], [0])
    assert found.cause == "" and found.torch_agrees is False and found.torch_message


def test_what_runs_in_its_own_type_alone_is_checked_there() -> None:
    weight = numbers(3, 2)
    found = check(lambda v: v[0] @ weight, [numbers(2, 3)], [0])
    assert (found.dtype, found.cause) == (torch.float32, "")


def test_what_cannot_be_run_again_says_why() -> None:
    def fails(values: Sequence[torch.Tensor]) -> torch.Tensor:
        raise ValueError("no second time")

    with pytest.raises(GradvizError, match="ValueError: no second time"):
        check(fails, [numbers(2)], [0])
    with pytest.raises(GradvizError, match="no numbers"):
        check(lambda v: v[0].argmax(), [numbers(2)], [0])


def test_nothing_of_the_run_changes() -> None:
    x = numbers(4).requires_grad_()
    x.grad = torch.ones(4)
    packed: list[object] = []
    states = random.getstate(), torch.get_rng_state(), np.random.get_state()[1].copy()
    version = x._version
    with torch.autograd.graph.saved_tensors_hooks(lambda t: packed.append(t) or t, lambda t: t):
        check(lambda v: F.dropout(v[0].mul_(2), 0.5), [x], [0])
    assert not packed and x._version == version and torch.equal(x.grad, torch.ones(4))
    assert random.getstate() == states[0] and torch.equal(torch.get_rng_state(), states[1])
    assert (np.random.get_state()[1] == states[2]).all()
