"""What a person typed for a new breakpoint, read into a record or refused with a sentence."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from gradviz.errors import InvalidValueError
from gradviz.protocol.records import BreakpointKind, BreakpointRecord, Phase

Field = Literal["op", "module", "file", "line", "use", "which_phase", "iteration", "norm", "shape", "phase"]

FIELDS: dict[BreakpointKind, tuple[Field, ...]] = {
    "line": ("file", "line", "use", "phase"),
    "op": ("op", "phase"),
    "module": ("module", "phase"),
    "phase": ("which_phase",),
    "iteration": ("iteration",),
    "nan": ("phase",),
    "inf": ("phase",),
    "norm_above": ("norm",),
    "norm_below": ("norm",),
    "zero_grad": (),
    "shape": ("shape", "phase"),
}
"""Which fields each kind asks for. A node is chosen on the graph, not typed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The fields as they were typed; those that a kind does not ask for are not read."""

    kind: BreakpointKind
    op: str = ""
    module: str = ""
    file: str = ""
    line: str = ""
    use: str = ""
    which_phase: Phase = "backward"
    iteration: str = ""
    norm: str = ""
    shape: str = ""
    phase: Literal["", Phase] = ""


def read(entry: Entry) -> BreakpointRecord:
    """The breakpoint that was meant; its id is 0.

    Raises:
        InvalidValueError: a field is empty or cannot be read; the message is the sentence to show.
    """
    phase = entry.phase if "phase" in FIELDS[entry.kind] else ""
    text, number, file, line = "", 0.0, "", 0
    match entry.kind:
        case "line":
            file = _word(entry.file, _tr("Choose the file."))
            line = _whole(entry.line, 1, _tr("The line is a whole number from 1."))
            number = (
                _whole(entry.use, 0, _tr("The use is a whole number; 0 or empty is every use.")) if entry.use else 0
            )
        case "op":
            text = _word(entry.op, _tr("Name an op or a node, as addmm or AddmmBackward0."))
        case "module":
            text = _word(entry.module, _tr("Name a module by its path, as middle_linear."))
        case "phase":
            text = entry.which_phase
        case "iteration":
            number = _whole(entry.iteration, 0, _tr("The iteration is a whole number from 0."))
        case "norm_above" | "norm_below":
            number = _norm(entry.norm)
        case "shape":
            text = _shape(entry.shape)
    return BreakpointRecord(0, entry.kind, text, number, file, line, phase)


def _word(text: str, sentence: str) -> str:
    if not text.strip():
        raise InvalidValueError(sentence)
    return text.strip()


def _whole(text: str, least: int, sentence: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text.strip()) or int(text) < least:
        raise InvalidValueError(sentence)
    return int(text)


def _norm(text: str) -> float:
    try:
        number = float(text.strip())
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise InvalidValueError(_tr("The norm is a number from 0, as 1000 or 1e-6."))
    return number


def _shape(text: str) -> str:
    sizes = re.split(r"\s*[x×, ]\s*", text.strip().strip("()[]").rstrip(", "))
    if not all(re.fullmatch(r"\d{1,9}", size) for size in sizes):
        raise InvalidValueError(_tr("A shape is sizes with × or x between them, as 64 × 100."))
    return "x".join(str(int(size)) for size in sizes)


def _tr(text: str) -> str:
    return QCoreApplication.translate("BreakpointEntry", text)
