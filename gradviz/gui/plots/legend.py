"""The legend: one entry for each run, which shows and hides its curve."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from gradviz.gui.plots.shown import Shown, full_name
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import palette as palettes
from gradviz.gui.widgets.buttons import PanelButton
from gradviz.model import number_text
from gradviz.model.loss.loss_curves import Curve

_HEIGHT = 26
_PAD = 6
_SWATCH = 14
_GAP = 8
_BETWEEN = 6
_WIDEST = 260


class LegendEntry(QAbstractButton):
    """One run; checked while its curve is visible. `pointed_at` says that the person means this run."""

    pointed_at = Signal(bool)

    def __init__(self, curve: Curve, current: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve = curve
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_current(current)

    def set_current(self, current: bool) -> None:
        """Take in whether the run is the current one, and what it is called now."""
        self._shown = Shown(self.curve, current)
        self.setText(full_name(self.curve))
        self.setAccessibleName(self.tr("Show {0}").format(self.text()))
        self.setToolTip(self.tr("{0}: click to show or hide its curve").format(self.text()))
        self.update()

    def sizeHint(self) -> QSize:
        words = math.ceil(QFontMetricsF(fonts.ui(13)).horizontalAdvance(self.text()))
        return QSize(min(words + 2 * _PAD + _SWATCH + _GAP, _WIDEST), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palettes.color(palette.hover))
            painter.drawRoundedRect(body, 6, 6)
        middle = self.height() / 2
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            line = self._shown.color(palette) if self._shown.current else palettes.color(palette.text3)
            painter.setBrush(line)
            painter.drawRect(QRectF(_PAD, middle - 1, _SWATCH, 2))
        else:
            picture = icons.pixmap("eye-slash", _SWATCH, palette.text3, self.devicePixelRatioF())
            painter.drawPixmap(_PAD, round(middle - _SWATCH / 2), picture)
        painter.setFont(fonts.ui(13))
        bright = self._shown.current and self.isChecked()
        painter.setPen(palettes.color(palette.text2 if bright or self.underMouse() else palette.text3))
        room = QRectF(self.rect()).adjusted(_PAD + _SWATCH + _GAP, 0, -_PAD + 2, 0)
        text = QFontMetricsF(painter.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        if self.hasFocus():
            painter.setPen(QPen(palettes.color(palette.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(body, 6, 6)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed_at.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed_at.emit(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.pointed_at.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed_at.emit(False)


class Legend(QWidget):
    """A row of entries at the right, the current run first; what has no room is in a menu behind a count."""

    visibility_changed = Signal(int, bool)  # run, visible
    pointed_at = Signal(object)  # the run that the person points at, None for no longer any

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[LegendEntry] = []
        self._state: object = None
        self._more = PanelButton("", parent=self)
        self._more.clicked.connect(self._open_menu)
        self._more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName(self.tr("Runs on the plot"))

    @property
    def entries(self) -> Sequence[LegendEntry]:
        """The entries, the current run's first, those behind the menu included."""
        return tuple(self._entries)

    def set_curves(self, curves: Sequence[Curve], current: Curve | None, hidden: set[int]) -> None:
        """Show these runs, the newest first; those in `hidden` are unchecked. Entries of the same curves stay."""
        state = ([(curve, curve.title) for curve in curves], current, frozenset(hidden))
        if state == self._state:
            return
        self._state = state
        known = {entry.curve: entry for entry in self._entries}
        ordered = list(reversed(curves))
        for gone in [entry for curve, entry in known.items() if curve not in ordered]:
            gone.pointed_at.disconnect()
            gone.hide()
            gone.deleteLater()
        self._entries = [known.get(curve) or self._made(curve) for curve in ordered]
        for entry in self._entries:
            entry.set_current(entry.curve is current)
            entry.setChecked(entry.curve.run not in hidden)
        for one, following in zip(self._entries, self._entries[1:], strict=False):
            QWidget.setTabOrder(one, following)
        self._lay_out()

    def _made(self, curve: Curve) -> LegendEntry:
        entry = LegendEntry(curve, False, self)
        entry.clicked.connect(lambda checked: self.visibility_changed.emit(curve.run, checked))
        entry.pointed_at.connect(lambda pointed: self.pointed_at.emit(curve.run if pointed else None))
        return entry

    def _lay_out(self) -> None:
        widths = [entry.sizeHint().width() for entry in self._entries]
        fitting = self._fitting(widths)
        left_out = len(widths) - fitting
        self._more.setText(self.tr("{0} more").format(number_text.whole(left_out)))
        self._more.setAccessibleName(self.tr("{0} more runs").format(number_text.whole(left_out)))
        self._more.setVisible(left_out > 0)
        taken = sum(widths[:fitting]) + _BETWEEN * max(fitting - 1, 0)
        if left_out:
            taken += _BETWEEN + self._more.sizeHint().width()
        x = max(self.width() - taken, 0)
        for place, entry in enumerate(self._entries):
            entry.setVisible(place < fitting)
            if place < fitting:
                entry.setGeometry(x, 0, min(widths[place], self.width()), _HEIGHT)
                x += widths[place] + _BETWEEN
        self._more.setGeometry(x, 0, self._more.sizeHint().width(), _HEIGHT)

    def _fitting(self, widths: list[int]) -> int:
        """How many of the first entries have room, with the button for the rest if there is one."""
        more = math.ceil(QFontMetricsF(fonts.ui(13)).horizontalAdvance(self.tr("{0} more").format("88"))) + 24
        for fitting in range(len(widths), 0, -1):
            needed = sum(widths[:fitting]) + _BETWEEN * (fitting - 1)
            if fitting < len(widths):
                needed += _BETWEEN + more
            if needed <= self.width():
                return fitting
        return 0

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in self._entries:
            if entry.isVisible():
                continue
            action = menu.addAction(entry.text())
            action.setCheckable(True)
            action.setChecked(entry.isChecked())
            action.triggered.connect(entry.click)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
