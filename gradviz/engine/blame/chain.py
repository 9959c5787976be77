"""The chain of a NaN or Inf: from the first op whose inputs were still finite to where it was noticed."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import torch
from msgspec.structs import replace

from gradviz.engine.blame.lineage import BAD, Lineage, Place, state_of
from gradviz.engine.blame.links import LinkMaker
from gradviz.engine.blame.op_names import SOFTMAXES, op_of
from gradviz.engine.gate.gate import Gate
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.cause_records import BlameLink
from gradviz.protocol.records import GraphRecord


class Chain:
    """Finds the chains of one iteration."""

    def __init__(
        self, gate: Gate, graph: GraphRecord | None, named: Mapping[str, Any], data: Mapping[str, Any]
    ) -> None:
        """`named`: parameters, buffers and data by name; `data`: those of them that are the batch."""
        self._gate = gate
        self._lineage = Lineage(gate, graph, named)
        self._edges = graph.edges if graph is not None else ()
        self._maker = LinkMaker(self._lineage, self._edges, _batch_size(data))

    def links(self, node: int | None = None) -> tuple[BlameLink, ...]:
        """Return the chain to what `node` holds, or to where a NaN or Inf was noticed; the origin first.

        Raises:
            GradvizError: nothing there is NaN or Inf.
        """
        start = self._noticed() if node is None else self._of_node(node)
        way = self._way(start)
        links = [self._maker.link(place, way[i - 1] if i else None) for i, place in enumerate(way)]
        masks = next((i for i, place in enumerate(way) if not self._lineage.is_mask(place)), 0)
        # That −∞ is there is meant where the code writes it, and where a softmax makes the first NaN of it.
        if masks and (self._maker.is_written(way[0]) or op_of(links[masks].op) in SOFTMAXES):
            links[:masks] = [replace(link, role="meant") for link in links[:masks]]
        return tuple(links)

    # -- where it was noticed ------------------------------------------------------------------------------------------

    def _noticed(self) -> Place:
        """Return where a NaN or Inf was noticed: at the stop, in the loss, in a gradient or an update, or first."""
        history, lineage = self._gate.history, self._lineage
        current = self._gate.current_stop
        here = current.here.point.index if current is not None else len(history.passed)
        if here < len(history.passed) and lineage.worst(here) in BAD:
            return Place(here)
        if current is not None and here == len(history.passed):
            for place in self._into_stop(here):
                return place
        loss = self._of_loss()
        if loss is not None and lineage.worst(loss) in BAD:
            return Place(loss)
        # The last shows most of the way. A mask of −∞ alone is no cause for alarm.
        trouble = [passed.point for passed in history.passed if self._shows_trouble(passed.point.index)]
        for phases in (("backward", "update"), ("forward",)):
            if found := [point.index for point in trouble if point.phase in phases]:
                return Place(found[-1])
        for value in lineage.named.values():
            if state_of(value) in BAD:
                return lineage.outside(value)
        if not history.passed:
            raise GradvizError(tr("Nothing has run in this iteration yet; step on, and ask then."))
        raise GradvizError(
            tr(
                "All that is kept of this iteration is finite. Select a node that holds an Inf on purpose to see where"
                " that comes from."
            )
        )

    def _of_loss(self) -> int | None:
        """Return the point that made the loss."""
        for edge in self._edges:
            if (node := self._lineage.nodes.get(edge.target)) is not None and node.kind == "loss":
                return self._gate.history.forward_point(edge.source)
        return None

    def _into_stop(self, here: int) -> list[Place]:
        """Return what brought a NaN or Inf into the point that is about to run."""
        current = self._gate.current_stop
        assert current is not None
        if not any(isinstance(v, torch.Tensor) and state_of(v) in BAD for v in current.values):
            return []
        before = [passed.point.index for passed in self._gate.history.passed[:here]]
        return [Place(i) for i in reversed(before) if self._lineage.worst(i) in BAD][:1]

    def _shows_trouble(self, index: int) -> bool:
        """Return whether a point made a NaN, or an Inf where none is ever meant: in a loss, a gradient, an update."""
        worst = self._lineage.worst(index)
        if worst != "inf":
            return worst == "nan"
        if self._lineage.role(index) != "output":
            return True
        keys = self._lineage.results(index)
        value = self._lineage.numbers(keys[0]) if keys else None
        return value is not None and value.numel() == 1

    def _of_node(self, node: int) -> Place:
        history, lineage = self._gate.history, self._lineage
        found = [history.backward_point(node), history.forward_point(node)]
        for index in found:
            if index is not None and lineage.worst(index) in BAD:
                return Place(index)
        record = lineage.nodes.get(node)
        if record is not None and record.kind in ("loss", "output"):
            for edge in self._edges:
                if edge.target == node:
                    return self._of_node(edge.source)
        raise GradvizError(
            tr("{name} holds neither NaN nor Inf, and neither does its gradient.").format(
                name=record.name if record is not None else f"#{node}"
            )
            if any(index is not None for index in found)
            else tr("It has not run in this iteration yet; step to it, and ask then.")
        )

    # -- the way -------------------------------------------------------------------------------------------------------

    def _way(self, start: Place) -> list[Place]:
        """Return the shortest way to `start` from the earliest place whose inputs were finite."""
        following: dict[Place, Place | None] = {start: None}
        origins: list[Place] = []
        waiting = deque([start])
        while waiting:
            place = waiting.popleft()
            feeders = self._lineage.feeders(place)
            if not feeders:
                origins.append(place)
            for feeder in feeders:
                if feeder not in following:
                    following[feeder] = place
                    waiting.append(feeder)
        origin = min(origins, key=lambda place: -1 if place.index is None else place.index)
        way: list[Place] = []
        step: Place | None = origin
        while step is not None:
            way.append(step)
            step = following[step]
        return way


def _batch_size(data: Mapping[str, Any]) -> int:
    """Return how many rows the batch has: as many as the first of its tensors."""
    return next((int(value.shape[0]) for value in data.values() if getattr(value, "ndim", 0)), 0)
