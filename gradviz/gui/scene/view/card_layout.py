"""The cards over the canvas: which there are, and where each is."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gradviz.gui.scene.data import camera_fitting
from gradviz.gui.scene.data.camera import Rect
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.view.canvas_messages import CanvasCaption, CanvasMessage
from gradviz.gui.scene.view.legends import LegendButton, ShapeLegend
from gradviz.gui.scene.view.minimap import Minimap

_GAP = 4


class Cards(QObject):
    """Caption, legend, minimap and message of one canvas, and the cards that others put into its corners."""

    legend_toggled = Signal()
    """The card at the lower left is another."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.caption = CanvasCaption(canvas)
        self.legend = ShapeLegend(canvas)
        self.legend_button = LegendButton(canvas)
        self.minimap = Minimap(canvas)
        self.message = CanvasMessage(canvas)
        self._upper_left: list[QWidget] = []
        self._upper_right: QWidget | None = None
        self._lower_left: QWidget | None = None
        self._legend_head: QWidget | None = None
        for card in (self.caption, self.legend, self.legend_button, self.minimap, self.message):
            card.hide()
        self.legend_button.toggled.connect(lambda _on: self.legend_toggled.emit())

    def add_upper_left(self, card: QWidget) -> None:
        """Put a card at the upper left, under those that were added before; it shows and hides itself."""
        card.setParent(self._canvas)
        self._upper_left.append(card)

    def set_upper_right(self, card: QWidget) -> None:
        """Put the card at the upper right, beside what others reserved there; it shows and hides itself."""
        card.setParent(self._canvas)
        self._upper_right = card

    def set_lower_left(self, card: QWidget | None) -> None:
        """Put a card in the place of the legend of kinds; None brings the legend back."""
        if self._lower_left is not None and self._lower_left is not card:
            self._lower_left.hide()
        self._lower_left = card
        if card is not None:
            card.setParent(self._canvas)
            card.show()
        self.legend_toggled.emit()

    def set_legend_head(self, head: QWidget) -> None:
        """Put a small button over the legend of kinds, or in its place where that is hidden."""
        head.setParent(self._canvas)
        head.hide()
        self._legend_head = head

    def show_legend(self, drawing: Drawing, *, lit: bool) -> None:
        """Show the legend of the kinds that a drawing has; `lit` when forward has just run."""
        recorded = drawing.graph.record.kind == "recorded"
        self.legend.set_kinds(set(drawing.kind.tolist()), recorded=recorded, lit=lit)
        self.legend.show()

    def rects(self) -> list[Rect]:
        """Return what the drawing keeps clear of: the rectangle of each card at the left that is shown."""
        cards = [*self._upper_left, self.caption, self.legend if self._lower_left is None else self._lower_left]
        if self.legend_button.isChecked():
            cards.remove(self.legend)  # brought up for a moment, over the drawing
        return _rects(cards)

    def shown(self) -> list[Rect]:
        """Return the rectangle of every card that is shown, those at the right too."""
        others = (self.minimap, self._upper_right, self._legend_head)
        return self.rects() + _rects(card for card in others if card is not None)

    def hide_all(self) -> None:
        """Hide all but the message: the canvas is empty."""
        for card in (self.caption, self.legend, self.legend_button, self.minimap, self._legend_head):
            if card is not None:
                card.hide()

    def place(self, *, drawn: bool, reserved: int) -> None:
        """Put every card where it belongs; `reserved` pixels at the right are taken."""
        width, height = self._canvas.width(), self._canvas.height()
        edge = camera_fitting.EDGE
        top = edge
        for card in self._upper_left:
            if not card.isHidden():
                card.adjustSize()
                card.move(edge, top)
                top += card.height() + _GAP
        self.caption.fit_to(width)
        self.caption.move(8, 10 if top == edge else top)
        if self._upper_right is not None:
            self._upper_right.move(width - edge - self._upper_right.width() - reserved, edge)
        self._place_legend(drawn, reserved, top)
        self.minimap.move(width - edge - self.minimap.width(), height - edge - self.minimap.height())
        self.message.move((width - self.message.width()) // 2, (height - self.message.height()) // 2)

    def _place_legend(self, drawn: bool, reserved: int, top: int) -> None:
        width, height, edge = self._canvas.width(), self._canvas.height(), camera_fitting.EDGE
        if (card := self._lower_left) is not None:
            self.legend.hide()
            self.legend_button.hide()
            card.move(edge, height - edge - card.height())
            card.setVisible(drawn and height - top - 2 * edge > card.height())
            self._place_head(card.isHidden() and drawn, edge)
            return
        wanted = drawn and not reserved
        # A card that would cover half of a small canvas is no help: it waits behind a button.
        roomy = self.legend.height() < height * 0.5 and self.legend.width() < width * 0.5
        button = self.legend_button
        button.setVisible(wanted and not roomy)
        if roomy and button.isChecked():
            button.setChecked(False)
        button.move(edge, height - edge - button.height())
        self.legend.setVisible(wanted and (roomy or button.isChecked()))
        low = button.y() - _GAP if not roomy else height - edge
        self.legend.move(edge, low - self.legend.height())
        if not roomy:
            self.legend.raise_()
        beside = edge if button.isHidden() else button.x() + button.width() + _GAP
        self._place_head(drawn, beside if self.legend.isHidden() or not roomy else edge)

    def _place_head(self, wanted: bool, left: int) -> None:
        head, legend = self._legend_head, self.legend
        if head is not None:
            low = (
                legend.y() - _GAP
                if not legend.isHidden() and left == camera_fitting.EDGE
                else self._canvas.height() - camera_fitting.EDGE
            )
            head.move(left, low - head.height())
            head.setVisible(wanted)


def _rects(cards: Iterable[QWidget]) -> list[Rect]:
    return [(card.x(), card.y(), card.width(), card.height()) for card in cards if not card.isHidden()]
