"""The timeline: every op, node and update of the iteration as a bar, and the cursor that looks back at it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from gradviz.appearance.text_styles import CAPTION
from gradviz.gui.panels.timeline import timeline_text as timeline_words
from gradviz.gui.panels.timeline.timeline_layout import TimelineLayout
from gradviz.gui.panels.timeline.timeline_painter import TOP, Looks, TimelinePainter, least_widths
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.widgets.labels import ElidedLabel
from gradviz.model.stepping.timeline import Timeline

_EDGE = 16
_GRIP = 6.0  # how near to the cursor a press takes hold of it
_AHEAD = 48.0  # what is kept in sight on either side of the cursor


class TimelineView(QAbstractScrollArea):
    """Shows a `Timeline` that it does not own: it requests another position, and `refresh` shows the change.

    Keys: Left and Right by one point, Page Up and Page Down by phases, Home to the start, End to the present.
    """

    cursor_moved = Signal(int)
    """The position that the user asked for: 0 to `len(timeline.passed)`, which is the present."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline: Timeline | None = None
        self._layout = TimelineLayout()
        self._hovered: int | None = None
        self._dragging = False
        self._asked: int | None = None
        self._shown: tuple[int, int] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(92)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Timeline"))
        self.corner = ElidedLabel("text3", fonts.font(CAPTION))
        self.corner.setText(self.tr("bar height: time, log scale"))
        """Label for the dock's strip, beside the panel's tab."""
        self.corner.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._describe()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(860, 92)

    @property
    def timeline(self) -> Timeline | None:
        """Return the timeline that is shown."""
        return self._timeline

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show another iteration; None shows what to do to get one."""
        self._timeline = timeline
        self._hovered = None
        self._shown = None
        self.refresh()

    def refresh(self) -> None:
        """Show the changes of the timeline: points that ran, or another cursor. Costs only what is new."""
        self._layout.read(self._timeline)
        self._arrange()
        self._asked = None
        timeline = self._timeline
        if timeline is not None and self._shown != (timeline.cursor, len(timeline.passed)):
            self._shown = (timeline.cursor, len(timeline.passed))
            self._follow()
        self._describe()
        self.viewport().update()

    def _arrange(self) -> None:
        room = self.viewport().width() - 2 * _EDGE
        self._layout.arrange(max(room, 1), least_widths(self._layout))
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(round(self._layout.width) - room, 0))
        bar.setPageStep(max(room, 1))
        bar.setSingleStep(40)

    def _follow(self) -> None:
        """Scroll as little as makes the cursor visible."""
        if self._timeline is None:
            return
        x = self._layout.x_of(self._timeline.cursor)
        bar = self.horizontalScrollBar()
        room = self.viewport().width() - 2 * _EDGE
        if x < bar.value() + _AHEAD:
            bar.setValue(round(x - _AHEAD))
        elif x > bar.value() + room - _AHEAD:
            bar.setValue(round(x - room + _AHEAD))

    # Input

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor."""
        timeline = self._timeline
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if timeline is None or not plain:
            super().keyPressEvent(event)
            return
        here = timeline.cursor
        starts = [column.first for column in self._layout.columns]
        goals = {
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(timeline.passed),
            Qt.Key.Key_PageUp: max((s for s in starts if s < here), default=0),
            Qt.Key.Key_PageDown: min((s for s in starts if s > here), default=len(timeline.passed)),
        }
        goal = goals.get(Qt.Key(event.key()))
        if goal is None:
            super().keyPressEvent(event)
        else:
            self._ask(goal)
            event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab the cursor, or move it to the point."""
        if event.button() != Qt.MouseButton.LeftButton or self._timeline is None:
            super().mousePressEvent(event)
            return
        x = self._x(event.position())
        self._dragging = True
        if abs(x - self._layout.x_of(self._timeline.cursor)) > _GRIP or event.position().y() > TOP + 2:
            self._ask(self._layout.position_at(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the cursor, or mark the hovered bar."""
        x = self._x(event.position())
        if self._dragging:
            self._ask(self._layout.position_at(x, nearest=True))
        self._hover(self._bar_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self._dragging = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll sideways."""
        bar = self.horizontalScrollBar()
        pixels, angle = event.pixelDelta(), event.angleDelta()
        moved = (pixels.x() or pixels.y()) if not pixels.isNull() else (angle.x() or angle.y()) * 0.6
        if bar.maximum() == 0 or moved == 0:
            event.ignore()
            return
        bar.setValue(bar.value() - round(moved))
        self._hover(self._bar_at(event.position()))
        event.accept()

    def _ask(self, position: int) -> None:
        timeline = self._timeline
        if timeline is None:
            return
        position = min(max(position, 0), len(timeline.passed))
        # While a drag waits for `refresh`, the same position is not requested twice.
        if position != (timeline.cursor if self._asked is None else self._asked):
            self._asked = position
            self.cursor_moved.emit(position)

    def _x(self, place: QPointF) -> float:
        return place.x() - _EDGE + self.horizontalScrollBar().value()

    def _bar_at(self, place: QPointF) -> int | None:
        x = self._x(place)
        position = self._layout.position_at(x)
        column = self._layout.column_of(position)
        if column is None or x < 0 or place.y() < TOP - 6:
            return None
        # Not between two columns, nor right of bars that need less than their heading.
        return position if column.x <= x <= column.x + column.count * column.pitch else None

    def _hover(self, position: int | None) -> None:
        if position != self._hovered:
            self._hovered = position
            self.viewport().update()

    # Events of the window

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tooltip of a bar."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event)
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        return super().viewportEvent(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        position = self._bar_at(QPointF(event.pos()))
        if position is None:
            QToolTip.hideText()
            return
        x = self._layout.x_of(position) + _EDGE - self.horizontalScrollBar().value()
        column = self._layout.column_of(position)
        area = QRect(QPoint(round(x), 0), QSize(round(column.pitch if column else 1), self.viewport().height()))
        QToolTip.showText(event.globalPos(), self.tip(position), self.viewport(), area)

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the bars out again."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the timeline, or what to do without one."""
        painter = QPainter(self.viewport())
        try:
            self._paint(painter)
        finally:  # a painter that outlives an error would end the process
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        area = self.viewport().rect()
        painter.fillRect(area, color(palettes.current().panel))
        timeline = self._timeline
        if timeline is None or not self._layout.columns:
            self._paint_empty(painter)
            return
        looks = Looks(
            self.horizontalScrollBar().value(),
            area.width() - 2 * _EDGE,
            area.height(),
            self._hovered,
            self.hasFocus(),
        )
        # Half the edge is kept clear on both sides; in the other half a cursor at the very end is whole.
        painter.setClipRect(QRectF(_EDGE / 2, 0, area.width() - _EDGE, area.height()))
        painter.translate(_EDGE, 0)
        TimelinePainter(timeline, self._layout, looks).paint(painter)

    def _paint_empty(self, painter: QPainter) -> None:
        colors = palettes.current()
        area = QRectF(self.viewport().rect()).adjusted(_EDGE, 0, -_EDGE, 0)
        title, text = timeline_words.empty()
        painter.setFont(fonts.ui(13, 600))
        painter.setPen(color(colors.text))
        middle = area.center().y()
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(area.x(), middle - 21, area.width(), 20), flags, title)
        painter.setFont(fonts.ui(12))
        painter.setPen(color(colors.text2))
        painter.drawText(QRectF(area.x(), middle + 1, area.width(), 18), flags, text)

    # Texts

    def _describe(self) -> None:
        self.setAccessibleDescription(self.description())

    def description(self) -> str:
        """Return the place of the cursor in sentences, for a screen reader."""
        if self._timeline is None or not self._layout.columns:
            return ". ".join(timeline_words.empty())
        return timeline_words.description(self._timeline, self._layout)

    def tip(self, position: int) -> str:
        """Return the tooltip of a point, as rich text."""
        return timeline_words.tip(self._timeline, self._layout, position) if self._timeline is not None else ""
