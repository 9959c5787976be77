"""Painted labels in a role of the palette: one line that is elided, and words that wrap."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gradviz.gui.style import palette as palettes
from gradviz.gui.style.palette import color
from gradviz.gui.widgets.card import CARD_WIDTH


class Words(QLabel):
    """One line of text in a role of the palette; what does not fit is elided and told by the tip."""

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
        """Take another colour of the palette: `text2`, `error`."""
        self._role = role
        self.update()

    def set_words_font(self, font: QFont) -> None:
        """Take another font; the height follows it."""
        self._font = font
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._font)
        return QSize(
            round(metrics.horizontalAdvance(self.text()) + 0.5), max(round(metrics.height() + 3), self._least_height)
        )

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(20, hint.width()), hint.height())

    def fits(self, text: str, width: int) -> bool:
        """Whether `text` would be whole in `width` pixels."""
        return QFontMetricsF(self._font).horizontalAdvance(text) <= width

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip("" if self.fits(self.text(), self.width() + 1) else self.text())
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(color(getattr(palettes.current(), self._role)))
        text = QFontMetricsF(self._font).elidedText(self.text(), self._mode, self.width() + 1)
        painter.drawText(QRectF(self.rect()), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)


class Paragraph(QLabel):
    """Words that wrap, in a role of the palette, with a breakpoint's dot before them where that is the reason."""

    def __init__(self, role: str, font: QFont, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self._dot = False
        self._heights: dict[int, int] = {}  # layouts ask for the same few widths again and again
        self.setFont(font)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        # A label that wraps takes its height from the style's font otherwise.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def set_role(self, role: str) -> None:
        """Take another colour of the palette."""
        self._role = role
        self.update()

    def setText(self, text: str) -> None:
        self._heights.clear()
        super().setText(text)

    def set_dot(self, shown: bool) -> None:
        """Put the dot of a breakpoint before the first line."""
        self._heights.clear()
        self._dot = shown
        self.setIndent(16 if shown else 0)
        self.update()

    def _laid_out(self, width: int) -> QTextLayout:
        """The text in lines: broken between words, and within a name only where it is wider than all."""
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout = QTextLayout(self.text(), self.font())
        layout.setTextOption(option)
        left = self.indent() if self._dot else 0
        y = 1.5
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width - left, 20))
            line.setPosition(QPointF(left, y))
            y += line.height()
        layout.endLayout()
        return layout

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = round(self._laid_out(width).boundingRect().height() + 3)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        return QSize(CARD_WIDTH - 34, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 17)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = palettes.current()
        painter = QPainter(self)
        painter.setPen(color(getattr(colors, self._role)))
        layout = self._laid_out(self.width())
        layout.draw(painter, QPointF(0, 0))
        if self._dot:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(colors.breakpoint))
            middle = 1.5 + layout.lineAt(0).height() / 2
            painter.drawEllipse(QRectF(1, middle - 4.5, 9, 9))
