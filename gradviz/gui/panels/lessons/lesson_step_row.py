"""One step of a lesson: its number or a tick, its text, and links to what it points at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import SMALL_STRONG
from gradviz.gui.panels.lessons.lesson_label import LessonLabel, WrappingRow, plain_text
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.language import tr
from gradviz.lessons.lesson import LessonStep
from gradviz.lessons.targets import LessonTarget

_MARK = 20


class _Mark(QWidget):
    """The number of a step in a ring; a tick when it is done."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self.state = "waiting"
        self.setFixedSize(_MARK, _MARK)

    def sizeHint(self) -> QSize:
        """Return its size."""
        return QSize(_MARK, _MARK)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring with number or tick."""
        colors = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.state == "done":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(colors.row_tint))
            painter.drawEllipse(ring)
            picture = icons.pixmap("check-bold", 12, colors.accent, self.devicePixelRatioF())
            painter.drawPixmap(4, 4, picture)
            return
        current = self.state == "current"
        painter.setPen(QPen(color(colors.accent if current else colors.line2), 1.5))
        painter.drawEllipse(ring)
        painter.setPen(color(colors.accent if current else colors.text3))
        painter.setFont(fonts.font(SMALL_STRONG))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))


class LessonStepRow(QWidget):
    """Emits the target whose link was pressed."""

    target_requested = Signal(object)

    def __init__(self, number: int, step: LessonStep, links: Iterable[tuple[str, LessonTarget]]) -> None:
        """`links` are the targets with what they are called."""
        super().__init__()
        self._number, self._text = number, plain_text(step.text)
        self._mark = _Mark(number)
        self._label = LessonLabel(step.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self._label)
        column.addWidget(WrappingRow(self._link(text, partial(self.target_requested.emit, target))
                                     for text, target in links))  # fmt: skip
        row.addLayout(column, 1)
        self.show_state("waiting")

    @property
    def state(self) -> str:
        """Whether it is `done`, `current` or `waiting`."""
        return self._mark.state

    def show_state(self, state: str) -> None:
        """Show whether the step is `done`, `current` or `waiting`."""
        self._mark.state = state
        self._mark.update()
        self._label.set_role("text" if state == "current" else "text2")
        said = {"done": tr("done"), "current": tr("to do now"), "waiting": tr("to do later")}[state]
        self.setAccessibleName(f"{self._number}. {self._text} ({said})")

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the colors of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    @staticmethod
    def _link(text: str, pressed: Callable[[], None]) -> LinkButton:
        button = LinkButton(f"→ {text}", padding=2)
        button.setAccessibleName(tr("Show {name}").format(name=text))
        button.clicked.connect(lambda _checked=False: pressed())
        return button
