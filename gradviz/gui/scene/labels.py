"""The words beside the drawing: in tips, in headers, and for people who listen to the graph instead of seeing it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gradviz.model.graph import Graph, shape_text
from gradviz.protocol.records import ClusterRecord, NodeRecord


def _tr(text: str) -> str:
    return QCoreApplication.translate("scene", text)


def cluster_side(cluster: ClusterRecord, count: int) -> str:
    """The words at the right of a cluster's header: which use of the module it is, or how much is inside."""
    if cluster.uses > 1:
        return _tr("use {use} of {uses}").format(use=cluster.use, uses=cluster.uses)
    return _tr("{count} nodes").format(count=count) if count >= 10 else ""


def kind_text(node: NodeRecord) -> str:
    """The node's kind in words."""
    return {
        "function": _tr("function"),
        "custom": _tr("custom Function"),
        "parameter": _tr("parameter"),
        "leaf": _tr("buffer, leaf without gradient"),
        "data": _tr("data, no gradient"),
        "stub": _tr("no gradient"),
        "opaque": _tr("opaque region"),
        "op": _tr("recorded op"),
        "loss": _tr("loss"),
        "output": _tr("output"),
    }[node.kind]


def tip(graph: Graph, node: NodeRecord) -> str:
    """What a pointer resting on the node is told: name, op, module, shape, line; one fact a line."""
    lines = [node.name or node.note]
    if node.type_name and node.type_name != node.name:
        lines.append(node.type_name)
    if node.op:
        lines.append(node.op)
    if node.cluster != -1:
        cluster = graph.clusters[node.cluster]
        lines.append(_tr("in {path} ({name})").format(path=cluster.path, name=cluster.class_name))
    shape = shape_text(node.shape)
    if shape:
        lines.append(" ".join(part for part in (shape, node.dtype, node.device) if part))
    if len(node.names) > 1:
        lines.append(_tr("also called {names}").format(names=", ".join(node.names[1:])))
    if node.note and node.name:
        lines.append(node.note)
    return "\n".join(lines)


def spoken(graph: Graph, node: NodeRecord) -> str:
    """One sentence for assistive technology: kind, name, op, shape, and what is above and below."""
    parts = [f"{kind_text(node)} {node.name}"]
    if node.type_name:
        parts.append(node.type_name)
    shape = shape_text(node.shape)
    if shape:
        parts.append(shape)
    if node.cluster != -1:
        parts.append(_tr("in {path}").format(path=graph.clusters[node.cluster].path))
    producers = [graph.node(edge.source).name for edge in graph.incoming[node.id]]
    consumers = [graph.node(edge.target).name for edge in graph.outgoing[node.id]]
    if producers:
        parts.append(_tr("from {names}").format(names=", ".join(producers[:6])))
    if consumers:
        parts.append(_tr("to {names}").format(names=", ".join(consumers[:6])))
    return ", ".join(parts)


def cluster_tip(graph: Graph, cluster_id: int, count: int) -> str:
    """What a pointer resting on a cluster's header is told."""
    cluster = graph.clusters[cluster_id]
    lines = [f"{cluster.path} · {cluster.class_name}" if cluster.path else cluster.class_name]
    if cluster.uses > 1:
        lines.append(_tr("use {use} of {uses}").format(use=cluster.use, uses=cluster.uses))
    lines.append(_tr("{count} nodes").format(count=count))
    return "\n".join(lines)
