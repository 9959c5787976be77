"""How large each box must be for its texts."""

from __future__ import annotations

from dataclasses import dataclass

from gradviz.layout.geometry import labels
from gradviz.layout.geometry import metrics as m
from gradviz.layout.geometry import stack_geometry as stacks
from gradviz.layout.geometry.text_metrics import width
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import NodeRecord


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
        if node.kind in ("function", "custom", "op") and not labels.is_view(node)
    ]
    return max([m.NODE_SHARED_LEAST, *(w for w in widths if w <= m.NODE_SHARED_WIDTH)])


def node_box(node: NodeRecord, title: str, subtitle: str, *, least: float, large: bool) -> Box:
    """Return the box of one node; `large` graphs have one line on everything but data and what ends the graph."""
    text = width(title, "title", m.TITLE_SIZE)
    match node.kind:
        case "parameter" if large:
            return Box(_even(text + 2 * m.LEAF_PAD_COMPACT), m.COMPACT_HEIGHT, title, "", True)
        case "parameter":
            slots = m.SLOT * 4 if subtitle != "parameter" else 0.0
            wide = max(text, width(subtitle, "mono", m.SUBTITLE_SIZE) + slots)
            return Box(_even(wide + 2 * m.LEAF_PAD), m.LEAF_HEIGHT, title, subtitle)
        case "leaf" | "data" | "stub" | "output":
            if large:
                subtitle = "" if title else subtitle
            wide = _lines(title, subtitle) - m.MARK_ROOM * (not subtitle)
            high = m.COMPACT_HEIGHT if large else m.NODE_HEIGHT if subtitle else m.PILL_HEIGHT
            return Box(_even(wide + 2 * m.PILL_PAD), high, title, subtitle)
        case "loss":
            return Box(_even(max(m.LOSS_LEAST_WIDTH, least)), m.PILL_HEIGHT, title)
    if large:
        wide = max(m.COMPACT_WIDTH, text + m.COMPACT_PAD + m.COMPACT_VALUE_ROOM)
        return Box(_even(wide), m.COMPACT_HEIGHT, title, "", True)
    if labels.is_view(node):
        return Box(_even(max(m.COMPACT_LEAST_WIDTH, text + m.COMPACT_PAD)), m.COMPACT_HEIGHT, title, "", True)
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
    needed = header_width(title, class_name, str(count)) + m.FOLD_ICON
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
