"""Why a point is the next one to run, in a sentence: what it waited for, and what runs first of what is ready."""

from __future__ import annotations

from pathlib import PurePath

from gradviz.language import tr
from gradviz.model.derivative.derivatives import wants_gradient
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import NodeRecord, PointRecord

_MOST_NAMES = 3


def reason_text(graph: Graph | None, timeline: Timeline, point: PointRecord) -> str:
    """Return why `point` is the one at the timeline's cursor."""
    first = not any(passed.point.phase == point.phase for passed in timeline.shown())
    if point.phase == "update":
        return _update(point, first)
    if point.phase == "forward":
        return _forward(point, first)
    if not point.grad_fn or graph is None or point.node not in graph.index:
        return _by_hand(point, first)
    node = graph.node(point.node or 0)
    return _leaf(graph, node) if node.kind == "parameter" else _function(graph, timeline, node)


def end_text() -> str:
    """Return what the stop after the last parameter of an update is."""
    return tr("That was the last parameter of this update; the next step goes on behind it.")


def _forward(point: PointRecord, first: bool) -> str:
    if not point.file and not point.module:
        return tr("Called outside of the model's own code, as the loss is: it has no line there.")
    if first:
        return tr("Forward begins with its first operation.")
    if not point.file:
        return tr("Forward has come to its next operation, which has no line in the model's own code.")
    place = {"line": point.line, "file": PurePath(point.file).name, "module": point.module, "use": point.use}
    if point.module and point.use > 1:
        return tr("Forward has come to line {line} of {file}, for the use {use} of {module}.").format(**place)
    return tr("Forward runs line by line, and has come to line {line} of {file}.").format(**place)


def _by_hand(point: PointRecord, first: bool) -> str:
    if first:
        return tr("The backward that is written by hand begins with its first operation.")
    return tr("It is the next operation of the backward that is written by hand.")


def _update(point: PointRecord, first: bool) -> str:
    if point.file:
        return tr("Line {line} of {file} changes it.").format(line=point.line, file=PurePath(point.file).name)
    if point.node is None:
        return tr("Backward is over. The optimizer changes several parameters at once, in code of its own.")
    if first:
        return tr("Backward is over: the optimizer begins with its first parameter. Its code is torch's, with no line.")
    return tr("The optimizer changes one parameter after the other.")


def _leaf(graph: Graph, node: NodeRecord) -> str:
    count = len(graph.outgoing[node.id])
    if count > 1:
        text = tr("All {count} gradients of {name} are in, and a leaf goes first.").format(count=count, name=node.name)
    else:
        text = tr("The gradient of {name} is in, and a leaf goes first.").format(name=node.name)
    return text + " " + tr("It has no line: no operation of forward made it.")


def _function(graph: Graph, timeline: Timeline, node: NodeRecord) -> str:
    givers = _givers(graph, node)
    if not givers:
        return tr("Backward starts here, with d loss / d loss = 1.")
    if len(givers) == 1:
        text = tr("The gradient that it waits for is in, from {name}.").format(name=givers[0].name)
    elif len(givers) <= _MOST_NAMES:
        names = ", ".join(giver.name for giver in givers)
        text = tr("All {count} gradients that it waits for are in: {names}.").format(count=len(givers), names=names)
    else:
        text = tr("All {count} gradients that it waits for are in.").format(count=len(givers))
    others = _ready_before(graph, timeline, node)
    if others:
        text += " " + tr("Of the {count} nodes that are ready, the one that forward made last goes first.").format(
            count=others + 1
        )
    return text


def _givers(graph: Graph, node: NodeRecord) -> list[NodeRecord]:
    """Return the nodes that give a term of the gradient of `node`, in forward's order; none of a root."""
    consumers = dict.fromkeys(edge.target for edge in graph.outgoing[node.id])
    return [graph.node(each) for each in consumers if graph.node(each).kind not in ("loss", "output")]


def _ready_before(graph: Graph, timeline: Timeline, node: NodeRecord) -> int:
    """Return how many functions that forward made before `node` wait for nothing any more, as seen from the cursor."""
    ran = {passed.point.node for passed in timeline.shown() if passed.point.phase == "backward"}
    reached = {edge.source for each in ran if each in graph.index for edge in graph.incoming[each or 0]}
    ready = [
        each
        for each in (graph.node(source) for source in reached - ran - {node.id})
        if wants_gradient(each) and each.kind != "parameter" and all(g.id in ran for g in _givers(graph, each))
    ]
    return len(ready) if all(each.id < node.id for each in ready) else 0
