"""Sorts nodes and folded modules into a few named groups, for the overlays by kind and by module."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradviz.model.graph import Graph

MOST = 8
"""So many groups can be told apart by colour; what is left over shares the last."""
OUTSIDE = ""
"""What is in no module is of no group."""
OTHER = "…"
"""The group of what is left over."""
_CROWDED = 0.6
"""A group with a larger share of the nodes than this is split into the modules inside."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of the N nodes and C clusters of one graph, the largest first."""

    names: tuple[str, ...]
    counts: tuple[int, ...]
    """How many nodes are in each."""
    of_node: npt.NDArray[np.int16]
    """(N,) index into `names`; -1 for what is in no group."""
    of_cluster: npt.NDArray[np.int16]
    """(C,) index into `names`; -1 where what is inside is of several groups."""


def by_kind(graph: Graph) -> Groups:
    """Nodes by their kind; a folded module holds several."""
    return _grouped([node.kind for node in graph.nodes], [None] * len(graph.clusters))


def by_module(graph: Graph) -> Groups:
    """Nodes by the module around them: `h.*.attn` stands for that module of every block.

    The outermost modules, and those inside of a module that holds nearly everything.
    """
    paths = [_pattern_path(graph, cluster) for cluster in range(len(graph.clusters))]
    homes = [node.cluster for node in graph.nodes]
    counts = Counter(homes)
    cuts = _cuts(paths, counts, len(homes))

    def name_of(cluster: int) -> str:
        found = OUTSIDE
        for pattern in paths[cluster] if cluster >= 0 else ():
            found = pattern
            if pattern not in cuts:
                break
        return found

    names = [name_of(cluster) for cluster in range(len(graph.clusters))]
    of_node = [names[home] if home >= 0 else OUTSIDE for home in homes]
    return _grouped(of_node, [None if name in cuts else name for name in names])


def _pattern_path(graph: Graph, cluster: int) -> list[str]:
    """From the outermost to `cluster`, each module's path with `*` for the numbers of blocks."""
    return [_pattern(graph.clusters[i].path) for i in graph.cluster_path(cluster)]


def _pattern(path: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in path.split("."))


def _cuts(paths: list[list[str]], counts: Counter[int], total: int) -> set[str]:
    """The modules that are split into what is inside of them."""
    cuts: set[str] = set()
    while True:
        held: Counter[str] = Counter()
        for cluster, path in enumerate(paths):
            shown = next((pattern for pattern in path if pattern not in cuts), None)
            if shown is not None:
                held[shown] += counts[cluster]
        crowded = [name for name, count in held.items() if count > _CROWDED * total]
        # Splitting must bring something: a module without modules inside stays whole.
        if not crowded or not any(crowded[0] in path[:-1] for path in paths):
            return cuts
        cuts.add(crowded[0])


def _grouped(of_node: list[str], of_cluster: list[str | None]) -> Groups:
    counts = Counter(name for name in of_node if name != OUTSIDE)
    ranked = [name for name, _ in counts.most_common()]
    if len(ranked) > MOST:
        kept, rest = ranked[: MOST - 1], ranked[MOST - 1 :]
        names = (*kept, OTHER)
        sizes = (*(counts[name] for name in kept), sum(counts[name] for name in rest))
    else:
        names, sizes = tuple(ranked), tuple(counts[name] for name in ranked)
    index = {OUTSIDE: -1, **{name: i for i, name in enumerate(names)}}
    last = index.get(OTHER, -1)
    return Groups(
        names,
        sizes,
        np.array([index.get(name, last) for name in of_node], np.int16).reshape(len(of_node)),
        np.array([-1 if name is None else index.get(name, last) for name in of_cluster], np.int16).reshape(
            len(of_cluster)
        ),
    )
