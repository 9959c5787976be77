"""The manual: the README and the pages that it leads to, read from the installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPushButton, QTextBrowser, QVBoxLayout, QWidget

from gradviz.assets import manual
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.language import language, tr

_MARGIN = 8


class _Browser(QTextBrowser):
    """Follows links within the manual itself, and leaves others to the system."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.document().setDocumentMargin(_MARGIN)
        self.anchorClicked.connect(self._follow)
        self.sourceChanged.connect(lambda _page: self._space_out())

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return a page, or a picture no wider than the text; an installation has no pictures."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return super().loadResource(kind, name)
        picture = QImage(self.source().resolved(QUrl(name)).toLocalFile())
        room = self.viewport().width() - 2 * _MARGIN
        smooth = Qt.TransformationMode.SmoothTransformation
        return QImage(1, 1, QImage.Format.Format_Mono) if picture.isNull() else picture.scaledToWidth(room, smooth)

    def _space_out(self) -> None:
        """Give lines and paragraphs the room that Qt's markdown leaves out."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        spacing = QTextBlockFormat()
        spacing.setLineHeight(135, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(spacing)

    def _follow(self, link: QUrl) -> None:
        target = self.source().resolved(link)
        if not target.isLocalFile():
            QDesktopServices.openUrl(target)
        elif Path(target.toLocalFile()).suffix == ".md" and Path(target.toLocalFile()).exists():
            self.setSource(target)


class ManualDialog(Dialog):
    """A window to read beside the graph."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Manual"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.browser = _Browser()
        self.browser.setAccessibleName(tr("Manual"))
        self.browser.setSource(QUrl.fromLocalFile(str(first_page())))
        back = QPushButton(tr("Back"))
        back.setAutoDefault(False)
        back.setEnabled(False)
        back.clicked.connect(self.browser.backward)
        self.browser.backwardAvailable.connect(back.setEnabled)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 12, 16)
        column.addWidget(self.browser)
        column.addLayout(button_row(back, self.way_out(tr("Close"), default=True)))

    def sizeHint(self) -> QSize:
        """Return a size in which a page can be read, within the screen."""
        room = self.screen().availableSize()
        return QSize(min(820, room.width() - 40), min(760, room.height() - 80))


def first_page() -> Path:
    """Return the README in the language in use, if there is one."""
    own = manual().with_name(f"README.{language().replace('_', '-')}.md")
    return own if own.exists() else manual()
