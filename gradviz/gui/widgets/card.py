"""A card over the canvas: its ground and border, and mouse events that do not reach the canvas beneath."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gradviz.gui.style import icons
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.widgets.buttons import icon_button

CARD_WIDTH = 316
_LOW = 9
"""Margin over and under a head that is alone."""


class Card(QFrame):
    """A flat rounded panel around its `body`. The owner of the canvas places it."""

    height_changed = Signal()
    """The card became higher or lower: others may have to move."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        width: int = 0,
        margins: tuple[int, int, int, int] = (17, 13, 17, 13),
        spacing: int = 0,
        row: bool = False,
    ) -> None:
        """Lay the contents out in a column, or in a `row`; `width` 0 is as wide as they need."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        if width:
            self.setFixedWidth(width)
        self.body = QBoxLayout(QBoxLayout.Direction.LeftToRight if row else QBoxLayout.Direction.TopToBottom, self)
        self.body.setContentsMargins(*margins)
        self.body.setSpacing(spacing)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and border."""
        colors = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(colors.line), 1))
        painter.setBrush(color(colors.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def settle(self) -> None:
        """Take the height that the contents need now; called by a card after it changed what it shows."""
        self.body.update()
        self.body.activate()
        height = self.wanted_height()
        if height != self.height():
            self.resize(self.width(), height)
            self.height_changed.emit()

    def wanted_height(self) -> int:
        """Return the height of the contents at the card's width."""
        if self.body.hasHeightForWidth():
            return self.body.totalHeightForWidth(self.width())
        return self.body.totalSizeHint().height()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Keep the wheel from the canvas."""
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep a press from the canvas."""
        event.accept()


class FoldingCard(Card):
    """A card of a head and a `rest`. Where room is short the head is all of it, and a caret asks for the rest."""

    fold_toggled = Signal()
    """The caret was pressed."""

    def __init__(self, parent: QWidget | None = None, *, margins: tuple[int, int, int, int]) -> None:
        super().__init__(parent, width=CARD_WIDTH, margins=margins)
        self.full_width = CARD_WIDTH
        """Its width where there is room for it."""
        self.is_folded = False
        self._available = 10_000
        self._least_head = 0
        self.caret = icon_button("caret-down", self.tr("Unfold"), self.fold_toggled.emit, size=14)
        self.caret.hide()
        self.head = QHBoxLayout()
        self.rest = QWidget()
        self.rest_body = QVBoxLayout(self.rest)
        self.rest_body.setContentsMargins(0, 0, 0, 0)
        self.rest_body.setSpacing(0)
        self._margins = margins
        self.body.addLayout(self.head)
        self.body.addWidget(self.rest)

    def set_folded(self, folded: bool, width: int = 0) -> None:
        """Show the head alone, `width` wide, or all of the card at its full width; `width` is given in a strip."""
        self.is_folded = folded
        self.caret.setVisible(bool(width))
        self.caret.setIcon(icons.icon("caret-down" if folded else "caret-up", 14))
        self.rest.setHidden(folded)
        left, top, right, bottom = self._margins
        low = min(top, _LOW)
        self.body.setContentsMargins(left, low if folded else top, right, low if folded else bottom)
        self._show_folded(folded, width)
        self.setFixedWidth(width if folded else self.full_width)
        self.settle()

    def set_available_height(self, height: int) -> None:
        """Set how high the card may be at most."""
        if height != self._available:
            self._available = height
            self.settle()

    def settle(self) -> None:
        """Take the height that the contents need now."""
        self.rest_body.invalidate()
        self.rest_body.activate()
        self.rest.updateGeometry()
        super().settle()

    @property
    def head_height(self) -> int:
        """How high the head alone is."""
        return max(self._own_head_height, self._least_head)

    @property
    def head_widths(self) -> list[int]:
        """How wide the head alone is in each form that it has, from the whole to the shortest."""
        around = self.head.contentsMargins()
        margins = self._margins[0] + self._margins[2] + around.left() + around.right()
        return [width + margins for width in self._head_forms()]

    def _head_forms(self) -> list[int]:
        """Return how wide what is in the head is in each of its forms."""
        return [self.head.sizeHint().width()]

    @property
    def _own_head_height(self) -> int:
        return self.head.sizeHint().height() + 2 * min(self._margins[1], _LOW)

    @staticmethod
    def level_heads(cards: Sequence[FoldingCard]) -> None:
        """Make heads that are beside each other equally high."""
        for card in cards:
            card._least_head = max(each._own_head_height for each in cards)

    def wanted_height(self) -> int:
        """Return the height of the head or of all."""
        return self.head_height if self.is_folded else super().wanted_height()

    def _show_folded(self, folded: bool, width: int) -> None:
        """Show in the head what it holds only while the rest is hidden, in the form that `width` has room for."""

    def _form_for(self, width: int) -> int:
        """Return the number of the head's form that has room in `width`; the last one if none has."""
        forms = self.head_widths
        return next((form for form, wide in enumerate(forms) if wide <= width), len(forms) - 1)


def separator(parent: QWidget | None = None) -> QFrame:
    """Return a horizontal line of one pixel."""
    line = QFrame(parent)
    line.setProperty("line", True)
    return line
