"""The legend of runs: one entry for each, which shows and hides its curve."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from gradviz.gui.plots.curve_item import VisibleCurve, full_name
from gradviz.gui.plots.plot_frame import write_text
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.widgets.buttons import PanelButton
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.model import number_text
from gradviz.model.loss_curves import Curve

_HEIGHT = 26
_PAD = 6
_SWATCH = 14
_GAP = 8
_BETWEEN = 6
_WIDEST = 260
_POINTED = {QEvent.Type.Enter: True, QEvent.Type.FocusIn: True, QEvent.Type.Leave: False, QEvent.Type.FocusOut: False}


class RunEntry(QAbstractButton):
    """One run; checked while its curve is visible. `pointed_at`: whether pointer or focus is on it."""

    pointed_at = Signal(bool)

    def __init__(self, curve: Curve, current: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve = curve
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_current(current)

    def set_current(self, current: bool) -> None:
        """Update whether the run is the current one, and its name."""
        self._shown = VisibleCurve(self.curve, current)
        self.setText(full_name(self.curve))
        self.setAccessibleName(self.tr("Show {0}").format(self.text()))
        self.setToolTip(self.tr("{0}: click to show or hide its curve").format(self.text()))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size that the text needs, up to a limit."""
        words = math.ceil(QFontMetricsF(fonts.ui(13)).horizontalAdvance(self.text()))
        return QSize(min(words + 2 * _PAD + _SWATCH + _GAP, _WIDEST), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the swatch, or an eye while hidden, and the name."""
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
            own = self._shown.current or self.curve.color
            line = self._shown.color(palette) if own else palettes.color(palette.text3)
            painter.setBrush(line)
            painter.drawRect(QRectF(_PAD, middle - 1, _SWATCH, 2))
        else:
            picture = icons.pixmap("eye-slash", _SWATCH, palette.text3, self.devicePixelRatioF())
            painter.drawPixmap(_PAD, round(middle - _SWATCH / 2), picture)
        bright = (self._shown.current and self.isChecked()) or self.underMouse()
        room = QRectF(self.rect()).adjusted(_PAD + _SWATCH + _GAP, 0, -_PAD + 2, 0)
        text = QFontMetricsF(fonts.ui(13)).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        write_text(painter, room, text, fonts.ui(13), palettes.color(palette.text2 if bright else palette.text3))
        if self.hasFocus():
            painter.setPen(QPen(palettes.color(palette.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(body, 6, 6)

    def event(self, event: QEvent) -> bool:
        """Emit when the pointer or the focus comes and goes."""
        if event.type() in _POINTED:
            self.pointed_at.emit(_POINTED[event.type()])
        return super().event(event)


class RunLegend(QWidget):
    """A row of entries at the right, the current run first; what has no room is in a menu behind a count."""

    visibility_changed = Signal(int, bool)  # run, visible
    pointed_at = Signal(object)  # the run under the pointer or the focus, or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: list[RunEntry] = []
        """The current run's first, those behind the menu included."""
        self._state: object = None
        self._more = PanelButton("", parent=self)
        self._more.clicked.connect(self._open_menu)
        self._more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName(self.tr("Runs on the plot"))

    def set_curves(self, curves: Sequence[Curve], current: Curve | None, hidden: set[int]) -> None:
        """Show these runs, the newest first; those in `hidden` are unchecked. Entries of the same curves stay."""
        known_by = [(curve, curve.title, curve.name, curve.color) for curve in curves]
        state = (known_by, current, frozenset(hidden))
        if state == self._state:
            return
        self._state = state
        known = {entry.curve: entry for entry in self.entries}
        ordered = list(reversed(curves))
        for gone in [entry for curve, entry in known.items() if curve not in ordered]:
            gone.pointed_at.disconnect()
            gone.hide()
            gone.deleteLater()
        self.entries = [known.get(curve) or self._make_entry(curve) for curve in ordered]
        for entry in self.entries:
            entry.set_current(entry.curve is current)
            entry.setChecked(entry.curve.run not in hidden)
        for one, following in zip(self.entries, self.entries[1:], strict=False):
            QWidget.setTabOrder(one, following)
        self._lay_out()

    def _make_entry(self, curve: Curve) -> RunEntry:
        entry = RunEntry(curve, False, self)
        entry.clicked.connect(lambda checked: self.visibility_changed.emit(curve.run, checked))
        entry.pointed_at.connect(lambda pointed: self.pointed_at.emit(curve.run if pointed else None))
        return entry

    def _lay_out(self) -> None:
        widths = [entry.sizeHint().width() for entry in self.entries]
        fitting = self._fitting(widths)
        left_out = len(widths) - fitting
        count = number_text.whole(left_out)
        self._more.setText(self.tr("{0} more").format(count))
        self._more.setAccessibleName(self.tr("{0} more runs").format(count))
        self._more.setVisible(left_out > 0)
        used = sum(widths[:fitting]) + _BETWEEN * max(fitting - 1, 0)
        if left_out:
            used += _BETWEEN + self._more.sizeHint().width()
        x = max(self.width() - used, 0)
        for place, entry in enumerate(self.entries):
            entry.setVisible(place < fitting)
            if place < fitting:
                entry.setGeometry(x, 0, min(widths[place], self.width()), _HEIGHT)
                x += widths[place] + _BETWEEN
        self._more.setGeometry(x, 0, self._more.sizeHint().width(), _HEIGHT)

    def _fitting(self, widths: list[int]) -> int:
        """Return how many of the first entries have room, with the button for the rest if there is one."""
        more = math.ceil(QFontMetricsF(fonts.ui(13)).horizontalAdvance(self.tr("{0} more").format("88"))) + 24
        for fitting in range(len(widths), 0, -1):
            needed = sum(widths[:fitting]) + _BETWEEN * (fitting - 1)
            if needed + (_BETWEEN + more if fitting < len(widths) else 0) <= self.width():
                return fitting
        return 0

    def _open_menu(self) -> None:
        menu = lettered(QMenu(self))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in self.entries:
            if entry.isVisible():
                continue
            action = menu.addAction(entry.text())
            action.setCheckable(True)
            action.setChecked(entry.isChecked())
            action.triggered.connect(entry.click)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many entries as have room."""
        super().resizeEvent(event)
        self._lay_out()
