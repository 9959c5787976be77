"""The small buttons of panels and cards: a link, an icon, words with an icon, and the row of them in a dock's head."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gradviz.appearance.text_styles import BODY, CAPTION
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color

_HEIGHT = 26
_PAD = 7
_ICON = 16


def icon_button(icon: str, text: str, pressed: Callable[[], object] | None = None, *, size: int = _ICON) -> QToolButton:
    """Return a button with an icon; `text` is its tip and its name for screen readers."""
    button = QToolButton()
    button.setIcon(icons.icon(icon, size))
    button.setToolTip(text)
    button.setAccessibleName(text)
    if pressed is not None:
        button.clicked.connect(lambda _checked=False: pressed())
    return button


def panel_corner(*buttons: QWidget) -> QWidget:
    """Return a widget with the buttons of a panel, for the right end of its dock's head."""
    corner = QWidget()
    row = QHBoxLayout(corner)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return corner


class LinkButton(QAbstractButton):
    """Text that goes somewhere: underlined under the mouse, ringed with the focus; Space and Enter press it."""

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, role: str = "accent", padding: int = 3
    ) -> None:
        """Paint the text in a `role` of the palette; the `padding` keeps the ring of the focus off it."""
        super().__init__(parent)
        self._role, self._padding = role, padding
        self.setText(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of the text and its padding."""
        width = QFontMetricsF(fonts.font(CAPTION)).horizontalAdvance(self.text())
        return QSize(round(width + 0.5) + 2 * self._padding, 20)

    def minimumSizeHint(self) -> QSize:
        """Return what an elided text needs."""
        return QSize(min(self.sizeHint().width(), 40), 20)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Underline the text."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the underline."""
        super().leaveEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the link by Enter, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, elided in the middle."""
        painter = QPainter(self)
        palette = palettes.current()
        font = fonts.font(CAPTION)
        font.setUnderline(self.underMouse())
        painter.setFont(font)
        painter.setPen(color(getattr(palette, self._role)))
        room = QRectF(self.rect()).adjusted(self._padding, 0, -self._padding, 0)
        text = QFontMetricsF(font).elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width() + 1)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color(palette.accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


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
        """Return the size of icon and text."""
        width = 2 * _PAD + (_ICON if self._icon_name else 0)
        if self.text():
            width += math.ceil(QFontMetricsF(fonts.font(BODY)).horizontalAdvance(self.text()))
            width += 6 if self._icon_name else 0
        return QSize(width, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, icon, text, and the ring of the focus."""
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
        painter.setFont(fonts.font(BODY))
        painter.setPen(palettes.color(ink))
        room = QRectF(left, 0, self.width() - left, self.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(palettes.color(palette.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(body, 6, 6)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the colors of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
