"""The cards of a canvas: which there are, and where each is. What is not docked floats over a corner, and gives way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from gradviz.gui.scene.data.camera import Rect
from gradviz.gui.scene.data.camera_fitting import EDGE
from gradviz.gui.scene.view.canvas_messages import CanvasCaption, CanvasMessage
from gradviz.gui.scene.view.card_dock import BETWEEN, CardDock
from gradviz.gui.scene.view.kept_free import LABEL, Cost
from gradviz.gui.scene.view.legends import LegendButton, ShapeLegend, StopLegend
from gradviz.gui.scene.view.minimap import Minimap
from gradviz.gui.scene.view.pan_zoom_canvas import PanZoomCanvas
from gradviz.gui.widgets.legend import LegendCard

_GAP = 4
_ROOMY = 420
"""Least height of a column in which a derivative gives room to the legend of colors."""
_ALONG = 24
"""The overview is tried at every such distance along the sides of the canvas."""
_SHY = 150
"""The overview stays away from a canvas that is less high than it and this."""
_SMALL = (560, 420)
"""On a canvas that is smaller, small cards lie over no node at all; on a larger one over none that is marked."""


class Cards(QObject):
    """Caption, legend, minimap and message of one canvas, and the cards that others dock or put into its corners."""

    legend_toggled = Signal()
    """The card at the lower left is another."""

    def __init__(self, canvas: PanZoomCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.dock = CardDock(canvas)
        self.caption = CanvasCaption(canvas)
        self.legend = ShapeLegend(canvas)
        self.stop_legend = StopLegend(canvas)
        self.legend_button = LegendButton(canvas)
        self.minimap = Minimap(canvas)
        self.message = CanvasMessage(canvas)
        self._upper_right: QWidget | None = None
        self._lower_left: QWidget | None = None
        self._legend_head: QWidget | None = None
        self._passing: list[QWidget] = []
        for card in (self.caption, self.legend, self.legend_button, self.minimap, self.message):
            card.hide()
        self.legend_button.toggled.connect(lambda _on: self.legend_toggled.emit())
        self.stop_legend.height_changed.connect(self.legend_toggled)

    def set_upper_right(self, card: QWidget) -> None:
        """Put the card at the upper right; it shows and hides itself."""
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

    def add_passing(self, *cards: QWidget) -> None:
        """Put cards that are shown for a while at the lower middle, or where they hide least."""
        for card in cards:
            card.setParent(self._canvas)
            card.hide()
        self._passing += cards

    @property
    def _legends(self) -> tuple[LegendCard, LegendCard]:
        return self.stop_legend, self.legend

    def floating(self) -> list[Rect]:
        """Return where cards float over the graph, in the viewport."""
        free = QRect(self._canvas.viewport().geometry())
        cards = [self.caption, *self._legends, self._lower_left, self._legend_head, self.legend_button, self.minimap,
                 self._upper_right, self.dock.opened]  # fmt: skip
        shown = [card.geometry() for card in cards if card is not None and not card.isHidden()]
        return [
            (place.x() - free.x(), place.y() - free.y(), place.width(), place.height())
            for place in shown
            if place.intersects(free)
        ]

    def hide_all(self) -> None:
        """Hide all but the message: the canvas is empty."""
        for card in (self.caption, *self._legends, self.legend_button, self.minimap, self._legend_head):
            if card is not None:
                card.hide()

    def place_docked(self) -> None:
        """Put the docked cards in their places; the viewport is what they leave free."""
        foot = self.legend_button.height() + BETWEEN
        if self._lower_left is not None and self._canvas.height() > _ROOMY:  # colors have to be explained
            foot += self._lower_left.height() + BETWEEN
        self.dock.place(foot)

    def float_all(self, cost: Cost, *, drawn: bool, partly: bool) -> None:
        """Put the floating cards into corners where they cover as little as can be; `partly`: there is more to see."""
        free = self._canvas.viewport().geometry()
        self.caption.fit_to(free.width())
        self.caption.move(free.x() + 8, free.y() + (6 if self.dock.has_top else 10))
        in_the_way = cost(self._in_view(self.caption.geometry())) > 1
        self.caption.setVisible(drawn and not self.caption.is_empty and not in_the_way)
        if self._upper_right is not None:
            card = self._upper_right
            card.move(max(self._canvas.width() - EDGE - card.width(), 0), EDGE)
            card.raise_()
        self.message.move(free.center() - self.message.rect().center())
        column = self._canvas.width() - free.width() > 0
        if column:
            self._lower_column(drawn, partly)
        else:
            taken = self._float_legend(cost, drawn)
            self._float_minimap(cost, partly, taken)
        self._float_passing(cost)

    # Docked

    def _lower_column(self, drawn: bool, partly: bool) -> None:
        """Stack in the column, from below: what colors mean, what signs mean, the overview, as far as there is room."""
        left, right = self._canvas.viewport().geometry().right() + 1 + EDGE, self._canvas.width() - EDGE
        low, head, button = self._canvas.height() - EDGE, self._legend_head, self.legend_button
        room = low - self.dock.column_top - ((head.height() + BETWEEN) if head is not None else 0)
        wanted = [card for card in self._legends if not card.is_empty]
        needed = sum(card.own_height + BETWEEN for card in wanted)
        needed += self.minimap.height() + BETWEEN if partly else 0
        button.setVisible(drawn and bool(wanted) and needed > room + BETWEEN)
        row: list[QWidget] = [] if button.isHidden() else [button]
        if head is not None:
            colors = self._lower_left
            short = colors is not None and low - button.height() - BETWEEN - colors.height() < self.dock.column_top
            head.setVisible(drawn and (colors is None or short))
            row += [] if head.isHidden() else [head]
        for card in row:
            card.move(left, low - card.height())
            left += card.width() + _GAP
        low -= max((card.height() + BETWEEN for card in row), default=0)
        asked = button.isChecked() and not button.isHidden()
        in_one = len(wanted) > 1 and (asked or button.isHidden())
        self.stop_legend.show_more(self.legend if in_one else None)
        signs, shapes = ((card, drawn and card in wanted) for card in self._legends)
        shapes = self.legend, shapes[1] and len(wanted) == 1
        # The button offers the shapes where there is no room for all; the overview has no other place.
        for each, is_wanted in ((self._lower_left, drawn), signs, (self.minimap, partly), shapes):
            if each is None:
                continue
            fits = low - each.height() >= self.dock.column_top or (asked and each in self._legends)
            each.setVisible(is_wanted and fits)
            if fits:
                each.move(right - each.width(), max(low - each.height(), 0))
                each.raise_()
                low -= each.height() + BETWEEN if is_wanted else 0

    # Floating

    def _in_view(self, place: QRect) -> Rect:
        free = self._canvas.viewport().geometry()
        return place.x() - free.x(), place.y() - free.y(), place.width(), place.height()

    def _float_legend(self, cost: Cost, drawn: bool) -> QRect:
        """Float legend and chip in a lower corner, whole or folded into a button; return where they are."""
        free, head = self._canvas.viewport().geometry(), self._legend_head
        self.stop_legend.show_more(None)
        legend, other = self._legends if self.dock.at_a_stop else self._legends[::-1]
        other.hide()
        card = self._lower_left or legend
        chip = head if card is legend else None
        roomy = card.height() < free.height() * 0.5 and card.width() < free.width() * 0.5
        if roomy and self.legend_button.isChecked():
            self.legend_button.setChecked(False)
        folded = [self.legend_button, head]
        forms = ([card, chip],) if roomy else ()
        candidates = [
            (places, max((cost(self._in_view(place)) for place in places.values()), default=0))
            for form in (*forms, folded)
            for places in self._in_corners([each for each in form if each is not None], free, as_row=form is folded)
        ]
        asked = card is self._lower_left  # colors have to be explained, and what they color can be panned
        if self._is_small and not asked:  # the button alone may hide what is written beside an edge
            candidates = [(form, at) for form, at in candidates if at <= (LABEL if self.legend_button in form else 0)]
        best, worth = min(candidates, key=lambda each: each[1] > 1 if asked else each[1], default=({}, 2))
        if not drawn or worth > 1:
            best = {}
        if self.legend_button in best and self.legend_button.isChecked():
            button = best[self.legend_button]
            best[legend] = QRect(button.x(), button.y() - _GAP - legend.height(), *_size(legend))
        for each in (legend, self.legend_button, self._lower_left, head):
            if each is not None:
                each.setVisible(each in best)
        taken = QRect()
        for each, place in best.items():
            each.move(place.topLeft())
            each.raise_()
            taken = taken.united(place)
        return taken

    @staticmethod
    def _in_corners(cards: Sequence[QWidget], free: QRect, *, as_row: bool) -> list[dict[QWidget, QRect]]:
        """Return the places of cards in the lower left and lower right corner, beside or over each other."""
        found: list[dict[QWidget, QRect]] = []
        for at_right in (False, True):
            x, low = EDGE, free.height() - EDGE
            places: dict[QWidget, QRect] = {}
            for card in cards:
                wide, high = _size(card)
                left = free.width() - x - wide if at_right else x
                places[card] = QRect(free.x() + left, free.y() + low - high, wide, high)
                if as_row:
                    x += wide + _GAP
                else:
                    low -= high + _GAP
            found.append(places)
        return found

    def _float_minimap(self, cost: Cost, partly: bool, taken: QRect) -> None:
        free, wide, high = self._canvas.viewport().geometry(), *_size(self.minimap)
        left, right, low = free.x() + EDGE, free.right() + 1 - EDGE - wide, free.bottom() + 1 - EDGE - high
        top = free.y() + EDGE
        # A corner, or where it lies over least along the sides: where it was, while that is as good.
        corners = [(right, low), (left, low), (right, top)]
        sides = [(x, y) for y in range(low - _ALONG, top, -_ALONG) for x in (right, left)]
        before = (self.minimap.x(), self.minimap.y())
        kept = [before] if before in sides and not self.minimap.isHidden() else []
        places = [QRect(x, y, wide, high) for x, y in (*corners, *kept, *sides)]
        roomy = free.width() > 420 and free.height() - EDGE - high > _SHY
        most = 0 if self._is_small else 1
        free_of_marks = [
            place for place in places if not place.intersects(taken) and cost(self._in_view(place)) <= most
        ]
        self.minimap.setVisible(partly and roomy and bool(free_of_marks))
        if free_of_marks:
            self.minimap.move(min(free_of_marks, key=lambda place: cost(self._in_view(place))).topLeft())

    def _float_passing(self, cost: Cost) -> None:
        free = self._canvas.viewport().geometry()
        for card in self._passing:
            card.adjustSize()
            wide, high = _size(card)
            middle, right = free.x() + (free.width() - wide) // 2, free.right() + 1 - EDGE - wide
            heights = (free.bottom() + 1 - 18 - high, free.y() + 18, free.y() + (free.height() - high) // 2)
            places = [QRect(x, y, wide, high) for y in heights for x in (middle, free.x() + EDGE, right)]
            card.move(min(places, key=lambda place: cost(self._in_view(place))).topLeft())

    @property
    def _is_small(self) -> bool:
        free = self._canvas.viewport().geometry()
        return free.width() < _SMALL[0] or free.height() < _SMALL[1]


def _size(card: QWidget) -> tuple[int, int]:
    return card.width(), card.height()
