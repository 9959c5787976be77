"""Entry point of the layout: a graph and its open clusters in, a placement out."""

from __future__ import annotations

from collections.abc import Collection
from time import monotonic

from gradviz.layout.geometry.placement import Placement
from gradviz.layout.level_tree import LevelTree
from gradviz.layout.stitcher import Stitcher
from gradviz.model.graph.graph import Graph

VIEW = 1.6
"""Default of a view's width over its height, 16:10."""


def place(
    graph: Graph,
    *,
    open_clusters: Collection[int] | None = None,
    max_seconds: float = 20,
    aspect: float = VIEW,
) -> Placement:
    """Place a graph; of what can be folded, `open_clusters` is open (ids as in `model.folding`; None: all of it).

    What would be far taller than wide is wrapped into columns for a view that is `aspect` times as wide as high.

    The same graph and the same open clusters always give the same placement, as long as the time suffices: after
    `max_seconds` the levels that remain are laid out plainly, as are those that Graphviz cannot do; the placement's
    notes say so. Nothing interrupts Graphviz within a level: for that, call this in a process that can be killed.
    """
    deadline = monotonic() + max_seconds
    return Stitcher(LevelTree(graph, open_clusters), deadline, aspect).run()
