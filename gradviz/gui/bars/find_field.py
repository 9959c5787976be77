"""The field in the tool bar that finds nodes: the text, how many match, and steps through the matches."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from gradviz.gui.actions.actions import key_text
from gradviz.gui.style import icons
from gradviz.gui.style import qt_colors as palette
from gradviz.language import tr

_WIDTH = 250
_NARROW = 190
_LEAST = 164


class FindField(QLineEdit):
    """Emits what to search for and where to go; it finds nothing itself."""

    text_sought = Signal(str)
    step_requested = Signal(int)
    """1 for the next match, -1 for the one before."""
    left = Signal()
    """Escape: the search is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Find node, op, module"))
        self.setFixedHeight(32)
        self.setFixedWidth(_WIDTH)
        self._glass = QLabel(self)
        self._count = QLabel(self)
        self._count.setProperty("role", "caption")
        self._hint = QLabel(key_text("Ctrl+F"), self)
        self._hint.setProperty("role", "caption")
        self._up = self._button("caret-up", self.tr("Match before (Shift+F3)"), -1)
        self._down = self._button("caret-down", self.tr("Next match (F3)"), 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 9, 0)
        row.setSpacing(2)
        row.addWidget(self._glass)
        row.addStretch()
        row.addWidget(self._count)
        row.addWidget(self._hint)
        row.addWidget(self._up)
        row.addWidget(self._down)
        self.setTextMargins(24, 0, 64, 0)
        self.set_narrow(False)
        self.show_count(0, 0)
        self._draw_glass()
        self.textChanged.connect(self.text_sought)

    def set_narrow(self, narrow: bool, *, least: bool = False) -> None:
        """Shorten the field for a small window; `least` for one where every pixel counts."""
        self.setPlaceholderText(self.tr("Find") if narrow else self.tr("Find node, op, module"))
        self._least = least
        self.setFixedWidth(_LEAST if least else _NARROW if narrow else _WIDTH)

    def show_count(self, position: int, count: int) -> None:
        """Show that match `position` (from 1; 0 for none) of `count` is the current one."""
        sought = bool(self.text().strip())
        if sought:
            shown = tr("{position} of {count}").format(position=position, count=count) if position else f"{count}"
            self._count.setText(shown if count else self.tr("none"))
        self._count.setVisible(sought)
        self._hint.setVisible(not sought)
        for button in (self._up, self._down):
            button.setVisible(sought and count > 0 and not self._least)
        self.setTextMargins(24, 0, 112 if sought and count and not self._least else 64, 0)

    @property
    def count_text(self) -> str:
        """The count that the field shows; empty without a text."""
        return "" if self._count.isHidden() else self._count.text()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(_WIDTH, 32)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle a key."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.step_requested.emit(-1 if back else 1)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.step_requested.emit(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _button(self, icon: str, tip: str, way: int) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon, 14))
        button.setIconSize(QSize(14, 14))
        button.setFixedSize(22, 22)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.step_requested.emit(way))
        return button

    def _draw_glass(self) -> None:
        self._glass.setPixmap(icons.pixmap("find", 16, palette.current().text2))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_glass"):
            self._draw_glass()
        super().changeEvent(event)
