"""The traps: for each kind a function that looks at an iteration's figures. Forms and sentences of a kind are its row
in `model/stepping/breakpoint_kinds`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from gradviz.engine.traps.iteration_figures import IterationFigures, is_within, not_finite
from gradviz.engine.traps.recent_values import LowestValue, RecentValues
from gradviz.language import tr, translatable
from gradviz.protocol.records import BreakpointRecord

Where = Literal["start", "value", "gradient", "update", "end"]
"""Where the iteration is stopped that is run again: before its first op, at the first value that is not finite, where
one of `names` has its gradient, or its update, or at the end of what was run."""
Memory = dict[str, Any]
"""What a trap keeps from iteration to iteration."""


@dataclass(frozen=True, slots=True)
class TrapFinding:
    """What a trap has found."""

    message: str
    """A sentence without its full stop."""
    where: Where
    names: tuple[str, ...] = ()
    phase: Literal["forward", "backward"] = "forward"
    """Of a value that is not finite: the phase in which it came up."""


@dataclass(frozen=True, slots=True)
class Trap:
    """One kind."""

    check: Callable[[BreakpointRecord, IterationFigures, Memory], TrapFinding | None]
    needs_update: Callable[[BreakpointRecord], bool] = field(default=lambda record: False)
    """Whether it looks at the update, and so needs copies of the weights before it."""
    needs_loss_alone: Callable[[BreakpointRecord], bool] = field(default=lambda record: False)
    """Whether losses that were recorded show it."""


def nearest(memory: Memory) -> float | None:
    """Return the value nearest to the limit among those that did not meet a trap; None where it compares none."""
    return memory.get("nearest")


def _note_near(memory: Memory, sign: int, value: float) -> None:
    before = memory.get("nearest")
    if before is None or sign * value > sign * before:
        memory["nearest"] = value


def _loss(sign: int, sentence: str) -> Callable[[BreakpointRecord, IterationFigures, Memory], TrapFinding | None]:
    def check(record: BreakpointRecord, now: IterationFigures, memory: Memory) -> TrapFinding | None:
        if now.before is not None:
            return None
        if not sign * now.loss > sign * record.number:
            _note_near(memory, sign, now.loss)
            return None
        return TrapFinding(tr(sentence).format(value=now.loss, limit=record.number), "start")

    return check


def _nonfinite(record: BreakpointRecord, now: IterationFigures, memory: Memory) -> TrapFinding | None:
    if now.before is not None:
        found = {n: text for n, text in not_finite(now.weights).items() if is_within(n, record.within)}
        text = tr("the update made {count} in {name}")
        return _first(text, found, "update")
    whole = not record.within
    if record.phase in ("", "forward") and whole and not math.isfinite(now.loss):
        if found := not_finite(now.weights):
            text = tr("the loss is {loss}: {name} began with {count}, which an update before made")
            return _first(text, found, "start", loss=_word(now.loss))
        return TrapFinding(tr("the loss is {loss}").format(loss=_word(now.loss)), "value")
    if record.phase in ("", "backward") and not now.skipped and not now.gradients_are_finite():
        found = {n: text for n, text in not_finite(now.gradients).items() if is_within(n, record.within)}
        return _first(tr("{count} in the gradient of {name}"), found, "value", "backward")
    return None


def _first(
    text: str, found: dict[str, str], where: Where, phase: Literal["forward", "backward"] = "forward", loss: str = ""
) -> TrapFinding | None:
    for name, count in found.items():
        return TrapFinding(text.format(name=name, count=count, loss=loss), where, tuple(found), phase)
    return None


def _word(value: float) -> str:
    return "NaN" if math.isnan(value) else "Inf" if value > 0 else "−Inf"


def _spike(record: BreakpointRecord, now: IterationFigures, memory: Memory) -> TrapFinding | None:
    after = now.before is not None
    if after != (record.text == "update"):
        return None
    match record.text:
        case "gradient":
            value, name = now.gradient_norm(record.within), tr("the gradient's norm")
        case "update":
            value, name = math.hypot(*(v for n, v in now.steps.items() if is_within(n, record.within))), tr("the step")
        case _:
            value, name = now.loss, tr("the loss")
    if value is None:
        return None
    recent: RecentValues = memory.setdefault("recent", RecentValues(int(record.other)))
    median = recent.median
    recent.add(value)
    if median is None or not value > record.number * median or median < 0:
        return None
    text = tr("{name}, {value:.4g}, is {times:.3g} times the median of the {count} iterations before, {median:.4g}")
    times = value / median if median else math.inf
    return TrapFinding(
        text.format(name=name, value=value, times=times, count=int(record.other), median=median), "start"
    )


def _gradient_norm(
    sign: int, sentence: str
) -> Callable[[BreakpointRecord, IterationFigures, Memory], TrapFinding | None]:
    def check(record: BreakpointRecord, now: IterationFigures, memory: Memory) -> TrapFinding | None:
        value = now.gradient_norm(record.within) if now.before is None else None
        if value is None:
            return None
        if not sign * value > sign * record.number:
            _note_near(memory, sign, value)
            return None
        of = tr("all parameters") if record.within == "*" else record.within
        names = tuple(name for name in now.gradients if is_within(name, record.within))
        return TrapFinding(tr(sentence).format(value=value, name=of, limit=record.number), "gradient", names)

    return check


def _ratio(sign: int, sentence: str) -> Callable[[BreakpointRecord, IterationFigures, Memory], TrapFinding | None]:
    def check(record: BreakpointRecord, now: IterationFigures, memory: Memory) -> TrapFinding | None:
        if now.before is None:
            return None
        for name, value in now.ratios(record.within).items():
            if sign * value > sign * record.number and (record.within or not _is_frozen(name, now)):
                return TrapFinding(tr(sentence).format(value=value, name=name, limit=record.number), "update", (name,))
            _note_near(memory, sign, value)
        return None

    return check


def _unchanged(record: BreakpointRecord, now: IterationFigures, memory: Memory) -> TrapFinding | None:
    if now.before is None:
        return None
    found = [name for name, step in now.steps.items() if step == 0 and is_within(name, record.within)]
    if not record.within:  # what is frozen on purpose is found by its name alone
        found = [name for name in found if not _is_frozen(name, now)]
    if not found:
        return None
    text = tr("the update did not change {name}")
    if len(found) > 1:
        text = tr("the update did not change {name} and {count} more")
    text = text.format(name=found[0], count=len(found) - 1)
    if _is_frozen(found[0], now):
        text = tr("{found}: {name} is frozen, it requires no gradient").format(found=text, name=found[0])
    elif found[0] not in now.gradients:
        text = tr("{found}: {name} has no gradient, Reach shows why").format(found=text, name=found[0])
    return TrapFinding(text, "update", tuple(found))


def _is_frozen(name: str, now: IterationFigures) -> bool:
    """Return whether a weight is to have no gradient, and has none: networks by hand have some of their own making."""
    return name not in now.gradients and not getattr(now.weights[name], "requires_grad", True)


def _changed(record: BreakpointRecord, now: IterationFigures, memory: Memory) -> TrapFinding | None:
    found = [name for name, step in now.steps.items() if step != 0 and is_within(name, record.within)]
    if now.before is None or not found:
        return None
    text = tr("the update changed {name}")
    if len(found) > 1:
        text = tr("the update changed {name} and {count} more")
    return TrapFinding(text.format(name=found[0], count=len(found) - 1), "update", tuple(found))


def _not_falling(record: BreakpointRecord, now: IterationFigures, memory: Memory) -> TrapFinding | None:
    if now.before is not None:
        return None
    lowest: LowestValue = memory.setdefault("lowest", LowestValue())
    since = lowest.add(now.step, now.loss)
    if since < record.number:
        return None
    lowest.begin_again(now.step)
    return TrapFinding(tr("the loss has had no lower value for {count} iterations").format(count=since), "start")


def _step_skipped(record: BreakpointRecord, now: IterationFigures, memory: Memory) -> TrapFinding | None:
    if not now.skipped:
        return None
    found = not_finite(now.gradients)
    text = tr("the gradient scaler left the update out")
    for name, count in found.items():
        text = tr("the gradient scaler left the update out: {count} in the gradient of {name}")
        return TrapFinding(text.format(name=name, count=count), "value", (name,), "backward")
    return TrapFinding(text, "end")


def _never(record: BreakpointRecord) -> bool:
    return False


_ABOVE, _BELOW = 1, -1
TRAPS = {
    "nonfinite": Trap(_nonfinite, lambda record: record.phase == "update"),
    "spike": Trap(_spike, lambda record: record.text == "update", lambda record: record.text in ("", "loss")),
    "loss_above": Trap(_loss(_ABOVE, translatable("the loss is {value:.6g}, above {limit:g}")), _never, bool),
    "loss_below": Trap(_loss(_BELOW, translatable("the loss is {value:.6g}, below {limit:g}")), _never, bool),
    "norm_above": Trap(
        _gradient_norm(_ABOVE, translatable("the gradient of {name} has the norm {value:.4g}, above {limit:g}"))
    ),
    "norm_below": Trap(
        _gradient_norm(_BELOW, translatable("the gradient of {name} has the norm {value:.4g}, below {limit:g}"))
    ),
    "update_ratio_above": Trap(
        _ratio(_ABOVE, translatable("the step of {name} is {value:.4g} of the weight, above {limit:g}")), bool
    ),
    "update_ratio_below": Trap(
        _ratio(_BELOW, translatable("the step of {name} is {value:.4g} of the weight, below {limit:g}")), bool
    ),
    "unchanged": Trap(_unchanged, bool),
    "changed": Trap(_changed, bool),
    "not_falling": Trap(_not_falling, _never, bool),
    "step_skipped": Trap(_step_skipped),
}


def is_trap(record: BreakpointRecord) -> bool:
    """Return whether a breakpoint is a trap, so that its iterations run freely. A condition on the norm of a gradient
    is one if it names parameters; else it is tried on the gradient of every node."""
    return record.kind in TRAPS and bool(record.within or not record.kind.startswith("norm_"))
