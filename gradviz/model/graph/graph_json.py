"""The full graph in plain values for JSON: of `gradviz render -o x.json` and of `gradviz debug --json`."""

from __future__ import annotations

from typing import Any

from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import GraphRecord, NodeRecord


def as_json(graph: Graph) -> dict[str, Any]:
    """Return nodes, edges, clusters, and which parameters the gradient reaches."""
    return {
        "signature": graph.signature,
        "kind": graph.record.kind,
        "notes": list(graph.record.notes),
        "nodes": [_node(graph, node) for node in graph.nodes],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "output_nr": edge.output_nr,
                "input_nr": edge.input_nr,
                "shape": None if edge.shape is None else list(edge.shape),
            }
            for edge in graph.edges
        ],
        "clusters": [
            {
                "id": i,
                "path": cluster.path,
                "class": cluster.class_name,
                "parent": cluster.parent,
                "use": cluster.use,
                "uses": cluster.uses,
                "kind": cluster.kind,
                "note": cluster.note,
            }
            for i, cluster in enumerate(graph.clusters)
        ],
        "reach": reach_as_json(graph.record),
        "unexplained": unexplained_as_json(graph.record),
    }


def reach_as_json(record: GraphRecord) -> list[dict[str, Any]]:
    """Return one object for each parameter; `reached` is null where only backward can show it."""
    return [
        {
            "names": list(reach.names),
            "node": reach.node,
            "shape": list(reach.shape),
            "reached": reach.reached,
            "reason": reach.reason or None,
            "text": reach.text or None,
            "file": reach.file or None,
            "line": reach.line or None,
        }
        for reach in record.reach
    ]


def unexplained_as_json(record: GraphRecord) -> list[dict[str, Any]]:
    """Return one object for each thing of the graph that could not be explained."""
    return [{"node": item.node, "what": item.what, "text": item.text} for item in record.unexplained]


def _node(graph: Graph, node: NodeRecord) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name,
        "kind": node.kind,
        "module": _module_of(graph, node),
        "shape": None if node.shape is None else list(node.shape),
        "dtype": node.dtype,
        "device": node.device,
        "type": node.type_name,
        "op": node.op,
        "names": list(node.names),
        "outputs": node.outputs,
        "phase": node.phase,
        "cluster": node.cluster,
        "file": node.file,
        "line": node.line,
        "note": node.note,
        "variable": node.variable,
    }


def _module_of(graph: Graph, node: NodeRecord) -> str:
    """Return the module's path; a parameter that several calls share is in none of them, but its module owns it."""
    if node.cluster != -1:
        return graph.clusters[node.cluster].path
    return node.names[0].rpartition(".")[0] if node.kind == "parameter" and node.names else ""
