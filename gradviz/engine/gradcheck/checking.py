"""The check of one derivative: which elements to compare, and which of the usual causes a difference has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

import torch

from gradviz.engine.gradcheck.differences import EPSILON, Differences, Element, analytic_of, can_differ
from gradviz.engine.gradcheck.isolation import Call, RepeatableCall, apart
from gradviz.errors import GradvizError
from gradviz.language import tr

Cause = Literal["", "wrong_formula", "kink", "kink_near", "low_precision", "nondeterministic", "nonfinite", "raised"]
SECONDS = 1.0
"""What a check may take, about."""
_MOST, _LEAST = 2_000, 12
"""Elements that are compared one by one."""
_EXAMINED = 6
"""Elements whose difference is explained; the others differ for the same reason, mostly."""
_LARGEST = 2**29
"""Bytes of the copies."""
_COARSE = 3e-3
"""ε for what computes in single precision inside."""
_SMALL = 200
"""Elements up to which torch's own check, which forms the whole Jacobian, is asked too."""


@dataclass(slots=True)
class Checked:
    """What a check found."""

    dtype: torch.dtype
    elements: list[Element] = field(default_factory=list)
    totals: dict[int, int] = field(default_factory=dict)
    """Position of each input that was differentiated by → how many elements it has."""
    cause: Cause = ""
    factor: complex | None = None
    """By which the analytic derivative is the numeric one, where it is the same everywhere."""
    wrong: tuple[int, ...] = ()
    """Positions of the inputs whose derivatives differ."""
    random: bool = False
    """Whether it draws random numbers."""
    torch_agrees: bool | None = None
    """What `torch.autograd.gradcheck` finds; None where it was not asked."""
    torch_message: str = ""
    rounding: float | None = None
    """By what share the gradient in the run's own type differs from that in double precision."""
    evaluations: int = 0
    message: str = ""
    """What its backward raised."""


class _BackwardError(Exception):
    """The backward raised."""


def check(call: Call, inputs: Sequence[torch.Tensor], wanted: Sequence[int],
          weights: Sequence[torch.Tensor] | None = None) -> Checked:  # fmt: skip
    """Compare the analytic and the numeric derivatives of `call` by the inputs at `wanted`.

    `weights`: of each output, as the gradient that comes in; random ones without. Everything runs on copies.

    Raises:
        GradvizError: it cannot be run again, or its result has no gradient.
    """
    with apart():
        again = RepeatableCall(call, inputs)
        own = [value.detach().clone() for value in inputs]
        try:
            return _check(again, own, [_in_double(value) for value in own], wanted, weights)
        except GradvizError:
            raise
        except Exception as in_double:
            # What computes with its own constants in single precision runs in that alone.
            try:
                return _check(again, own, own, wanted, weights, EPSILON if _is_double(own) else _COARSE)
            except _BackwardError as error:
                return Checked(own[wanted[0]].dtype, cause="raised", message=_said(error.__cause__ or error))
            except Exception:
                text = tr("It cannot be run again on copies: {error}")
                raise GradvizError(text.format(error=_said(in_double))) from in_double


def _check(again: RepeatableCall, own: Sequence[torch.Tensor], inputs: Sequence[torch.Tensor], wanted: Sequence[int],
           weights: Sequence[torch.Tensor] | None, epsilon: float = EPSILON) -> Checked:  # fmt: skip
    if sum(value.numel() * value.element_size() for value in inputs) > _LARGEST:
        raise GradvizError(tr("Its inputs are too large for copies in double precision; check it on a smaller batch."))
    began = perf_counter()
    with torch.no_grad():
        outputs, twice, other = again(inputs), again(inputs), again(inputs, other_numbers=True)
    seconds = (perf_counter() - began) / 3
    if not outputs:
        raise GradvizError(tr("Its result has no numbers that could have a gradient."))
    found = Checked(inputs[wanted[0]].dtype, totals={place: inputs[place].numel() for place in wanted})
    found.random = not _same(outputs, other)
    try:
        by = Differences(again, inputs, wanted, _weights(outputs, weights), epsilon)
    except Exception as error:
        raise _BackwardError from error
    if not _same(outputs, twice) or not _same_gradients(by, again):
        found.cause = "nondeterministic"
        return found
    found.elements = _compare(by, seconds)
    disagreeing = sorted((e for e in found.elements if not e.agrees), key=lambda e: -e.difference)
    found.wrong = tuple(sorted({element.place for element in disagreeing}))
    if disagreeing:
        found.cause = _cause(by, disagreeing)
        found.factor = _factor(disagreeing) if found.cause == "wrong_formula" else None
    elif found.dtype in (torch.float64, torch.complex128) and sum(found.totals.values()) <= _SMALL:
        _ask_torch(found, again, inputs, wanted, sum(output.numel() for output in outputs))
    found.rounding = _rounding(by, again, own)
    found.evaluations = by.evaluations
    return found


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def _weights(outputs: Sequence[torch.Tensor], given: Sequence[torch.Tensor] | None) -> list[torch.Tensor]:
    """Return the gradient that comes in at each output: the run's own where it gives something, else random numbers."""
    number = torch.Generator().manual_seed(0)
    found = []
    for place, output in enumerate(outputs):
        weight = given[place].to(output) if given is not None and place < len(given) else None
        usable = weight is not None and weight.shape == output.shape and bool(weight.isfinite().all())
        if weight is not None and usable and weight.count_nonzero() == weight.numel():
            found.append(weight)
            continue
        plain = torch.rand(output.shape, generator=number, dtype=torch.float64) + 0.5
        found.append(plain.to(output))
    return found


def _compare(by: Differences, seconds: float) -> list[Element]:
    """Return the elements that were compared: all of few; of many some, and those that a direction finds."""
    allowed = max(_LEAST, min(_MOST, int(SECONDS / 2 / max(seconds, 1e-6))))
    total = sum(by.inputs[place].numel() for place in by.wanted)
    number = torch.Generator().manual_seed(1)
    found: list[Element] = []
    for place in by.wanted:
        # What is infinite cannot be varied, as where a mask put it.
        can_vary = by.inputs[place].isfinite().reshape(-1).nonzero().reshape(-1)
        if total <= allowed:
            found += [by.element(place, index) for index in can_vary.tolist()]
            continue
        share = min(len(can_vary), max(_LEAST, allowed // (2 * len(by.wanted))))
        largest = by.analytic[place].abs().reshape(-1)[can_vary].topk(share // 3).indices.tolist()
        others = torch.randperm(len(can_vary), generator=number)[: share - len(largest)].tolist()
        mine = [by.element(place, int(can_vary[i])) for i in dict.fromkeys([*largest, *others])]
        if all(element.agrees for element in mine):
            mine += _search(by, place, number)
        found += mine
    return found


def _search(by: Differences, place: int, number: torch.Generator) -> list[Element]:
    """Return an element that differs, found by halving a direction along which the derivatives differ; none where they
    agree along all elements at once."""
    shape, count = by.inputs[place].shape, by.inputs[place].numel()
    along = torch.randn(count, generator=number, dtype=torch.float64).to(by.inputs[place].device)
    along *= by.inputs[place].isfinite().reshape(-1)

    def differs(first: int, end: int) -> bool:
        part = torch.zeros_like(along)
        part[first:end] = along[first:end]
        analytic, numeric, tolerance = by.direction(place, part.reshape(shape).to(by.inputs[place].real.dtype))
        return not abs(analytic - numeric) <= tolerance

    first, end = 0, count
    if not differs(first, end):
        return []
    while end - first > 1:
        middle = (first + end) // 2
        if differs(first, middle):
            end = middle
        elif differs(middle, end):
            first = middle
        else:
            return []  # halves agree: what differed was rounding
    return [by.element(place, first)]


def _cause(by: Differences, disagreeing: Sequence[Element]) -> Cause:
    """Return what the largest differences come from; a wrong formula if only one of them has no other cause."""
    found = [_cause_of(by, element) for element in disagreeing[:_EXAMINED]]
    return "wrong_formula" if "wrong_formula" in found else found[0]


def _cause_of(by: Differences, element: Element) -> Cause:
    place, index, h = element.place, element.index, by.epsilon
    if not math.isfinite(abs(element.numeric)) or not math.isfinite(abs(element.analytic)):
        return "nonfinite"
    left, right = by.one_sided(place, index)
    low, high = sorted((left, right))
    if abs(right - left) > 10 * element.tolerance and low - element.tolerance <= element.analytic.real <= (
        high + element.tolerance
    ):
        return "kink"
    if by.element(place, index, h / 100).agrees:
        return "kink_near"
    coarse = by.element(place, index, _COARSE)
    if h < _COARSE and coarse.difference <= 0.02 * max(abs(coarse.numeric), abs(coarse.analytic)):
        return "low_precision"
    return "wrong_formula"


def _factor(elements: Sequence[Element]) -> complex | None:
    """Return the one factor between the analytic and the numeric derivatives that differ; None if there is none."""
    largest = max(abs(element.numeric) for element in elements)
    ratios = [e.analytic / e.numeric for e in elements if abs(e.numeric) > 1e-4 * largest]
    if not ratios or not all(abs(ratio - ratios[0]) <= 1e-2 * max(1.0, abs(ratios[0])) for ratio in ratios):
        return None
    return sum(ratios) / len(ratios)


def _ask_torch(found: Checked, again: RepeatableCall, inputs: Sequence[torch.Tensor], wanted: Sequence[int],
               size: int) -> None:  # fmt: skip
    """Note what `torch.autograd.gradcheck` finds, which looks at undefined gradients and overlapping memory too."""
    if size > _SMALL:
        return
    leaves = [value.detach().clone().requires_grad_(place in wanted) if can_differ(value) else value
              for place, value in enumerate(inputs)]  # fmt: skip
    try:
        torch.autograd.gradcheck(lambda *values: tuple(again(values)), leaves)
        found.torch_agrees = True
    except Exception as error:
        found.torch_agrees, found.torch_message = False, str(error).strip().partition("\n")[0]


def _rounding(by: Differences, again: RepeatableCall, own: Sequence[torch.Tensor]) -> float | None:
    """Return by what share the gradient in the run's own type differs from that in double precision."""
    if _is_double(own):
        return None
    try:
        with torch.no_grad():
            outputs = again(own)
        weights = [weight.to(output) for weight, output in zip(by.weights, outputs, strict=True)]
        rough = analytic_of(again, own, by.wanted, weights)
    except Exception:
        return None
    apart_by = sum(float((rough[p].to(by.analytic[p]) - by.analytic[p]).norm()) ** 2 for p in by.wanted)
    size = sum(float(by.analytic[place].norm()) ** 2 for place in by.wanted)
    return math.sqrt(apart_by / size) if size else None


def _same_gradients(by: Differences, again: RepeatableCall) -> bool:
    twice = analytic_of(again, by.inputs, by.wanted, by.weights)
    return all(torch.equal(twice[p].nan_to_num(), by.analytic[p].nan_to_num()) for p in by.wanted)


def _same(some: Sequence[torch.Tensor], others: Sequence[torch.Tensor]) -> bool:
    pairs = zip(some, others, strict=False)
    return len(some) == len(others) and all(
        a.shape == b.shape and torch.equal(a.nan_to_num(), b.nan_to_num()) for a, b in pairs
    )


def _is_double(values: Sequence[torch.Tensor]) -> bool:
    return all(value.dtype in (torch.float64, torch.complex128) for value in values if can_differ(value))


def _in_double(value: torch.Tensor) -> torch.Tensor:
    if not can_differ(value):
        return value
    return value.to(torch.complex128 if value.is_complex() else torch.float64)
