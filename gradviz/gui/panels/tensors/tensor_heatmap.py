"""A tensor as a heat map: whole pixels for each cell, zero in the panel's tone, what is not finite in its own hatch."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gradviz.appearance.text_styles import CAPTION, CODE, SMALL_STRONG, TextStyle
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color, current
from gradviz.gui.widgets.diverging_colors import Cells, cell_image, image_size
from gradviz.model.number_text import complex_text, significant, whole
from gradviz.model.slices import Plane, blocks, plane
from gradviz.protocol.events import TensorAnswered

_RADIUS = 3
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
"""Arrow keys: rows down and columns to the right."""


class TensorPicture(QWidget):
    """Shows the picture of a `TensorAnswered`, or a message in its place.

    Arrow keys walk over the cells and show what each holds; Enter or a double click asks for the tensor at large.
    """

    activated = Signal()
    cell_described = Signal(str)
    """What the cell under the arrow keys holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: Cells | None = None
        self._complex: list[Cells] = []
        """Real and imaginary parts of complex numbers, of which `_cells` are the magnitudes."""
        self._limit = 1.0
        self._plane = Plane(())
        self._message = ""
        self._dotted = False
        self._tag = ""
        self._cell: tuple[int, int] | None = None
        self._image: QImage | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(self.tr("Picture of the values"))

    def set_answer(self, answer: TensorAnswered) -> None:
        """Show the picture of an answer; without one, why there is none."""
        if answer.picture is None:
            why = answer.message or ("" if answer.statistics is not None else answer.note)
            self.set_message(why or self.tr("no values to draw"))
            return
        rows, columns, data = answer.picture
        limit = answer.histogram.high if answer.histogram is not None else 1.0
        self.set_cells(
            np.frombuffer(data, "<f4").reshape(rows, columns), limit, plane(answer.slice, answer.shape or ())
        )
        self._complex = [np.frombuffer(part, "<f4").reshape(rows, columns) for part in answer.picture_parts or ()]
        numbers = answer.statistics
        if numbers is not None:
            parts = [f"{whole(n)} {name}" for n, name in ((numbers.nans, "NaN"), (numbers.infs, "Inf")) if n]
            self._tag = ", ".join(parts)
        self._describe()

    def set_cells(self, cells: Cells, limit: float, of: Plane | None = None) -> None:
        """Show `cells` (rows × columns) in colors from -`limit` to `limit`; `of` gives the elements they are."""
        self._cells = cells
        self._complex = []
        self._limit = limit
        self._plane = of if of is not None else Plane((range(cells.shape[0]), range(cells.shape[1])))
        self._message = self._tag = ""
        if self._cell is not None and (self._cell[0] >= cells.shape[0] or self._cell[1] >= cells.shape[1]):
            self._cell = None
        self._renew()
        self._describe()

    def set_message(self, text: str, *, dotted: bool = False) -> None:
        """Show a few words instead; `dotted` is the edge of what is none."""
        self._cells = None
        self._message = text
        self._dotted = dotted
        self._tag = ""
        self._cell = None
        self._renew()
        self._describe()

    @property
    def message(self) -> str:
        """The text shown instead of a picture."""
        return self._message

    @property
    def cells_wanted(self) -> int:
        """The largest side, in cells, that this box can show: `picture` of an `AskTensor`."""
        return max(16, round(max(self.width(), self.height()) * self.devicePixelRatioF()))

    def cell_at(self, position: QPoint) -> tuple[int, int] | None:
        """Return row and column of the cell under a position in the widget; None beside the picture."""
        where = self._where()
        if self._cells is None or not where.contains(position):
            return None
        rows, columns = self._cells.shape
        row = (position.y() - where.top()) * rows // where.height()
        column = (position.x() - where.left()) * columns // where.width()
        return row, column

    def cell_text(self, row: int, column: int) -> str:
        """Return the position of a cell in the tensor, and what it holds; of many elements, their mean."""
        if self._cells is None:
            return ""
        rows, columns = self._plane.shape
        down = blocks(rows, self._cells.shape[0])[row] if rows else range(1)
        across = blocks(columns, self._cells.shape[1])[column] if columns else range(1)
        value = _value_text(self._cells, self._complex, row, column)
        if len(down) > 1 or len(across) > 1:
            place = self.tr("{rows}, {columns}").format(
                rows=_span(self.tr("row"), self.tr("rows"), down),
                columns=_span(self.tr("column"), self.tr("columns"), across),
            )
            return self.tr("{place}: mean {value}").format(place=place, value=value)
        element = self._plane.element(down[0], across[0])
        if len(element) == 2:
            place = self.tr("row {row}, column {column}").format(row=element[0], column=element[1])
        else:
            place = f"[{', '.join(map(str, element))}]" if element else self.tr("scalar")
        return f"{place}: {value}"

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(200, 128)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(64, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells or the message."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._cells is None:
            _paint_message(painter, box, self._message, self._dotted)
        else:
            self._paint_cells(painter)
        if self.hasFocus():
            painter.setPen(QPen(color(current().accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, _RADIUS, _RADIUS)

    def event(self, event: QEvent) -> bool:
        """Show the value of the cell under the mouse as the tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            if cell is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.cell_text(*cell), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the cells by arrow keys; Enter asks for the tensor at large."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and self._cells is not None:
            self._walk(*step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the tensor at large."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Forget the image, which has the old size."""
        self._image = None

    def changeEvent(self, event: QEvent) -> None:
        """Forget the image, which has the old colors or resolution."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.DevicePixelRatioChange):
            self._renew()
        super().changeEvent(event)

    def _walk(self, down: int, right: int) -> None:
        assert self._cells is not None
        if self._cell is None:
            self._cell = (0, 0)
        else:
            rows, columns = self._cells.shape
            row, column = self._cell
            self._cell = (min(rows - 1, max(0, row + down)), min(columns - 1, max(0, column + right)))
        text = self.cell_text(*self._cell)
        self.cell_described.emit(text)
        self._describe(text)
        self.update()

    def _paint_cells(self, painter: QPainter) -> None:
        colors = current()
        where = self._where()
        assert self._cells is not None
        if where.size() != self.size():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(colors.canvas))
            painter.drawRoundedRect(self.rect(), _RADIUS, _RADIUS)
        if self._image is None:
            ratio = self.devicePixelRatioF()
            width, height = max(1, round(where.width() * ratio)), max(1, round(where.height() * ratio))
            self._image = cell_image(self._cells, self._limit, width, height, colors)
            self._image.setDevicePixelRatio(ratio)
        rounded = QPainterPath()
        rounded.addRoundedRect(QRectF(where), _RADIUS - 1, _RADIUS - 1)
        painter.save()
        painter.setClipPath(rounded)
        painter.drawImage(where.topLeft(), self._image)
        painter.restore()
        if not self._cells.any():  # all zero has the panel's tone: an edge and a 0 distinguish it from nothing
            painter.setPen(QPen(color(colors.line2), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(where).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
            painter.setPen(color(colors.text3))
            painter.setFont(fonts.font(CODE))
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, "0")
        if self._cell is not None and self.hasFocus():
            ring = QRectF(self._cell_rect(*self._cell)).adjusted(-1.5, -1.5, 1.5, 1.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color(colors.panel), 3))
            painter.drawRect(ring)
            painter.setPen(QPen(color(colors.accent), 1.5))
            painter.drawRect(ring)
            high = ring.center().y() > self.height() / 2  # the text is where the cell is not
            _paint_tag(painter, self.cell_text(*self._cell), 24 if high else self.height(), alarm=False)
        elif self._tag:
            _paint_tag(painter, self._tag, self.height())

    def _where(self) -> QRect:
        """Return where the picture lies in the box, in pixels of the window; whole pixels for each cell."""
        if self._cells is None or not self._cells.size:
            return QRect()
        ratio = self.devicePixelRatioF()
        room = (self.width() * ratio, self.height() * ratio)
        width, height = image_size((self._cells.shape[0], self._cells.shape[1]), room, ratio)
        size = QSize(max(1, int(width / ratio)), max(1, int(height / ratio)))
        return QRect(QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2), size)

    def _cell_rect(self, row: int, column: int) -> QRect:
        assert self._cells is not None
        where = self._where()
        rows, columns = self._cells.shape
        left, right = (where.left() + i * where.width() // columns for i in (column, column + 1))
        top, bottom = (where.top() + i * where.height() // rows for i in (row, row + 1))
        return QRect(QPoint(left, top), QPoint(max(left, right - 1), max(top, bottom - 1)))

    def _renew(self) -> None:
        self._image = None
        self.update()

    def _describe(self, cell: str = "") -> None:
        if self._cells is None:
            self.setAccessibleDescription(self._message)
            return
        size = self.tr("{rows} by {columns} cells from {low} to {high}").format(
            rows=self._cells.shape[0],
            columns=self._cells.shape[1],
            low=significant(-self._limit, 3),
            high=significant(self._limit, 3),
        )
        self.setAccessibleDescription(", ".join(part for part in (cell, size, self._tag) if part))


def _value_text(cells: Cells, parts: list[Cells], row: int, column: int) -> str:
    """Return what a cell holds; `parts` are the real and the imaginary ones of complex numbers."""
    if not parts:
        return significant(float(cells[row, column]), 5)
    return complex_text(float(parts[0][row, column]), float(parts[1][row, column]))


def _span(one: str, many: str, indices: range) -> str:
    return f"{many} {indices[0]}–{indices[-1]}" if len(indices) > 1 else f"{one} {indices[0]}"


def _paint_message(painter: QPainter, box: QRectF, text: str, dotted: bool) -> None:
    if not text:
        return
    colors = current()
    style = Qt.PenStyle.DotLine if dotted else Qt.PenStyle.SolidLine
    painter.setPen(QPen(color(colors.line2 if dotted else colors.line), 1, style))
    painter.setBrush(color(colors.canvas))
    painter.drawRoundedRect(box, _RADIUS, _RADIUS)
    painter.setPen(color(colors.text3))
    painter.setFont(fonts.font(CAPTION))
    how = QTextOption(Qt.AlignmentFlag.AlignCenter)
    how.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)  # a long name of an op is one word
    painter.drawText(box.adjusted(12, 4, -12, -4), text, how)


def _paint_tag(painter: QPainter, text: str, bottom: int, *, alarm: bool = True) -> None:
    colors = current()
    painter.setFont(fonts.font(TextStyle(10, 600) if alarm else SMALL_STRONG))
    tag = QRectF(4, bottom - 21, painter.fontMetrics().horizontalAdvance(text) + 12, 17)
    painter.setPen(QPen(color(colors.panel), 1))
    painter.setBrush(color(colors.error_fill if alarm else colors.inverse))
    painter.drawRoundedRect(tag, 8.5, 8.5)
    painter.setPen(color(colors.on_accent if alarm else colors.inverse_text))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)
