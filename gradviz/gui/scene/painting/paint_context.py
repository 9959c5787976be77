"""Everything that one painting of the graph needs to know: what, from where, in which colors, what is marked."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtGui import QPainter, QPen, QTransform

from gradviz.appearance.palette import Palette, Stroke
from gradviz.gui.scene.data.box_colors import BoxColoring
from gradviz.gui.scene.data.camera import Camera, Rect
from gradviz.gui.scene.data.emphasis import Emphasis, Marks
from gradviz.gui.scene.data.node_states import EdgeStates, NodeStates
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.paint_caches import TextCache
from gradviz.gui.style import qt_colors as palettes

# Below these zooms something goes.
SECOND_LINES = 0.8
VIEW_TITLES = 0.5
CLUSTER_CONTENTS = 0.3
ALL_BUT_BOXES = 0.12


@dataclass(frozen=True, slots=True)
class PaintContext:
    """One painting."""

    painter: QPainter
    drawing: Drawing
    camera: Camera
    width: float
    height: float
    palette: Palette
    texts: TextCache
    states: NodeStates
    edges: EdgeStates
    marks: Marks = field(default_factory=Marks)
    coloring: BoxColoring | None = None
    emphasis: Emphasis = field(default_factory=Emphasis)
    numbered: bool = True
    """Functions show their number (`#3`)."""
    loss: str = ""
    exposed: Rect | None = None
    """The part of the view that is painted; None for all of it."""

    @property
    def zoom(self) -> float:
        """1.0 at 100 %."""
        return self.camera.zoom

    @property
    def ratio(self) -> float:
        """Device pixels per pixel."""
        return self.painter.device().devicePixelRatioF()

    def area(self, slack: float) -> Rect:
        """Return the painted part of the scene, widened by `slack` pixels: rings and tags reach beyond their boxes."""
        left, top, wide, high = self.exposed or (0.0, 0.0, self.width, self.height)
        x, y = self.camera.to_scene(left - slack, top - slack)
        return x, y, (wide + 2 * slack) / self.zoom, (high + 2 * slack) / self.zoom

    def pen(self, shade: str, width: float = 1.0, dashes: tuple[float, ...] = ()) -> QPen:
        """Return a pen of `width` pixels at every zoom."""
        return palettes.pen(Stroke(shade, width, dashes), self.ratio)

    def in_scene(self) -> None:
        """Paint in scene units from here on, with pens that keep their width: for shapes."""
        camera = self.camera
        self.painter.setWorldTransform(QTransform(camera.zoom, 0, 0, camera.zoom, camera.dx, camera.dy))

    def in_view(self) -> None:
        """Paint in view pixels from here on: for texts at their size on screen."""
        self.painter.setWorldTransform(QTransform())
