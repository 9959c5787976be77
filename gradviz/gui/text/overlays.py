"""Texts about overlays, in the user's language."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QCoreApplication

from gradviz.gui.session.measure_requests import PAUSED
from gradviz.gui.text.node_kinds import kind_text
from gradviz.model.overlay.overlay_table import MEASURED, Overlay
from gradviz.model.overlay.overlay_values import OTHER
from gradviz.protocol.records import MeasureKind, NodeKind


def _tr(text: str) -> str:
    return QCoreApplication.translate("overlays", text)


def title(overlay: Overlay | None) -> str:
    """Return the name of an overlay; None is the graph without colors."""
    return _tr("None") if overlay is None else _tr(overlay.title)


def quantity(overlay: Overlay) -> str:
    """Return what exactly is shown, with its unit."""
    return _tr(overlay.quantity)


def aggregate(overlay: Overlay) -> str:
    """Return a sentence about folded modules."""
    return {
        "sum": _tr("A folded module shows the sum of what is inside."),
        "largest": _tr("A folded module shows the largest value inside."),
        "largest_finite": _tr("A folded module shows the largest finite value inside: masks are infinite on purpose."),
        "none": _tr("A folded module has a colour where all inside is of one group."),
    }[overlay.aggregate]


def tip(overlay: Overlay | None) -> str:
    """Return the tooltip of an overlay."""
    if overlay is None:
        return _tr("Colour the nodes by what is known or measured of them")
    return f"{title(overlay)}, {quantity(overlay)}\n{aggregate(overlay)}"


def group(overlay: Overlay, name: str) -> str:
    """Return the name of a group of the overlays by kind and by module."""
    if overlay.id == "kind":
        return _tr("other kinds") if name == OTHER else kind_text(cast(NodeKind, name))
    return _tr("other modules") if name == OTHER else name


def rate(per_second: int) -> str:
    """Return a rate of measuring, for a menu."""
    if per_second == PAUSED:
        return _tr("Paused")
    return _tr("Once a second") if per_second == 1 else _tr("{0} times a second").format(per_second)


def heading(kind: MeasureKind) -> str:
    """Return the heading of a measured column, short; with its unit where the cells do not have it."""
    return _tr(MEASURED[kind].heading)


def meaning(kind: MeasureKind) -> str:
    """Return what a measured column holds, for the tooltip of its heading."""
    return _tr(MEASURED[kind].meaning)


def none_found(overlay: Overlay) -> str:
    """Return what the legend shows while a measured run has no value yet."""
    return _tr(overlay.none_found or "Being measured…")
