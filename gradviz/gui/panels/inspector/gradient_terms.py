"""The sum of a shared gradient, term by term: what has arrived, what comes next, and the norm of the whole."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gradviz.appearance.text_styles import CAPTION, CODE, CODE_STRONG
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color, current
from gradviz.gui.widgets.card import separator
from gradviz.model.derivative.gradient_terms import Term, TermSum
from gradviz.model.number_text import significant, tail_length

_ROW = 22
_MOST_ROWS = 6
_TERM = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class GradientTerms(QWidget):
    """Shows a `TermSum`. A leaf used a thousand times scrolls; Enter or a click goes to the node that gives a term."""

    term_activated = Signal(int)
    """Id of the consumer that gives the term."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sum: TermSum | None = None
        self._selected: int | None = None
        self._title = QLabel(self)
        self._title.setProperty("role", "head")
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._count = QLabel(self)
        self._count.setProperty("role", "caption")
        self._model = _TermModel(self)
        self._list = QListView(self)
        self._list.setModel(self._model)
        self._list.setItemDelegate(_TermDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMouseTracking(True)
        self._list.activated.connect(self._activate)
        self._list.clicked.connect(self._activate)
        self._total_name = QLabel(self.tr("norm of the sum (norms do not add)"), self)
        self._total_name.setProperty("role", "label")
        self._total = QLabel(self)
        self._arrange()

    def show_sum(self, terms: TermSum, selected: int | None = None) -> None:
        """Show a sum; the term that node `selected` gives is marked `this node gives it`."""
        self._sum, self._selected = terms, selected
        count = len(terms.terms)
        numbers = [self.tr("one term"), self.tr("two terms"), self.tr("three terms"), self.tr("four terms")]
        number = numbers[count - 1] if 1 <= count <= len(numbers) else self.tr("{count} terms").format(count=count)
        title = self.tr("{name}.grad, the sum of {terms}").format(name=terms.name, terms=number)
        self._title.setText(title)
        self._title.setToolTip(title)
        arrived = self.tr("{arrived} of {count} in").format(arrived=terms.arrived, count=count)
        self._count.setText(arrived)
        self._model.set_terms(terms.terms, selected)
        self._list.setFixedHeight(_ROW * min(count, _MOST_ROWS))
        self._list.setAccessibleName(f"{title}, {arrived}")
        note = self.tr("The norm of a sum is not the sum of the norms: terms may cancel each other.")
        for label in (self._total_name, self._total):
            label.setToolTip(note if count > 1 else "")
        known = terms.norm is not None
        waiting = self.tr("not held") if self.lacks_norm else self.tr("to come")
        text = significant(terms.norm) if known else waiting
        self._model.align(text if known else "")
        self._total.setText(text)
        after = self._model.room_after(text) if known else 0
        self._total.setContentsMargins(0, 0, round(after * fonts.digit_width(CODE)), 0)
        self._total.setFont(fonts.font(CODE_STRONG) if known else fonts.font(CAPTION))
        self._total.setProperty("role", None if known else "label")
        self._total.style().polish(self._total)

    @property
    def node(self) -> int | None:
        """The node whose gradient is shown."""
        return self._sum.node if self._sum is not None else None

    @property
    def lacks_norm(self) -> bool:
        """Whether all terms are in and the norm of their sum is not known."""
        return self._sum is not None and self._sum.norm is None and self._sum.arrived == len(self._sum.terms)

    def show_norm(self, norm: float | None) -> None:
        """Show the norm of the sum that is shown."""
        if self._sum is not None:
            self.show_sum(replace(self._sum, norm=norm), self._selected)

    def rows(self) -> list[str]:
        """Return the text of the rows, for the clipboard and for screen readers."""
        return [str(self._model.index(row).data()) for row in range(self._model.rowCount())]

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 0, 0, 0)
        foot.addWidget(self._total_name)
        foot.addStretch(1)
        foot.addWidget(self._total)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._list)
        rule = QHBoxLayout()
        rule.setContentsMargins(20, 0, 0, 0)
        rule.addWidget(separator())
        column.addLayout(rule)
        column.addLayout(foot)

    def _activate(self, index: QModelIndex) -> None:
        term = index.data(_TERM)
        if isinstance(term, Term):
            self.term_activated.emit(term.consumer)


class _TermModel(QAbstractListModel):
    """A row for each term."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._terms: tuple[Term, ...] = ()
        self._selected: int | None = None
        self._tail = 0

    def set_terms(self, terms: tuple[Term, ...], selected: int | None) -> None:
        """Show these terms."""
        self.beginResetModel()
        self._terms = terms
        self._selected = selected
        self.endResetModel()

    def align(self, total: str) -> None:
        """Let the decimal points of the norms that are known, and of their sum, line up."""
        norms = [significant(term.norm) for term in self._terms if term.state == "in"]
        self._tail = max(map(tail_length, [*norms, total]))

    def room_after(self, norm: str) -> int:
        """Return how many digits of room are at the right of a norm."""
        return self._tail - tail_length(norm)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of terms."""
        return 0 if parent.isValid() else len(self._terms)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a term, or the text of its row."""
        term = self._terms[index.row()]
        match role:
            case Qt.ItemDataRole.UserRole:
                return term
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return f"{self.title(term)} {self.source(term)}: {self.state(term)}"
        return None

    def title(self, term: Term) -> str:
        """Return the number of a term."""
        return self.tr("term {number}").format(number=term.number)

    def source(self, term: Term) -> str:
        """Return the node that a term comes from."""
        node = term.name
        if term.use:
            return self.tr("from use {use}, {node}").format(use=term.use, node=node)
        return self.tr("from {node}").format(node=node)

    def state(self, term: Term) -> str:
        """Return the norm of a term, or when it comes."""
        if term.state == "in":
            return self.tr("norm {norm}").format(norm=significant(term.norm))
        if term.state == "none":
            return self.tr("none: adds nothing")
        if self._selected in term.givers:
            return self.tr("this node gives it")
        return self.tr("comes next") if term.state == "next" else self.tr("pending")


class _TermDelegate(QStyledItemDelegate):
    """Paints the row of a term."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(100, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row: the circle, its number, its source and its state."""
        model = index.model()
        term = index.data(_TERM)
        assert isinstance(model, _TermModel) and isinstance(term, Term)
        colors = current()
        box = QRectF(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(colors.hover))
            painter.drawRoundedRect(box, 5, 5)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(color(colors.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        paint_slot(painter, QPointF(box.left() + 6, box.center().y()), term.state)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(fonts.font(CAPTION))
        painter.setPen(color(colors.text))
        title = model.title(term)
        painter.drawText(box.adjusted(20, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, title)
        left = 20 + QFontMetricsF(fonts.font(CAPTION)).horizontalAdvance(title) + 10
        arrived = term.state == "in"
        right = fonts.font(CODE) if arrived else fonts.font(CAPTION)
        room = QFontMetricsF(right).horizontalAdvance(model.state(term)) + 12
        painter.setPen(color(colors.text3))
        source = QFontMetricsF(fonts.font(CAPTION)).elidedText(
            model.source(term), Qt.TextElideMode.ElideRight, box.width() - left - room
        )
        painter.drawText(box.adjusted(left, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, source)
        painter.setFont(right)
        painter.setPen(color(colors.backward.text if arrived else colors.text2))
        after = model.room_after(significant(term.norm)) * fonts.digit_width(CODE) if arrived else 0.0
        painter.drawText(box.adjusted(0, 0, -after, 0), middle | Qt.AlignmentFlag.AlignRight, model.state(term))
        painter.restore()


def paint_slot(painter: QPainter, center: QPointF, state: str) -> None:
    """Paint the circle of a term: filled when it is in, dashed while it is to come, an empty ring when it is none."""
    colors = current()
    fill = color(colors.backward.fill)
    if state == "in":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawEllipse(center, 5, 5)
        return
    pen = QPen(color(colors.text3) if state == "none" else fill, 1.5)
    if state != "none":
        pen.setDashPattern([1.35, 1.27])  # eight dashes around a circle of 9
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(center, 4.25, 4.25)
