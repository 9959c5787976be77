"""Compute the colors and texts of the boxes of a drawing from an overlay, for the canvas and for exported pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gradviz.appearance.boxes import BoxKind
from gradviz.appearance.palette import Palette, contrast
from gradviz.export.overlay_shading import PLAIN, Shade
from gradviz.gui.scene.data.box_colors import NOT_MEASURED, BoxColoring, Pattern
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.box_styles import hex_of, style_of
from gradviz.language import tr
from gradviz.model.number_text import value_text
from gradviz.model.overlay.overlay_scale import Limits, Mark, limits_of, places
from gradviz.model.overlay.overlay_table import Overlay
from gradviz.model.overlay.overlay_values import Column, Groups, gather

INKS = ("#07090C", "#FFFFFF")
COLORS = 256
_PATTERNS = np.array(
    [Pattern.NOT_MEASURED, Pattern.FILLED, Pattern.ZERO, Pattern.BEYOND, Pattern.FILLED], np.uint8
)  # by Mark


@dataclass(frozen=True, slots=True, eq=False)
class BoxValues:
    """The values of an overlay for the B boxes of a drawing."""

    column: Column
    """(B,) the value of a node; of a folded box the aggregate of what is inside."""
    applies: npt.NDArray[np.bool_]
    """(B,) boxes that could have a value; the others stay as they are."""
    cells: dict[int, Column]
    """Box of a stack → one value for each of its members."""
    nodes: Column
    """(N,) of every node, drawn or not."""


def box_values(drawing: Drawing, overlay: Overlay, column: Column) -> BoxValues:
    """Gather the values of nodes into the boxes that show or hide them."""
    count = len(drawing)
    able = np.array([node.kind in overlay.kinds for node in drawing.graph.nodes], np.bool_).reshape(len(drawing.graph))
    able |= column.measured
    kept = Column(column.values, column.measured & able, column.step)
    own = drawing.node_at >= 0
    # The loss shows its own number, in its own look.
    shown = drawing.kind != BoxKind.LOSS
    at = drawing.node_at[own]
    values, measured, applies = np.full(count, np.nan), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    values[own], measured[own], applies[own] = kept.values[at], kept.measured[at], able[at]
    slot = np.where(own[drawing.box_of_position], -1, drawing.box_of_position) if count else drawing.box_of_position
    slot[drawing.box_of_position < 0] = -1
    inside = gather(kept, slot, count, overlay.aggregate)
    values[~own], measured[~own] = inside.values[~own], inside.measured[~own]
    hidden = slot >= 0
    applies[slot[hidden & able]] = True
    cells = _cells(drawing, overlay, kept, slot)
    return BoxValues(Column(values, measured & shown, column.step), applies & shown, cells, kept)


def _cells(drawing: Drawing, overlay: Overlay, column: Column, slot: npt.NDArray[np.intp]) -> dict[int, Column]:
    cell_of = drawing.placement.node_cell
    if len(cell_of) != len(slot):
        return {}
    stacks = np.flatnonzero(drawing.kind == BoxKind.STACK)
    starts = np.full(len(drawing) + 1, -1, np.intp)
    sizes = drawing.box_count[stacks].astype(np.intp)
    starts[stacks] = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(stacks) else []
    held = (slot >= 0) & (starts[slot] >= 0)
    flat = gather(column, np.where(held, starts[slot] + cell_of, -1), int(sizes.sum()), overlay.aggregate)
    return {
        int(box): Column(flat.values[start : start + size], flat.measured[start : start + size], column.step)
        for box, start, size in zip(stacks.tolist(), starts[stacks].tolist(), sizes.tolist(), strict=True)
    }


def wanted_limits(overlay: Overlay, values: BoxValues) -> Limits | None:
    """Return limits that include every node, so that folding changes no color, and the aggregates of folded boxes."""
    if overlay.scale == "diverging":  # by the bulk of the nodes; what a box comes to may lie beyond
        return limits_of(overlay, values.nodes)
    return limits_of(overlay, values.nodes, values.column, *values.cells.values())


def measured_coloring(
    overlay: Overlay,
    values: BoxValues,
    limits: Limits | None,
    palette: Palette,
    explain: Callable[[int], str] | None = None,
) -> BoxColoring:
    """Color boxes by value. Where nothing at all was measured yet they stay plain."""
    count = len(values.applies)
    if values.column.empty:
        return BoxColoring.plain(count)
    place, mark = places(overlay, values.column, limits)
    fills, inks = color_ramp(palette, overlay.scale == "diverging")
    step = np.nan_to_num(place * (COLORS - 1)).round().astype(np.intp)
    fill, ink = fills[step], inks[step]
    wrong = mark == Mark.NOT_FINITE
    fill[wrong], ink[wrong] = rgb(palette.error_fill), rgb(INKS[1])
    words = [
        value_text(value, overlay.unit, bare=True) if known else ""
        for value, known in zip(values.column.values.tolist(), values.column.measured.tolist(), strict=True)
    ]
    cells = {}
    for box, column in values.cells.items():
        cells[box] = _cell_colors(overlay, column, limits, palette)
        words[box] = _span(overlay, column)
    pattern = np.where(values.applies | (mark != Mark.MISSING), _PATTERNS[mark], Pattern.PLAIN).astype(np.uint8)
    return BoxColoring(pattern, fill, ink, tuple(words), cells, explain)


def grouped_coloring(drawing: Drawing, groups: Groups, palette: Palette) -> BoxColoring:
    """Color boxes by the group of their node or module; a box of several groups stays plain."""
    fills = np.array([rgb(shade) for shade in palette.categorical], np.int32)
    inks = np.array([rgb(ink_on(shade)) for shade in palette.categorical], np.int32)
    group = np.full(len(drawing), -1, np.intp)
    own = drawing.node_at >= 0
    group[own] = groups.of_node[drawing.node_at[own]]
    cells = {}
    for box in np.flatnonzero(~own).tolist():
        members = list(drawing.members(box))
        found = groups.of_cluster[members] if members else groups.of_node[drawing.box_of_position == box]
        if len(found) and (found == found[0]).all():
            group[box] = int(found[0])
        if drawing.kind[box] == BoxKind.STACK and (found >= 0).all():
            cells[box] = fills[found]
    group[drawing.kind == BoxKind.LOSS] = -1
    known = group >= 0
    pattern = np.where(known, Pattern.FILLED, Pattern.PLAIN).astype(np.uint8)
    return BoxColoring(pattern, fills[group], inks[group], ("",) * len(drawing), cells)


def shades(drawing: Drawing, coloring: BoxColoring, palette: Palette) -> dict[int, Shade]:
    """Return box → how it is drawn, for the boxes that the overlay changes."""
    found = {}
    for box in range(len(drawing)):
        shade = _shade(int(drawing.kind[box]), box, coloring, palette)
        if shade != PLAIN:
            found[box] = shade
    return found


@lru_cache(maxsize=4)
def color_ramp(palette: Palette, diverging: bool) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the colors along the bar, and the inks on them, as 0xRRGGBB."""
    stops = np.array([[int(s[i : i + 2], 16) for i in (1, 3, 5)] for s in
                      (palette.diverging if diverging else palette.sequential)], float)  # fmt: skip
    at, knots = np.linspace(0, 1, COLORS), np.linspace(0, 1, len(stops))
    channels = np.stack([np.interp(at, knots, stops[:, i]) for i in range(3)], axis=1).round().astype(np.int32)
    fills = (channels[:, 0] << 16 | channels[:, 1] << 8 | channels[:, 2]).astype(np.int32)
    inks = np.array([rgb(ink_on(f"#{fill:06X}")) for fill in fills.tolist()], np.int32)
    return fills, inks


def ink_on(shade: str) -> str:
    """Return black or white, whichever has more contrast on `shade`."""
    return max(INKS, key=lambda ink: contrast(ink, shade))


def rgb(shade: str) -> int:
    """Return 0xRRGGBB for `#RRGGBB`."""
    return int(shade[1:], 16)


def _cell_colors(overlay: Overlay, column: Column, limits: Limits | None, palette: Palette) -> npt.NDArray[np.int32]:
    place, mark = places(overlay, column, limits)
    fills, _ = color_ramp(palette, overlay.scale == "diverging")
    found = fills[np.nan_to_num(place * (COLORS - 1)).round().astype(np.intp)]
    found[mark == Mark.MISSING] = NOT_MEASURED
    found[mark == Mark.ZERO] = rgb(palette.canvas)
    found[mark == Mark.NOT_FINITE] = rgb(palette.error_fill)
    return found


def _span(overlay: Overlay, column: Column) -> str:
    """Return the least and the greatest of the members: `1.1e−03 to 2.5e−03`."""
    values = column.values[column.measured]
    if not len(values):
        return ""
    if not np.isfinite(values).all():
        return value_text(float(values[~np.isfinite(values)][0]), overlay.unit, bare=True)
    low, high = (value_text(float(value), overlay.unit, bare=True) for value in (values.min(), values.max()))
    return low if low == high else tr("{low} to {high}").format(low=low, high=high)


def _shade(kind: int, box: int, coloring: BoxColoring, palette: Palette) -> Shade:
    value = coloring.value[box]
    if kind == BoxKind.STACK:  # its card stays plain
        cells = coloring.cells.get(box, ())
        return Shade(value=value, cells=tuple("" if c == NOT_MEASURED else hex_of(int(c)) for c in cells))
    pattern = int(coloring.pattern[box])
    if pattern == Pattern.PLAIN:
        return Shade(value=value)
    style = style_of(palette, kind, pattern=pattern, fill=int(coloring.fill[box]), ink=int(coloring.ink[box]))
    return Shade(
        fill=style.fill.lower(),
        ink=style.title,
        line=style.border.shade,
        hatched=pattern == Pattern.NOT_MEASURED,
        beyond=style.beyond,
        value=value,
    )
