"""A canvas with a graph on it: what is shown, the cards over it, where it looks first and when the graph changes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from gradviz.gui import palette as palettes
from gradviz.gui.palette import color
from gradviz.gui.scene import framing
from gradviz.gui.scene.camera import Camera, centred
from gradviz.gui.scene.canvas import Canvas
from gradviz.gui.scene.cards import Cards
from gradviz.gui.scene.colouring import Colouring
from gradviz.gui.scene.drawing import Drawing
from gradviz.gui.scene.emphasis import Emphasis, emphasis
from gradviz.gui.scene.frame import Frame
from gradviz.gui.scene.loss_text import loss_text
from gradviz.gui.scene.marks import Marks
from gradviz.gui.scene.scene_painter import Counted, paint
from gradviz.gui.scene.states import EdgeStates, NodeState, NodeStates
from gradviz.gui.scene.texts import Texts
from gradviz.layout.placement import Placement
from gradviz.model.folding import folding_of
from gradviz.model.graph import Graph


@dataclass(frozen=True, slots=True)
class Anchor:
    """A node or a cluster, and where its upper left corner is to be in the view."""

    place: tuple[float, float]
    node: int | None = None
    cluster: int = -1


class Stage(Canvas):
    """Shows a placed graph; who selects what is the subclass's affair."""

    drawing_changed = Signal()
    """Another drawing is shown, without colours as yet: whoever colours it does so now, before it is painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing: Drawing | None = None
        self._states = NodeStates.all(0)
        self._edges = EdgeStates.plain(0)
        self._marks = Marks()
        self._emphasis = Emphasis()
        self._texts = Texts()
        self._run_state = "fresh"
        self._loss = ""
        self._framed = False
        self._reserved = (0, 0)
        """Width at the right that others' cards take, and how far down they reach."""
        self._anchor: Anchor | None = None
        self.painted = Counted()
        """What the last painting painted."""
        self._colouring: Colouring | None = None
        self.cards = Cards(self.viewport())
        """What lies over the canvas."""
        self.cards.legend_toggled.connect(self._place_cards)
        self.cards.overview.point_requested.connect(self._look_by_hand)

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
        before, self._drawing = self._drawing, Drawing(graph, placement)
        self._colouring = None
        self._set_marks(self._marks.kept_by(graph.index, len(folding_of(graph).everything)))
        self.cards.message.hide()
        self.cards.caption.setVisible(bool(self.cards.caption.accessibleName()))
        self._apply_run_state()
        self._keep_looking(before, self._drawing)
        self.camera_moved()
        self.drawing_changed.emit()
        self.viewport().update()

    def clear(self) -> None:
        """Empty the canvas; a message that was set appears."""
        self._drawing = self._colouring = None
        self._set_marks(Marks(filtered=self._marks.filtered, filter_hides=self._marks.filter_hides))
        self._states, self._edges = NodeStates.all(0), EdgeStates.plain(0)
        self._framed = self._moved_by_hand = False
        self._anchor = None
        self.cards.hide_all()
        self.cards.overview.set_drawing(None, None)
        self.cards.message.setVisible(any(self.cards.message.words()))
        self._place_cards()
        self.viewport().update()

    def set_message(self, title: str, text: str = "", busy: bool = False) -> None:
        """Words for the empty canvas, with a moving bar while `busy`; `text` may hold `<b>`."""
        self.cards.message.set_words(title, text, busy)
        self.cards.message.setVisible(self._drawing is None and bool(title or text))
        self._place_cards()

    def set_caption(self, title: str, text: str = "") -> None:
        """The line at the upper left of a graph."""
        self.cards.caption.set_words(title, text)
        self.cards.caption.setVisible(self._drawing is not None and bool(title or text))
        self._place_cards()

    def set_loss(self, loss: float | None) -> None:
        """The number on the loss node; None for none."""
        text = "" if loss is None else loss_text(loss)
        if text != self._loss:
            self._loss = text
            self.viewport().update()

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
        self.viewport().update()

    def set_colouring(self, colouring: Colouring | None) -> None:
        """Colour the boxes of the drawing that is shown; None shows them as they are.

        One that was made for another drawing is taken as None.
        """
        fits = colouring is not None and self._drawing is not None and len(colouring.fill) == len(self._drawing)
        self._colouring = colouring if fits else None
        self.cards.overview.set_colouring(self._colouring)
        self.viewport().update()

    @property
    def colouring(self) -> Colouring | None:
        """As it was last set for the drawing that is shown."""
        return self._colouring

    @property
    def run_state(self) -> str:
        """As it was last set."""
        return self._run_state

    def reserve_right(self, width: int, bottom: int = 0) -> None:
        """Leave `width` pixels at the right to cards that reach down to `bottom`; 0 takes them back."""
        if (width, bottom) == self._reserved:
            return
        before, self._reserved = self._reserved[0], (width, bottom)
        if width != before and not self._moved_by_hand:
            self._framed = False
        self.camera_moved()

    # Where it looks

    def keep_in_place(self, key: int) -> None:
        """With the next drawing, keep the upper left corner of this cluster, or of what hides it, where it is."""
        place = self._drawing.place_of_cluster(key) if self._drawing else None
        if place is not None:
            self._anchor = Anchor(cluster=key, place=self.camera.to_view(*place))

    def keep_node_in_place(self, node_id: int) -> None:
        """With the next drawing, keep a node, or what hides it, where it is."""
        place = self._corner_of(node_id)
        if place is not None:
            self._anchor = Anchor(node=node_id, place=self.camera.to_view(*place))

    def look_anew(self) -> None:
        """Look at the next drawing as at one that is new."""
        self._anchor = None
        self._framed = self._moved_by_hand = False

    def cards_changed(self) -> None:
        """A card in a corner was shown, hidden or changed."""
        self._place_cards()

    def fit(self) -> None:
        """Look at the whole graph, never above 125 %."""
        if self._drawing is not None:
            self._moved_by_hand, self._framed = False, True
            self.set_camera(framing.whole(self._drawing, *self._room(), self.cards.rects()))

    def center_on(self, node_id: int) -> None:
        """Bring a node to the middle; a node that is not drawn is ignored."""
        centre = self._centre_of(node_id)
        if centre is not None:
            self.look_at(*centre)

    def position_of(self, node_id: int) -> QPointF | None:
        """Middle of a node in the viewport, None where it is not drawn."""
        centre = self._centre_of(node_id)
        return QPointF(*self.camera.to_view(*centre)) if centre else None

    def camera_moved(self) -> None:
        width, height = self._size()
        if self._drawing is not None and not self._framed and self.isVisible() and width > 40:
            self._framed, self._moved_by_hand = True, False
            self._take(framing.first_look(self._drawing, *self._room(), self.cards.rects(), self._marks.selected))
        self.cards.overview.set_seen(self.camera.seen(width, height))
        partly = self._drawing is not None and not framing.holds_all(self._drawing, self.camera, width, height)
        roomy = width > 420 and height - framing.EDGE - self.cards.overview.height() > max(self._reserved[1], 150)
        self.cards.overview.setVisible(partly and roomy)
        self._place_cards()

    def paint_viewport(self, event: QPaintEvent) -> None:
        palette = palettes.current()
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), color(palette.canvas))
        if self._drawing is not None:
            width, height = self._size()
            self.painted = paint(
                Frame(
                    painter=painter,
                    drawing=self._drawing,
                    camera=self.camera,
                    width=width,
                    height=height,
                    palette=palette,
                    texts=self._texts,
                    states=self._states,
                    edges=self._edges,
                    marks=self._marks,
                    colouring=self._colouring,
                    emphasis=self._emphasis,
                    loss=self._loss,
                )
            )
        painter.end()

    # Private

    def _set_marks(self, marks: Marks) -> None:
        self._marks = marks
        self._emphasis = emphasis(self._drawing, marks) if self._drawing is not None else Emphasis()
        self.viewport().update()

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

    def _keep_looking(self, before: Drawing | None, drawing: Drawing) -> None:
        anchor, self._anchor = self._anchor, None
        if before is None or not framing.related(before.graph, drawing.graph):
            self._framed = False
            return
        place = None
        if anchor is not None and anchor.node is not None:
            place = self._corner_of(anchor.node)
        elif anchor is not None:
            place = drawing.place_of_cluster(anchor.cluster)
        if anchor is not None and place is not None:  # what was unfolded stays under the pointer
            self._moved_by_hand = self._framed = True
            (x, y), (to_x, to_y) = place, anchor.place
            self._take(Camera(self.zoom, to_x - x * self.zoom, to_y - y * self.zoom).snapped())
        elif not self._moved_by_hand and self._framed:
            self._follow(drawing)

    def _follow(self, drawing: Drawing) -> None:
        """A network that changes from iteration to iteration stays in view, at a steady zoom while that serves."""
        wanted = framing.whole(drawing, *self._room(), self.cards.rects())
        if wanted.zoom < self.zoom:
            self._framed = False
            return
        x, y = wanted.to_view(drawing.width / 2, drawing.height / 2)
        self._take(centred(self.zoom, drawing.width / 2, drawing.height / 2, (x, y, 0, 0)))

    def _look_by_hand(self, x: float, y: float) -> None:
        self._moved_by_hand = True
        self.look_at(x, y, animated=False)

    def _corner_of(self, node_id: int) -> tuple[float, float] | None:
        box = self._drawing.box_of(node_id) if self._drawing else None
        if self._drawing is None or box is None:
            return None
        x, y = self._drawing.rect[box, :2].tolist()
        return x, y

    def _centre_of(self, node_id: int) -> tuple[float, float] | None:
        box = self._drawing.box_of(node_id) if self._drawing else None
        if self._drawing is None or box is None:
            return None
        x, y, width, height = self._drawing.rect[box].tolist()
        return x + width / 2, y + height / 2

    def _size(self) -> tuple[float, float]:
        return float(self.viewport().width()), float(self.viewport().height())

    def _room(self) -> tuple[float, float]:
        """What is left beside the cards at the right."""
        width, height = self._size()
        return max(width - self._reserved[0], 200.0), height

    def _place_cards(self) -> None:
        self.cards.place(drawn=self._drawing is not None, reserved=self._reserved[0])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.camera_moved()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()
        super().changeEvent(event)
