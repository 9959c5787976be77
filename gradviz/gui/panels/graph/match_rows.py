"""Where what was found can be seen: each match that is drawn in a row of its own, those that one box hides together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from gradviz.appearance.boxes import BoxKind
from gradviz.gui.panels.graph.match_card import MatchRow
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.model.graph.search import Found


def _tr(text: str) -> str:
    return QCoreApplication.translate("finder", text)


def node_of(drawing: Drawing, found: Found) -> int | None:
    """The node that a match is drawn as; None for a module that is drawn as a box."""
    if not found.is_module:
        return found.id
    return drawing.lone_nodes.get(found.id)


def hiding_box(drawing: Drawing, found: Found) -> int | None:
    """The folded box that hides a match; None if it is drawn itself."""
    node = node_of(drawing, found)
    box = drawing.box_of(node) if node is not None else drawing.box_of_cluster(found.id)
    if box is None or not drawing.folded[box]:
        return None
    single = drawing.kind[box] == BoxKind.CLUSTER and int(drawing.placement.box_cluster[box]) == found.id
    return None if found.is_module and single else box


def rows_of(drawing: Drawing, matches: Sequence[Found]) -> list[MatchRow]:
    """The rows of a list of matches, in their order."""
    groups: list[tuple[int | None, int, int]] = []
    for position, found in enumerate(matches):
        box = hiding_box(drawing, found)
        if groups and box is not None and groups[-1][0] == box:
            groups[-1] = (box, groups[-1][1], groups[-1][2] + 1)
        else:
            groups.append((box, position, 1))
    return [_row(drawing, matches[first], box, first, count) for box, first, count in groups]


def title_of(drawing: Drawing, found: Found) -> str:
    """`h.17.attn.c_proj`; of a node its name, and its module before it."""
    graph = drawing.graph
    if found.is_module:
        cluster = graph.clusters[found.id]
        use = f" ({cluster.use})" if cluster.uses > 1 else ""
        return f"{cluster.path or cluster.class_name}{use}"
    node = graph.node(found.id)
    path = graph.clusters[node.cluster].path if node.cluster != -1 and node.kind not in ("parameter", "leaf") else ""
    return f"{path}.{node.name}" if path else node.name


def _row(drawing: Drawing, found: Found, box: int | None, first: int, count: int) -> MatchRow:
    is_node = not found.is_module
    if box is None:
        return MatchRow(title_of(drawing, found), _tr("open"), first, 1, is_node=is_node)
    clusters = drawing.graph.clusters
    members = drawing.members(box)
    if count == 1 and len(members) == 1:
        inside = drawing.title(box)
        return MatchRow(title_of(drawing, found), _tr("in {0}").format(inside), first, 1, is_node=is_node)
    if len(members) > 1:
        one, last = clusters[members[0]], clusters[members[-1]]
        if one.path == last.path:
            title = _tr("{0}, calls {1} to {2}").format(one.path, one.use, last.use)
        else:
            title = _tr("{0} to {1}").format(one.path, last.path)
    else:
        title = clusters[members[0]].path if members else drawing.title(box)
    return MatchRow(title, _tr("{0} folded").format(count), first, count, stack=True, is_node=is_node)
