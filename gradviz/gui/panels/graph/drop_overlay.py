"""The overlay over the window while a file is dragged onto it: that it can be dropped, or why it cannot."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gradviz.appearance.text_styles import TITLE
from gradviz.errors import GradvizError
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palette
from gradviz.language import tr
from gradviz.protocol.encodable import escape_text
from gradviz.targets.target_spec import read_target


class DropOverlay(QWidget):
    """Takes the drops of one window. `file_dropped` gives a path, `refused` why something cannot be opened."""

    file_dropped = Signal(str)
    refused = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.title = self.sentence = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the overlay while a file is dragged over the window, and take its drop."""
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self.hide()
            self._drop(event)
        elif isinstance(event, QDragEnterEvent | QDragMoveEvent):
            # A file of the wrong kind is taken as well, so that the reason against it can be shown.
            if event.mimeData().hasUrls():
                self._show(event.mimeData())
                event.acceptProposedAction()
        elif event.type() == QEvent.Type.DragLeave:
            self.hide()
        return False

    def _show(self, data: QMimeData) -> None:
        path, self.sentence = read_dropped_file(data)
        self.title = "" if self.sentence else self.tr("Drop to open {0}").format(Path(path).name)
        window = self.parentWidget()
        assert window is not None
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.update()

    def _drop(self, event: QDropEvent) -> None:
        if event.mimeData().hasUrls():
            path, why_not = read_dropped_file(event.mimeData())
            event.acceptProposedAction()
            self.refused.emit(why_not) if why_not else self.file_dropped.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dashed frame and the sentence."""
        colors = palette.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), palette.color(colors.canvas, 0.82))
        ink = colors.warning if self.sentence else colors.accent
        painter.setPen(QPen(palette.color(ink), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 10, 10)
        middle = self.rect().center()
        picture = icons.pixmap("prohibit" if self.sentence else "folder-open", 32, ink, self.devicePixelRatioF())
        painter.drawPixmap(middle.x() - 16, middle.y() - 56, picture)
        painter.setFont(fonts.font(TITLE))
        painter.setPen(palette.color(colors.text))
        room = QRectF(middle.x() - 320, middle.y() - 12, 640, 80)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), self.title or self.sentence)
        painter.end()


def read_dropped_file(data: QMimeData) -> tuple[str, str]:
    """Return the path of the one file that is dragged, and why it cannot be opened (empty if it can)."""
    paths = [_path_of(url) for url in data.urls() if url.isLocalFile()]
    if len(paths) != 1:
        return "", tr("Drop one file at a time, from this machine.")
    name = Path(paths[0]).name
    try:
        kind = read_target(paths[0]).kind
    except GradvizError as error:
        return "", str(error) if Path(paths[0]).suffix == ".ipynb" or Path(paths[0]).is_dir() else _wrong(name)
    return (paths[0], "") if kind in ("file", "program", "weights") else ("", _wrong(name))


def _path_of(url: QUrl) -> str:
    path = url.toLocalFile()
    if "\ufffd" not in path:
        return path
    # Not UTF-8: the bytes are in the address alone.
    encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    return escape_text(os.fsdecode(unquote_to_bytes(encoded)))


def _wrong(name: str) -> str:
    return tr("{0} is no model: drop a Python file, an exported program (.pt2), or weights.").format(name)
