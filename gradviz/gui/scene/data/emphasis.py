"""Marks of the user and of a search by id, and what they emphasize of a drawing, by box and edge."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from gradviz.appearance.boxes import BoxKind
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.layout.geometry import box_texts


@dataclass(frozen=True, slots=True)
class Marks:
    """Node ids, and cluster ids where the name has it."""

    selected: int | None = None
    selected_cluster: int | None = None
    """A cluster's id, or a group's of `model.folding`; never together with a selected node."""
    hovered: int | None = None
    hovered_cluster: int | None = None
    """A folded cluster under the pointer."""
    hovered_member: int | None = None
    """The member (a cluster) of a stack whose cell is under the pointer."""
    matches: frozenset[int] = frozenset()
    matched_clusters: frozenset[int] = frozenset()
    path: frozenset[int] | None = None
    """The highlighted nodes; all others are pale. None highlights nothing."""
    filtered: frozenset[str] = frozenset()
    """Of `emphasis.FILTERS`."""
    filter_hides: bool = False

    @property
    def but_for_hover(self) -> Marks:
        """All but what the pointer is on."""
        return replace(self, hovered=None, hovered_cluster=None, hovered_member=None)

    def kept_by(self, nodes: Container[int], clusters: int) -> Marks:
        """Return the marks that stay when another graph is shown, of these nodes and `clusters` clusters and groups."""
        cluster = self.selected_cluster
        path = frozenset(node for node in self.path if node in nodes) if self.path is not None else None
        return replace(
            self,
            selected=self.selected if self.selected in nodes else None,
            selected_cluster=cluster if cluster is not None and cluster < clusters else None,
            hovered=None,
            hovered_cluster=None,
            hovered_member=None,
            matches=frozenset(node for node in self.matches if node in nodes),
            matched_clusters=frozenset(found for found in self.matched_clusters if found < clusters),
            path=path or None,
        )


PALE = 0.35
"""Opacity of what is off the highlighted path."""
DIMMED = 0.2
"""Opacity of the kinds of box that the user has no interest in."""

Shares = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Emphasis:
    """Of a drawing of B boxes and E edges. None: nothing of the kind."""

    hovered: int = -1
    """The box under the pointer."""
    opacity: Shares | None = None
    """(B,) 0 for boxes that are not painted."""
    edge_opacity: Shares | None = None
    """(E,)."""
    on_path: Flags | None = None
    """(E,) edges between two nodes of the highlighted path."""
    ringed: npt.NDArray[np.intp] | None = None
    """Boxes that show something found."""
    ringed_clusters: tuple[int, ...] = ()
    """Open clusters that were found."""
    hidden: npt.NDArray[np.intp] | None = None
    """(B,) how much of what was found a folded box hides."""
    cell_matches: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Box of a stack → the numbers of the members that hide something found."""


def emphasis(drawing: Drawing, marks: Marks) -> Emphasis:
    """Compute what the marks do to the boxes and edges of a drawing."""
    hovered = drawing.box_of(marks.hovered) if marks.hovered is not None else None
    if marks.hovered_cluster is not None:
        hovered = drawing.box_of_key(marks.hovered_cluster)
    opacity: Shares | None = None
    on_path: Flags | None = None
    edge_opacity: Shares | None = None
    if marks.path is not None:
        boxes = drawing.boxes_that_show(marks.path)
        opacity = np.where(boxes, np.float32(1), np.float32(PALE)).astype(np.float32)
        on_path = _path_edges(drawing, marks.path, boxes)
        edge_opacity = np.where(on_path, np.float32(1), np.float32(PALE)).astype(np.float32)
    if marks.filtered:
        share = np.float32(0 if marks.filter_hides else DIMMED)
        opacity = np.ones(len(drawing), np.float32) if opacity is None else opacity
        left_out = _filtered(drawing, marks.filtered)
        sought = marks.matches if marks.selected is None else marks.matches | {marks.selected}
        if sought:
            left_out &= ~drawing.boxes_that_show(sought)  # what is chosen or found wants to be seen
        opacity = np.where(left_out, np.minimum(opacity, share), opacity)
        ends = np.minimum(opacity[drawing.placement.edge_source], opacity[drawing.placement.edge_target])
        edge_opacity = ends if edge_opacity is None else np.minimum(edge_opacity, np.where(ends > PALE, 1, ends))
    base = Emphasis(-1 if hovered is None else hovered, opacity, edge_opacity, on_path)
    return _with_matches(base, drawing, marks) if marks.matches or marks.matched_clusters else base


def _with_matches(base: Emphasis, drawing: Drawing, marks: Marks) -> Emphasis:
    counts = drawing.count_in_boxes(marks.matches)
    ringed = (counts > 0) & ~drawing.folded
    hidden = np.where(drawing.folded, counts, 0)
    cells = {box: set(numbers) for box, numbers in drawing.cells_that_hold(marks.matches).items()}
    is_open = []
    for cluster in marks.matched_clusters:
        box = drawing.box_of_cluster(cluster)
        if box is None:
            is_open.append(cluster)
        elif drawing.kind[box] == BoxKind.CLUSTER and int(drawing.placement.box_cluster[box]) == cluster:
            ringed[box] = True
        else:
            hidden[box] += 1
            if drawing.kind[box] == BoxKind.STACK:
                cells.setdefault(box, set()).add(_cell_of(drawing, box, cluster))
    shown = {box: frozenset(numbers) for box, numbers in cells.items()}
    return replace(
        base, ringed=np.nonzero(ringed)[0], ringed_clusters=tuple(is_open), hidden=hidden, cell_matches=shown
    )


def _cell_of(drawing: Drawing, box: int, cluster: int) -> int:
    """Return which member of a stack hides a cluster, from 0."""
    numbers = drawing.member_numbers(box)
    while cluster not in numbers and cluster != -1:
        cluster = drawing.graph.clusters[cluster].parent
    return numbers.get(cluster, -1)


def _path_edges(drawing: Drawing, path: frozenset[int], boxes: Flags) -> Flags:
    placement, graph = drawing.placement, drawing.graph
    both = boxes[placement.edge_source] & boxes[placement.edge_target]
    for e in np.nonzero(both)[0].tolist():
        if drawing.folded[placement.edge_source[e]] or drawing.folded[placement.edge_target[e]]:
            continue  # it may represent many edges; that both boxes hold some of the path is all that is known
        record = graph.edges[placement.edge_index[e]]
        both[e] = record.source in path and record.target in path
    return both


FILTERS = ("parameters", "views", "data")
"""What can be filtered away: parameters with the other leaves that have a name, views and in-place moves, data and
stubs."""

_KINDS = {"parameters": ("parameter", "leaf"), "data": ("data", "stub")}


def _filtered(drawing: Drawing, kinds: frozenset[str]) -> Flags:
    nodes = drawing.graph.nodes
    wanted = {kind for name in kinds for kind in _KINDS.get(name, ())}
    views = "views" in kinds
    flags = [
        node >= 0 and (nodes[node].kind in wanted or (views and box_texts.is_view(nodes[node])))
        for node in drawing.node_at.tolist()
    ]
    return np.array(flags, np.bool_).reshape(len(drawing))
