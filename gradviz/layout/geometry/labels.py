"""Texts on boxes, clusters and edges: one place, so that what is measured is what is drawn."""

from __future__ import annotations

from gradviz.model.graph.graph import Graph, shape_text
from gradviz.model.graph.graph import is_view as is_view
from gradviz.protocol.records import EdgeRecord, NodeRecord


def cluster_title(graph: Graph, cluster_id: int, inside: int = -1) -> str:
    """Return `attn`, not `h.0.attn`: the module's path relative to the cluster it is drawn in."""
    cluster = graph.clusters[cluster_id]
    around = graph.clusters[inside].path if inside != -1 else ""
    name = _relative(cluster.path, around)
    # A bare number (an entry of a Sequential) means nothing without its class, which the drawing writes beside it.
    return name or cluster.class_name


def box_title(graph: Graph, node: NodeRecord, inside: int = -1, represents: int = -1) -> str:
    """Return the first line of a node drawn in cluster `inside`; `represents` is a cluster that holds nothing else."""
    if node.kind in ("parameter", "leaf"):
        around = graph.clusters[inside].path if inside != -1 else ""
        return _relative(node.name, around)
    if represents != -1:
        name = graph.clusters[represents].path.rpartition(".")[2]
        if name and not name.isdigit():
            return name
    return node.name


def box_subtitle(graph: Graph, node: NodeRecord) -> str:
    """Return second line of a node; empty for none."""
    match node.kind:
        case "function" | "custom":
            return node.type_name
        case "op":
            return node.op.removeprefix("torch.")
        case "parameter":
            # Without modules the shape is on the leaf's edge, as it does for every other tensor.
            return shape_text(node.shape) if graph.clusters else "parameter"
        case "leaf" | "output":
            return shape_text(node.shape)
        case "data":
            return "data, no gradient" if graph.record.kind == "autograd" else "data"
        case "stub" | "opaque":
            # The whole sentence is the inspector's; the drawing has room for its first clause.
            return node.note.partition(";")[0]
        case _:
            return ""


def edge_label(graph: Graph, edge: EdgeRecord, count: int) -> str:
    """Return `64 × 100`, with ` (× 2)` after it for parallel edges; empty where the source itself shows its shape."""
    source = graph.node(edge.source)
    if source.kind in ("parameter", "leaf") and graph.clusters:
        return ""
    text = shape_text(edge.shape if edge.shape is not None else source.shape)
    return f"{text} (× {count})".strip() if count > 1 else text


def _relative(name: str, around: str) -> str:
    return name.removeprefix(f"{around}.") if around else name
