"""Text beside the drawing: tooltips, the right end of headers, and descriptions for assistive technology."""

from __future__ import annotations

from gradviz.gui.scene.data.emphasis import Marks
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.hit_testing import HitTarget
from gradviz.gui.text.node_kinds import kind_text
from gradviz.language import tr
from gradviz.model.graph.graph import Graph, shape_text
from gradviz.protocol.records import ClusterRecord, NodeRecord


def cluster_side(cluster: ClusterRecord, count: int) -> str:
    """Return the text at the right of a cluster's header: which use of the module it is, or how much is inside."""
    if cluster.uses > 1:
        return tr("use {use} of {uses}").format(use=cluster.use, uses=cluster.uses)
    return tr("{count} nodes").format(count=count) if count >= 10 else ""


def node_tooltip(graph: Graph, node: NodeRecord) -> str:
    """Return the tooltip of a node: name, op, module, shape; one fact a line."""
    lines = [node.name or node.note]
    if node.type_name and node.type_name != node.name:
        lines.append(node.type_name)
    if node.op:
        lines.append(node.op)
    if node.cluster != -1:
        cluster = graph.clusters[node.cluster]
        lines.append(tr("in {path} ({name})").format(path=cluster.path, name=cluster.class_name))
    shape = shape_text(node.shape)
    if shape:
        lines.append(" ".join(part for part in (shape, node.dtype, node.device) if part))
    if len(node.names) > 1:
        lines.append(tr("also called {names}").format(names=", ".join(node.names[1:])))
    if node.note and node.name:
        lines.append(node.note)
    return "\n".join(lines)


def describe_node(graph: Graph, node: NodeRecord) -> str:
    """Return one sentence about a node for assistive technology: kind, name, op, shape, producers and consumers."""
    parts = [f"{kind_text(node.kind)} {node.name}"]
    if node.type_name:
        parts.append(node.type_name)
    shape = shape_text(node.shape)
    if shape:
        parts.append(shape)
    if node.cluster != -1:
        parts.append(tr("in {path}").format(path=graph.clusters[node.cluster].path))
    producers = [graph.node(edge.source).name for edge in graph.incoming[node.id]]
    consumers = [graph.node(edge.target).name for edge in graph.outgoing[node.id]]
    if producers:
        parts.append(tr("from {names}").format(names=", ".join(producers[:6])))
    if consumers:
        parts.append(tr("to {names}").format(names=", ".join(consumers[:6])))
    return ", ".join(parts)


def folded_tooltip(drawing: Drawing, target: HitTarget) -> str:
    """Return the tooltip of a header, a folded box or a cell of a stack, with what a click does there."""
    key = target.member if target.member is not None else target.key
    if key is None:
        return ""
    graph = drawing.graph
    box = drawing.box_of_key(key) if not target.is_open else None
    lines = []
    if key >= len(graph.clusters) or (box is not None and drawing.box_count[box] > 1 and target.member is None):
        lines += [drawing.title(box), drawing.subtitle(box)] if box is not None else []
        lines.append(tr("Click the arrow to draw them one by one"))
    else:
        lines += cluster_lines(graph, key, drawing.cluster_counts[key])
        if target.member is not None:
            lines.append(tr("Click to open this one alone"))
    return "\n".join(line for line in lines if line)


def describe_cluster(drawing: Drawing, key: int) -> str:
    """Return one sentence for assistive technology about a cluster that is selected."""
    graph = drawing.graph
    box = drawing.box_of_key(key)
    state = tr("open; Left folds it") if box is None else tr("folded; Right unfolds it")
    if box is not None and (key >= len(graph.clusters) or drawing.box_count[box] > 1):
        return f"{drawing.title(box)}, {drawing.subtitle(box)}, {state}"
    return ", ".join([*cluster_lines(graph, key, drawing.cluster_counts[key]), state])


def describe_graph(drawing: Drawing | None, marks: Marks, point: int | None = None) -> str:
    """Return what of a graph is next and selected, or else how large it is, for assistive technology."""
    if drawing is None:
        return tr("No graph yet")
    graph, parts = drawing.graph, list[str]()
    if point is not None and point in graph:
        parts.append(tr("Next: {node}").format(node=describe_node(graph, graph.node(point))))
    if marks.selected_cluster is not None:
        parts.append(describe_cluster(drawing, marks.selected_cluster))
    elif marks.selected is not None and marks.selected != point:
        node = describe_node(graph, graph.node(marks.selected))
        parts.append(tr("Selected: {node}").format(node=node) if parts else node)
    return ". ".join(parts) or tr("{count} nodes; arrow keys walk along the edges").format(count=len(drawing.graph))


def cluster_lines(graph: Graph, cluster_id: int, count: int) -> list[str]:
    """Return the facts about one cluster: path and class, which use it is, how much it holds, what a region is."""
    cluster = graph.clusters[cluster_id]
    lines = [f"{cluster.path} · {cluster.class_name}" if cluster.path and cluster.class_name else
             cluster.path or cluster.class_name]  # fmt: skip
    if cluster.uses > 1:
        lines.append(tr("use {use} of {uses}").format(use=cluster.use, uses=cluster.uses))
    lines.append(tr("1 node") if count == 1 else tr("{count} nodes").format(count=count))
    if cluster.note:
        lines.append(cluster.note)
    return lines
