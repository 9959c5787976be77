"""Texts about the points of an iteration: name, line of code, duration, result."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.model.graph.graph import line_text
from gradviz.model.number_text import significant
from gradviz.protocol.records import PassedRecord, Phase, PointRecord, SummaryRecord

PHASES: tuple[Phase, ...] = ("forward", "backward", "update")


def phase_name(phase: Phase) -> str:
    """Return `forward` in the user's language, as a word inside a sentence."""
    return {"forward": tr("forward"), "backward": tr("backward"), "update": tr("update")}[phase]


def phase_title(phase: Phase) -> str:
    """Return `Forward`, as a heading."""
    return {"forward": tr("Forward"), "backward": tr("Backward"), "update": tr("Update")}[phase]


def unit(phase: Phase, count: int, *, by_hand: bool = False) -> str:
    """Return what a phase is counted in: `op`, `nodes`, `parameters`; a backward that is written by hand is of ops."""
    phase = "forward" if by_hand else phase
    one = {"forward": tr("op", "counted"), "backward": tr("node", "counted"), "update": tr("parameter", "counted")}
    many = {"forward": tr("ops", "counted"), "backward": tr("nodes", "counted"), "update": tr("parameters", "counted")}
    return (one if count == 1 else many)[phase]


def title(point: PointRecord) -> str:
    """Return the name of a point: the forward's call, the autograd class, or the parameter."""
    if point.phase == "update":
        return point.parameter
    if point.phase == "backward":
        return point.grad_fn or point.op or tr("a node")
    return point.op or point.grad_fn or tr("an operation")


def short_title(point: PointRecord) -> str:
    """Return the name without the package: `linear` for `torch.nn.functional.linear`."""
    return title(point) if point.phase == "update" else title(point).rpartition(".")[2]


def module_text(point: PointRecord, uses: int = 0) -> str:
    """`middle_linear, use 2 of 2`; the use is left out of a module that is used once. Empty outside of modules."""
    if not point.module:
        return ""
    if uses > 1:
        return tr("{module}, use {use} of {uses}").format(module=point.module, use=point.use, uses=uses)
    if point.use > 1:
        return tr("{module}, use {use}").format(module=point.module, use=point.use)
    return point.module


def source_text(point: PointRecord) -> str:
    """`dynamic.py:20`; empty where no line is known."""
    return line_text(point.file, point.line)


def duration(seconds: float) -> str:
    """`236 µs`, `1.24 ms`, `3.2 s`."""
    for scale, name in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= scale:
            return f"{_digits(seconds / scale)} {name}"
    return f"{seconds * 1e6:.0f} µs" if seconds >= 1e-6 or seconds == 0 else f"{seconds * 1e9:.0f} ns"


def number(value: float | None) -> str:
    """Four significant digits, three before an exponent: no more have room; `none` where there is no number."""
    if value is None:
        return tr("none")
    text = significant(value)
    return significant(value, 3) if "e" in text else text


def shape(summary: SummaryRecord) -> str:
    """`64 × 100`, `scalar`; empty where it is not known."""
    if summary.shape is None:
        return ""
    return " × ".join(map(str, summary.shape)) if summary.shape else tr("scalar")


def not_finite(passed: PassedRecord) -> bool:
    """Whether a NaN or an infinity came out of a point."""
    return any(value.nans or value.infs for value in passed.values)


def result_text(value: SummaryRecord) -> str:
    """One line on what came out: `grad mat1  64 × 100, norm 22.63`, with NaN and Inf counted."""
    if value.shape is None and value.norm is None:
        return (tr("{name}: not kept") if value.lost else tr("{name}: none")).format(name=value.name)
    parts = [shape(value)] if value.shape is not None else []
    if value.norm is not None:
        parts.append(tr("norm {norm}").format(norm=number(value.norm)))
    parts += [f"{value.nans} NaN"] if value.nans else []
    parts += [f"{value.infs} Inf"] if value.infs else []
    return f"{value.name}: {', '.join(parts)}" if value.name else ", ".join(parts)


def position_text(phase: Phase, position: int, count: int, *, by_hand: bool = False) -> str:
    """`node 7 of 18`; without `of` where the phase's length is not known."""
    if count:
        return tr("{unit} {position} of {count}").format(
            unit=unit(phase, 1, by_hand=by_hand), position=f"{position:,}", count=f"{count:,}"
        )
    return tr("{unit} {position}").format(unit=unit(phase, 1, by_hand=by_hand), position=f"{position:,}")


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
