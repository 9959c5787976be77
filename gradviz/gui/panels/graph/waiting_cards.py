"""The cards of what takes its time: a network that is being made, a layout that is computed, and what one left out."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gradviz.gui.scene.view.canvas_messages import BusyBar
from gradviz.gui.widgets.buttons import icon_button
from gradviz.gui.widgets.card import Card
from gradviz.gui.widgets.labels import WrappingLabel

PATIENCE = 300
"""Milliseconds that a layout may take before its card appears."""
_OPENING_WIDTH = 420


class ElapsedSeconds(QLabel):
    """Counts the seconds since it was started."""

    def __init__(self, decimals: int) -> None:
        super().__init__()
        self.setProperty("role", "mono_caption")
        self._decimals = decimals
        self._clock = QElapsedTimer()
        self._before = 0
        self._timer = QTimer(self, interval=100 if decimals else 1000)
        self._timer.timeout.connect(self._count)

    def start(self, waited: int = 0) -> None:
        """Count from now; `waited` milliseconds have gone by."""
        self._before = waited
        self._clock.start()
        self._timer.start()
        self._count()

    def stop(self) -> None:
        """Stop counting."""
        self._timer.stop()

    def _count(self) -> None:
        elapsed = self._before + self._clock.elapsed()
        self.setText(f"{elapsed / 1000:.{self._decimals}f} s" if self._decimals else f"{elapsed // 1000} s")


class OpeningCard(Card):
    """States that a network is still being made, with a button to stop it; in the middle of its parent."""

    stop_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, width=_OPENING_WIDTH, margins=(21, 17, 17, 15), spacing=8)
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.text = WrappingLabel("text2")
        self._seconds = ElapsedSeconds(0)
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.clicked.connect(self.stop_requested)
        line = QHBoxLayout()
        line.addWidget(BusyBar(self))
        line.addSpacing(12)
        line.addWidget(self._seconds)
        line.addStretch()
        line.addWidget(self.stop_button)
        self.body.addWidget(self.title)
        self.body.addWidget(self.text)
        self.body.addSpacing(4)
        self.body.addLayout(line)
        parent.installEventFilter(self)
        self.hide()

    def begin(self, title: str, text: str, waited: int) -> None:
        """Show the card; `waited` milliseconds have gone by. One that is shown counts on."""
        if self.isHidden() or title != self.title.text():
            self._seconds.start(waited)
        self.title.setText(title)
        self.text.setText(text)
        self._place()
        self.show()
        self.raise_()

    def end(self) -> None:
        """Hide the card: the network is there, or was given up."""
        self._seconds.stop()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the parent."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            height = self.heightForWidth(_OPENING_WIDTH) if self.hasHeightForWidth() else self.sizeHint().height()
            self.setFixedHeight(max(height, 110))
            self.move((parent.width() - _OPENING_WIDTH) // 2, (parent.height() - self.height()) // 2)


class ProgressCard(Card):
    """Offers to cancel a layout; hidden until it has lasted for `PATIENCE`."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=(17, 11, 11, 11), spacing=16, row=True)
        self._text = QLabel()
        self._text.setProperty("role", "label")
        self._seconds = ElapsedSeconds(1)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.cancelled)
        line = QHBoxLayout()
        line.addWidget(self._text)
        line.addStretch()
        line.addWidget(self._seconds)
        column = QVBoxLayout()
        column.setSpacing(7)
        column.addLayout(line)
        column.addWidget(BusyBar())
        self.body.addLayout(column)
        self.body.addWidget(cancel)
        self._clock = QElapsedTimer()
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self._appear)
        self.hide()

    def begin(self, nodes: int) -> None:
        """Wait for the layout of so many nodes."""
        self._text.setText(self.tr("Placing {0} nodes").format(f"{nodes:,}"))
        if not self._patience.isActive() and self.isHidden():
            self._clock.start()
            self._patience.start()

    def end(self) -> None:
        """Hide the card: the layout is there, or was given up."""
        self._patience.stop()
        self._seconds.stop()
        self.hide()

    def _appear(self) -> None:
        self._seconds.start(self._clock.elapsed())
        self.adjustSize()
        self.show()
        self.raise_()
        self.height_changed.emit()


class NoteCard(Card):
    """Notes on a layout that is plainer than it could be, until they are dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=(15, 7, 7, 7), spacing=-1, row=True)
        self._text = QLabel()
        self._text.setProperty("role", "label")
        self._text.setWordWrap(True)
        self._text.setMaximumWidth(520)
        self.body.addWidget(self._text)
        self.body.addWidget(icon_button("close", self.tr("Put this away"), self._dismiss, size=14))
        self._dismissed: tuple[str, ...] = ()
        self._notes: tuple[str, ...] = ()
        self.hide()

    def show_notes(self, notes: tuple[str, ...]) -> None:
        """Show these sentences; none, or those that were dismissed, hide the card."""
        self._notes = notes
        self._text.setText("\n".join(notes))
        self.adjustSize()
        self.setVisible(bool(notes) and notes != self._dismissed)

    def text(self) -> str:
        """Return the notes that are shown."""
        return "" if self.isHidden() else self._text.text()

    def _dismiss(self) -> None:
        self._dismissed = self._notes
        self.hide()
