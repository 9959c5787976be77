"""Identifies nodes by their place in the code, in the same way in both processes."""

from __future__ import annotations

from collections import Counter

from gradviz.protocol.records import GraphRecord, NodeRecord, PlaceRecord

# Both processes ask again and again for the same few structures.
_REMEMBERED = 64
_known: dict[str, dict[int, PlaceRecord]] = {}


def places(graph: GraphRecord) -> dict[int, PlaceRecord]:
    """Return node id → place for every node of the graph. Not to be changed: graphs of one signature share it."""
    if graph.signature not in _known:
        if len(_known) >= _REMEMBERED:
            _known.pop(next(iter(_known)))
        _known[graph.signature] = _places(graph)
    return _known[graph.signature]


def _places(graph: GraphRecord) -> dict[int, PlaceRecord]:
    found: dict[int, PlaceRecord] = {}
    seen: Counter[tuple[str, int, str, str, int]] = Counter()
    for node in graph.nodes:
        module, use = module_of(graph, node)
        key = (module, use, node.type_name or node.op or node.name, node.file, node.line)
        if node.id < 0:
            # What has a name is identified by it: it has no line, and is used all over.
            key = ("", 1, node.name, "", 0)
        seen[key] += 1
        found[node.id] = PlaceRecord(*key, nth=seen[key])
    return found


def module_of(graph: GraphRecord, node: NodeRecord) -> tuple[str, int]:
    """Return the path of the module call that a node belongs to, and which use it is; ("", 1) for none."""
    if node.cluster == -1:
        return "", 1
    cluster = graph.clusters[node.cluster]
    return cluster.path, cluster.use
