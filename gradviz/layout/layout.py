"""Layout of a graph: levels are laid out from the innermost out, and stitched together to a placement."""

from __future__ import annotations

from collections.abc import Collection
from time import monotonic

import numpy as np

from gradviz.language import tr
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry.box_texts import cluster_title, header_width
from gradviz.layout.geometry.placement import LevelItem, LevelShape, Placement, Points
from gradviz.layout.level_cache import LevelCache
from gradviz.layout.level_tree import Level, LevelTree
from gradviz.model.graph.graph import Graph


class Stitcher:
    """The layout of a graph that is divided into levels; `deadline` is a time of `time.monotonic`.

    Tall levels are cut into columns for a view `aspect` times as wide as high.
    """

    def __init__(self, levels: LevelTree, deadline: float, aspect: float) -> None:
        self.levels = levels
        self.graph = levels.graph
        self._cache = LevelCache(deadline, aspect)
        self.layouts = self._cache.layouts
        self._number_of: dict[int, int] = {}
        """Cluster of a level → its layout's number in the cache."""

    def run(self) -> Placement:
        """Return the placement of the whole graph."""
        for cluster in sorted(self.levels.levels, key=lambda c: -self.levels.levels[c].depth):
            share = 1.0 if cluster == -1 else self.levels.nesting.counts[cluster] / len(self.graph)
            self._number_of[cluster] = self._cache.number_of(self._shape(self.levels.levels[cluster]), share)
        return self._placement()

    # Layouts, innermost first

    def _shape(self, level: Level) -> LevelShape:
        items = []
        for item in level.items:
            if item >= 0:
                box = self.levels.boxes[item]
                items.append(LevelItem(box.kind, *box.room))
            else:
                layout = self.layouts[self._number_of[~item]]
                items.append(LevelItem("cluster", layout.width, layout.height, self._number_of[~item]))
        leaves = tuple(self.levels.boxes[box].kind in ("leaf", "badge") for box, _ in level.in_ports)
        return LevelShape(
            tuple(items),
            tuple(level.links),
            tuple(level.label_widths.get(number, 0.0) for number in range(len(level.links))),
            leaves,
            len(level.out_ports),
            0.0 if level.cluster == -1 else self._least_width(level),
            level.cluster != -1,
            bool(self.graph.clusters),
            self.levels.large,
        )

    def _least_width(self, level: Level) -> float:
        cluster = self.graph.clusters[level.cluster]
        if cluster.uses > 1:
            right = tr("use {use} of {uses}").format(use=cluster.use, uses=cluster.uses)
        else:
            right = tr("{count} nodes").format(count="000")
        needed = header_width(cluster_title(self.graph, level.cluster, level.parent), cluster.class_name, right)
        return m.HEADER_STEP * -(-needed // m.HEADER_STEP)

    # Outermost first

    def _placement(self) -> Placement:
        levels = self.levels
        corners, rects = self._box_places()
        routes = levels.routes
        paths = [
            curves.join([self._path(cluster, link) + corners[cluster] for cluster, link in route.steps])
            for route in routes
        ]
        labels = np.full((len(routes), 2), np.nan)
        for number, route in enumerate(routes):
            if route.label:
                cluster, link = route.steps[route.crown]
                labels[number] = self.layouts[self._number_of[cluster]].labels[link] + corners[cluster]
        clusters = [cluster for cluster in corners if cluster != -1]
        sizes = [self.layouts[self._number_of[cluster]] for cluster in clusters]
        whole = self.layouts[self._number_of[-1]]
        boxes = levels.boxes
        return Placement(
            signature=self.graph.signature,
            width=whole.width + 2 * m.MARGIN,
            height=whole.height + 2 * m.MARGIN,
            box_node=_ints(box.node for box in boxes),
            box_cluster=_ints(box.cluster for box in boxes),
            box_badge=np.array([box.badge for box in boxes], dtype=np.bool_),
            box_compact=np.array([box.box.compact for box in boxes], dtype=np.bool_),
            box_rect=rects.astype(np.float32),
            box_count=_ints(box.count for box in boxes),
            box_group=_ints(box.group for box in boxes),
            node_box=levels.box_of_node.astype(np.int32),
            node_cell=levels.folded.cell.astype(np.int32),
            box_range=levels.ranges,
            cluster_id=_ints(clusters),
            cluster_rect=np.array(
                [(*corners[c], layout.width, layout.height) for c, layout in zip(clusters, sizes, strict=True)],
                dtype=np.float32,
            ).reshape(-1, 4),
            cluster_depth=_ints(levels.levels[cluster].depth - 1 for cluster in clusters),
            edge_source=_ints(route.source for route in routes),
            edge_target=_ints(route.target for route in routes),
            edge_index=_ints(route.edge for route in routes),
            edge_count=_ints(route.count for route in routes),
            edge_start=np.cumsum([0, *(len(path) for path in paths)]).astype(np.int32),
            points=np.vstack([np.zeros((0, 2)), *paths]).astype(np.float32),
            label_position=labels.astype(np.float32),
            notes=self._notes(),
            box_title=tuple(box.box.title for box in boxes),
            box_subtitle=tuple(box.box.subtitle for box in boxes),
            cluster_title=tuple(cluster_title(self.graph, c, levels.levels[c].parent) for c in clusters),
            edge_label=tuple(route.label for route in routes),
        )

    def _box_places(self) -> tuple[dict[int, Points], Points]:
        """Return the upper left corner of every level, parents first, and (boxes, 4) rectangles."""
        levels = self.levels
        corners: dict[int, Points] = {-1: np.array([m.MARGIN, m.MARGIN])}
        rects = np.zeros((len(levels.boxes), 4))
        for cluster in sorted(levels.levels, key=lambda c: levels.levels[c].depth):
            layout = self.layouts[self._number_of[cluster]]
            for item, corner in zip(levels.levels[cluster].items, layout.corners + corners[cluster], strict=True):
                if item < 0:
                    corners[~item] = corner
                else:
                    box = levels.boxes[item]
                    aside = (box.room[0] - box.box.width) / 2
                    rects[item] = (corner[0] + aside, corner[1], box.box.width, box.box.height)
        return corners, rects

    def _path(self, cluster: int, link: int) -> Points:
        return self.layouts[self._number_of[cluster]].paths[link]

    def _notes(self) -> tuple[str, ...]:
        if not self._cache.simplified:
            return ()
        return (
            tr("Some of the drawing is simplified: laying it out in full takes too long. Fold clusters to see more."),
        )


def _ints(values: object) -> np.ndarray:
    return np.array(list(values), dtype=np.int32)  # type: ignore[call-overload]


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
