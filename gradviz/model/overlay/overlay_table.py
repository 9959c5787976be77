"""The overlays that the graph can be colored by, a row each: all that one needs beside the engine's `Measure`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gradviz.errors import UnknownNameError
from gradviz.language import tr, translatable
from gradviz.model.graph.graph import Graph
from gradviz.model.overlay.overlay_values import Aggregate, Column, Groups, by_kind, by_module, sizes
from gradviz.protocol.records import MeasureKind, NodeKind

Scale = Literal["categorical", "linear", "log", "diverging"]
Unit = Literal["", "s", "FLOP", "B", "share"]

NONE = "none"
"""The id for no overlay."""
_ALL: frozenset[NodeKind] = frozenset(
    ("function", "custom", "parameter", "leaf", "data", "stub", "opaque", "op", "loss", "output")
)
_OPS: frozenset[NodeKind] = frozenset(("function", "custom", "opaque", "op"))
"""Nodes made by a forward op."""
_RUN: frozenset[NodeKind] = _OPS | {"parameter"}
"""Nodes that backward runs."""
_WITH_GRADIENT: frozenset[NodeKind] = _RUN | {"leaf", "loss", "output"}
"""Nodes that can receive a gradient; of a frozen leaf it is not measured."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """One thing to color the graph by. Its texts are translated where they are shown."""

    id: str
    """Of a measured overlay also the `MeasureKind` that the engine is asked for."""
    title: str
    quantity: str
    """What exactly the number is: `L2, of each output`."""
    scale: Scale
    unit: Unit = ""
    aggregate: Aggregate = "none"
    """How a folded module, and a row of the totals, sums up what is inside."""
    kinds: frozenset[NodeKind] = frozenset()
    """The nodes that can have a value, besides those that were measured; others keep their look."""
    binary: bool = False
    """Whether its scale goes by powers of two."""
    of_graph: Callable[[Graph], Column | Groups] | None = None
    """Computes it from the graph itself; None for what the engine measures."""
    heading: str = ""
    """Over its column in the table of nodes; with the unit where the cells do not have it."""
    meaning: str = ""
    """Tooltip of that heading."""
    none_found: str = ""
    """Shown while a run that is measured has no value yet."""
    first_of_group: bool = False
    """Whether the menu has a line before it."""

    @property
    def is_categorical(self) -> bool:
        """Return whether it colors by groups, not by numbers."""
        return self.scale == "categorical"

    @property
    def measure(self) -> MeasureKind | None:
        """Return what the engine has to measure; None for what the graph itself holds."""
        return self.id if self.of_graph is None else None


OVERLAYS: tuple[Overlay, ...] = (
    Overlay("kind", translatable("Kind"),
        translatable("of each node"), "categorical", kinds=_ALL, of_graph=by_kind, first_of_group=True),
    Overlay("module", translatable("Module"),
        translatable("around each node"), "categorical", kinds=_ALL, of_graph=by_module),
    Overlay(
        "size", translatable("Output size"),
        translatable("of the first output"), "log", "B", "largest", _ALL - {"stub"},
        binary=True, of_graph=sizes,
    ),
    Overlay(
        "time_forward", translatable("Forward time"), translatable("of each op"), "log", "s", "sum", _OPS,
        heading=translatable("Forward"), meaning=translatable("Time of the op in forward"), first_of_group=True,
    ),
    Overlay(
        "time_backward", translatable("Backward time"), translatable("of each node"), "log", "s", "sum", _RUN,
        heading=translatable("Backward"), meaning=translatable("Time of the node in backward"),
    ),
    Overlay(
        "flops", translatable("FLOPs"), translatable("of each forward op"), "log", "FLOP", "sum", _OPS,
        heading=translatable("FLOP"), meaning=translatable("Floating-point operations of the forward op"),
    ),
    Overlay(
        "saved_bytes", translatable("Held for backward"),
        translatable("each storage once"), "log", "B", "sum", _OPS - {"op"},
        binary=True, heading=translatable("Held"),
        meaning=translatable("Bytes held for backward; a storage that several nodes hold counts at the first"),
    ),
    Overlay(
        "grad_norm", translatable("Gradient norm"),
        translatable("L2, of each output"), "log", "", "largest", _WITH_GRADIENT,
        heading=translatable("Grad norm"),
        meaning=translatable("L2 norm of the gradient of the first output; of a leaf, of its gradient"),
        first_of_group=True,
    ),
    Overlay(
        "activation_mean", translatable("Activation mean"),
        translatable("of each output"), "diverging", "", "largest_finite", _OPS,
        heading=translatable("Mean"), meaning=translatable("Mean of the first output"),
    ),
    Overlay(
        "activation_std", translatable("Activation std"),
        translatable("of each output"), "log", "", "largest_finite", _OPS,
        heading=translatable("Std"), meaning=translatable("Standard deviation of the first output"),
    ),
    Overlay(
        "update_ratio", translatable("Update to weight"),
        translatable("L2, update over weight"), "log", "", "largest", frozenset(("parameter",)),
        heading=translatable("Update"), meaning=translatable("L2 norm of the last update over that of the values"),
    ),
    Overlay(
        "dead_units", translatable("Dead units"),
        translatable("share of units always zero"), "linear", "share", "largest",
        heading=translatable("Dead"),
        meaning=translatable("Share of units that were zero ever since measuring began"),
        none_found=translatable("No unit is known to be dead; measured of ReLU and the like."),
    ),
)  # fmt: skip
"""In the order of the menu and of the table's columns. `dead_units` names no kinds: only measured nodes have it."""

MEASURED: dict[MeasureKind, Overlay] = {overlay.id: overlay for overlay in OVERLAYS if overlay.of_graph is None}
_BY_ID = {overlay.id: overlay for overlay in OVERLAYS}


def overlay(overlay_id: str) -> Overlay | None:
    """Return the overlay with this id; None for `none`.

    Raises:
        UnknownNameError: there is no such overlay.
    """
    if overlay_id == NONE:
        return None
    try:
        return _BY_ID[overlay_id]
    except KeyError:
        raise UnknownNameError(tr("overlay"), overlay_id, [NONE, *_BY_ID]) from None
