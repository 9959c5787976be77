"""The kinds of breakpoints: of each its form fields, how it is typed at the prompt, and the sentences that describe it.

A new kind is a row of `KINDS` here and its check: in `engine/traps/trap_kinds` if the figures of a whole iteration show
it, else in `engine/gate`. Forms, prompt, help, JSON and lists take it from the row. A field of JSON requests that no
kind had before is added in `terminal/json_requests`, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal, get_args

from gradviz.errors import InvalidValueError
from gradviz.language import tr, translatable
from gradviz.model.stepping import breakpoint_fields as fields
from gradviz.model.stepping.breakpoint_fields import BreakpointField
from gradviz.protocol.records import BreakpointRecord, Phase

PHASES: tuple[Phase, ...] = get_args(Phase)
_IN: dict[str, str] = {
    "forward": translatable("in forward"),
    "backward": translatable("in backward"),
    "update": translatable("in update"),
}
Family = Literal["place", "start", "values", "gradients", "iteration"]
Typed = dict[str, Any]
"""What was typed at the prompt, by the attributes of the record."""
Example = tuple[str, str]
"""What may be typed behind `break`, and what it means."""


@dataclass(frozen=True, slots=True)
class BreakpointKind:
    """What is known of one kind, but for the check itself."""

    word: str
    family: Family
    """What it waits for: a place in the code, the start of something, values of results, values of gradients, or what
    an iteration shows as a whole (a trap)."""
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
    examples: tuple[Example, ...] = ()
    """For the prompt's help."""

    @property
    def is_condition(self) -> bool:
        """Whether it watches values; such kinds are drawn as a diamond, the others as a dot."""
        return self.family in ("values", "gradients", "iteration")

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that it can be narrowed to."""
        match self.family:
            case "gradients":
                return ("backward",)
            case "values":
                return ("forward", "backward")
            case "iteration" if fields.ANY_PHASE not in self.fields:
                return ()
        return PHASES

    def detail(self, record: BreakpointRecord) -> str:
        """Return the second line of a breakpoint's row: where it waits."""
        if self.family == "start":
            return tr(self.anywhere)
        use = self.use(record)
        where = tr(_IN[record.phase]) if record.phase and self.family != "gradients" else ""
        # A use of a line is in one phase or the other.
        where = where or ("" if use and self.word == "line" else tr(self.anywhere))
        if record.within:
            where = _within(record) if where == tr(self.anywhere) else f"{where}, {_within(record)}"
        return ", ".join(part for part in (where, use) if part)

    def record(self, phase: Literal["", Phase] = "", **values: Any) -> BreakpointRecord:
        """Return a breakpoint of this kind with the id 0.

        Raises:
            InvalidValueError: its condition is never tried in `phase`, or not within one module.
        """
        if self.family == "start":
            phase = ""
        if phase and phase not in self.phases:
            if self.family == "gradients":
                text = tr("This is asked of gradients, in backward, not {where}.")
            elif self.family == "iteration":
                text = tr("This is asked of a whole iteration, not {where}.")
            else:
                text = tr("This is asked of what comes out in forward and backward, not {where}.")
            raise InvalidValueError(text.format(where=tr(_IN[phase])))
        if values.get("within") and not any(field.fills == "within" for field in self.fields):
            raise InvalidValueError(tr("This cannot be narrowed to a module or a parameter."))
        return self._checked(BreakpointRecord(0, self.word, phase=phase, **values))

    def read(self, entered: Mapping[str, str]) -> BreakpointRecord:
        """Return the breakpoint that the fields of a form describe, by their names; the id is 0.

        Raises:
            InvalidValueError: a field is empty or cannot be read; the message is the sentence to show.
        """
        read = {field.fills: field.read(entered.get(field.name, "")) for field in self.fields}
        return self._checked(BreakpointRecord(0, self.word, **read))  # type: ignore[arg-type]

    def _checked(self, record: BreakpointRecord) -> BreakpointRecord:
        if record.kind == "spike" and record.text in ("", "loss") and record.within:
            text = tr("The loss is that of the whole model; a spike of gradient or update can be within {name}.")
            raise InvalidValueError(text.format(name=record.within))
        return record


# -- reading ---------------------------------------------------------------------------------------------------------


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


def _typed_bound(word: str, sign: str, field: BreakpointField, sentence: str) -> Callable[[str], Typed | None]:
    """Of `word > NUMBER`, or with <."""

    def parse(text: str) -> Typed | None:
        if not re.match(rf"{word}\s*([<>]|\s|$)", text):
            return None
        found = re.match(rf"{word}\s*(?P<sign>[<>])=?\s*(?P<number>\S.*)$", text)
        try:
            number = field.read(found["number"]) if found is not None else None
        except InvalidValueError:
            number = None
        if found is None or number is None:
            raise InvalidValueError(tr(sentence))
        return {"number": number} if found["sign"] == sign else None

    return parse


def _typed_loss(sign: str) -> Callable[[str], Typed | None]:
    """Of the loss; `loss` alone is a node's name."""
    typed = _typed_bound("loss", sign, fields.LOSS, translatable("Write the loss: break loss > 2.5, or < 0.1."))
    return lambda text: typed(text) if re.match(r"loss\s*[<>]", text) else None


def _typed_pattern(pattern: str, sentence: str) -> Callable[[str], Typed | None]:
    """Of what `pattern` describes by groups named as attributes; it begins with the word of the condition."""
    word = re.match(r"[a-z_]+", pattern)
    assert word is not None

    def parse(text: str) -> Typed | None:
        if text.split(" ")[0] != word[0]:
            return None
        found = re.fullmatch(pattern, text)
        try:
            values = {k: v if k == "text" else float(v) for k, v in found.groupdict("loss").items()} if found else None
        except ValueError:
            values = None
        if values is None:
            raise InvalidValueError(tr(sentence))
        return values

    return parse


def _typed_shape(text: str) -> Typed | None:
    word, _, rest = text.partition(" ")
    if word != "shape":
        return None
    sizes = re.findall(r"\d+", rest)
    if rest.strip() != "scalar" and (not sizes or re.sub(r"[\d\sx×,()\[\]]", "", rest)):
        raise InvalidValueError(tr("Write the shape: break shape 64x100, or scalar."))
    return {"text": "x".join(sizes)}


# -- sentences -------------------------------------------------------------------------------------------------------


def _within(record: BreakpointRecord) -> str:
    if record.within == "*":
        return tr("of all parameters together")
    return tr("within {name}").format(name=record.within)


def _title_of_node(record: BreakpointRecord) -> str:
    module = record.place.module if record.place is not None else ""
    return f"{module}.{record.text}" if module else record.text


def _title_of_shape(record: BreakpointRecord) -> str:
    return tr("Shape {shape}").format(shape=record.text.replace("x", " × ") or tr("scalar"))


def _use_of_node(record: BreakpointRecord) -> str:
    return tr("use {use}").format(use=record.place.use) if record.place is not None and record.place.module else ""


def _use_of_line(record: BreakpointRecord) -> str:
    return tr("use {use}").format(use=f"{record.number:.0f}") if record.number else ""


def _with_number(text: str) -> Callable[[BreakpointRecord], str]:
    return lambda record: tr(text).format(number=f"{record.number:g}", other=f"{record.other:g}",
                                          percent=f"{100 * record.number:g}")  # fmt: skip


def _title_of_spike(record: BreakpointRecord) -> str:
    return tr(_SPIKES.get(record.text, _SPIKES["loss"])).format(number=f"{record.number:g}")


_SPIKES = {
    "loss": translatable("Loss above {number} × its median"),
    "gradient": translatable("Gradient norm above {number} × its median"),
    "update": translatable("Step above {number} × its median"),
}
_BEGINS = {
    "forward": translatable("Forward begins"),
    "backward": translatable("Backward begins"),
    "update": translatable("Update begins"),
}
_BOTH, _START = translatable("forward and backward"), translatable("at its start")
_GRADIENTS, _VALUES = translatable("any node of backward"), translatable("any op, any node")
_FIGURES, _WEIGHTS = translatable("in loss, gradients, updates"), translatable("any weight")
_LOSS = translatable("before the iteration")
_NORM_WRITTEN = translatable("Write the norm: break norm > 1e3, or < 1e-6.")
_RATIO_WRITTEN = translatable("Write the ratio of step and weight: break ratio > 0.1, or < 1e-6.")

# -- the rows --------------------------------------------------------------------------------------------------------

_row = BreakpointKind
# fmt: off
_ROWS = (
    _row("node", "place", _title_of_node, _BOTH, use=_use_of_node, examples=(
            ("#12", translatable("before a node, in forward and backward")),
            ("middle_linear.weight", translatable("before its gradient is stored")))),
    _row("op", "place", lambda r: r.text, translatable("every op and node of this name"),
         translatable("an op or a node type"), (fields.OP, fields.PHASE),
         examples=(("addmm", translatable("before every op or node of that name")),)),
    _row("module", "place", lambda r: r.text, translatable("on entering the module"),
         translatable("a module"), (fields.MODULE, fields.PHASE),
         examples=(("middle_linear", translatable("on entering a module")),)),
    _row("line", "place", lambda r: f"{PurePath(r.file).name}:{r.line}", _BOTH,
         translatable("a source line"), (fields.FILE, fields.LINE, fields.USE, fields.PHASE), use=_use_of_line,
         examples=(("model.py:21", translatable("before what a line made")),)),
    _row("phase", "start", lambda r: tr(_BEGINS.get(r.text, r.text)), _START,
         translatable("the start of a phase"), (fields.WHICH_PHASE,), "phase", _typed_phase,
         examples=(("backward", translatable("when a phase begins: forward, backward, update")),)),
    _row("iteration", "start", lambda r: tr("Iteration {step}").format(step=f"{r.number:.0f}"), _START,
         translatable("an iteration"), (fields.ITERATION,), "iteration", _typed_iteration,
         examples=(("iteration 10", translatable("when an iteration begins")),)),
    _row("nonfinite", "iteration", lambda r: tr("NaN or Inf"), _FIGURES,
         translatable("NaN or Inf in loss, gradients, updates"), (fields.WITHIN, fields.ANY_PHASE), "nonfinite",
         _typed_word("nonfinite"),
         examples=(("nonfinite", translatable("where a NaN or Inf begins that reaches loss, gradient or update")),)),
    _row("nan", "values", lambda r: tr("NaN appears"), _VALUES,
         translatable("NaN anywhere"), (fields.WITHIN, fields.PHASE), "nan", _typed_word("nan"),
         examples=(("nan", translatable("after a NaN came out, anywhere")),)),
    _row("inf", "values", lambda r: tr("Inf appears"), _VALUES,
         translatable("Inf anywhere"), (fields.WITHIN, fields.PHASE), "inf", _typed_word("inf"),
         examples=(("inf", translatable("after an infinity came out, anywhere")),)),
    _row("spike", "iteration", _title_of_spike, _LOSS, translatable("a spike"),
         (fields.SPIKING, fields.TIMES, fields.LAST, fields.WITHIN), "spike",
         _typed_pattern(r"spike (?:(?P<text>loss|gradient|update) )?(?P<number>[\d.]+) of (?P<other>[1-9]\d{0,6})",
                        translatable("Write the spike: break spike 10 of 50, or spike gradient 10 of 50.")),
         use=_with_number(translatable("median of the last {other}")),
         examples=(("spike 10 of 50", translatable("before a loss above 10 times the median of the last 50")),
                   ("spike gradient 10 of 50", translatable("of the gradient's norm; or of the update's")))),
    _row("loss_above", "iteration", _with_number(translatable("Loss above {number}")), _LOSS,
         translatable("loss above"), (fields.LOSS,), "loss", _typed_loss(">"),
         examples=(("loss > 2.5", translatable("before an iteration whose loss is above (or below, with <)")),)),
    _row("loss_below", "iteration", _with_number(translatable("Loss below {number}")), _LOSS,
         translatable("loss below"), (fields.LOSS,), "loss", _typed_loss("<")),
    _row("norm_above", "gradients", _with_number(translatable("Gradient norm above {number}")),
         _GRADIENTS, translatable("gradient norm above"), (fields.NORM, fields.WEIGHTS), "norm",
         _typed_bound("norm", ">", fields.NORM, _NORM_WRITTEN),
         examples=(("norm > 1e3", translatable("after a gradient's norm was above (or below, with <)")),
                   ("norm > 10 within *", translatable("that of all parameters together, or of one module's")))),
    _row("norm_below", "gradients", _with_number(translatable("Gradient norm below {number}")),
         _GRADIENTS, translatable("gradient norm below"), (fields.NORM, fields.WEIGHTS), "norm",
         _typed_bound("norm", "<", fields.NORM, _NORM_WRITTEN)),
    _row("zero_grad", "gradients", lambda r: tr("Gradient all zero"), _GRADIENTS,
         translatable("gradient all zero"), (fields.WITHIN,), "zero", _typed_word("zero"),
         examples=(("zero", translatable("after a gradient came out zero everywhere")),)),
    _row("update_ratio_above", "iteration", _with_number(translatable("Step above {number} of the weight")), _WEIGHTS,
         translatable("a step that is large for its weight"), (fields.RATIO, fields.WITHIN), "ratio",
         _typed_bound("ratio", ">", fields.RATIO, _RATIO_WRITTEN),
         examples=(("ratio > 0.1", translatable("after a step so large beside its weight (or so small, with <)")),)),
    _row("update_ratio_below", "iteration", _with_number(translatable("Step below {number} of the weight")), _WEIGHTS,
         translatable("a step that is small for its weight"), (fields.RATIO, fields.WITHIN), "ratio",
         _typed_bound("ratio", "<", fields.RATIO, _RATIO_WRITTEN)),
    _row("unchanged", "iteration", lambda r: tr("Weight not changed by the update"), _WEIGHTS,
         translatable("a weight that does not change"), (fields.WITHIN,), "unchanged", _typed_word("unchanged"),
         examples=(("unchanged", translatable("after an update that left a weight as it was")),)),
    _row("changed", "iteration", lambda r: tr("Weight changed by the update"), _WEIGHTS,
         translatable("a weight that changes"), (fields.WITHIN,), "changed", _typed_word("changed"),
         examples=(("changed within embed", translatable("after an update that changed a weight, as a frozen one")),)),
    _row("zeros_above", "values", _with_number(translatable("Zeros above {percent} %")), _VALUES,
         translatable("share of zeros above"), (fields.SHARE, fields.WITHIN, fields.PHASE), "zeros",
         _typed_bound("zeros", ">", fields.SHARE, translatable("Write the share: break zeros > 90%.")),
         examples=(("zeros > 90%", translatable("after so many entries came out zero")),)),
    _row("dead_above", "values", _with_number(translatable("Dead units above {percent} %")), _VALUES,
         translatable("share of dead units above"), (fields.SHARE, fields.WITHIN), "dead",
         _typed_bound("dead", ">", fields.SHARE, translatable("Write the share: break dead > 50%.")),
         examples=(("dead > 50%", translatable("after a ReLU whose units were zero for the whole batch")),)),
    _row("value_outside", "values", _with_number(translatable("Values outside {number} to {other}")), _VALUES,
         translatable("values outside a range"), (fields.LOW, fields.HIGH, fields.WITHIN, fields.PHASE), "outside",
         _typed_pattern(r"outside (?P<number>\S+) (?:to )?(?P<other>\S+)",
                        translatable("Write the range: break outside -5 5.")),
         examples=(("outside -5 5", translatable("after a value outside a range came out")),)),
    _row("shape", "values", _title_of_shape, _VALUES,
         translatable("a shape"), (fields.SHAPE, fields.WITHIN, fields.PHASE), "shape", _typed_shape,
         examples=(("shape 64x100", translatable("after a result of that shape")),)),
    _row("not_falling", "iteration", _with_number(translatable("Loss not falling for {number} iterations")), _LOSS,
         translatable("a loss that does not fall"), (fields.FOR,), "not_falling",
         _typed_pattern(r"not_falling (?P<number>[1-9]\d{0,8})",
                        translatable("Write for how many iterations: break not_falling 100.")),
         examples=(("not_falling 100", translatable("when the loss has had no lower value for 100 iterations")),)),
    _row("step_skipped", "iteration", lambda r: tr("Update left out by the gradient scaler"),
         translatable("in a script"), translatable("an update that GradScaler leaves out"), (), "skipped",
         _typed_word("skipped"),
         examples=(("skipped", translatable("after an update that GradScaler left out, in a script")),)),
)
# fmt: on
KINDS = {kind.word: kind for kind in _ROWS}
"""Word → kind, in the order in which they are listed."""
FIELDS = tuple(
    sorted(
        dict.fromkeys(field for kind in _ROWS for field in kind.fields),
        key=lambda field: {"within": 1, "phase": 2}.get(field.fills, 0),
    )
)
"""Every field of a form, in the order of a form's rows."""


_WITHIN = re.compile(r"(?P<rest>.*\S)\s+within\s+(?P<name>\S+)")


def read_condition(text: str, phase: Literal["", Phase]) -> BreakpointRecord | None:
    """Return the breakpoint that `text`, typed at the prompt, describes by a condition; None if it names a place.

    Raises:
        InvalidValueError: it begins as a condition and cannot be read, or is never tried in `phase`.
    """
    narrowed = _WITHIN.fullmatch(text)
    within = {"within": narrowed["name"]} if narrowed is not None else {}
    for kind in KINDS.values():
        values = kind.parse((narrowed["rest"] if narrowed is not None else text).lower())
        if values is not None:
            return kind.record(phase, **values, **within)
    return None


def title_of(record: BreakpointRecord) -> str:
    """Return what a breakpoint waits for: the first line of its row."""
    return KINDS[record.kind].title(record)


def detail_of(record: BreakpointRecord) -> str:
    """Return where a breakpoint waits: the second line of its row."""
    return KINDS[record.kind].detail(record)
