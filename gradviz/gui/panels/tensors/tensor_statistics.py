"""The figures of one tensor, or of two side by side, in rows that never move each other."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradviz.appearance.palette import Palette
from gradviz.appearance.text_styles import CAPTION, CODE, CODE_STRONG
from gradviz.gui.style import fonts, icons
from gradviz.gui.style.qt_colors import color, current
from gradviz.model.explanation.glossary import glossary_tip
from gradviz.model.number_text import significant, tail_length, whole
from gradviz.protocol.records import StatisticsRecord

_ROW = 20
_GAP = 16
_FIGURES = 5
"""The first rows, whose decimal points line up: min, max, mean, std, norm."""
_NARROW = 190
"""A column that is narrower has no room for both ends of a range."""

Cell = tuple[str, str, bool]
"""The value, a paler remark after it, and whether it is a warning."""


class TensorStatistics(QWidget):
    """Rows of figures. With two columns each is as wide as half of the widget, as the pictures above are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records: list[StatisticsRecord | None] = [None]
        self._compact = False
        self._narrow = False
        """Too narrow for both ends of the range in one row."""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Statistics"))
        self._renew()

    def set_statistics(self, *records: StatisticsRecord | None) -> None:
        """Show one or two sets of figures; None leaves its column empty."""
        self._records = list(records)
        self._renew()

    @property
    def compact(self) -> bool:
        """Whether there are three rows (range, norm, zeros) instead of seven."""
        return self._compact

    @compact.setter
    def compact(self, compact: bool) -> None:
        self._compact = compact
        self._renew()

    def rows(self) -> list[tuple[str, list[Cell]]]:
        """Return the rows: the name of each, and a cell for each column."""
        table = [self._column(record) for record in self._records]
        return [(name, [column[i] for column in table]) for i, name in enumerate(self._names())]

    def text(self) -> str:
        """Return the figures as lines of tab-separated text, for the clipboard."""
        return "\n".join("\t".join([name, *(f"{v}{r}" for v, r, _ in cells)]) for name, cells in self.rows())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give both ends of the range their own rows where one would be too short."""
        self._renew()

    def sizeHint(self) -> QSize:
        """Return the size of all rows."""
        return QSize(200, _ROW * len(self._names()))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(120, _ROW * len(self._names()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colors = current()
        count = max(1, len(self._records))
        width = (self.width() - _GAP * (count - 1)) / count
        middle = Qt.AlignmentFlag.AlignVCenter
        rows = self.rows()
        figures = [] if self._compact else rows[:_FIGURES]
        tails = [max((tail_length(cells[column][0]) for _, cells in figures), default=0) for column in range(count)]
        digit = fonts.digit_width(CODE)
        for i, (name, cells) in enumerate(rows):
            painter.setFont(fonts.font(CAPTION))
            painter.setPen(color(colors.text3))
            painter.drawText(QRectF(0, i * _ROW, width, _ROW), middle | Qt.AlignmentFlag.AlignLeft, name)
            for column, cell in enumerate(cells):
                after = digit * (tails[column] - tail_length(cell[0])) if i < len(figures) else 0.0
                where = QRectF(column * (width + _GAP), i * _ROW, width - after, _ROW)
                room = where.width() - QFontMetricsF(fonts.font(CAPTION)).horizontalAdvance(name) - 8
                if digit * len(cell[0] + cell[1]) > room:
                    cell = cell[0], "", cell[2]  # a remark is left out rather than written over the name
                self._paint_cell(painter, colors, where, cell)

    def _paint_cell(self, painter: QPainter, colors: Palette, where: QRectF, cell: Cell) -> None:
        value, remark, warns = cell
        font = fonts.font(CODE_STRONG if warns else CODE)
        painter.setFont(font)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        metrics = QFontMetricsF(font)
        if remark:
            painter.setPen(color(colors.text3))
            painter.drawText(where, flags, remark)
            where = where.adjusted(0, 0, -metrics.horizontalAdvance(remark), 0)
        painter.setPen(color(colors.error if warns else colors.text))
        painter.drawText(where, flags, value)
        if warns:
            left = where.right() - metrics.horizontalAdvance(value) - 18
            picture = icons.pixmap("warning-octagon-fill", 14, colors.error, self.devicePixelRatioF())
            painter.drawPixmap(round(left), round(where.center().y()) - 7, picture)

    def _names(self) -> list[str]:
        if self._compact:
            ends = [self.tr("min"), self.tr("max")] if self._narrow else [self.tr("range")]
            return [*ends, self.tr("norm"), self.tr("zeros")]
        short = [self.tr("min"), self.tr("max"), self.tr("mean"), self.tr("std"), self.tr("norm")]
        return [*short, self.tr("zeros"), self.tr("NaN, Inf")]

    def _column(self, record: StatisticsRecord | None) -> list[Cell]:
        if record is None:
            return [("", "", False)] * len(self._names())
        zeros = whole(record.zeros)
        if self._compact:
            ends = [significant(record.minimum, 3), significant(record.maximum, 3)]
            spans: list[Cell] = [(end, "", False) for end in (ends if self._narrow else [" … ".join(ends)])]
            wrong = self._not_finite(record)
            return [
                *([wrong, *spans[1:]] if wrong[2] else spans),
                (significant(record.norm), "", False),
                (zeros, "", False),
            ]
        figures = (record.minimum, record.maximum, record.mean, record.std, record.norm)
        cells = [(significant(figure), "", False) for figure in figures]
        of = self.tr(" of {count}").format(count=whole(record.count)) if record.zeros else ""
        return [*cells, (zeros, of, False), self._not_finite(record)]

    def _not_finite(self, record: StatisticsRecord) -> Cell:
        wrong = record.nans + record.infs > 0
        if self._compact:
            parts = ((record.nans, "NaN"), (record.infs, "Inf"))
            return ", ".join(f"{whole(n)} {name}" for n, name in parts if n), "", wrong
        return f"{whole(record.nans)}, {whole(record.infs)}", "", wrong

    def _renew(self) -> None:
        self._narrow = self.width() < _NARROW * len(self._records)
        rows = (f"{name} {' and '.join(v + r for v, r, _ in cells)}" for name, cells in self.rows())
        self.setAccessibleDescription("; ".join(rows))
        self.setToolTip(glossary_tip(" ".join(self._names())))
        self.updateGeometry()
        self.update()
