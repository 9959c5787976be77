"""Tensors that are followed from stop to stop, and how two of them, or one at two times, differ."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import numpy as np

from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.model.graph.graph import Graph, shape_text
from gradviz.model.slices import plane
from gradviz.model.stepping.timeline import Timeline
from gradviz.model.tensor_choices import AT_GATE, TensorChoice, ask_for
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import NodeRecord

Moment = tuple[int, int]
"""An iteration, and a position in it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One tensor minus another."""

    norm: float
    largest: float
    """Of all elements the difference of the largest magnitude, with its sign."""
    element: tuple[int, ...]
    """Where that is."""
    relative: float | None
    """`norm` over the norm of the other tensor; None where that is 0."""
    compared: int
    """How many values were compared: those that the engine sent."""
    count: int


def subtract(one: TensorAnswered, other: TensorAnswered) -> Difference:
    """Return how `one` differs from `other`, by the values that both answers carry.

    Raises:
        GradvizError: they have no values, or other shapes.
    """
    if one.values is None or other.values is None or one.shape is None:
        raise GradvizError(tr("There are no values to compare."))
    if one.shape != other.shape or one.values[0] != other.values[0] or one.slice != other.slice:
        raise GradvizError(
            tr("{one} and {other} have different shapes.").format(
                one=shape_text(one.shape), other=shape_text(other.shape)
            )
        )
    laid = plane(one.slice, one.shape).cut(one.values[0])
    a, b = (np.frombuffer(answer.values[1], "<f8").reshape(laid.shape) for answer in (one, other) if answer.values)
    if one.imaginary or other.imaginary:
        raise GradvizError(tr("Complex numbers are not compared."))
    if not a.size:
        return Difference(0.0, 0.0, (), None, 0, 0)
    with np.errstate(all="ignore"):
        change = a - b
        change[a == b] = 0.0  # of two infinities too
        sizes = np.where(np.isnan(change), np.inf, np.abs(change))
        row, column = np.unravel_index(int(sizes.argmax()), sizes.shape)
        norm, base = float(np.linalg.norm(change)), float(np.linalg.norm(b))
        relative = norm / base if base else None
    return Difference(norm, float(change[row, column]), laid.element(int(row), int(column)), relative, a.size,
                      math.prod(one.shape))  # fmt: skip


class WatchedIdentity(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is followed; it outlives its graph and the window."""

    title: str
    choice: TensorChoice
    node: int = AT_GATE
    kind: str = ""
    """With `name`: what the node is, by which it is known again; of an expression, both are empty."""
    name: str = ""


class WatchedTensor:
    """One tensor that is followed. `now` is its last answer, `before` that of the stop before, and `last_iteration`
    the last one of the iteration before."""

    def __init__(self, what: WatchedIdentity) -> None:
        self.what = what
        self.title, self.node, self.choice = what.title, what.node, what.choice
        self._moment: Moment | None = None
        self.now: TensorAnswered | None = None
        self.before: TensorAnswered | None = None
        self.last_iteration: TensorAnswered | None = None
        self.message = ""
        """Why there is no value now."""

    def ask(self, graph: Graph | None, timeline: Timeline | None) -> AskTensor | None:
        """Return the request for its values at the point that is shown; None where it has none."""
        self.message = ""
        if self.choice.what == "expression":
            if timeline is not None and not timeline.at_present:
                self.message = tr("of the present only")
                return None
            return AskTensor(0, None, "expression", name=self.choice.name, values=True)
        known = self._find(graph) if graph is not None else None
        asked = ask_for(timeline, known, self.choice) if known is not None else None
        if known is None or asked is None:
            self.message = tr("not in this graph") if known is None else tr("not computed yet")
            return None
        self.node = known
        return AskTensor(0, asked.node, asked.what, asked.index, asked.name, asked.point, values=True)

    def _find(self, graph: Graph) -> int | None:
        """Return its node in this graph; None if there is none. One that has a name may have another number now."""
        if self.node in graph and self._is(graph.node(self.node)):
            return self.node
        return next((node.id for node in graph.nodes if self._is(node)), None) if self.node < 0 else None

    def _is(self, node: NodeRecord) -> bool:
        return (node.kind, node.name) == (self.what.kind, self.what.name)

    def take(self, answer: TensorAnswered, moment: Moment) -> None:
        """Take up an answer that is of an iteration and a position in it."""
        if self._moment is not None and moment != self._moment and self.now is not None:
            self.before = self.now
            if moment[0] != self._moment[0]:
                self.last_iteration = self.now
        self._moment = moment
        self.message = answer.message
        if answer.shape is not None:
            self.now = answer


def figure_of(answer: TensorAnswered | None) -> float | None:
    """Return the number that represents a tensor in one cell: its value if it has one element, else its norm."""
    if answer is None or answer.statistics is None:
        return None
    found = answer.statistics
    return found.mean if found.count == 1 and found.mean is not None else found.norm


def watched_tensor(title: str, graph: Graph, node_id: int, choice: TensorChoice) -> WatchedTensor:
    """Return a tensor of a node to follow."""
    node = graph.node(node_id)
    return WatchedTensor(WatchedIdentity(title, choice, node_id, node.kind, node.name))


def watched_expression(text: str) -> WatchedTensor:
    """Return an expression to follow."""
    return WatchedTensor(WatchedIdentity(text, TensorChoice("expression", name=text)))


def to_text(rows: Iterable[WatchedTensor]) -> str:
    """Return one line of JSON for the settings file; empty for no rows."""
    kept = [row.what for row in rows]
    return msgspec.json.encode(kept).decode() if kept else ""


def from_text(text: str) -> list[WatchedTensor]:
    """Read what `to_text` wrote; nothing is followed where it cannot be read."""
    try:
        return [WatchedTensor(what) for what in msgspec.json.decode(text, type=list[WatchedIdentity])] if text else []
    except (msgspec.DecodeError, RecursionError):
        return []
