"""Shape and layout of one level: without names, so that equal levels are laid out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

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
