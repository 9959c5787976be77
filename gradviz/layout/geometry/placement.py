"""Placement of nodes, clusters and splines, in scene units: pixels at 100 %, y down, origin top left;
and shape and layout of one level, without names, so that equal levels are laid out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Placement:
    """One drawing of one graph.

    A drawn box is a node, a badge (a shared leaf drawn beside one of its uses, so one leaf may own several boxes), or a
    folded cluster. Rectangles are (x, y, width, height).
    """

    signature: str
    """Of the graph that it places."""
    width: float
    height: float

    box_node: Ints
    """(B,) node id of each box; of no meaning where `box_cluster` is not -1."""
    box_cluster: Ints
    """(B,) cluster id of a folded cluster, -1 for nodes and badges."""
    box_badge: npt.NDArray[np.bool_]
    """(B,) True for a badge."""
    box_compact: npt.NDArray[np.bool_]
    """(B,) True for a box with one line of text (views, in-place ops)."""
    box_rect: Floats
    """(B, 4)."""

    cluster_id: Ints
    """(C,) the clusters that are drawn open, parents before children."""
    cluster_rect: Floats
    """(C, 4)."""
    cluster_depth: Ints
    """(C,) 0 for the outermost."""

    edge_source: Ints
    """(E,) box index where the edge starts."""
    edge_target: Ints
    """(E,) box index where it ends."""
    edge_index: Ints
    """(E,) position in `Graph.edges` of the (first) edge it draws."""
    edge_count: Ints
    """(E,) how many parallel edges it represents."""
    edge_start: Ints
    """(E + 1,) the points of edge e are `points[edge_start[e]:edge_start[e + 1]]`."""
    points: Floats
    """(P, 2) cubic Bézier: a start point, then three points for each piece. The last lies at the target's border."""
    label_position: Floats
    """(E, 2) left middle of the edge's label; NaN for none."""

    notes: tuple[str, ...] = field(default=())
    """Sentences about this layout: what was simplified, which budget ran out."""

    # Boxes that represent several things. Empty arrays and dicts where nothing is folded so.
    box_count: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    """(B,) how many siblings (or turns of a loop, or views of a chain) a folded box represents, 1 for other boxes.

    A box of several siblings is a stack: `box_cluster` is the first of them, and its rectangle is the front card, with
    room beside and below it for the cards behind (`stack_geometry`). A box of several ops or views has no
    cluster; `box_node` is the first of them."""
    box_group: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    """(B,) the group of `model.folding` that a box of several belongs to, -1 for other boxes."""
    node_box: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    """(N,) by position in `Graph.nodes`: the box that shows the node, -1 where only badges do."""
    node_cell: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    """(N,) for a node in a box of several, which of them it is in, from 0; 0 for other nodes."""
    box_range: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Stack → what its first and last sibling are called (`0`, `16`)."""

    # The texts that the boxes were measured for; every drawing of a placement writes these and no others.
    box_title: tuple[str, ...] = field(default=())
    """(B,) first line: the op, a leaf's name relative to the cluster it is in, a folded cluster's name."""
    box_subtitle: tuple[str, ...] = field(default=())
    """(B,) second line, empty for none; a folded cluster's is its class."""
    cluster_title: tuple[str, ...] = field(default=())
    """(C,) the module's name relative to the cluster around it."""
    edge_label: tuple[str, ...] = field(default=())
    """(E,) the text at `label_position`: shape, `× 2` for parallel edges; empty for none."""


ItemKind = Literal["op", "view", "leaf", "data", "badge", "loss", "folded", "stack", "cluster"]
Side = Literal["top", "bottom", "left", "right"]
Points = npt.NDArray[np.float64]

IN = -1
"""As the tail of a link: it comes from outside, through a port."""
OUT = -2
"""As the head of a link: it goes outside, through a port."""


class LevelLink(NamedTuple):
    """A line within one level, from port `tail_port` of item `tail` to port `head_port` of item `head`.

    An item's port is a number of its cluster's ports; for a plain node it is the output's number at the tail and 0 at
    the head.
    """

    tail: int
    tail_port: int
    head: int
    head_port: int


class LevelItem(NamedTuple):
    """Something to place. `layout` is the number of a cluster's layout in the cache, -1 for a box."""

    kind: ItemKind
    width: float
    height: float
    layout: int = -1


class LevelShape(NamedTuple):
    """All that the inside of a level depends on."""

    items: tuple[LevelItem, ...]
    links: tuple[LevelLink, ...]
    label_widths: tuple[float, ...]
    """Per link; 0 for none."""
    leaf_ports: tuple[bool, ...]
    """Per in-port: whether a leaf outside feeds it."""
    outs: int
    """How many out-ports there are."""
    least_width: float
    framed: bool
    """False for the top, which has neither border nor header."""
    rows: bool
    """Whether an op's leaves may be beside it on its own row."""
    compact: bool
    sequential: bool = False
    """Whether it is arranged the plainer way: rows in order of execution, whatever leads where."""


@dataclass(frozen=True, slots=True)
class Port:
    """Where lines cross a cluster's border; x, y from its upper left corner."""

    side: Side
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class LevelLayout:
    """A level laid out: pixels, y down, from the upper left corner of its frame."""

    width: float
    height: float
    corners: Points
    """(items, 2) upper left corners."""
    ins: tuple[Port, ...]
    outs: tuple[Port, ...]
    paths: tuple[Points, ...]
    """Per link (3n + 1, 2): cubic Bézier points from tail to head."""
    labels: Points
    """(links, 2) left middle of each label; NaN for none."""
    notes: tuple[str, ...] = ()
