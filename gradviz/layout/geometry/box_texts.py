"""Texts on boxes, clusters and edges, and how large each box must be for them: what is measured is what is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from gradviz.language import tr
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry import stack_geometry as stacks
from gradviz.layout.geometry.text_metrics import width
from gradviz.model.graph.graph import Graph, shape_text
from gradviz.model.graph.graph import is_view as is_view
from gradviz.protocol.records import EdgeRecord, NodeRecord

_MOST_LETTERS = 36
"""Of a reason on a box: a longer one would push what is beside it out of sight."""


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
            return shape_text(node.shape) if graph.clusters else tr("parameter")
        case "leaf" | "output":
            return shape_text(node.shape)
        case "data":
            return tr("data, no gradient") if graph.record.kind == "autograd" else tr("data")
        case "stub" | "opaque":
            # The whole sentence is the inspector's; the drawing has room for its first clause, if that is short.
            clause = node.note.partition(";")[0].partition("；")[0]
            return clause if len(clause) <= _MOST_LETTERS else f"{clause[: _MOST_LETTERS - 1].rstrip()}…"
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


@dataclass(frozen=True, slots=True)
class Box:
    """A box before it has a place: its texts and the room they need, in pixels."""

    width: float
    height: float
    title: str
    subtitle: str = ""
    compact: bool = False


def widest_function(graph: Graph) -> float:
    """Return the width that all functions of a small graph share, so that a chain reads as one column."""
    widths = [
        _lines(node.name, node.type_name or node.op) + m.NODE_PAD
        for node in graph.nodes
        if node.kind in ("function", "custom", "op") and not is_view(node)
    ]
    return max([m.NODE_SHARED_LEAST, *(w for w in widths if w <= m.NODE_SHARED_WIDTH)])


def node_box(node: NodeRecord, title: str, subtitle: str, *, least: float, large: bool) -> Box:
    """Return the box of one node; `large` graphs have one line on everything but data and what ends the graph."""
    text = width(title, "title", m.TITLE_SIZE)
    match node.kind:
        case "parameter" if large:
            return Box(_even(text + 2 * m.LEAF_PAD_COMPACT), m.COMPACT_HEIGHT, title, "", True)
        case "parameter":
            wide = max(text, width(subtitle, "mono", m.SUBTITLE_SIZE) + m.SLOT * 4)
            if subtitle == tr("parameter"):  # no sum has slots here, but the tag of what runs next has room
                tag = width(tr("NEXT"), "title", m.TAG_SIZE) + m.TAG_PAD - m.LEAF_ORDER_ROOM
                wide = max(text + tag, width(subtitle, "mono", m.SUBTITLE_SIZE))
            return Box(_even(wide + 2 * m.LEAF_PAD + m.LEAF_ORDER_ROOM), m.LEAF_HEIGHT, title, subtitle)
        case "leaf" | "data" | "stub" | "output":
            if large:
                subtitle = "" if title else subtitle
            wide = _lines(title, subtitle) - m.MARK_ROOM * (not subtitle)
            high = m.COMPACT_HEIGHT if large else m.NODE_HEIGHT if subtitle else m.PILL_HEIGHT
            return Box(_even(wide + 2 * m.PILL_PAD), high, title, subtitle)
        case "loss":
            title = tr("loss") if title == "loss" else title
            return Box(_even(max(m.LOSS_LEAST_WIDTH, least)), m.PILL_HEIGHT, title)
    if large:
        wide = max(m.COMPACT_WIDTH, text + m.COMPACT_PAD + m.COMPACT_VALUE_ROOM)
        return Box(_even(wide), m.COMPACT_HEIGHT, title, "", True)
    if is_view(node):
        return Box(
            _even(max(m.COMPACT_LEAST_WIDTH, text + m.COMPACT_PAD + m.ORDER_ROOM)), m.COMPACT_HEIGHT, title, "", True
        )
    return Box(
        _even(max(m.NODE_LEAST_WIDTH, least, _lines(title, subtitle) + m.NODE_PAD)), m.NODE_HEIGHT, title, subtitle
    )


def badge_box(title: str) -> Box:
    """Return the box of a leaf that is drawn again beside one of its uses."""
    text = width(title, "text", m.SUBTITLE_SIZE)
    return Box(_even(text + 2 * m.BADGE_PAD + m.BADGE_ICON), m.BADGE_HEIGHT, title)


def folded_box(title: str, class_name: str, count: int, *, large: bool) -> Box:
    """Return a folded cluster: name, class, number of nodes inside; in large graphs the name, and room for a value."""
    if large:
        # A number means nothing without its class; any other name does.
        subtitle = class_name if title.rpartition(".")[2].isdigit() else ""
        text = width(title, "title", m.TITLE_SIZE) + (width(subtitle, "text", m.SUBTITLE_SIZE) + 8 if subtitle else 0)
        needed = text + m.FOLD_ICON + m.COMPACT_PAD + m.COMPACT_VALUE_ROOM - 12
        return Box(_even(max(m.COMPACT_WIDTH, needed)), m.COMPACT_HEIGHT, title, subtitle, True)
    # As wide as all of it, or as the name beside an overlay's value, which is then drawn where the count is.
    named = width(title, "title", m.TITLE_SIZE)
    whole = named + width(class_name, "text", m.HEADER_SIZE) + width(str(count), "text", m.SUBTITLE_SIZE) + 8 + 16
    needed = max(whole, named + m.COMPACT_VALUE_ROOM) + 2 * m.FOLD_ICON + 2 * m.CLUSTER_PAD
    return Box(_even(max(m.FOLDED_LEAST_WIDTH, needed)), m.FOLDED_HEIGHT, title, class_name, True)


def several_box(title: str) -> Box:
    """Return a folded chain of views or loop of ops: its name and how often, and room for a value."""
    text = width(title, "title", m.TITLE_SIZE)
    needed = text + m.FOLD_ICON + m.COMPACT_PAD + m.COMPACT_VALUE_ROOM - 12
    return Box(_even(max(m.COMPACT_WIDTH, needed)), m.COMPACT_HEIGHT, title, "", True)


def stack_box(title: str, subtitle: str, count: int) -> Box:
    """Return the card of `count` folded siblings."""
    text = width(title, "title", m.TITLE_SIZE) + width(subtitle, "text", m.HEADER_SIZE)
    needed = text + m.FOLD_ICON + 2 * stacks.SIDE + 16
    return Box(_even(max(stacks.LEAST_WIDTH, needed)), stacks.height(count), title, subtitle)


def header_width(title: str, class_name: str, right: str) -> float:
    """Return the least width of a cluster for its header: name, class and the text at the right end."""
    text = width(title, "title", m.HEADER_SIZE) + width(class_name, "text", m.HEADER_SIZE)
    return m.FOLD_ICON + 2 * m.CLUSTER_PAD + text + 8 + (width(right, "text", m.SUBTITLE_SIZE) + 16 if right else 0)


def _lines(title: str, subtitle: str) -> float:
    return max(width(title, "title", m.TITLE_SIZE) + m.MARK_ROOM, width(subtitle, "mono", m.SUBTITLE_SIZE))


def _even(length: float) -> float:
    # Even widths put centers, and with them straight lines, on whole pixels.
    return float(-(-int(length + 0.999) // 2) * 2)
