"""The card at the upper left of a graph with modules: how deep it is open, fold all, the path to a node, filters."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QMenu, QSlider, QToolButton, QWidget

from gradviz.gui.style import icons
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.widgets.buttons import icon_button
from gradviz.gui.widgets.card import Card
from gradviz.gui.widgets.mnemonics import lettered

_HANDLE = 6.0
_DOT = 2.5


class DepthSlider(QSlider):
    """A line with a dot for every step; a click goes to the nearest."""

    chosen = Signal(int)
    """The step chosen by pointer or keys, the present one included."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.valueChanged.connect(self.chosen)
        self.setPageStep(1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Return a width that has room for each step."""
        return QSize(min(max(self.maximum(), 2) * 24, 120) + 16, 20)

    def _place(self, value: int) -> float:
        steps = max(self.maximum() - self.minimum(), 1)
        return 8 + (self.width() - 16) * (value - self.minimum()) / steps

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line, its dots and the handle."""
        palette, middle = palettes.current(), self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        here = self._place(self.value())
        painter.setBrush(color(palette.line2))
        painter.drawRect(QRectF(8, middle - 1, self.width() - 16, 2))
        painter.setBrush(color(palette.accent))
        painter.drawRect(QRectF(8, middle - 1, here - 8, 2))
        for value in range(self.minimum(), self.maximum() + 1):
            painter.setBrush(color(palette.accent if value <= self.value() else palette.text3))
            painter.drawEllipse(QPointF(self._place(value), middle), _DOT, _DOT)
        painter.setBrush(color(palette.accent))
        painter.drawEllipse(QPointF(here, middle), _HANDLE, _HANDLE)
        if self.hasFocus():
            painter.setPen(color(palette.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(here, middle), _HANDLE + 2, _HANDLE + 2)
        painter.end()

    def _go_to(self, x: float, *, again: bool = False) -> None:
        steps = max(self.maximum() - self.minimum(), 1)
        value = min(max(round((x - 8) / max(self.width() - 16, 1) * steps) + self.minimum(), 0), self.maximum())
        if value != self.value():
            self.setValue(value)
        elif again:
            self.chosen.emit(value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the nearest step."""
        self._go_to(event.position().x(), again=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag to the nearest step."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        event.accept()


class DepthCard(Card):
    """Requests changes of the folding; it folds nothing itself."""

    depth_requested = Signal(int)
    fold_all_requested = Signal()
    unfold_all_requested = Signal()
    path_requested = Signal()
    """Unfold what hides the selected node, or the point that is shown."""

    def __init__(self, filters: list[QAction], parent: QWidget | None = None) -> None:
        """Offer the actions `filters` in the menu of what is left out."""
        super().__init__(parent, margins=(15, 5, 7, 5), spacing=8, row=True)
        self._room = 10_000
        self._title = QLabel(self.tr("Depth"))
        self._title.setProperty("role", "label")
        self.slider = DepthSlider()
        self.slider.setAccessibleName(self.tr("How deep modules are open"))
        self._words = QLabel()
        self._words.setProperty("role", "strong")
        self._fold = QToolButton()
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.clicked.connect(self._fold_or_unfold)
        self.path = self._button("unfold-path", self.tr("Unfold the path to the node that is chosen"))
        self.path.clicked.connect(self.path_requested)
        self.filter = self._button("filter", self.tr("Dim or hide kinds of nodes"))
        menu = lettered(QMenu(self.filter))
        menu.setToolTipsVisible(True)
        for action in filters:
            menu.addAction(action)
        self.filter.setMenu(menu)
        self.filter.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        rule = QFrame()
        rule.setProperty("line", "true")
        rule.setFixedSize(1, 18)
        row = self.body
        row.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        for widget in (self._title, self.slider, self._words):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(rule)
        row.addWidget(self._fold)
        row.addSpacing(-4)
        row.addWidget(self.path)
        row.addSpacing(-6)
        row.addWidget(self.filter)
        self.slider.chosen.connect(self.depth_requested)
        self.show_depth(0, 0)

    def show_depth(self, depth: int, most: int, *, exact: bool = True) -> None:
        """Show that the graph is open `depth` of `most` steps deep; not `exact`: something less deep is folded."""
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(most, 1))
        self.slider.setValue(depth)
        self.slider.blockSignals(False)
        self._words.setText(self.tr("{0} of {1}").format(depth, most))
        tip = self.tr("Some modules are folded; a click on the dot opens all so deep")
        self._words.setToolTip("" if exact else tip)
        self._shut = depth == 0 and exact
        icon, text = ("unfold-all", self.tr("Unfold all")) if self._shut else ("fold-all", self.tr("Fold all"))
        self._fold.setIcon(icons.icon(icon, 16))
        self._fold.setIconSize(QSize(16, 16))
        self._fold.setText(text)
        self._fold.setToolTip(text)
        self.slider.setFixedWidth(self.slider.sizeHint().width())
        self._fit()

    def fit_to(self, room: int) -> None:
        """Take no more than `room` pixels of width: words go first."""
        if room != self._room:
            self._room = room
            self._fit()

    def _fit(self) -> None:
        beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        for titled, style in ((True, beside), (False, beside), (False, alone)):
            self._title.setVisible(titled)
            self._fold.setToolButtonStyle(style)
            self.body.activate()
            if self.body.totalSizeHint().width() <= self._room:
                break
        self.adjustSize()

    def show_filtered(self, filtered: bool) -> None:
        """Mark the menu's button while something is left out."""
        shade = palettes.current().accent if filtered else None
        self.filter.setIcon(icons.icon("filter", 16, shade))

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = icon_button(icon, tip)
        button.setFixedSize(28, 28)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _fold_or_unfold(self) -> None:
        (self.unfold_all_requested if self._shut else self.fold_all_requested).emit()
