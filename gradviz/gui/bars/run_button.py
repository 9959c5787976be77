"""The one big button of the tool bar: Run, Continue at a stop, or Pause while running, with its key written on it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget

from gradviz.gui.actions.actions import key_text
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.mnemonics import plain
from gradviz.language import tr

_PAD = 13
_ICON = 16
_GAP = 8


class RunButton(QPushButton):
    """Shows one of two actions and triggers it."""

    def __init__(self, run: QAction, pause: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run, self._pause = run, pause
        self._shown = run
        self._wanted: QSize | None = None
        """The preferred size, which a tool bar asks for at every step of being laid out."""
        self.setFixedHeight(32)
        self.clicked.connect(lambda: self._shown.trigger())
        for action in (run, pause):
            action.changed.connect(self._follow)
        self.show_running(False)

    @property
    def action(self) -> QAction:
        """The action that a click triggers."""
        return self._shown

    def show_running(self, running: bool) -> None:
        """Show Pause while running, else Run."""
        self._shown = self._pause if running else self._run
        self.setProperty("primary", not running)
        self.style().unpolish(self)
        self.style().polish(self)
        self._follow()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        if self._wanted is None:
            self._wanted = QSize(self._widest(), 32)
        return self._wanted

    def _widest(self) -> int:
        """Return the width of the widest text, so that nothing beside the button moves when it changes."""
        words = (plain(self._run.text()), tr("Continue"), tr("Run again"))
        widths = (self._width(self._pause, text) for text in (tr("Pause"), tr("Pausing…")))
        return max(*(self._width(self._run, text) for text in words), *widths)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return self.sizeHint()

    def _width(self, action: QAction, text: str = "") -> int:
        return (
            2 * _PAD
            + _ICON
            + 2 * _GAP
            + self._advance(text or plain(action.text()), 13, 600)
            + self._advance(self._key(action), 11, 400)
        )

    @staticmethod
    def _advance(text: str, size: int, weight: int) -> int:
        from PySide6.QtGui import QFontMetrics

        return QFontMetrics(fonts.ui(size, weight)).horizontalAdvance(text)

    @staticmethod
    def _key(action: QAction) -> str:
        return key_text(action.shortcut().toString())

    def _follow(self) -> None:
        self._wanted = None
        self.setEnabled(self._shown.isEnabled())
        self.setToolTip(self._shown.toolTip())
        self.setAccessibleName(plain(self._shown.text()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the widget."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        colors = palette.current()
        on = colors.on_accent if self.property("primary") else colors.text
        shade = on if self.isEnabled() else colors.disabled
        name = "play-fill" if self._shown is self._run else "pause-fill"
        key = self._key(self._shown)
        left = (self.width() - self._width(self._shown)) // 2 + _PAD
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        top = (self.height() - _ICON) // 2
        painter.drawPixmap(left, top, icons.pixmap(name, _ICON, shade, self.devicePixelRatioF()))
        left += _ICON + _GAP
        painter.setPen(palette.color(shade))
        painter.setFont(fonts.ui(13, 600))
        painter.drawText(QRect(left, 0, self.width(), self.height()), middle, plain(self._shown.text()))
        left += self._advance(plain(self._shown.text()), 13, 600) + _GAP
        painter.setFont(fonts.ui(11))
        painter.setPen(palette.color(shade, 0.8))
        painter.drawText(QRect(left, 0, self.width(), self.height()), middle, key)
        painter.end()
