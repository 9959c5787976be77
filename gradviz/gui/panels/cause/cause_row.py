"""One link of a chain as a row: its place on the way, its reason, and what it held."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import CAPTION, SMALL_STRONG, STRONG
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.text.steps import phase_name
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.labels import ElidedLabel, WrappingLabel
from gradviz.language import tr
from gradviz.model.explanation.cause_text import inputs_text, limits_text, role_text, rows_text, title_text
from gradviz.model.graph.graph import Graph, line_text
from gradviz.protocol.cause_records import BlameLink
from gradviz.protocol.records import Phase

_LEFT = 44
_CENTER = 26.0
_TOP = 20.0
_RADIUS = 9.5


class _PhaseWord(ElidedLabel):
    """A word in the color of a phase."""

    phase: Phase = "forward"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text."""
        painter = QPainter(self)
        painter.setFont(fonts.font(CAPTION))
        painter.setPen(color(palettes.current().phase(self.phase).text))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter, self.text())


class CauseRow(QFrame):
    """Emits what is wanted of its link."""

    chosen = Signal(int)
    moved = Signal(int)
    """Another row is wanted: so many further down."""
    source_requested = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = self._count = 0
        self._is_current = self._at_fault = False
        self._file, self._line = "", 0
        self._name = ElidedLabel("text", fonts.font(STRONG), height=20)
        self._phase = _PhaseWord("text3", fonts.font(CAPTION), height=20)
        self._source = LinkButton()
        self._source.clicked.connect(lambda: self.source_requested.emit(self._file, self._line))
        self._module = ElidedLabel("text3", fonts.font(CAPTION), elide=Qt.TextElideMode.ElideLeft)
        self._reason = WrappingLabel("text2", padding=1)
        self._facts = WrappingLabel("text3", fonts.font(CAPTION), padding=1)
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self._name, self._phase):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self._source)
        column = QVBoxLayout(self)
        column.setContentsMargins(_LEFT, 10, 12, 8)
        column.setSpacing(1)
        column.addLayout(head)
        for label in (self._module, self._reason, self._facts):
            column.addWidget(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_link(self, index: int, count: int, link: BlameLink, graph: Graph | None, *, at_fault: bool) -> None:
        """Show a link, the one at `index` of `count`."""
        self._at_fault = at_fault
        self._index, self._count = index, count
        self._file, self._line = link.file, link.line
        self._name.setText(title_text(link, graph))
        where = "" if link.point is None else phase_name(link.phase)
        if link.role is not None:
            where = role_text(link.role)
        self._phase.setText(where)
        self._phase.phase = link.phase
        source = line_text(link.file, link.line)
        self._source.setText(source)
        self._source.setVisible(bool(source))
        self._source.setAccessibleName(tr("Show {source} in the source").format(source=source))
        self._module.setText(link.module)
        self._module.setVisible(bool(link.module))
        self._reason.setText(link.reason)
        self._reason.set_role("text" if at_fault else "text2")
        facts = "\n".join(filter(None, (inputs_text(link), rows_text(link), limits_text(link))))
        self._facts.setText(facts)
        self._facts.setVisible(bool(facts))
        text = tr("{number} of {count}: {name}, {phase}. {reason}")
        self.setAccessibleName(
            text.format(number=index + 1, count=count, name=self._name.text(), phase=where, reason=link.reason)
        )
        self.setAccessibleDescription(". ".join(filter(None, (link.module, source, facts.replace("\n", ". ")))))

    def set_current(self, current: bool) -> None:
        """Show whether this link is looked at."""
        if current != self._is_current:
            self._is_current = current
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size at the present width."""
        hint = super().sizeHint()
        return QSize(hint.width(), self.heightForWidth(self.width()) if self.hasHeightForWidth() else hint.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Look at this link."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self._index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk by Enter and the arrows; Space looks at this link."""
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.moved.emit(-1 if back else 1)
            case Qt.Key.Key_Down:
                self.moved.emit(1)
            case Qt.Key.Key_Up:
                self.moved.emit(-1)
            case Qt.Key.Key_Space:
                self.chosen.emit(self._index)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the way with the link's number on it, and the ground of the one that is looked at."""
        colors = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._is_current or self.hasFocus():
            painter.setBrush(color(colors.row_tint) if self._is_current else Qt.BrushStyle.NoBrush)
            painter.setPen(color(colors.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(6.5, 2.5, -6.5, -2.5), 6, 6)
        painter.setPen(QPen(color(colors.line2), 1.5))
        if self._index:
            painter.drawLine(QRectF(_CENTER, 0, 0, 0).topLeft(), QRectF(_CENTER, _TOP - _RADIUS, 0, 0).topLeft())
        if self._index < self._count - 1:
            low = QRectF(_CENTER, self.height(), 0, 0).topLeft()
            painter.drawLine(QRectF(_CENTER, _TOP + _RADIUS, 0, 0).topLeft(), low)
        origin = self._at_fault
        painter.setPen(QPen(color(colors.error if origin else colors.line2), 1.5))
        painter.setBrush(color(colors.error_tint if origin else colors.panel))
        circle = QRectF(_CENTER - _RADIUS, _TOP - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
        painter.drawEllipse(circle)
        painter.setPen(color(colors.error if origin else colors.text2))
        painter.setFont(fonts.font(SMALL_STRONG))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._index + 1))
