"""What each node of the graph is going through: one small array per fact, so that a step changes a number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt


class NodeState(IntEnum):
    """Where a node stands in the iteration."""

    PLAIN = 0
    NOT_RUN = 1
    FORWARD_RAN = 2
    BACKWARD_RAN = 3
    NEXT_FORWARD = 4
    NEXT_BACKWARD = 5


class Tag(IntEnum):
    """A small flag on the node's top edge, told by its word as well as its colour."""

    NONE = 0
    NAN = 1
    ERROR = 2
    EDITED = 3


@dataclass(frozen=True, slots=True)
class NodeStates:
    """The states of a graph of N nodes, by position in `Graph.nodes`."""

    state: npt.NDArray[np.uint8]
    """(N,) of `NodeState`."""
    order: npt.NDArray[np.int32]
    """(N,) place in backward from 1, 0 for none."""
    tag: npt.NDArray[np.uint8]
    """(N,) of `Tag`."""
    breakpoint: npt.NDArray[np.bool_]
    """(N,) True where a breakpoint stands."""

    @classmethod
    def all(cls, count: int, state: NodeState = NodeState.PLAIN) -> NodeStates:
        """`count` nodes, all in one state."""
        return cls(
            np.full(count, state, np.uint8),
            np.zeros(count, np.int32),
            np.zeros(count, np.uint8),
            np.zeros(count, np.bool_),
        )
