"""What the graph can be coloured by: each overlay's quantity, unit, scale, and how a folded module sums it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradviz.errors import UnknownNameError
from gradviz.model.overlay.overlay_values import FORWARD, RUNS, WITH_GRADIENT, Aggregate
from gradviz.protocol.records import MeasureKind, NodeKind

Scale = Literal["categorical", "linear", "log", "diverging"]
Unit = Literal["", "s", "FLOP", "B", "share"]


@dataclass(frozen=True, slots=True)
class Overlay:
    """One thing to colour the graph by. Texts are English; the window translates them."""

    id: str
    title: str
    quantity: str
    """What exactly the number is: `L2, of each output`."""
    scale: Scale
    unit: Unit = ""
    aggregate: Aggregate = "none"
    """How a folded module, and a row of the totals, sums up what is inside."""
    measure: MeasureKind | None = None
    """What the engine has to measure; None where the graph itself tells."""
    kinds: frozenset[NodeKind] = frozenset()
    """The nodes that it says something about; others stay as they are."""
    binary: bool = False
    """Whether its scale goes by powers of two."""

    @property
    def is_categorical(self) -> bool:
        return self.scale == "categorical"


NONE = "none"
"""The id that stands for no overlay."""
_ALL: frozenset[NodeKind] = frozenset(
    ("function", "custom", "parameter", "leaf", "data", "stub", "opaque", "op", "loss", "output")
)

OVERLAYS: tuple[Overlay, ...] = (
    Overlay("kind", "Kind", "of each node", "categorical", kinds=_ALL),
    Overlay("module", "Module", "around each node", "categorical", kinds=_ALL),
    Overlay("size", "Output size", "of the first output", "log", "B", "largest", kinds=_ALL - {"stub"}, binary=True),
    Overlay("time_forward", "Forward time", "of each op", "log", "s", "sum", "time_forward", FORWARD),
    Overlay("time_backward", "Backward time", "of each node", "log", "s", "sum", "time_backward", RUNS),
    Overlay("flops", "FLOPs", "of each forward op", "log", "FLOP", "sum", "flops", FORWARD),
    Overlay("saved_bytes", "Held for backward", "each storage once", "log", "B", "sum", "saved_bytes",
            frozenset(("function", "custom", "opaque")), True),
    Overlay("grad_norm", "Gradient norm", "L2, of each output", "log", "", "largest", "grad_norm", WITH_GRADIENT),
    Overlay("activation_mean", "Activation mean", "of each output", "diverging", "", "largest_finite",
            "activation_mean", FORWARD),
    Overlay("activation_std", "Activation std", "of each output", "log", "", "largest_finite", "activation_std",
            FORWARD),
    Overlay("update_ratio", "Update to weight", "L2, update over weight", "log", "", "largest",
            "update_ratio", frozenset(("parameter",))),
    Overlay("dead_units", "Dead units", "share of units always zero", "linear", "share", "largest", "dead_units"),
)  # fmt: skip
"""In the order of the menu. `dead_units` names no kinds: it is of the nodes that it was measured of."""

MEASURED: tuple[Overlay, ...] = tuple(overlay for overlay in OVERLAYS if overlay.measure is not None)
_BY_ID = {overlay.id: overlay for overlay in OVERLAYS}


def overlay(overlay_id: str) -> Overlay | None:
    """The overlay with this id; None for `none`.

    Raises:
        UnknownNameError: there is no such overlay.
    """
    if overlay_id == NONE:
        return None
    try:
        return _BY_ID[overlay_id]
    except KeyError:
        raise UnknownNameError("overlay", overlay_id, [NONE, *_BY_ID]) from None
