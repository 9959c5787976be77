"""The edges at each node of a graph, in a few bytes an edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from gradviz.protocol.records import EdgeRecord


class EdgeTable:
    """Node id → the edges at one of its ends. A list for each node would take as much as the nodes themselves."""

    def __init__(
        self,
        index: Mapping[int, int],
        edges: Sequence[EdgeRecord],
        places: npt.NDArray[np.int64],
        ranks: npt.NDArray[np.int64] | None = None,
    ) -> None:
        """`places`: per edge the position of the node it belongs to; `ranks`: the order at a node, else as given."""
        self._index, self._edges = index, edges
        keys = (places,) if ranks is None else (ranks, places)
        self._order = np.lexsort(keys).astype(np.int32)
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(places, minlength=len(index)))]).astype(np.int32)

    def __getitem__(self, node_id: int) -> list[EdgeRecord]:
        """The edges of one node.

        Raises:
            KeyError: the graph has no such node.
        """
        place = self._index[node_id]
        edges = self._edges
        return [edges[i] for i in self._order[self._starts[place] : self._starts[place + 1]].tolist()]
