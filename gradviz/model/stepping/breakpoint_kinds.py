"""The kinds of breakpoints: of each its form fields, how it is typed at the prompt, and the sentences that describe it.

A new kind is a row of `KINDS` here and its matching in `engine/gate/breakpoint_matching`; forms, prompt, JSON and
lists take it from the row. A field of JSON requests that no kind had before is added in
`terminal/json_requests`, too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal, get_args

from gradviz.errors import InvalidValueError
from gradviz.language import tr, translatable
from gradviz.protocol.records import BreakpointRecord, Phase

PHASES: tuple[Phase, ...] = get_args(Phase)
_IN: dict[str, str] = {
    "forward": translatable("in forward"),
    "backward": translatable("in backward"),
    "update": translatable("in update"),
}
Family = Literal["place", "start", "values", "gradients"]
Typed = dict[str, Any]
"""What was typed at the prompt, by the attributes of the record."""


@dataclass(frozen=True, slots=True)
class BreakpointField:
    """One thing that a breakpoint is described by, in a form and in JSON requests. Texts are translated where they are
    shown."""

    name: str
    label: str
    fills: Literal["text", "number", "file", "line", "phase"]
    """The attribute of the record."""
    read: Callable[[str], str | int | float] = str
    """Read what was typed, or raise an InvalidValueError whose sentence shows how it is written."""
    hint: str = ""
    completes: Literal["", "ops", "modules", "files"] = ""
    choices: tuple[str, ...] = ()
    """Where one of a few is chosen; the empty one is every one."""
    json: str = ""
    """Its name in JSON requests; empty where they do not have it."""
    from_json: Callable[[Any], str | int | float] = lambda value: value


@dataclass(frozen=True, slots=True)
class BreakpointKind:
    """What is known of one kind, but for the matching itself."""

    word: str
    family: Family
    """What it waits for: a place in the code, the start of something, values of results, or values of gradients."""
    title: Callable[[BreakpointRecord], str]
    """The first line of a breakpoint's row: what it waits for."""
    anywhere: str
    """Where it waits if no phase narrows it."""
    label: str = ""
    """In the form; empty for a kind that is chosen on the graph."""
    fields: tuple[BreakpointField, ...] = ()
    prompt: str = ""
    """How it begins at the prompt, where it is typed as a condition and not as the name of a place."""
    parse: Callable[[str], Typed | None] = lambda text: None
    """Read a condition, given in lower case; None if it is of another kind. Raises as `BreakpointField.read`."""
    use: Callable[[BreakpointRecord], str] = lambda record: ""
    """Which use of its place it waits for; empty for every one."""

    @property
    def is_condition(self) -> bool:
        """Whether it watches values; such kinds are drawn as a diamond, the others as a dot."""
        return self.family in ("values", "gradients")

    def detail(self, record: BreakpointRecord) -> str:
        """Return the second line of a breakpoint's row: where it waits."""
        if self.family in ("start", "gradients"):
            return tr(self.anywhere)
        use = self.use(record)
        where = tr(_IN[record.phase]) if record.phase else ""
        # A use of a line is in one phase or the other.
        where = where or ("" if use and self.word == "line" else tr(self.anywhere))
        return ", ".join(part for part in (where, use) if part)

    def record(self, phase: Literal["", Phase] = "", **values: Any) -> BreakpointRecord:
        """Return a breakpoint of this kind with the id 0.

        Raises:
            InvalidValueError: its condition is never tried in `phase`.
        """
        if self.family == "start":
            phase = ""
        if self.is_condition and (phase == "update" or (self.family == "gradients" and phase == "forward")):
            if self.family == "gradients":
                text = tr("This is asked of gradients, in backward, not {where}.")
            else:
                text = tr("This is asked of what comes out in forward and backward, not {where}.")
            raise InvalidValueError(text.format(where=tr(_IN[phase])))
        return BreakpointRecord(0, self.word, phase=phase, **values)

    def read(self, entered: Mapping[str, str]) -> BreakpointRecord:
        """Return the breakpoint that the fields of a form describe, by their names; the id is 0.

        Raises:
            InvalidValueError: a field is empty or cannot be read; the message is the sentence to show.
        """
        return BreakpointRecord(0, self.word, **{f.fills: f.read(entered.get(f.name, "")) for f in self.fields})  # type: ignore[arg-type]


# -- reading ---------------------------------------------------------------------------------------------------------


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


def _norm(text: str) -> float:
    try:
        number = float(text.strip())
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise InvalidValueError(tr("The norm is a number from 0, as 1000 or 1e-6."))
    return number


def _shape(text: str) -> str:
    sizes = re.split(r"\s*[x×, ]\s*", text.strip().strip("()[]").rstrip(", "))
    if not all(re.fullmatch(r"\d{1,9}", size) for size in sizes):
        raise InvalidValueError(tr("A shape is sizes with × or x between them, as 64 × 100."))
    return "x".join(str(int(size)) for size in sizes)


def _typed_word(word: str) -> Callable[[str], Typed | None]:
    return lambda text: {} if text == word else None


def _typed_phase(text: str) -> Typed | None:
    word, _, rest = text.partition(" ")
    phase = rest.strip() if word == "phase" else text
    if word == "phase" and phase not in PHASES:
        raise InvalidValueError(tr("Write the phase: break phase backward."))
    return {"text": phase} if phase in PHASES else None


def _typed_iteration(text: str) -> Typed | None:
    word, _, rest = text.partition(" ")
    if word not in ("iteration", "it"):
        return None
    if not re.fullmatch(r"[0-9]{1,18}", rest.strip()):
        raise InvalidValueError(tr("Write the iteration: break iteration 10."))
    return {"number": int(rest)}


def _typed_norm(sign: str) -> Callable[[str], Typed | None]:
    def parse(text: str) -> Typed | None:
        if not re.match(r"norm\s*([<>]|\s|$)", text):
            return None
        found = re.match(r"norm\s*(?P<sign>[<>])=?\s*(?P<number>\S+)$", text)
        try:
            number = float(found["number"]) if found is not None else float("")
        except ValueError:
            raise InvalidValueError(tr("Write the norm: break norm > 1e3, or < 1e-6.")) from None
        return {"number": number} if found is not None and found["sign"] == sign else None

    return parse


def _typed_shape(text: str) -> Typed | None:
    word, _, rest = text.partition(" ")
    if word != "shape":
        return None
    sizes = re.findall(r"\d+", rest)
    if rest.strip() != "scalar" and (not sizes or re.sub(r"[\d\sx×,()\[\]]", "", rest)):
        raise InvalidValueError(tr("Write the shape: break shape 64x100, or scalar."))
    return {"text": "x".join(sizes)}


# -- the rows --------------------------------------------------------------------------------------------------------


# fmt: off
_FILE = BreakpointField("file", translatable("File"), "file", _name(translatable("Choose the file.")), "dynamic.py",
                        completes="files", json="file")
_LINE = BreakpointField("line", translatable("Line"), "line",
                        _whole(1, translatable("The line is a whole number from 1.")), "20", json="line")
_USE = BreakpointField("use", translatable("Use"), "number",
                       _whole(0, translatable("The use is a whole number; 0 or empty is every use."), empty=0),
                       translatable("every use"))
_OP = BreakpointField("op", translatable("Op or node"), "text",
                      _name(translatable("Name an op or a node, as addmm or AddmmBackward0.")), "addmm",
                      completes="ops", json="op")
_MODULE = BreakpointField("module", translatable("Module"), "text",
                          _name(translatable("Name a module by its path, as middle_linear.")),
                          "middle_linear", completes="modules", json="module")
_WHICH_PHASE = BreakpointField("which_phase", translatable("Phase"), "text", json="phase",
                               choices=(translatable("backward"), translatable("forward"), translatable("update")))
_ITERATION = BreakpointField("iteration", translatable("Iteration"), "number",
                             _whole(0, translatable("The iteration is a whole number from 0.")), "46",
                             json="iteration")
_NORM = BreakpointField("norm", translatable("Norm"), "number", _norm, "1000", json="value")
_SHAPE = BreakpointField("shape", translatable("Shape"), "text", _shape, "64 × 100", json="shape",
                         from_json=lambda sizes: "x".join(map(str, sizes)))
PHASE = BreakpointField("phase", translatable("In"), "phase", choices=("", "forward", "backward"))
"""The only phase to stop in. JSON requests take it for every kind that does not wait for a start."""
# fmt: on


def _title_of_node(record: BreakpointRecord) -> str:
    module = record.place.module if record.place is not None else ""
    return f"{module}.{record.text}" if module else record.text


def _title_of_shape(record: BreakpointRecord) -> str:
    return tr("Shape {shape}").format(shape=record.text.replace("x", " × ") or tr("scalar"))


def _use_of_node(record: BreakpointRecord) -> str:
    return tr("use {use}").format(use=record.place.use) if record.place is not None and record.place.module else ""


def _use_of_line(record: BreakpointRecord) -> str:
    return tr("use {use}").format(use=f"{record.number:.0f}") if record.number else ""


_BEGINS = {
    "forward": translatable("Forward begins"),
    "backward": translatable("Backward begins"),
    "update": translatable("Update begins"),
}
_BOTH, _START = translatable("forward and backward"), translatable("at its start")
_GRADIENTS, _VALUES = translatable("any node of backward"), translatable("any op, any node")

# fmt: off
_ROWS = (
    BreakpointKind("node", "place", _title_of_node, _BOTH, use=_use_of_node),
    BreakpointKind("op", "place", lambda r: r.text, translatable("every op and node of this name"),
                   translatable("an op or a node type"), (_OP, PHASE)),
    BreakpointKind("module", "place", lambda r: r.text, translatable("on entering the module"),
                   translatable("a module"), (_MODULE, PHASE)),
    BreakpointKind("line", "place", lambda r: f"{PurePath(r.file).name}:{r.line}", _BOTH,
                   translatable("a source line"), (_FILE, _LINE, _USE, PHASE), use=_use_of_line),
    BreakpointKind("phase", "start", lambda r: tr(_BEGINS.get(r.text, r.text)), _START,
                   translatable("the start of a phase"), (_WHICH_PHASE,), "phase", _typed_phase),
    BreakpointKind("iteration", "start", lambda r: tr("Iteration {step}").format(step=f"{r.number:.0f}"), _START,
                   translatable("an iteration"), (_ITERATION,), "iteration", _typed_iteration),
    BreakpointKind("nan", "values", lambda r: tr("NaN appears"), _VALUES,
                   translatable("NaN appears"), (PHASE,), "nan", _typed_word("nan")),
    BreakpointKind("inf", "values", lambda r: tr("Inf appears"), _VALUES,
                   translatable("Inf appears"), (PHASE,), "inf", _typed_word("inf")),
    BreakpointKind("norm_above", "gradients", lambda r: tr("Gradient norm above {norm:g}").format(norm=r.number),
                   _GRADIENTS, translatable("gradient norm above"), (_NORM,), "norm", _typed_norm(">")),
    BreakpointKind("norm_below", "gradients", lambda r: tr("Gradient norm below {norm:g}").format(norm=r.number),
                   _GRADIENTS, translatable("gradient norm below"), (_NORM,), "norm", _typed_norm("<")),
    BreakpointKind("zero_grad", "gradients", lambda r: tr("Gradient all zero"), _GRADIENTS,
                   translatable("gradient all zero"), (), "zero", _typed_word("zero")),
    BreakpointKind("shape", "values", _title_of_shape, _VALUES,
                   translatable("a shape"), (_SHAPE, PHASE), "shape", _typed_shape),
)
# fmt: on
KINDS = {kind.word: kind for kind in _ROWS}
"""Word → kind, in the order in which they are listed."""
FIELDS = (*dict.fromkeys(field for kind in _ROWS for field in kind.fields if field is not PHASE), PHASE)
"""Every field of a form, in the order of a form's rows."""


def read_condition(text: str, phase: Literal["", Phase]) -> BreakpointRecord | None:
    """Return the breakpoint that `text`, typed at the prompt, describes by a condition; None if it names a place.

    Raises:
        InvalidValueError: it begins as a condition and cannot be read, or is never tried in `phase`.
    """
    for kind in KINDS.values():
        values = kind.parse(text.lower())
        if values is not None:
            return kind.record(phase, **values)
    return None


def title_of(record: BreakpointRecord) -> str:
    """Return what a breakpoint waits for: the first line of its row."""
    return KINDS[record.kind].title(record)


def detail_of(record: BreakpointRecord) -> str:
    """Return where a breakpoint waits: the second line of its row."""
    return KINDS[record.kind].detail(record)
