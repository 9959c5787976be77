"""The grammar of names (`help names`): reads what the user calls a tensor or a node."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from gradviz.client.debug_state import DebugState
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.model.graph.graph import Graph
from gradviz.model.tensor_choices import OF_PARAMETER, OF_STATE, OF_UPDATE, TensorChoice
from gradviz.protocol.commands import TensorRole
from gradviz.protocol.records import NodeRecord, PointRecord

_ROLES: dict[str, TensorRole] = {
    "output": "output", "out": "output", "value": "output", "input": "input", "in": "input", "saved": "saved",
    "grad_output": "grad_output", "grad_input": "grad_input", "grad": "grad_output", "update": "update",
    "before": "parameter_before", "after": "parameter_after", "state": "state",
}  # fmt: skip
PARTS = ("out", "input", "grad", "grad_output", "grad_input", "saved", "update", "before", "after", "state")
_PART = re.compile(r"(?P<word>[a-z_]+)(?:[ :.]*(?P<rest>.*))?$")
_NUMBERED = re.compile(r"tensor \d+")
_SLICE = re.compile(r"^(?P<name>.*?)\s*\[(?P<slice>[^\]]*)\]$")
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tensor that a name means: of which node, which one, and the part of it to show."""

    node: int | None
    """None for what the graph lacks: the tensor that `choice` names, or one of an op that has made no node."""
    choice: TensorChoice
    slice: str = ""
    op: str = ""
    """The op that has made no node."""
    point: int | None = None
    """Position of that op, if it has passed."""


def graph_of(debugger: DebugState) -> Graph:
    """Return the graph that arrived last.

    Raises:
        GradvizError: there is none yet.
    """
    graph = debugger.graph
    if graph is None or not len(graph):
        notes = graph.record.notes if graph is not None else ()
        raise GradvizError(notes[0] if notes else tr("There is no graph yet; step once."))
    return graph


def read_node(text: str, debugger: DebugState) -> int:
    """Return the node that `text` means; empty for that of the stop.

    Raises:
        GradvizError: none is meant, or several; the sentence names them.
    """
    graph = graph_of(debugger)
    text = text.strip()
    if not text:
        point = debugger.point
        if point is None or point.node is None or point.node not in graph:
            raise GradvizError(_no_node(debugger, graph))
        return point.node
    if re.fullmatch(r"#-?[0-9]+", text):
        node = int(text[1:20])  # no graph has more nodes
        if node not in graph:
            last = max(graph.index)
            raise GradvizError(
                tr("There is no node {text}; the graph has ").format(text=text)
                + (tr("#0 to #{last}.").format(last=last) if last >= 0 else tr("none yet."))
            )
        return node
    found = _find_nodes(graph, text)
    if len(found) == 1:
        return found[0].id
    if found:
        some = ", ".join(f"#{node.id}" for node in found[:_MOST_NAMED])
        more = tr(" and {value} more").format(value=len(found) - _MOST_NAMED) if len(found) > _MOST_NAMED else ""
        raise GradvizError(
            tr("{found} nodes are called {text}: {some}{more}.").format(
                found=len(found), text=text, some=some, more=more
            )
        )
    near = get_close_matches(text, list(node_names(graph)), n=1, cutoff=0.5)
    raise GradvizError(
        tr("Nothing in the graph is called {text!r}").format(text=text)
        + (tr("; did you mean {near}?").format(near=near[0]) if near else ".")
    )


def read_name(text: str, debugger: DebugState) -> Wanted:
    """Return the tensor that a name means.

    Raises:
        GradvizError: none is meant.
    """
    text = text.strip()
    graph = debugger.graph
    known = parameters_of(debugger)
    text, part_slice = (text, "") if graph is not None and _find_nodes(graph, text) else _without_slice(text)
    head, part = _split(text, graph, known)
    if not head:
        return replace(_of_stop(part, debugger, graph), slice=part_slice)
    if debugger.opened is not None and _is_outside(head, graph):
        # The engine knows whether something has this name: of the data, and of buffers, it alone does.
        return Wanted(None, _choice_of_name(head, part, known), part_slice)
    node = read_node(head, debugger)
    return Wanted(node, _choice(graph_of(debugger).node(node), part), part_slice)


def title_of(graph: Graph | None, wanted: Wanted) -> str:
    """Return the title of a tensor that is shown: `middle_linear.weight.grad`, `#12 addmm, gradient of input 1`."""
    choice = wanted.choice
    if graph is None or wanted.node is None:
        of_op = f"{wanted.op}, {choice.what} {choice.index}"
        return of_op if wanted.op else _of_parameter(choice.name, choice.what)
    node = graph.node(wanted.node)
    if choice.what == "parameter" or (choice.what == "output" and node.id < 0):
        return node.name
    if choice.what in OF_PARAMETER:
        return _of_parameter(node.name, choice.what)
    if choice.what in OF_STATE:
        return _of_parameter(f"{node.name}.{choice.name}", choice.what)
    number = f" {choice.index}" if choice.several or choice.index else ""
    what = {
        "output": f"output{number}",
        "input": tr("input {index}").format(index=choice.index),
        "saved": tr("saved {name}").format(name=choice.name),
        "grad_output": tr("gradient that comes in{value}").format(value=number and tr(" at output") + number),
        "grad_input": tr("gradient of input {index}").format(index=choice.index),
    }[choice.what]
    return f"{node_label(node)}, {what}"


def _of_parameter(name: str, what: TensorRole) -> str:
    return {
        "parameter_grad": f"{name}.grad",
        "parameter_before": (before := tr("{name} before its update").format(name=name)),
        "parameter_after": (after := tr("{name} after its update").format(name=name)),
        "state_before": before,
        "state_after": after,
        "update": tr("step of {name}").format(name=name),
    }.get(what, name)


def parameters_of(debugger: DebugState) -> list[str]:
    """Return the names of the model's parameters; forward need not have used them yet."""
    parameters = debugger.opened.parameters if debugger.opened is not None else ()
    return [name for parameter in parameters for name in parameter.names]


def node_label(node: NodeRecord) -> str:
    """Return a node's name with its number, as it can be typed: `#12 addmm`; of a leaf, its name."""
    return node.name if node.id < 0 else f"#{node.id} {node.name}"


def node_names(graph: Graph) -> Iterable[str]:
    """Return every name by which a node can be meant, except its number."""
    seen: dict[str, None] = {}
    for node in graph.nodes:
        seen.update(dict.fromkeys((*node.names, node.name) if node.kind != "stub" else ()))
        if node.id >= 0 and node.cluster != -1:
            seen[f"{graph.clusters[node.cluster].path}.{node.name}"] = None
    return seen


def _is_outside(text: str, graph: Graph | None) -> bool:
    """Return whether `text` is a name, and none of the graph's."""
    return not text.startswith("#") and (graph is None or not _find_nodes(graph, text))


def _find_nodes(graph: Graph, text: str) -> list[NodeRecord]:
    exact = [node for node in graph.nodes if text == node.name or text in node.names]
    if exact:
        return exact
    short = [n for n in graph.nodes if text in (n.type_name, n.op, n.op.rsplit(".", 1)[-1]) and text]
    if short:
        return short
    return [n for n in graph.nodes if n.cluster != -1 and text == f"{graph.clusters[n.cluster].path}.{n.name}"]


def _split(text: str, graph: Graph | None, known: Sequence[str]) -> tuple[str, str]:
    """Split into node and part: the longest beginning before a point that is the name of a node or parameter; all of it
    is tried first."""

    def is_called(head: str) -> bool:
        return head in known or (graph is not None and bool(_find_nodes(graph, head)))

    if re.match(r"#-?\d+$", text) or is_called(text):
        return text, ""
    if text.startswith("#"):
        head, _, part = text.partition(".")
        if not part:
            head, _, part = text.partition(" ")
        return head.strip(), part.strip()
    for dot in reversed([i for i, c in enumerate(text) if c == "."]):
        head, part = text[:dot].strip(), text[dot + 1 :].strip()
        if _is_part(part) and (is_called(head) or head.startswith("#")):
            return head, part
    if _is_part(text):
        return "", text
    head, _, part = text.rpartition(".")
    return (head, part) if head and _is_part(part) else (text, "")


def _is_part(text: str) -> bool:
    match = _PART.match(text)
    return match is not None and match["word"] in _ROLES


def _choice(node: NodeRecord | None, part: str) -> TensorChoice:
    parameter = node is not None and node.kind == "parameter"
    if not part:
        return TensorChoice("parameter" if parameter else "output")
    match = _PART.match(part)
    if match is None or match["word"] not in _ROLES:
        raise GradvizError(
            tr("{part!r} is no part of a node; there is {parts}.").format(part=part, parts=", ".join(PARTS))
        )
    role, rest = _ROLES[match["word"]], (match["rest"] or "").strip()
    if parameter and role in ("grad_output", "grad_input"):
        return TensorChoice("parameter_grad")
    if parameter and role == "output":
        return TensorChoice("parameter")
    if role == "saved":
        if not rest:
            raise GradvizError(tr("Say which saved tensor, such as saved mask; print alone lists them."))
        return TensorChoice("saved", name=tr("saved {rest}").format(rest=rest) if _NUMBERED.fullmatch(rest) else rest)
    if role == "state":
        if not rest:
            raise GradvizError(tr("Say which state, such as state exp_avg; print alone lists them."))
        name, _, when = rest.partition(" ")
        roles: dict[str, TensorRole] = {"before": "state_before", "after": "state_after"}
        return TensorChoice(roles.get(when.strip(), "state"), name=name)
    index = read_whole(rest or "0")
    if index is None:
        raise GradvizError(tr("{rest!r} is no number; write {match} 0.").format(rest=rest, match=match["word"]))
    return TensorChoice(role, index, several=bool(rest))


def read_whole(text: str) -> int | None:
    """Return the whole number that was typed; None for what is none, or has more digits than any index."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _choice_of_name(name: str, part: str, known: Sequence[str]) -> TensorChoice:
    """Return the choice for a tensor that has a name and is not in the graph."""
    word = _PART.match(part)
    role = _ROLES[word["word"]] if word is not None else "output"
    if role in OF_UPDATE and name in known:
        return TensorChoice(role, name=name)
    if role not in ("output", "grad_output"):
        raise GradvizError(tr("{name} is not in the graph, so it has no {part}.").format(name=name, part=part))
    what: TensorRole = "parameter_grad" if role == "grad_output" else "parameter" if name in known else "output"
    return TensorChoice(what, name=name)


def _of_stop(part: str, debugger: DebugState, graph: Graph | None) -> Wanted:
    point = debugger.point
    word = _PART.match(part)
    role = _ROLES[word["word"]] if word is not None else "output"
    forward = point is None or point.phase == "forward" or graph is None or graph.record.kind == "recorded"
    # The stop's own are not computed before it has run.
    ran = role == "grad_input" or role in OF_UPDATE or (role == "output" and forward)
    if debugger.stop is not None and debugger.stop.after and not debugger.looks_back:
        ran = False
    if ran and debugger.passed is not None:
        point = debugger.passed.point
    node = _node_of(point, graph)
    if node is None and ran and debugger.passed is None:
        raise GradvizError(tr("Nothing has run yet; step once."))
    if graph is None or node is None:
        if point is not None and role in ("input", "output"):
            position = point.index if ran or debugger.looks_back else None
            return Wanted(None, _choice(None, part), op=point.op.rpartition(".")[2], point=position)
        raise GradvizError(_no_node(debugger, graph))
    if (
        role == "grad_output"
        and point is not None
        and point.phase == "backward"
        and graph.node(node).kind == "parameter"
    ):
        # What comes in, before it is added to the leaf's gradient.
        return Wanted(node, TensorChoice("grad_output"))
    return Wanted(node, _choice(graph.node(node), part))


def _node_of(point: PointRecord | None, graph: Graph | None) -> int | None:
    there = point is not None and point.node is not None and graph is not None and point.node in graph
    return point.node if there and point is not None else None


def _no_node(debugger: DebugState, graph: Graph | None) -> str:
    if debugger.point is None:
        return tr("No op or node is current now; name a node: #12.")
    if graph is not None and graph.record.kind == "recorded" and not debugger.reach_waits:
        return tr("Without a graph of autograd, the current op has a node from iteration 1 on; or name one: #12.")
    return tr("The current op has made no node yet; step, or name one: #12.")


def _without_slice(text: str) -> tuple[str, str]:
    match = _SLICE.match(text)
    return (match["name"], match["slice"]) if match is not None else (text, "")
