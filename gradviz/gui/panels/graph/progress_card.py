"""The card that says that a layout takes its time, with a button to give it up; and what a plainer one left out."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gradviz.gui.scene.view.canvas_messages import BusyBar
from gradviz.gui.style import icons

PATIENCE = 300
"""Milliseconds that a layout may take unsaid."""


class ProgressCard(QFrame):
    """Hidden until a layout has lasted for `PATIENCE`."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._text = QLabel()
        self._text.setProperty("role", "label")
        self._seconds = QLabel()
        self._seconds.setProperty("role", "mono_caption")
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.clicked.connect(self.cancelled)
        self._busy = BusyBar()
        words = QVBoxLayout()
        words.setSpacing(7)
        line = QHBoxLayout()
        line.addWidget(self._text)
        line.addStretch()
        line.addWidget(self._seconds)
        words.addLayout(line)
        words.addWidget(self._busy)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 10, 10)
        row.setSpacing(16)
        row.addLayout(words)
        row.addWidget(self._cancel)
        self._clock = QElapsedTimer()
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self._appear)
        self._tick = QTimer(self, interval=100)
        self._tick.timeout.connect(self._count)
        self.hide()

    def begin(self, nodes: int) -> None:
        """A layout of so many nodes has begun."""
        self._text.setText(self.tr("Placing {0} nodes").format(f"{nodes:,}"))
        if not self._patience.isActive() and self.isHidden():
            self._clock.start()
            self._patience.start()

    def end(self) -> None:
        """It is there, or given up."""
        self._patience.stop()
        self._tick.stop()
        self.hide()

    def _appear(self) -> None:
        self._count()
        self._tick.start()
        self.adjustSize()
        self.show()
        self.raise_()

    def _count(self) -> None:
        self._seconds.setText(f"{self._clock.elapsed() / 1000:.1f} s")


class NoteCard(QFrame):
    """What is said of a layout that is plainer than it could be, until it is put away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._text = QLabel()
        self._text.setProperty("role", "label")
        self._text.setWordWrap(True)
        self._text.setMaximumWidth(520)
        close = QToolButton()
        close.setIcon(icons.icon("close", 14))
        close.setToolTip(self.tr("Put this away"))
        close.setAccessibleName(self.tr("Put this away"))
        close.clicked.connect(self._put_away)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.addWidget(self._text)
        row.addWidget(close)
        self._away: tuple[str, ...] = ()
        self._notes: tuple[str, ...] = ()
        self.hide()

    def say(self, notes: tuple[str, ...]) -> None:
        """Show these sentences; none, or what was put away, hides the card."""
        self._notes = notes
        self._text.setText("\n".join(notes))
        self.adjustSize()
        self.setVisible(bool(notes) and notes != self._away)

    def text(self) -> str:
        """What is said now."""
        return "" if self.isHidden() else self._text.text()

    def _put_away(self) -> None:
        self._away = self._notes
        self.hide()


class WaitingCards(QObject):
    """Both cards, at the lower middle of a canvas."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.progress = ProgressCard(canvas)
        self.note = NoteCard(canvas)
        canvas.installEventFilter(self)

    def place(self) -> None:
        """Put them where they belong."""
        for card in (self.progress, self.note):
            card.adjustSize()
            card.move((self._canvas.width() - card.width()) // 2, self._canvas.height() - card.height() - 18)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False
