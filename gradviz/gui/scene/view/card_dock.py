"""What is docked beside the graph: the viewport is what it leaves free, so that it can lie over nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gradviz.gui.scene.data.camera_fitting import EDGE
from gradviz.gui.scene.view.pan_zoom_canvas import PanZoomCanvas
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.widgets.card import FoldingCard

BETWEEN = 12
"""Between two docked cards."""
_GAP = 4
_LEAST_WIDE, _LEAST_HIGH = 300, 110
"""What docked cards leave of the canvas at least; short of it they fold to their heads, or are not shown."""
_LEAST_CARD = 90


class CardDock(QObject):
    """The cards of a stop in a column at the right, or as a strip of heads above; the cards of the folding at the top.

    Cards show and hide themselves.
    """

    changed = Signal()
    """A card was opened or folded by its caret."""

    def __init__(self, canvas: PanZoomCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._ground = _Ground(canvas)
        self._ground.lower()
        self._top: list[tuple[QWidget, Callable[[int], None] | None]] = []
        self._cards: list[FoldingCard] = []
        self.opened: FoldingCard | None = None
        """In a strip of heads, the one whose caret was pressed: it hangs over the canvas."""
        self.narrower: Callable[[], int] = int
        """Returns what the panels beside the canvas will take of it at a stop."""
        self.column_top = 0
        """How far down the column of cards reaches."""

    def add_top(self, card: QWidget, fit_to: Callable[[int], None] | None = None) -> None:
        """Dock a card above the graph, after those that were added before; `fit_to` takes the width it may have."""
        card.setParent(self._canvas)
        self._top.append((card, fit_to))

    def add(self, *cards: FoldingCard) -> None:
        """Dock the cards of a stop, one under the other."""
        for card in cards:
            card.setParent(self._canvas)
            card.fold_toggled.connect(self._toggle)
        self._cards += cards

    @property
    def at_a_stop(self) -> bool:
        """Whether cards of a stop are shown."""
        return any(not card.isHidden() for card in self._cards)

    @property
    def room_to_come(self) -> int:
        """How wide the column of a stop will be that is not there now; 0 where it is, or where there will be none."""
        column, panels = max((card.full_width for card in self._cards), default=0) + 2 * EDGE, self.narrower()
        return 0 if self.at_a_stop or not self._cards or not self._is_beside(column, panels) else column + panels

    @property
    def has_top(self) -> bool:
        """Whether something is docked above the graph."""
        return self._ground.top > 0

    def _is_beside(self, column: int, panels: int = 0) -> bool:
        """Return whether a column leaves the graph half of the canvas, or of what `panels` will leave of it."""
        return self._canvas.width() - panels - column >= max(_LEAST_WIDE, column)

    def place(self, foot: int) -> None:
        """Put the cards in their places above `foot` pixels of the column, and leave the viewport what is free."""
        size = self._canvas.size()
        shown = [card for card in self._cards if not card.isHidden()]
        wide = max((card.full_width for card in shown), default=0) + 2 * EDGE if shown else 0
        beside = self._is_beside(wide)
        if beside or not shown:
            self.opened = None
        top = self._place_top(size, wide if beside else 0)
        if beside:
            self._place_column(shown, size, foot)
        elif shown:
            top = self._place_heads(shown, size, top)
        self._reserve(top, wide if beside else 0)
        self._ground.show_sides(top, wide if beside and shown else 0)
        self._ground.setGeometry(self._canvas.rect())

    def _reserve(self, top: int, right: int) -> None:
        """Leave room beside the viewport; the scene stays where it is on the screen."""
        before = self._canvas.viewportMargins()
        if (top, right) != (before.top(), before.right()):
            self._canvas.blockSignals(True)  # the view gets both changes at once, by its new size
            self._canvas.set_camera(self._canvas.target.moved(0, before.top() - top))
            self._canvas.blockSignals(False)
            self._canvas.setViewportMargins(0, top, right, 0)

    def _place_top(self, size: QSize, right: int) -> int:
        """Place the cards above the graph; return how far down they reach."""
        x, y, high = EDGE, 0, 0
        for card, fit_to in self._top:
            if card.isHidden():
                continue
            if fit_to is not None:
                fit_to(size.width() - right - 2 * EDGE)
            card.adjustSize()
            if x > EDGE and x + card.width() > size.width() - right - EDGE:
                if not right and self.at_a_stop:
                    card.move(0, size.height())  # out of sight: heads come below, and the inspector has it, too
                    continue
                x, y, high = EDGE, y + high + _GAP, 0
            high = max(high, card.height())
            card.move(x, EDGE + y + (high - card.height()) // 2)
            x += card.width() + 2 * _GAP
        return EDGE + y + high + _GAP if high else 0

    def _place_column(self, shown: Sequence[FoldingCard], size: QSize, foot: int) -> None:
        top, low = EDGE, size.height() - EDGE - foot
        for number, card in enumerate(shown):
            card.set_folded(False)
            card.set_available_height(max(low - top, _LEAST_CARD if number else 0))
            if number and low - top < _LEAST_CARD:
                card.set_folded(True, card.full_width)
            card.move(size.width() - EDGE - card.width(), top)
            top += card.height() + BETWEEN
        self.column_top = top

    def _place_heads(self, shown: Sequence[FoldingCard], size: QSize, top: int) -> int:
        """Place the heads in a row, or one under the other; return how far down they reach, 0 without room for any."""
        y, room = max(top, 8), size.width() - 2 * 8
        widths = _shared_out(room, [card.head_widths for card in shown])
        in_row = sum(widths) <= room
        x, bottom = 8, y
        FoldingCard.level_heads(shown)
        for card, width in zip(shown, widths, strict=True):
            is_open = card is self.opened
            card.set_folded(not is_open, width)
            high = card.head_height
            if size.height() - y - high - 8 < _LEAST_HIGH:
                card.move(0, size.height())  # out of sight: the inspector shows the same
                continue
            if is_open:
                card.set_available_height(size.height() - y - 8)
                card.move(max(size.width() - 8 - card.width(), 0), y)
                card.raise_()
            else:
                card.move(x, y)
            bottom = max(bottom, y + high + 8)
            x, y = (x + width + 8, y) if in_row else (8, y + high + 8)
        return bottom if bottom > max(top, 8) else top

    def _toggle(self) -> None:
        card = self.sender()
        self.opened = None if card is self.opened or not isinstance(card, FoldingCard) else card
        self.changed.emit()


def _shared_out(room: int, wanted: Sequence[Sequence[int]]) -> list[int]:
    """Return the widths of heads in a row, the first with what is left; all of the room each where they have to be one
    under the other. `wanted` are the widths of each one's forms, of which the whole ones are taken that fit."""
    between = 8 * (len(wanted) - 1)
    for forms in sorted(product(*(range(len(widths)) for widths in wanted)), key=sum):
        taken = [widths[form] for widths, form in zip(wanted, forms, strict=True)]
        if sum(taken) + between <= room:
            return [room - sum(taken[1:]) - between, *taken[1:]]
    return [room] * len(wanted)


class _Ground(QWidget):
    """What is seen between docked cards: the canvas's own ground, parted from the graph by a line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.top = self._right = 0

    def show_sides(self, top: int, right: int) -> None:
        """Part so much at the top and at the right."""
        if (top, right) != (self.top, self._right):
            self.top, self._right = top, right
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and lines."""
        painter, palette = QPainter(self), palettes.current()
        painter.fillRect(self.rect(), color(palette.canvas))
        if self._right:
            painter.fillRect(self.width() - self._right, 0, 1, self.height(), color(palette.line))
        if self.top:
            painter.fillRect(0, self.top - 1, self.width() - self._right, 1, color(palette.line))
