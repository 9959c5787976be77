"""Puts the colours of a drawing into the plain data of an exported picture."""

from __future__ import annotations

from PySide6.QtCore import Qt

from gradviz.export.overlay_shading import PLAIN, Shade
from gradviz.gui.scene.data.box_colors import NOT_MEASURED, Colouring, Pattern
from gradviz.gui.scene.data.placed_graph import BoxKind, Drawing
from gradviz.gui.scene.painting.box_styles import hex_of, style_of
from gradviz.gui.style.palette import Palette


def shades(drawing: Drawing, colouring: Colouring, palette: Palette) -> dict[int, Shade]:
    """Box → how it is drawn, of the boxes about which the overlay says something."""
    found = {}
    for box in range(len(drawing)):
        shade = _shade(int(drawing.kind[box]), box, colouring, palette)
        if shade != PLAIN:
            found[box] = shade
    return found


def _shade(kind: int, box: int, colouring: Colouring, palette: Palette) -> Shade:
    value = colouring.value[box]
    if kind == BoxKind.STACK:  # its card stays plain
        cells = colouring.cells.get(box, ())
        return Shade(value=value, cells=tuple("" if c == NOT_MEASURED else hex_of(int(c)) for c in cells))
    pattern = int(colouring.pattern[box])
    if pattern == Pattern.PLAIN:
        return Shade(value=value)
    style = style_of(palette, kind, pattern=pattern, fill=int(colouring.fill[box]), ink=int(colouring.ink[box]))
    filled = style.fill.style() != Qt.BrushStyle.NoBrush
    return Shade(
        fill=style.fill.color().name() if filled else "",
        ink=style.title,
        line=style.border.shade,
        hatched=pattern == Pattern.NOT_MEASURED,
        beyond=style.beyond,
        value=value,
    )
