"""Texts over the canvas: the caption at the upper left, and the message in the middle of an empty canvas."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import CAPTION, CAPTION_STRONG
from gradviz.gui.style import fonts, theme
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color


class CanvasCaption(QWidget):
    """One line: a title in semibold, and what there is to say about the graph."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_words(self, title: str, text: str) -> bool:
        """Set title and text, both empty for none; return whether they are others than before."""
        if (title, text) == (self._title, self._text):
            return False
        self._title, self._text = title, text
        self.setAccessibleName(f"{title} {text}".strip())
        self.update()
        return True

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self._title or self._text)

    def fit_to(self, width: int) -> None:
        """Take the width that the text needs, at most `width` less the margins."""
        strong, plain = self._metrics()
        wanted = 8 + strong.horizontalAdvance(self._title) + 8 + plain.horizontalAdvance(self._text) + 8
        self.resize(int(max(min(wanted + 1, width - 16), 0)), 24)

    @staticmethod
    def _metrics() -> tuple[QFontMetricsF, QFontMetricsF]:
        return QFontMetricsF(fonts.font(CAPTION_STRONG)), QFontMetricsF(fonts.font(CAPTION))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the widget."""
        palette = palettes.current()
        strong, plain = self._metrics()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        # Nodes may be panned under the text; the ground keeps them legible.
        painter.setBrush(color(palette.canvas, 0.86))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(fonts.font(CAPTION_STRONG))
        painter.setPen(color(palette.text))
        painter.drawText(QRectF(8, 0, self.width(), self.height()), middle, self._title)
        used = 8 + strong.horizontalAdvance(self._title) + (8 if self._title else 0)
        painter.setFont(fonts.font(CAPTION))
        painter.setPen(color(palette.text2))
        room = self.width() - used - 4
        text = plain.elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(used, 0, room + 4, self.height()), middle, text)
        painter.end()


class BusyBar(QWidget):
    """A thin bar with a part that moves to and fro; the part is still when the system wants no motion."""

    PERIOD = 2400
    """Milliseconds for once to and fro."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(220, 3)
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(16)
        self._timer.timeout.connect(self.update)

    def showEvent(self, event: QShowEvent) -> None:
        """Start the motion."""
        self._clock.start()
        if theme.motion_allowed():
            self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the motion."""
        self._timer.stop()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the widget."""
        palette = palettes.current()
        share = 0.5
        if self._timer.isActive():
            phase = self._clock.elapsed() % self.PERIOD / self.PERIOD * 2
            share = phase if phase <= 1 else 2 - phase
            share = share * share * (3 - 2 * share)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(palette.hover))
        painter.drawRoundedRect(QRectF(self.rect()), 1.5, 1.5)
        painter.setBrush(color(palette.accent))
        part = 70
        painter.drawRoundedRect(QRectF((self.width() - part) * share, 0, part, self.height()), 1.5, 1.5)
        painter.end()


class CanvasMessage(QWidget):
    """A headline, a sentence, and while something is under way a moving bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = QLabel(self)
        self._title.setProperty("role", "headline")
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._busy = BusyBar(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self._title, self._text):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(widget)
        column.addSpacing(12)
        column.addWidget(self._busy, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.setFixedWidth(400)
        self._color()

    def set_words(self, title: str, text: str, busy: bool) -> None:
        """Set headline and sentence; `text` may hold simple tags such as `<b>`."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._busy.setVisible(busy)
        self.setAccessibleName(title)
        self.adjustSize()

    def words(self) -> tuple[str, str]:
        """Return headline and sentence."""
        return self._title.text(), self._text.text()

    def is_busy(self) -> bool:
        """Return whether the bar moves."""
        return not self._busy.isHidden()

    def _color(self) -> None:
        palette = palettes.current()
        self._title.setStyleSheet(f"color: {palette.text}; font-size: 20px; font-weight: 600;")
        self._text.setStyleSheet(f"color: {palette.text2};")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._color()
        super().changeEvent(event)
