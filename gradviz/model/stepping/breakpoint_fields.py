"""What breakpoints are described by: fields of forms and of JSON requests, and how what is typed into them is read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from gradviz.errors import InvalidValueError
from gradviz.language import tr, translatable
from gradviz.protocol.records import BreakpointRecord


@dataclass(frozen=True, slots=True)
class BreakpointField:
    """One thing that a breakpoint is described by, in a form and in JSON requests. Texts are translated where they are
    shown."""

    name: str
    label: str
    fills: Literal["text", "number", "other", "file", "line", "phase", "within"]
    """The attribute of the record."""
    read: Callable[[str], str | int | float] = str
    """Read what was typed, or raise an InvalidValueError whose sentence shows how it is written."""
    hint: str = ""
    completes: Literal["", "ops", "modules", "files", "owners"] = ""
    choices: tuple[str, ...] = ()
    """Where one of a few is chosen; the empty one is every one."""
    json: str = ""
    """Its name in JSON requests; empty where they do not have it."""
    from_json: Callable[[Any], str | int | float] = lambda value: value
    default: str | None = None
    """What it is in JSON requests that leave it out; None where they must not."""
    suggested: bool = False
    """Whether a form begins with the hint as its text: a number that is right for most."""

    def text_of(self, record: BreakpointRecord) -> str:
        """Return what `read` reads as this field of `record`."""
        value = getattr(record, self.fills)
        if isinstance(value, str):
            return value.replace("x", " × ") if self.name == "shape" else value
        return f"{value:g}" if value or self.default is None else ""


def _name(sentence: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text.strip():
            raise InvalidValueError(tr(sentence))
        return text.strip()

    return read


def _whole(least: int, sentence: str, empty: int | None = None) -> Callable[[str], int]:
    def read(text: str) -> int:
        if empty is not None and not text:
            return empty
        if not re.fullmatch(r"\d{1,9}", text.strip()) or int(text) < least:
            raise InvalidValueError(tr(sentence))
        return int(text)

    return read


def _number(sentence: str, least: float = 0, most: float = math.inf) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text.strip().replace("−", "-"))
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and least <= number <= most):
            raise InvalidValueError(tr(sentence))
        return number

    return read


def _share(text: str) -> float:
    percent = text.strip().endswith("%")
    share = _number(_SHARE_SENTENCE, 0, 100 if percent else 1)(text.strip().rstrip("%"))
    return share / 100 if percent else share


def _shape(text: str) -> str:
    sizes = re.split(r"\s*[x×, ]\s*", text.strip().strip("()[]").rstrip(", "))
    if not all(re.fullmatch(r"\d{1,9}", size) for size in sizes):
        raise InvalidValueError(tr("A shape is sizes with × or x between them, as 64 × 100."))
    return "x".join(str(int(size)) for size in sizes)


_SHARE_SENTENCE = translatable("The share is a number from 0 to 1, or a percentage, as 90 %.")

# fmt: off
FILE = BreakpointField("file", translatable("File"), "file", _name(translatable("Choose the file.")), "dynamic.py",
                       completes="files", json="file")
LINE = BreakpointField("line", translatable("Line"), "line",
                       _whole(1, translatable("The line is a whole number from 1.")), "20", json="line")
USE = BreakpointField("use", translatable("Use"), "number",
                      _whole(0, translatable("The use is a whole number; 0 or empty is every use."), empty=0),
                      translatable("every use"), default="")
OP = BreakpointField("op", translatable("Op or node"), "text",
                     _name(translatable("Name an op or a node, as addmm or AddmmBackward0.")), "addmm",
                     completes="ops", json="op")
MODULE = BreakpointField("module", translatable("Module"), "text",
                         _name(translatable("Name a module by its path, as middle_linear.")),
                         "middle_linear", completes="modules", json="module")
WHICH_PHASE = BreakpointField("which_phase", translatable("Phase"), "text", json="phase",
                              choices=(translatable("backward"), translatable("forward"), translatable("update")))
ITERATION = BreakpointField("iteration", translatable("Iteration"), "number",
                            _whole(0, translatable("The iteration is a whole number from 0.")), "46",
                            json="iteration")
NORM = BreakpointField("norm", translatable("Norm"), "number",
                       _number(translatable("The norm is a number from 0, as 1000 or 1e-6.")), "1000", json="value")
LOSS = BreakpointField("loss", translatable("Loss"), "number",
                       _number(translatable("The loss is a number, as 2.5."), -math.inf), "2.5", json="value")
SHAPE = BreakpointField("shape", translatable("Shape"), "text", _shape, "64 × 100", json="shape",
                        from_json=lambda sizes: "x".join(map(str, sizes)))
SPIKING = BreakpointField("of", translatable("Of"), "text", json="of", default="loss",
                          choices=(translatable("loss"), translatable("gradient"), translatable("update")))
TIMES = BreakpointField("times", translatable("Times its median"), "number",
                        _number(translatable("Times its median is a number from 1, as 10."), 1), "10", json="value",
                        suggested=True)
LAST = BreakpointField("last", translatable("Of the last iterations"), "other",
                       _whole(1, translatable("The number of iterations is a whole number from 1.")), "50",
                       json="iterations", suggested=True)
FOR = BreakpointField("for", translatable("For iterations"), "number",
                      _whole(1, translatable("The number of iterations is a whole number from 1.")), "100",
                      json="iterations", suggested=True)
RATIO = BreakpointField("ratio", translatable("Step over weight"), "number",
                        _number(translatable("The ratio is a number from 0, as 0.1 or 1e-6.")), "0.1", json="value")
SHARE = BreakpointField("share", translatable("Share"), "number", _share, "90 %", json="value", suggested=True)
LOW = BreakpointField("low", translatable("Lowest"), "number",
                      _number(translatable("The end of a range is a number, as -5."), -math.inf), "-5", json="low")
HIGH = BreakpointField("high", translatable("Highest"), "other",
                       _number(translatable("The end of a range is a number, as 5."), -math.inf), "5", json="high")
WITHIN = BreakpointField("within", translatable("Within"), "within", str.strip,
                         translatable("all; or module, parameter"), completes="owners", json="within",
                         default="")
WEIGHTS = BreakpointField("weights", translatable("Of"), "within", str.strip,
                          translatable("any; or module, parameter, * for all"),
                          completes="owners", json="within", default="")
PHASE = BreakpointField("phase", translatable("In"), "phase", choices=("", "forward", "backward"))
"""The only phase to stop in. JSON requests take it for every kind that does not wait for a start."""
ANY_PHASE = BreakpointField("any_phase", translatable("In"), "phase", choices=("", "forward", "backward", "update"))
# fmt: on
