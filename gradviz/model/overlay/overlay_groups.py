"""Sorts nodes and folded modules into a few named groups, for the overlays by kind and by module."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradviz.model.graph.graph import Graph
from gradviz.model.graph.repeat_detection import pattern

MOST = 8
"""At most this many groups can be distinguished by color; the rest share the last."""
OUTSIDE = ""
"""The name of nodes in no module, which are of no group."""
OTHER = "…"
"""The group of the rest."""
_CROWDED = 0.6
"""A group with a larger share of the nodes than this is split into the modules inside."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of the N nodes and C clusters of one graph, the largest first."""

    names: tuple[str, ...]
    counts: tuple[int, ...]
    """How many nodes are in each."""
    of_node: npt.NDArray[np.int16]
    """(N,) index into `names`; -1 for nodes in no group."""
    of_cluster: npt.NDArray[np.int16]
    """(C,) index into `names`; -1 where the nodes inside are of several groups."""


def by_kind(graph: Graph) -> Groups:
    """Group nodes by their kind; a folded module holds several."""
    return _group_nodes([node.kind for node in graph.nodes], [None] * len(graph.clusters))


def by_module(graph: Graph) -> Groups:
    """Group nodes by the module around them: `h.*.attn` is that module of every block.

    The outermost modules, and those inside of a module that holds nearly everything.
    """
    patterns = [pattern(cluster.path, "*") for cluster in graph.clusters]
    homes = [node.cluster for node in graph.nodes]
    order = _outermost_first(graph)
    cuts = _cuts(graph, patterns, order, Counter(homes), len(homes))
    names = [OUTSIDE] * len(patterns)
    for cluster in order:
        around = graph.clusters[cluster].parent
        whole = around != -1 and names[around] not in cuts
        names[cluster] = names[around] if whole else patterns[cluster]
    of_node = [names[home] if home >= 0 else OUTSIDE for home in homes]
    return _group_nodes(of_node, [None if name in cuts else name for name in names])


def _outermost_first(graph: Graph) -> list[int]:
    order = list(graph.cluster_children[-1])
    for cluster in order:
        order += graph.cluster_children[cluster]
    return order


def _cuts(graph: Graph, patterns: list[str], order: list[int], counts: Counter[int], total: int) -> set[str]:
    """Return the modules that are split into the modules inside. `order`: all clusters, the outermost first."""
    inside = [counts[cluster] for cluster in range(len(patterns))]
    for cluster in reversed(order):
        if (parent := graph.clusters[cluster].parent) != -1:
            inside[parent] += inside[cluster]
    # Splitting must bring something: a module without modules inside stays whole.
    holders = {patterns[cluster.parent] for cluster in graph.clusters if cluster.parent != -1}
    cuts: set[str] = set()
    shown: dict[str, list[int]] = {}
    held: Counter[str] = Counter()
    stack = list(graph.cluster_children[-1])
    while stack:
        touched = set()
        while stack:
            cluster = stack.pop()
            name = patterns[cluster]
            if name in cuts:
                stack += graph.cluster_children[cluster]
                continue
            shown.setdefault(name, []).append(cluster)
            held[name] += inside[cluster]
            touched.add(name)
        # Two cannot both hold so large a share.
        for name in touched & holders:
            if held[name] > _CROWDED * total:
                cuts.add(name)
                stack = [child for cluster in shown[name] for child in graph.cluster_children[cluster]]
    return cuts


def _group_nodes(of_node: list[str], of_cluster: list[str | None]) -> Groups:
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
