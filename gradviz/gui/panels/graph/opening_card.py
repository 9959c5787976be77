"""The card that says that a network is still being made, after a while, with a button to stop it."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gradviz.gui.scene.view.canvas_messages import BusyBar

_WIDTH = 420


class MakingCard(QFrame):
    """In the middle of its parent while it is shown."""

    stop_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setFixedWidth(_WIDTH)
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.text = QLabel(wordWrap=True)
        self.text.setProperty("role", "label")
        self._seconds = QLabel()
        self._seconds.setProperty("role", "mono_caption")
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.clicked.connect(self.stop_requested)
        line = QHBoxLayout()
        line.addWidget(BusyBar(self))
        line.addSpacing(12)
        line.addWidget(self._seconds)
        line.addStretch()
        line.addWidget(self.stop_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 16, 14)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addSpacing(4)
        column.addLayout(line)
        self._clock = QElapsedTimer()
        self._before = 0
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._count)
        parent.installEventFilter(self)
        self.hide()

    def begin(self, title: str, text: str, waited: int) -> None:
        """Show it; `waited` milliseconds have gone by."""
        self.title.setText(title)
        self.text.setText(text)
        self._before = waited
        self._clock.start()
        self._tick.start()
        self._count()
        self._place()
        self.show()
        self.raise_()

    def end(self) -> None:
        """It is there, or was given up."""
        self._tick.stop()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            height = self.heightForWidth(_WIDTH) if self.hasHeightForWidth() else self.sizeHint().height()
            self.setFixedHeight(max(height, 110))
            self.move((parent.width() - _WIDTH) // 2, (parent.height() - self.height()) // 2)

    def _count(self) -> None:
        self._seconds.setText(f"{(self._before + self._clock.elapsed()) // 1000} s")
