"""States of nodes and edges: one small array per fact, so that a step changes a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt


class NodeState(IntEnum):
    """How far a node is in the iteration."""

    PLAIN = 0
    NOT_RUN = 1
    FORWARD_RAN = 2
    BACKWARD_RAN = 3
    NEXT_FORWARD = 4
    NEXT_BACKWARD = 5
    NEXT_UPDATE = 6
    UPDATED = 7
    EARLIER = 8
    """Made in an iteration that is over; its backward has run."""


NEXT = (NodeState.NEXT_FORWARD, NodeState.NEXT_BACKWARD, NodeState.NEXT_UPDATE)


class NodeTag(IntEnum):
    """A small flag on the node's top edge, known by its word as well as its color."""

    NONE = 0
    NAN = 1
    ERROR = 2
    EDITED = 3
    INF = 4
    ROLE = 5
    """It had a part in what raised; `NodeStates.roles` has the word."""


class EdgeState(IntEnum):
    """What runs along an edge."""

    PLAIN = 0
    NOT_RUN = 1
    """Its end has not run yet."""
    GRADIENT = 2
    NONE = 3
    """Backward came by and passed no gradient."""
    ZERO = 4
    """The gradient is exactly zero everywhere."""


@dataclass(frozen=True, slots=True)
class EdgeStates:
    """The states of a graph's E edges, by position in `Graph.edges`."""

    state: npt.NDArray[np.uint8]
    """(E,) of `EdgeState`."""
    norm: npt.NDArray[np.float64]
    """(E,) norm of the gradient, NaN where there is none or it is not finite."""

    @classmethod
    def plain(cls, count: int) -> EdgeStates:
        """Return `count` edges along which nothing runs."""
        return cls(np.zeros(count, np.uint8), np.full(count, np.nan))


@dataclass(frozen=True, slots=True)
class NodeStates:
    """The states of a graph of N nodes, by position in `Graph.nodes`."""

    state: npt.NDArray[np.uint8]
    """(N,) of `NodeState`."""
    order: npt.NDArray[np.int32]
    """(N,) place in backward from 1, 0 for none."""
    tag: npt.NDArray[np.uint8]
    """(N,) of `NodeTag`."""
    breakpoint: npt.NDArray[np.bool_]
    """(N,) True where a breakpoint is."""
    slots: Mapping[int, tuple[bool, ...]] = field(default_factory=dict)
    """Position of a node whose gradient is a sum → for each term in the engine's order, whether it has come."""

    roles: Mapping[int, str] = field(default_factory=dict)
    """Position of a node that had a part in what raised → the word on its tag."""

    def is_next(self) -> npt.NDArray[np.bool_]:
        """Return (N,) True where a node is the next; asked at every paint, where `np.isin` would be felt."""
        found = np.zeros(len(self.state), np.bool_)
        for state in map(int, NEXT):  # NumPy looks a member of an enumeration over for a while
            found |= self.state == state
        return found

    def of(self, positions: npt.NDArray[np.intp]) -> tuple[list[int], list[int]]:
        """Return states and tags of these nodes; plain and none for a negative position."""
        known = positions >= 0
        states, tags = (np.where(known, column[positions], 0) for column in (self.state, self.tag))
        return states.tolist(), tags.tolist()

    @classmethod
    def all(cls, count: int, state: NodeState = NodeState.PLAIN) -> NodeStates:
        """Return `count` nodes, all in one state."""
        return cls(
            np.full(count, state, np.uint8),
            np.zeros(count, np.int32),
            np.zeros(count, np.uint8),
            np.zeros(count, np.bool_),
        )
