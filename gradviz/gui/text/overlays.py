"""Texts about overlays, in the user's language."""

from __future__ import annotations

from typing import cast

from gradviz.gui.session.settings import PAUSED
from gradviz.gui.text.node_kinds import kind_text
from gradviz.language import tr
from gradviz.model.overlay.overlay_table import MEASURED, Overlay
from gradviz.model.overlay.overlay_values import OTHER
from gradviz.protocol.records import MeasureKind, NodeKind


def title(overlay: Overlay | None) -> str:
    """Return the name of an overlay; None is the graph without colors."""
    return tr("None") if overlay is None else tr(overlay.title)


def quantity(overlay: Overlay) -> str:
    """Return what exactly is shown, with its unit."""
    return tr(overlay.quantity)


def aggregate(overlay: Overlay) -> str:
    """Return a sentence about folded modules."""
    return {
        "sum": tr("A folded module shows the sum of what is inside."),
        "largest": tr("A folded module shows the largest value inside."),
        "largest_finite": tr("A folded module shows the largest finite value inside: masks are infinite on purpose."),
        "none": tr("A folded module has a colour where all inside is of one group."),
    }[overlay.aggregate]


def tip(overlay: Overlay | None) -> str:
    """Return the tooltip of an overlay."""
    if overlay is None:
        return tr("Colour the nodes by what is known or measured of them")
    return f"{title(overlay)}, {quantity(overlay)}\n{aggregate(overlay)}"


def group(overlay: Overlay, name: str) -> str:
    """Return the name of a group of the overlays by kind and by module."""
    if overlay.id == "kind":
        return tr("other kinds") if name == OTHER else kind_text(cast(NodeKind, name))
    return tr("other modules") if name == OTHER else name


def rate(per_second: int) -> str:
    """Return a rate of measuring, for a menu."""
    if per_second == PAUSED:
        return tr("Paused")
    return tr("Once a second") if per_second == 1 else tr("{0} times a second").format(per_second)


def heading(kind: MeasureKind) -> str:
    """Return the heading of a measured column, short; with its unit where the cells do not have it."""
    return tr(MEASURED[kind].heading)


def meaning(kind: MeasureKind) -> str:
    """Return what a measured column holds, for the tooltip of its heading."""
    return tr(MEASURED[kind].meaning)


def none_found(overlay: Overlay) -> str:
    """Return what the legend shows while a measured run has no value yet."""
    return tr(overlay.none_found or "Being measured…")
