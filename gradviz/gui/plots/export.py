"""Writes the plot to a file: a picture of what is visible, or every point of every run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator

from gradviz.errors import GradvizError, InvalidValueError
from gradviz.files.regular_files import write_regular
from gradviz.gui.plots.chart import Chart
from gradviz.gui.plots.shown import Shown, full_name
from gradviz.gui.style import fonts
from gradviz.gui.style import palette as palettes
from gradviz.gui.widgets.save_file import unwritable
from gradviz.model.loss.loss_curves import Scalars

_HEADER = 36
_PNG_RATIO = 2
_LEAST = QSize(480, 200)


def write(path: Path, scalars: Scalars, chart: Chart, shown: Sequence[Shown]) -> None:
    """Write what the suffix of `path` says: `.png` and `.svg` the visible plot, `.csv` every point.

    Raises:
        InvalidValueError: another suffix.
        GradvizError: there is no loss yet, or the file cannot be written; the sentence says which.
    """
    writers: dict[str, Callable[[], bytes]] = {
        ".png": lambda: png(chart, shown),
        ".svg": lambda: svg(chart, shown),
        ".csv": lambda: table(scalars),
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        sentence = _tr("The plot is written as .png, .svg or .csv, not as {0}; choose another name.")
        raise InvalidValueError(sentence.format(path.suffix or _tr("a file without a suffix")))
    if not any(len(curve) for curve in scalars.curves):
        raise GradvizError(_tr("There is no loss to export yet; run the network first."))
    content = writer()
    try:
        write_regular(path, content)
    except OSError as error:
        raise GradvizError(unwritable(path, error)) from error


def table(scalars: Scalars) -> bytes:
    """Every point of every run as CSV in UTF-8; losses with all their digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("run", "title", "iteration", "loss"))
    writer.writerows((run, title, iteration, repr(loss)) for run, title, iteration, loss in scalars.rows())
    return text.getvalue().encode()


def png(chart: Chart, shown: Sequence[Shown]) -> bytes:
    """The visible plot under its legend, at twice the pixels of the screen's 100 %."""
    size = _size(chart)
    image = QImage(size * _PNG_RATIO, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_PNG_RATIO)
    _draw(image, chart, shown, size)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(content.data())


def svg(chart: Chart, shown: Sequence[Shown]) -> bytes:
    """The visible plot under its legend, as a drawing."""
    size = _size(chart)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(_tr("Loss by iteration"))
    generator.setDescription("; ".join(full_name(one.curve) for one in shown))
    _draw(generator, chart, shown, size)
    return bytes(content.data())


def _size(chart: Chart) -> QSize:
    return chart.size().expandedTo(_LEAST) + QSize(0, _HEADER)


def _draw(device: QPaintDevice, chart: Chart, shown: Sequence[Shown], size: QSize) -> None:
    palette = palettes.current()
    before = chart.size()
    chart.resize(size - QSize(0, _HEADER))  # a plot that was never shown has no size to speak of
    painter = QPainter(device)
    painter.fillRect(QRect(0, 0, size.width(), size.height()), palettes.color(palette.panel))
    _draw_legend(painter, shown)
    target = QRectF(0, _HEADER, size.width(), size.height() - _HEADER)
    chart.scene().render(painter, target, QRectF(chart.rect()))
    painter.end()
    chart.resize(before)


def _draw_legend(painter: QPainter, shown: Sequence[Shown]) -> None:
    palette = palettes.current()
    x = 57.0
    for one in reversed(shown):
        painter.fillRect(QRectF(x, _HEADER / 2 - 1, 14, 2), one.color(palette))
        painter.setFont(fonts.ui(13))
        painter.setPen(palettes.color(palette.text2))
        text = full_name(one.curve)
        width = painter.fontMetrics().horizontalAdvance(text) + 2
        painter.drawText(QRectF(x + 22, 0, width, _HEADER), Qt.AlignmentFlag.AlignVCenter, text)
        x += 22 + width + 20


def _tr(text: str) -> str:
    return QCoreApplication.translate("LossPlot", text)
