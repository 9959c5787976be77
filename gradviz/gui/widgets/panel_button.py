"""A small flat button for a panel's own row: words, an icon, or both; may be checked or open a menu."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gradviz.gui.style import fonts, icons
from gradviz.gui.style import palette as palettes

_HEIGHT = 26
_PAD = 7
_ICON = 16


class PanelButton(QAbstractButton):
    """Drawn by itself, for a checked one has a ground and brighter words, and a focused one a ring."""

    def __init__(self, text: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        width = 2 * _PAD + (_ICON if self._icon_name else 0)
        if self.text():
            width += math.ceil(QFontMetricsF(fonts.ui(13)).horizontalAdvance(self.text()))
            width += 6 if self._icon_name else 0
        return QSize(width, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        bright = self.isChecked() or self.underMouse()
        ground = palette.line if self.isDown() else palette.hover if self.underMouse() else palette.raised
        if self.isDown() or bright:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palettes.color(ground))
            painter.drawRoundedRect(body, 6, 6)
        ink = palette.text if bright else palette.text2
        if not self.isEnabled():
            ink = palette.disabled
        left = float(_PAD)
        if self._icon_name:
            picture = icons.pixmap(self._icon_name, _ICON, ink, self.devicePixelRatioF())
            painter.drawPixmap(int(left), (self.height() - _ICON) // 2, picture)
            left += _ICON + 6
        painter.setFont(fonts.ui(13))
        painter.setPen(palettes.color(ink))
        words = QRectF(left, 0, self.width() - left, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(palettes.color(palette.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(body, 6, 6)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
