"""The dialog for a report of a problem: versions and the place of the log, on the clipboard already."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from gradviz import __version__
from gradviz.gui.text.versions import versions
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.language import tr
from gradviz.protocol.events import Ready


def report_text(ready: Ready | None, log: Path) -> str:
    """Return what a report of a problem begins with."""
    place = tr("Log: {path}").format(path=log)
    return f"gradviz {__version__}\n{versions(ready)}\n{place}"


class ReportDialog(Dialog):
    """Nothing is sent: the user copies the text into a report."""

    def __init__(self, ready: Ready | None, log: Path, parent: QWidget | None = None) -> None:
        """`ready` is the engine's greeting, `log` the file of the window's log."""
        super().__init__(parent)
        self.setWindowTitle(tr("Report a problem"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = report_text(ready, log)
        QGuiApplication.clipboard().setText(text)
        said = QLabel(wordWrap=True)
        said.setText(
            tr(
                "This is on the clipboard. Add what you did, what you expected and what happened instead, and"
                " the end of the log where it says more. Nothing is sent by itself."
            )
        )
        facts = QLabel(text, wordWrap=True)
        facts.setProperty("role", "mono_caption")
        facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        folder = QPushButton(tr("Open the log's folder"))
        folder.setAutoDefault(False)
        folder.setEnabled(log.parent.is_dir())
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.parent))))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(said)
        column.addWidget(facts)
        column.addLayout(button_row(self.way_out(tr("Close"), default=True), folder))
        self.setMinimumWidth(480)
