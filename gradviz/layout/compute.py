"""The door of the layout: a graph and its open clusters in, a placement out."""

from __future__ import annotations

from collections.abc import Collection
from time import monotonic

from gradviz.layout.levels import Levels
from gradviz.layout.placement import Placement
from gradviz.layout.stitch import Stitcher
from gradviz.model.graph import Graph


def place(graph: Graph, *, open_clusters: Collection[int] | None = None, max_seconds: float = 20) -> Placement:
    """Place a graph; `open_clusters` are drawn open, the others folded to one box (None: all are open).

    The same graph and the same open clusters always give the same placement, as long as the time suffices: after
    `max_seconds` the levels that remain are laid out plainly, as are those that Graphviz cannot do; the placement's
    notes say so. Nothing interrupts Graphviz within a level: for that, call this in a process that can be killed.
    """
    return Stitcher(Levels(graph, open_clusters), monotonic() + max_seconds).run()
