"""Convert the colors of a drawing to the plain data of an exported picture."""

from __future__ import annotations

from gradviz.appearance.boxes import BoxKind
from gradviz.appearance.palette import Palette
from gradviz.export.overlay_shading import PLAIN, Shade
from gradviz.gui.scene.data.box_colors import NOT_MEASURED, BoxColoring, Pattern
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.box_styles import hex_of, style_of


def shades(drawing: Drawing, coloring: BoxColoring, palette: Palette) -> dict[int, Shade]:
    """Return box → how it is drawn, for the boxes that the overlay changes."""
    found = {}
    for box in range(len(drawing)):
        shade = _shade(int(drawing.kind[box]), box, coloring, palette)
        if shade != PLAIN:
            found[box] = shade
    return found


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
