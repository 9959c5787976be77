"""Hit testing: a node, a folded box, its chevron, a cell of a stack, or the header of an open cluster."""

from __future__ import annotations

from dataclasses import dataclass

from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.layout.geometry import stack_geometry as stacks

CHEVRON = 27.0
"""So far from its left side one click folds or unfolds a folded box or a header."""


@dataclass(frozen=True, slots=True)
class HitTarget:
    """One of `node` and `key` is set."""

    node: int | None = None
    key: int | None = None
    """The cluster, or of a box of ops the group, as `Drawing.key_of` gives it."""
    fold: int = -1
    """What a toggle of it folds or unfolds: a cluster's or a group's id."""
    chevron: bool = False
    member: int | None = None
    """The cluster whose cell it is."""
    is_open: bool = False
    """It is the header of an open cluster."""


def target_at(drawing: Drawing, x: float, y: float, slack: float, zoom: float) -> HitTarget | None:
    """Return what lies under scene point (x, y); `slack` widens each box."""
    box = drawing.box_at(x, y, slack)
    if box is None:
        cluster = drawing.header_at(x, y) if zoom >= levels.CLUSTER_CONTENTS else None
        rect = drawing.rect_of_cluster(cluster) if cluster is not None else None
        if cluster is None or rect is None:
            return None
        return HitTarget(key=cluster, fold=cluster, chevron=x <= rect[0] + CHEVRON, is_open=True)
    if not drawing.folded[box]:
        return HitTarget(node=int(drawing.placement.box_node[box]))
    left, top = drawing.rect[box, :2].tolist()
    member = drawing.member_at(box, x, y) if zoom >= levels.CLUSTER_CONTENTS else None
    has_chevron = drawing.placement.box_cluster[box] >= 0
    on_chevron = has_chevron and member is None and x <= left + CHEVRON and y <= top + max(stacks.HEAD, 34)
    return HitTarget(key=drawing.key_of(box), fold=drawing.fold_id(box), chevron=on_chevron, member=member)
