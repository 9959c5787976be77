"""Writes the plot to a file: a picture of what is visible, or every point of every run."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QFontMetrics, QImage, QImageWriter, QPaintDevice, QPainter
from PySide6.QtSvg import QSvgGenerator

from gradviz.errors import GradvizError, InvalidValueError
from gradviz.files import write_regular
from gradviz.gui.plots.chart import Chart
from gradviz.gui.plots.curve_item import VisibleCurve, full_name
from gradviz.gui.plots.plot_frame import write_text
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.widgets.save_file import unwritable
from gradviz.language import tr
from gradviz.model.loss_curves import Curve, Scalars
from gradviz.model.number_text import short

_HEADER = 36
_PNG_RATIO = 2
_LEAST = QSize(480, 200)


def write_loss(path: Path, scalars: Scalars, chart: Chart, shown: Sequence[VisibleCurve]) -> None:
    """Write by the suffix of `path`: `.png` and `.svg` the visible plot, `.csv` every point.

    Raises:
        InvalidValueError: another suffix.
        GradvizError: there is no loss yet, or the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in (".png", ".svg", ".csv"):
        sentence = tr("The plot is written as .png, .svg or .csv, not as {0}; choose another name.")
        raise InvalidValueError(sentence.format(path.suffix or tr("a file without a suffix")))
    if not any(len(curve) for curve in scalars.curves):
        raise GradvizError(tr("There is no loss to export yet; run the network first."))
    content = _table(scalars) if kind == ".csv" else _picture(kind, chart, shown)
    try:
        write_regular(path, content)
    except OSError as error:
        raise GradvizError(unwritable(path, error)) from error


def _table(scalars: Scalars) -> bytes:
    """Return every point of every run as CSV in UTF-8; losses with all their digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("run", "title", "iteration", "loss"))
    writer.writerows((run, title, iteration, repr(loss)) for run, title, iteration, loss in scalars.rows())
    return text.getvalue().encode()


def _picture(kind: str, chart: Chart, shown: Sequence[VisibleCurve]) -> bytes:
    """Return the visible plot under its legend; a PNG has twice the pixels of the screen's 100 %."""
    size = QSize(chart.size()).expandedTo(_LEAST) + QSize(0, _HEADER)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if kind == ".png":
        image = QImage(size * _PNG_RATIO, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_PNG_RATIO)
        _draw(image, chart, shown, size)
        QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    else:
        generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRect(QPoint(), size))
        generator.setTitle(tr("Loss by iteration"))
        generator.setDescription("; ".join(_named(one.curve) for one in shown))
        _draw(generator, chart, shown, size)
    return bytes(buffer.data().data())


def _named(curve: Curve) -> str:
    """Return a run's name with its last loss."""
    return full_name(curve) if curve.last is None else f"{full_name(curve)}, {short(curve.last)}"


def _draw(device: QPaintDevice, chart: Chart, shown: Sequence[VisibleCurve], size: QSize) -> None:
    palette = palettes.current()
    before = chart.size()
    chart.resize(size - QSize(0, _HEADER))  # a plot that was never shown has no size to speak of
    painter = QPainter(device)
    painter.fillRect(QRect(QPoint(), size), palettes.color(palette.panel))
    x = 57.0
    for one in reversed(shown):
        painter.fillRect(QRectF(x, _HEADER / 2 - 1, 14, 2), one.color(palette))
        text, font = _named(one.curve), fonts.ui(13)
        width = QFontMetrics(font, device).horizontalAdvance(text) + 2
        write_text(painter, QRectF(x + 22, 0, width, _HEADER), text, font, palettes.color(palette.text2))
        x += 22 + width + 20
    target = QRectF(0, _HEADER, size.width(), size.height() - _HEADER)
    chart.scene().render(painter, target, QRectF(chart.rect()))
    painter.end()
    chart.resize(before)
