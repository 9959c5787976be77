"""The requests of `gradviz debug --json`: one JSON object a line, read into a request or refused in a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from gradviz.client.debug_state import DebugState
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.language import tr
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.breakpoint_fields import BreakpointField
from gradviz.model.stepping.breakpoint_kinds import KINDS
from gradviz.model.stepping.breakpoints import node_breakpoint
from gradviz.protocol.commands import STEP_COMMANDS, StepCommand, TensorRole
from gradviz.protocol.records import BreakpointRecord, Phase
from gradviz.terminal.text.breakpoint_text import file_with_line


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request that has no fields of its own, and the base of the others."""

    command: str
    id: Any = None
    """Repeated by the answer; it may be any JSON value."""


class RunToRequest(Request, frozen=True, kw_only=True):
    """Run until this node is reached."""

    node: int
    phase: Phase | None = None


class BackToRequest(Request, frozen=True, kw_only=True):
    """Stop before the first op of an iteration that has run."""

    step: Annotated[int, Meta(ge=0, le=2**53)]


if TYPE_CHECKING:
    KindWord = str
else:
    KindWord = Literal[tuple(KINDS)]  # of another word, the decoder lists these


class BreakpointSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One breakpoint: `kind`, and what that kind needs."""

    kind: KindWord
    node: int | None = None
    op: str | None = None
    module: str | None = None
    file: str | None = None
    line: int | None = None
    iteration: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    value: float | None = None
    """Of a norm, a ratio, a share, or how many times the median."""
    of: Literal["loss", "gradient", "update"] | None = None
    """Of a spike."""
    iterations: Annotated[int, Meta(ge=1, le=10**6)] | None = None
    low: float | None = None
    high: float | None = None
    within: str | None = None
    """The only module or parameter that is looked at."""
    shape: list[int] | None = None
    phase: Phase | None = None
    """Of kind `phase`, which one; of every other, the only phase to stop in."""


class WhenRequest(Request, frozen=True, kw_only=True):
    """Stop in the first iteration, from `since` on, that met a condition."""

    condition: BreakpointSpec
    since: Annotated[int, Meta(ge=0, le=2**53)] = 0


class SetBreakpointsRequest(Request, frozen=True, kw_only=True):
    """The whole set; what is not in it is removed."""

    breakpoints: list[BreakpointSpec]


class TensorRequest(Request, frozen=True, kw_only=True):
    """Ask for one tensor of a node; without `node`, for the one called `name`, or one of the current stop."""

    what: TensorRole
    node: int | None = None
    index: int = 0
    name: str | None = None
    slice: str | None = None
    values: bool = False


class SaveRequest(Request, frozen=True, kw_only=True):
    """Write one tensor of a node to a `.npy` file."""

    what: TensorRole
    path: str
    node: int | None = None
    index: int = 0
    name: str | None = None


class EditRequest(Request, frozen=True, kw_only=True):
    """Change a parameter, or the gradient about to be passed; `g` is the old tensor in `expression`."""

    expression: str
    what: str = "grad_output"
    node: int | None = None
    name: str | None = None
    index: int = 0
    element: list[int] | None = None


class ReachRequest(Request, frozen=True, kw_only=True):
    """Ask which parameters the gradient reaches and what updates them."""

    search: str | None = None
    """A part of a name or a reason, or an error text of torch's; without it, all are meant."""


class CheckRequest(Request, frozen=True, kw_only=True):
    """Compare the analytic derivative of a node with the numeric one."""

    node: int


class UpdateRequest(Request, frozen=True, kw_only=True):
    """Ask for the optimizer's step of a parameter; without `node` and `name`, of the one at the current stop."""

    what: Literal["parameter"] = "parameter"
    node: int | None = None
    name: str | None = None


class BlameRequest(Request, frozen=True, kw_only=True):
    """Ask where a NaN or Inf comes from: that of a node, or where one was noticed."""

    node: int | None = None


class SpikeRequest(Request, frozen=True, kw_only=True):
    """Ask which modules moved more than they used to, and with `rows` for each row of the batch alone."""

    rows: bool = False


STEPS: dict[str, type[StepCommand]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(): kind
    for kind in STEP_COMMANDS
    if len(kind.__struct_defaults__) == len(kind.__struct_fields__)
}
"""`step_in` and its like: the steps that need nothing but their name."""
AT_ONCE = frozenset({"pause", "interrupt", "quit"})
"""Served at once, while all others wait until the engine is paused."""

RESUMES = frozenset({*STEPS, "continue", "back_to", "when", "run_again"})
"""What needs nothing that is known of the graph."""

_REQUESTS: dict[str, type[Request]] = {
    **dict.fromkeys((*STEPS, "continue", "run_again"), Request),
    "run_to": RunToRequest,
    "checkpoint": Request,
    "back_to": BackToRequest,
    "when": WhenRequest,
    **dict.fromkeys(AT_ONCE, Request),
    "set_breakpoints": SetBreakpointsRequest,
    "graph": Request,
    "reach": ReachRequest,
    "tensor": TensorRequest,
    "save": SaveRequest,
    "edit": EditRequest,
    "update": UpdateRequest,
    "check": CheckRequest,
    "blame": BlameRequest,
    "spike": SpikeRequest,
}
"""Every command, in the order in which a refusal lists them."""

_DEEPEST = 100
"""Brackets within brackets in a line. Far below the recursion limit of any Python, so that what can be read can also be
written."""
_BRACKETS = re.compile(r'[][{}]|"(?:[^"\\]|\\.)*+(?:"|$)')
"""A bracket, or a string with whatever is in it."""

_WORDS: dict[str, tuple[str, ...]] = {"what": get_args(TensorRole), "kind": tuple(KINDS), "phase": get_args(Phase)}
"""Fields that hold one of a few words."""


class _Peek(Struct):
    command: Any | UnsetType = UNSET
    id: Any = None


class RequestError(GradvizError):
    """A line that is no request. `id` and `command` are what could be read of it."""

    def __init__(self, message: str, command: str | None = None, request_id: Any = None) -> None:
        super().__init__(message)
        self.command = command
        self.id = request_id


def read_request(line: str) -> Request:
    """Read the request of a line.

    Raises:
        RequestError: it is not JSON, not a known command, or has a wrong or missing field.
    """
    if _depth(line) > _DEEPEST:
        raise RequestError(tr("This line is nested more than {deepest} deep.").format(deepest=_DEEPEST))
    try:
        peek = msgspec.json.decode(line, type=_Peek)
    except msgspec.ValidationError:
        raise RequestError(tr('Write one JSON object a line, such as {"command": "step_in"}.')) from None
    except msgspec.DecodeError as error:
        raise RequestError(tr("This line is not JSON: {error}.").format(error=error)) from None
    if not isinstance(peek.command, str) or peek.command not in _REQUESTS:
        known = ", ".join(_REQUESTS)
        said = "There is no command in it" if peek.command is UNSET else f"There is no command {peek.command!r}"
        raise RequestError(tr("{said}; there is {known}.").format(said=said, known=known), None, peek.id)
    try:
        return msgspec.json.decode(line, type=_REQUESTS[peek.command])
    except msgspec.ValidationError as error:
        raise RequestError(
            tr("{command}: {sentence}").format(command=peek.command, sentence=_sentence(str(error))),
            peek.command,
            peek.id,
        ) from None


def _depth(line: str) -> int:
    """Return how many brackets are open at once, at most, in a line of JSON."""
    depth = deepest = 0
    for match in _BRACKETS.finditer(line) if line.count("[") + line.count("{") > _DEEPEST else ():
        if match[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in "]}":
            depth -= 1
    return deepest


def _sentence(text: str) -> str:
    """Reword the decoder's message: the path without its dollar, and for an unknown word, the known ones."""
    said = re.sub(r" - at `\$\.?([^`]*)`", r", at \1", text).rstrip(".").replace(", at $", "")
    known = _WORDS.get(said.rpartition(".")[2].rpartition(" ")[2], ()) if said.startswith("Invalid enum value") else ()
    return f"{said}; there is {', '.join(known)}." if known else f"{said}."


def breakpoint_of(spec: BreakpointSpec, number: int, debugger: DebugState) -> BreakpointRecord:
    """Return the record of a breakpoint that a script sets, with the id `number`.

    Raises:
        InvalidValueError: what its kind needs is missing, the graph has no such node, or there is no such file.
    """
    kind, phase = KINDS[spec.kind], spec.phase or ""
    if kind.word == "node":
        graph, node = debugger.graph, _required(spec, "node")
        if graph is None:
            raise InvalidValueError(tr("The graph is known when the first forward has run; then break on a node."))
        check_node(graph, node)
        return msgspec.structs.replace(node_breakpoint(graph, node, phase), id=number)
    values = {field.fills: field.from_json(_given(spec, field)) for field in kind.fields if field.json}
    if kind.word == "line":
        values["file"] = file_with_line(str(values["file"]), spec.line or 0, debugger)
    return msgspec.structs.replace(kind.record(phase, **values), id=number)


def breakpoints_of(specs: list[BreakpointSpec], debugger: DebugState) -> tuple[BreakpointRecord, ...]:
    """Return the records of breakpoints that a script sets, numbered from 1. Raises as `breakpoint_of`."""
    return tuple(breakpoint_of(spec, number, debugger) for number, spec in enumerate(specs, start=1))


def check_node(graph: Graph, node: int) -> None:
    """Raise InvalidValueError if the graph has no such node."""
    if node not in graph:
        ids = sorted(graph.index)
        known = f"its ids go from {ids[0]} to {ids[-1]}" if ids else "it has none"
        raise InvalidValueError(tr("There is no node {node} in the graph; {known}.").format(node=node, known=known))


def _given(spec: BreakpointSpec, field: BreakpointField) -> Any:
    value = getattr(spec, field.json)
    return field.default if value is None and field.default is not None else _required(spec, field.json)


def _required(spec: BreakpointSpec, field: str) -> Any:
    value = getattr(spec, field)
    if value is None:
        raise InvalidValueError(
            tr('A breakpoint of kind {kind!r} needs "{field}".').format(kind=spec.kind, field=field)
        )
    return value
