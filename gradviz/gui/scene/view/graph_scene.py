"""The scene of the graph view: a drawing with its states, overlay colors and marks, and the painting of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSizeF, Signal
from PySide6.QtGui import QPainter

from gradviz.gui.scene.data.box_colors import BoxColoring
from gradviz.gui.scene.data.camera import Camera
from gradviz.gui.scene.data.emphasis import Emphasis, Marks, emphasis
from gradviz.gui.scene.data.node_states import EdgeStates, NodeState, NodeStates
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting import tooltips
from gradviz.gui.scene.painting.hit_testing import HitTarget, target_at
from gradviz.gui.scene.painting.paint_caches import BackingStore, TextCache
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.scene.painting.scene_painter import PaintCounts, paint
from gradviz.gui.scene.view.fold_animation import LARGEST, UNFOLD_MS, Tween
from gradviz.gui.scene.view.mark_store import MarkStore
from gradviz.gui.scene.view.pan_zoom_canvas import PanZoomCanvas
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style import theme
from gradviz.gui.style.qt_colors import color
from gradviz.model.number_text import short

_GRIP = 3
"""A click so many pixels beside a node still means the node."""


class GraphScene(QObject):
    """What the canvas shows, and when it has to be painted anew."""

    states_changed = Signal(object, object)
    """The drawing, and the states of its nodes."""
    signs_changed = Signal(object, object)
    """The states of nodes and of edges."""
    coloring_changed = Signal(object)
    """The coloring; None for none."""

    def __init__(self, canvas: PanZoomCanvas, marks: MarkStore) -> None:
        super().__init__(canvas)
        self._canvas, self._marks = canvas, marks
        self.drawing: Drawing | None = None
        """The graph with its places; None for an empty canvas."""
        self.states = NodeStates.all(0)
        self.coloring: BoxColoring | None = None
        """As it was last set for the drawing that is shown."""
        self.run_state = "fresh"
        self.emphasis = Emphasis()
        self.painted = PaintCounts()
        """How much the last painting painted."""
        self.tween: Tween | None = None
        """The way from the drawing before to this one, while it is shown."""
        self.edges = EdgeStates.plain(0)
        self._loss = ""
        self._loss_boxes: list[int] = []
        self._backing = BackingStore()
        self._texts = TextCache()
        self._animation = theme.animation(self, UNFOLD_MS)
        self._animation.valueChanged.connect(lambda _share: self.repaint())
        self._animation.finished.connect(self.finish_animation)
        marks.changed.connect(self._show_marks)

    @property
    def is_lit(self) -> bool:
        """Whether functions show that the first forward has run."""
        return self.run_state == "fresh" and self.drawing is not None and self.drawing.graph.record.kind == "autograd"

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Show another drawing, with the marks as they are and without colors."""
        self.drawing, self.coloring = drawing, None
        self._loss_boxes = _boxes_of_loss(drawing) if drawing is not None else []
        self.emphasis = emphasis(drawing, self._marks.current) if drawing is not None else Emphasis()
        self.reset_states()

    def reset_states(self) -> None:
        """Show every node as it is without stepping: lit in a fresh run, plain in any other."""
        count = len(self.drawing.graph) if self.drawing is not None else 0
        self.set_states(NodeStates.all(count, NodeState.FORWARD_RAN if self.is_lit else NodeState.PLAIN))

    def set_states(self, states: NodeStates, edges: EdgeStates | None = None) -> None:
        """Set what each node and edge of the graph that is shown goes through; for stepping."""
        self.states = states
        self.edges = edges or EdgeStates.plain(len(self.drawing.graph.edges) if self.drawing else 0)
        self.states_changed.emit(self.drawing, states)
        self.signs_changed.emit(states, self.edges)
        self.repaint()

    def set_coloring(self, coloring: BoxColoring | None) -> None:
        """Color the boxes of the drawing that is shown; None shows them as they are.

        A coloring that was made for another drawing counts as None.
        """
        fits = coloring is not None and self.drawing is not None and len(coloring.fill) == len(self.drawing)
        self.coloring = coloring if fits else None
        self.coloring_changed.emit(self.coloring)
        self.repaint()

    def set_loss(self, loss: float | None) -> None:
        """Set the number on the loss node; None for none."""
        text = "" if loss is None else short(loss)
        if text != self._loss:
            self._loss = text
            self._repaint_boxes(self._loss_boxes)

    def target_at(self, position: QPointF) -> HitTarget | None:
        """Return what is under a point of the viewport; None for nothing, or what a filter leaves out."""
        drawing, opacity = self.drawing, self.emphasis.opacity
        if drawing is None:
            return None
        camera = self._canvas.camera
        x, y = camera.to_scene(position.x(), position.y())
        target = target_at(drawing, x, y, _GRIP / camera.zoom, camera.zoom)
        if target is not None and opacity is not None and target.node is not None:
            box = drawing.box_at(x, y, _GRIP / camera.zoom)
            return target if box is None or opacity[box] else None
        return target

    def tooltip_at(self, position: QPointF) -> str:
        """Return the tooltip of what is under a point of the viewport; empty for none."""
        target, drawing = self.target_at(position), self.drawing
        if target is None or drawing is None:
            return ""
        if target.node is not None:
            text, box = (
                tooltips.node_tooltip(drawing.graph, drawing.graph.node(target.node)),
                drawing.box_of(target.node),
            )
        else:
            text = tooltips.folded_tooltip(drawing, target)
            box = drawing.box_of_key(target.key) if target.key is not None and not target.is_open else None
        value = self.coloring.tooltip(box) if self.coloring is not None else ""
        return f"{text}\n{value}" if value else text

    # Motion

    def animate_from(self, before: Drawing, camera: Camera) -> None:
        """Show how the drawing before became this one, if that is wanted, and both are of one graph."""
        after, now = self.drawing, self._canvas.camera
        if after is None or before.graph is not after.graph or max(len(before), len(after)) > LARGEST:
            return
        if camera.zoom == now.zoom and self._canvas.isVisible() and theme.motion_allowed():
            shift = (camera.dx - now.dx) / now.zoom, (camera.dy - now.dy) / now.zoom
            self.tween = Tween(before, after, shift)
            self._animation.start()

    def finish_animation(self) -> None:
        """Show the drawing as it is at the end."""
        self._animation.stop()
        if self.tween is not None:
            self.tween = None
            self.repaint()

    # Painting

    def repaint(self) -> None:
        """Paint all anew: what is shown has changed, not only where the view looks."""
        self._backing.forget()
        self._canvas.viewport().update()

    def paint(self, painter: QPainter, rect: QRect) -> None:
        """Paint the viewport, or of an empty canvas its ground in `rect`."""
        ground = color(palettes.current().canvas)
        if self.drawing is None:
            painter.fillRect(rect, ground)
        else:
            viewport = self._canvas.viewport()
            size, ratio = viewport.size(), viewport.devicePixelRatioF()
            picture = self._backing.picture(size, ratio, self._canvas.camera, ground, self._paint_part)
            painter.drawPixmap(0, 0, picture)

    def _paint_part(self, painter: QPainter, part: QRectF) -> None:
        assert self.drawing is not None
        viewport = self._canvas.viewport()
        width, height = float(viewport.width()), float(viewport.height())
        drawing, shown = self.drawing, self.emphasis
        if (tween := self.tween) is not None:
            share = float(self._animation.currentValue())
            boxes, edges = tween.opacity(share)
            drawing, shown = tween.at(share), replace(shown, opacity=boxes, edge_opacity=edges)
        context = PaintContext(
            painter=painter,
            drawing=drawing,
            camera=self._canvas.camera,
            width=width,
            height=height,
            palette=palettes.current(),
            texts=self._texts,
            states=self.states,
            edges=self.edges,
            marks=self._marks.current,
            coloring=self.coloring,
            emphasis=shown,
            loss=self._loss,
            exposed=None if part.size() == QSizeF(width, height) else (part.x(), part.y(), part.width(), part.height()),
        )
        self.painted = paint(context)

    def _show_marks(self, before: Marks) -> None:
        drawing, marks, old = self.drawing, self._marks.current, self.emphasis
        self.emphasis = emphasis(drawing, marks) if drawing is not None else Emphasis()
        if drawing is not None and marks.but_for_hover == before.but_for_hover:
            self._repaint_boxes({old.hovered, self.emphasis.hovered} - {-1})
        else:
            self.repaint()

    def _repaint_boxes(self, boxes: Iterable[int]) -> None:
        """Paint only these boxes anew."""
        drawing = self.drawing
        for rect in [] if drawing is None else [self._around(drawing, box) for box in boxes]:
            self._backing.forget_rects([rect])
            self._canvas.viewport().update(rect.toAlignedRect())

    def _around(self, drawing: Drawing, box: int) -> QRectF:
        """Return the rectangle of a box in the view, with all that is painted around it."""
        camera = self._canvas.camera
        x, y, width, height = drawing.rect[box].tolist()
        left, top = camera.to_view(x, y)
        return QRectF(left, top, width * camera.zoom, height * camera.zoom).adjusted(-16, -16, 16, 16)


def _boxes_of_loss(drawing: Drawing) -> list[int]:
    boxes = [drawing.box_of(node.id) for node in drawing.graph.nodes if node.kind == "loss"]
    return [box for box in boxes if box is not None]
