"""The card at the lower right: the whole drawing in small, and what part of it is seen; it can be dragged."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from gradviz.appearance.boxes import BoxKind
from gradviz.appearance.palette import Palette, Stroke
from gradviz.gui.scene.data.box_colors import BoxColoring, Pattern
from gradviz.gui.scene.data.camera import Camera, Rect
from gradviz.gui.scene.data.node_states import NodeState, NodeStates
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color, pen

_PAD = 10
_LEAST = 7


class Minimap(QWidget):
    """A map of the drawing."""

    point_requested = Signal(float, float)
    """A scene point that should come to the middle of the view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(170, 132))
        self._drawing: Drawing | None = None
        self._states: NodeStates | None = None
        self._coloring: BoxColoring | None = None
        self._seen: Rect = (0, 0, 1, 1)
        self._picture: QPixmap | None = None
        self.setAccessibleName(self.tr("Overview of the graph"))
        self.setCursor(Qt.CursorShape.CrossCursor)

    def set_drawing(self, drawing: Drawing | None, states: NodeStates | None) -> None:
        """Show another drawing with the states of its nodes; None for none."""
        if drawing is not self._drawing:
            self._coloring = None
        self._drawing, self._states, self._picture = drawing, states, None
        self.update()

    def set_coloring(self, coloring: BoxColoring | None) -> None:
        """Set the colors of the drawing that is shown; None for none."""
        self._coloring, self._picture = coloring, None
        self.update()

    def set_seen(self, seen: Rect) -> None:
        """Set the part of the scene that the view shows."""
        if seen != self._seen:
            self._seen = seen
            self.update()

    def _camera(self) -> Camera:
        drawing = self._drawing
        if drawing is None:
            return Camera()
        width, height = self.width() - 2 * _PAD, self.height() - 2 * _PAD
        zoom = min(width / max(drawing.width, 1), height / max(drawing.height, 1))
        return Camera(zoom, _PAD + (width - drawing.width * zoom) / 2, _PAD + (height - drawing.height * zoom) / 2)

    def _render(self, palette: Palette) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        drawing, states, camera = self._drawing, self._states, self._camera()
        if drawing is None or states is None:
            return picture
        painter = QPainter(picture)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(palette.cluster_border, 0.35))
        painter.drawRects([self._on_map(camera, rect) for rect in drawing.cluster_rect.tolist()])
        groups: dict[str, list[QRectF]] = {}
        rects = drawing.rect.tolist()
        overlaid = self._overlaid()
        for box, (rect, kind, node) in enumerate(
            zip(rects, drawing.kind.tolist(), drawing.node_at.tolist(), strict=True)
        ):
            shade = palette.inverse if kind == BoxKind.LOSS else palette.edge
            if node >= 0 and kind in (BoxKind.FUNCTION, BoxKind.CUSTOM):
                state = states.state[node]
                if state == NodeState.FORWARD_RAN:
                    shade = palette.forward.fill
                elif state == NodeState.BACKWARD_RAN:
                    shade = palette.backward.fill
            groups.setdefault(overlaid.get(box, shade), []).append(self._on_map(camera, rect))
        for shade, members in groups.items():
            painter.setBrush(color(shade))
            painter.drawRects(members)
        painter.end()
        return picture

    def _overlaid(self) -> dict[int, str]:
        """Return box → its color under the overlay, where it has one; a stack's is that of its middle member."""
        coloring = self._coloring
        if coloring is None:
            return {}
        filled = np.nonzero(np.isin(coloring.pattern, (Pattern.FILLED, Pattern.BEYOND)))[0].tolist()
        shades = {box: int(coloring.fill[box]) for box in filled}
        shades |= {box: int(cells[len(cells) // 2]) for box, cells in coloring.cells.items() if len(cells)}
        return {box: f"#{shade:06x}" for box, shade in shades.items() if shade >= 0}

    @staticmethod
    def _on_map(camera: Camera, rect: list[float]) -> QRectF:
        x, y = camera.to_view(rect[0], rect[1])
        return QRectF(x, y, max(rect[2] * camera.zoom, 1), max(rect[3] * camera.zoom, 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the widget."""
        palette = palettes.current()
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture = self._render(palette)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen(Stroke(palette.line), self.devicePixelRatioF()))
        painter.setBrush(color(palette.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.drawPixmap(0, 0, self._picture)
        camera = self._camera()
        x, y, width, height = self._seen
        left, top = camera.to_view(x, y)
        seen = QRectF(left, top, width * camera.zoom, height * camera.zoom)
        least = QRectF(seen.center().x() - _LEAST / 2, seen.center().y() - _LEAST / 2, _LEAST, _LEAST)
        seen = seen.united(least)  # a small part of a large graph is still to be found
        inside = QRectF(self.rect()).adjusted(5, 5, -5, -5)
        painter.setPen(pen(Stroke(palette.accent, 1.5), self.devicePixelRatioF()))
        painter.setBrush(color(palette.accent, 0.06))
        painter.drawRoundedRect(seen.intersected(inside), 2, 2)
        painter.end()

    def _ask(self, position: QPointF) -> None:
        x, y = self._camera().to_scene(position.x(), position.y())
        self.point_requested.emit(x, y)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look where the user points."""
        self._ask(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look where the user drags to."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event.position())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._picture = None
            self.update()
        super().changeEvent(event)
