"""Labels that paint themselves in a role of the palette: a line that is elided, and text that wraps."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QCursor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from gradviz.appearance.text_styles import CAPTION
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.model.explanation.glossary import glossary_tip

_LONGEST = 4_000
"""Characters that a label shows; it lays out all of its text at once."""
_WIDTH = 282


class ElidedLabel(QLabel):
    """One line of text in a role of the palette; what does not fit is elided, and then the tip shows it all."""

    def __init__(
        self,
        role: str,
        font: QFont,
        parent: QWidget | None = None,
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        height: int = 0,
    ) -> None:
        super().__init__(parent)
        self._role = role
        self._font = font
        self._least_height = height
        self._mode = elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_role(self, role: str) -> None:
        """Take another color of the palette: `text2`, `error`."""
        self._role = role
        self.update()

    def set_text_font(self, font: QFont) -> None:
        """Take another font; the height follows it."""
        self._font = font
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the whole text."""
        return QSize(self.width_of(self.text()), max(round(QFontMetricsF(self._font).height() + 3), self._least_height))

    def width_of(self, text: str) -> int:
        """Return how wide a text would be."""
        return round(QFontMetricsF(self._font).horizontalAdvance(text) + 0.5)

    def minimumSizeHint(self) -> QSize:
        """Return the size of an elided text."""
        hint = self.sizeHint()
        return QSize(min(20, hint.width()), hint.height())

    def fits(self, text: str, width: int) -> bool:
        """Return whether `text` would be whole in `width` pixels."""
        return QFontMetricsF(self._font).horizontalAdvance(text) <= width

    def event(self, event: QEvent) -> bool:
        """Set the tip before it is shown."""
        if event.type() == QEvent.Type.ToolTip:
            whole = "" if self.fits(self.text(), self.width() + 1) else self.text()
            self.setToolTip("\n".join(filter(None, (whole, glossary_tip(self.text())))))
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, elided."""
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(color(getattr(palettes.current(), self._role)))
        text = QFontMetricsF(self._font).elidedText(self.text(), self._mode, self.width() + 1)
        painter.drawText(QRectF(self.rect()), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)


class WrappingLabel(QLabel):
    """Plain text that wraps, inside of a word too where that is longer than a line, so that no message widens a window.

    A breakpoint's dot may precede it. The default font is that of labels, 12 pixels.
    """

    def __init__(
        self, role: str, font: QFont | None = None, text: str = "", *, padding: float = 0, parent: QWidget | None = None
    ) -> None:
        """Paint in a `role` of the palette; `padding` is above and below the text."""
        super().__init__(parent)
        self._role = role
        self._padding = padding
        self._dot = False
        self._head = 0
        self._heights: dict[int, int] = {}  # layouts ask for the same few widths again and again
        self._font = font if font is not None else fonts.font(CAPTION)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        # A label that wraps takes its height from the style's font otherwise.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def set_role(self, role: str) -> None:
        """Take another color of the palette."""
        self._role = role
        self.update()

    def setText(self, text: str) -> None:
        """Show a text; of a very long one the beginning."""
        self._heights.clear()
        super().setText(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")

    def event(self, event: QEvent) -> bool:
        """Explain the words of the text by the tip, unless it has one."""
        if event.type() == QEvent.Type.ToolTip and not self.toolTip():
            QToolTip.showText(QCursor.pos(), glossary_tip(self.text()), self)
            return True
        return super().event(event)

    def set_headed(self, head: str, text: str) -> None:
        """Show a strong `head` and a text that goes on behind it; nothing without a text."""
        self._head = len(head) if text else 0
        self.setText(f"{head}  {text}" if text else "")

    def set_dot(self, shown: bool) -> None:
        """Put the dot of a breakpoint before the first line."""
        self._heights.clear()
        self._dot = shown
        self.setIndent(16 if shown else 0)
        self.update()

    def _laid_out(self, width: int) -> QTextLayout:
        """Return the text in lines: broken between words, and within one only where it is wider than a line."""
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout = QTextLayout(self.text().replace("\n", "\u2028"), self._font)
        layout.setTextOption(option)
        if self._head:
            strong = QTextCharFormat()
            strong.setFontWeight(600)
            span = QTextLayout.FormatRange()
            span.start, span.length, span.format = 0, self._head, strong
            layout.setFormats([span])
        left = self.indent() if self._dot else 0
        y = self._padding
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width - left, 20))
            line.setPosition(QPointF(left, y))
            y += line.height()
        layout.endLayout()
        return layout

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        if width not in self._heights:
            self._heights[width] = round(self._laid_out(width).boundingRect().height() + 2 * self._padding)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """Return the width of a card's contents, and the height at that width or the present one."""
        return QSize(_WIDTH, self.heightForWidth(max(self.width(), _WIDTH)))

    def minimumSizeHint(self) -> QSize:
        """Return the size of a short line."""
        return QSize(40, 17)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint dot and text, from the middle where there is more room than they need."""
        colors = palettes.current()
        painter = QPainter(self)
        painter.setPen(color(getattr(colors, self._role)))
        layout = self._laid_out(self.width())
        top = max(self.height() - self.heightForWidth(self.width()), 0) // 2
        layout.draw(painter, QPointF(0, top))
        if self._dot:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(colors.breakpoint))
            middle = top + self._padding + layout.lineAt(0).height() / 2
            painter.drawEllipse(QRectF(1, middle - 4.5, 9, 9))
