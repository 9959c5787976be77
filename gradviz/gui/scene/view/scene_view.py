"""A canvas with a graph on it: what is shown of it, in which states and colours, and its painting."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEasingCurve, QEvent, QRectF, QSizeF, QVariantAnimation, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gradviz.gui.scene.data.box_colors import BoxColoring
from gradviz.gui.scene.data.camera import Camera
from gradviz.gui.scene.data.emphasis import Emphasis, emphasis
from gradviz.gui.scene.data.marks import Marks
from gradviz.gui.scene.data.node_states import EdgeStates, NodeState, NodeStates
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.backing_store import BackingStore
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.scene.painting.scene_painter import PaintCounts, paint
from gradviz.gui.scene.painting.text_cache import TextCache
from gradviz.gui.scene.view.fold_animation import LARGEST, UNFOLD_MS, Tween
from gradviz.gui.scene.view.viewport_control import Outlook
from gradviz.gui.style import palette as palettes
from gradviz.gui.style import theme
from gradviz.gui.style.palette import color
from gradviz.layout.geometry.placement import Placement
from gradviz.model.graph.folding import folding_of
from gradviz.model.graph.graph import Graph
from gradviz.model.number_text import short


class Stage(Outlook):
    """Shows a placed graph; who selects what is the subclass's affair."""

    drawing_changed = Signal()
    """Another drawing is shown, without colours as yet: whoever colours it does so now, before it is painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states = NodeStates.all(0)
        self._edges = EdgeStates.plain(0)
        self._emphasis = Emphasis()
        self._backing = BackingStore()
        self._texts = TextCache()
        self._run_state = "fresh"
        self._loss = ""
        self._tween: Tween | None = None
        self._unfolding = QVariantAnimation(self)
        self._unfolding.setStartValue(0.0)
        self._unfolding.setEndValue(1.0)
        self._unfolding.setDuration(UNFOLD_MS)
        self._unfolding.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._unfolding.valueChanged.connect(lambda _share: self._repaint())
        self._unfolding.finished.connect(self._arrive)
        self.painted = PaintCounts()
        """What the last painting painted."""
        self._coloring: BoxColoring | None = None

    # What is shown

    @property
    def graph(self) -> Graph | None:
        """The graph that is shown, None for an empty canvas."""
        return self._drawing.graph if self._drawing else None

    @property
    def drawing(self) -> Drawing | None:
        """The graph with its places."""
        return self._drawing

    def set_graph(self, graph: Graph, placement: Placement) -> None:
        """Show a graph. One of the same network keeps the place; another is looked at as a whole."""
        self._arrive()
        before, camera = self._drawing, self.camera
        self._drawing = Drawing(graph, placement)
        self._coloring = None
        anchored = self._anchor is not None
        self._set_marks(self._marks.kept_by(graph.index, len(folding_of(graph).everything)))
        self.cards.message.hide()
        self.cards.caption.setVisible(bool(self.cards.caption.accessibleName()))
        self._apply_run_state()
        self._keep_looking(before, self._drawing)
        self.camera_moved()
        self.drawing_changed.emit()
        self._repaint()
        if before is not None and anchored:
            self._animate(before, camera)

    def clear(self) -> None:
        """Empty the canvas; a message that was set appears."""
        self._arrive()
        self._drawing = self._coloring = None
        self._set_marks(Marks(filtered=self._marks.filtered, filter_hides=self._marks.filter_hides))
        self._states, self._edges = NodeStates.all(0), EdgeStates.plain(0)
        self._framed = self._moved_by_hand = False
        self._anchor = None
        self.cards.hide_all()
        self.cards.overview.set_drawing(None, None)
        self.cards.message.setVisible(any(self.cards.message.words()))
        self._place_cards()
        self._repaint()

    def set_message(self, title: str, text: str = "", busy: bool = False) -> None:
        """Words for the empty canvas, with a moving bar while `busy`; `text` may hold `<b>`."""
        self.cards.message.set_words(title, text, busy)
        self.cards.message.setVisible(self._drawing is None and bool(title or text))
        self._place_cards()

    def set_caption(self, title: str, text: str = "") -> None:
        """The line at the upper left of a graph."""
        self.cards.caption.set_words(title, text)
        self.cards.caption.setVisible(self._drawing is not None and bool(title or text))
        if title or text:
            self._make_room()
        else:
            self._place_cards()

    def set_loss(self, loss: float | None) -> None:
        """The number on the loss node; None for none."""
        text = "" if loss is None else short(loss)
        if text != self._loss:
            self._loss = text
            self._repaint()

    def set_run_state(self, state: str) -> None:
        """`fresh`: the first forward has run, which shows on its functions; any other shows them plain, numbered."""
        if state != self._run_state:
            self._run_state = state
            self._apply_run_state()

    def set_states(self, states: NodeStates, edges: EdgeStates | None = None) -> None:
        """What each node and edge of the graph that is shown goes through; for stepping."""
        self._states = states
        self._edges = edges or EdgeStates.plain(len(self._drawing.graph.edges) if self._drawing else 0)
        self.cards.overview.set_drawing(self._drawing, states)
        self._repaint()

    def set_coloring(self, coloring: BoxColoring | None) -> None:
        """Colour the boxes of the drawing that is shown; None shows them as they are.

        One that was made for another drawing is taken as None.
        """
        fits = coloring is not None and self._drawing is not None and len(coloring.fill) == len(self._drawing)
        self._coloring = coloring if fits else None
        self.cards.overview.set_coloring(self._coloring)
        self._repaint()

    @property
    def coloring(self) -> BoxColoring | None:
        """As it was last set for the drawing that is shown."""
        return self._coloring

    @property
    def run_state(self) -> str:
        """As it was last set."""
        return self._run_state

    def paint_viewport(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        ground = color(palettes.current().canvas)
        if self._drawing is None:
            painter.fillRect(event.rect(), ground)
        else:
            size, ratio = self.viewport().size(), self.viewport().devicePixelRatioF()
            painter.drawPixmap(0, 0, self._backing.picture(size, ratio, self.camera, ground, self._paint_part))
        painter.end()

    # Private

    def _animate(self, before: Drawing, camera: Camera) -> None:
        """Show how the drawing before became this one, if that is wanted, and both are of one graph."""
        after = self._drawing
        if after is None or before.graph is not after.graph or max(len(before), len(after)) > LARGEST:
            return
        if camera.zoom == self.zoom and self.isVisible() and theme.motion_allowed():
            shift = (camera.dx - self.camera.dx) / self.zoom, (camera.dy - self.camera.dy) / self.zoom
            self._tween = Tween(before, after, shift)
            self._unfolding.start()

    def _arrive(self) -> None:
        self._unfolding.stop()
        if self._tween is not None:
            self._tween = None
            self._repaint()

    def _paint_part(self, painter: QPainter, part: QRectF) -> None:
        assert self._drawing is not None
        width, height = self._size()
        drawing, shown = self._drawing, self._emphasis
        if (tween := self._tween) is not None:
            share = float(self._unfolding.currentValue())
            boxes, edges = tween.opacity(share)
            drawing, shown = tween.at(share), replace(shown, opacity=boxes, edge_opacity=edges)
        frame = PaintContext(
            painter=painter,
            drawing=drawing,
            camera=self.camera,
            width=width,
            height=height,
            palette=palettes.current(),
            texts=self._texts,
            states=self._states,
            edges=self._edges,
            marks=self._marks,
            coloring=self._coloring,
            emphasis=shown,
            loss=self._loss,
            exposed=None if part.size() == QSizeF(width, height) else (part.x(), part.y(), part.width(), part.height()),
        )
        self.painted = paint(frame)

    def _repaint(self) -> None:
        """What is shown has changed, not only where the view looks."""
        self._backing.forget()
        self.viewport().update()

    def _set_marks(self, marks: Marks) -> None:
        before, self._marks = self._marks, marks
        emphasised = self._emphasis
        self._emphasis = emphasis(self._drawing, marks) if self._drawing is not None else Emphasis()
        if self._drawing is not None and marks.but_for_hover == before.but_for_hover:
            boxes = {emphasised.hovered, self._emphasis.hovered} - {-1}
            self._backing.forget_rects(self._around(box) for box in boxes)
            self.viewport().update()
        else:
            self._repaint()

    def _around(self, box: int) -> QRectF:
        """A box in the view, with all that is painted around it."""
        assert self._drawing is not None
        x, y, width, height = self._drawing.rect[box].tolist()
        left, top = self.camera.to_view(x, y)
        return QRectF(left, top, width * self.zoom, height * self.zoom).adjusted(-16, -16, 16, 16)

    def _apply_run_state(self) -> None:
        drawing = self._drawing
        if drawing is None:
            return
        lit = self._run_state == "fresh" and drawing.graph.record.kind == "autograd"
        self.set_states(NodeStates.all(len(drawing.graph), NodeState.FORWARD_RAN if lit else NodeState.PLAIN))
        recorded = drawing.graph.record.kind == "recorded"
        self.cards.legend.set_kinds(set(drawing.kind.tolist()), recorded=recorded, lit=lit)
        self.cards.legend.show()
        self._place_cards()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._repaint()
        super().changeEvent(event)
