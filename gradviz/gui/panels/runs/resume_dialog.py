"""Asks whether a run goes on though its source file is another one since."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from gradviz.gui.session.run_checkpoints import Resumable
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.gui.widgets.labels import WrappingLabel


class ResumeDialog(Dialog):
    """Accepted if the run is to go on all the same."""

    def __init__(self, found: Resumable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Resume a run"))
        self.setMinimumWidth(420)
        title = QLabel(self.tr("The source file has changed"))
        title.setProperty("role", "title")
        text = WrappingLabel("text2")
        text.setText(
            self.tr(
                "{0} is not the file that the run was recorded with (its SHA-256 differs). The run can go on with the"
                " file as it is now, if its parameters are the same; losses may then differ from what they would have"
                " been."
            ).format(found.changed)
        )
        resume = QPushButton(self.tr("Resume all the same"))
        resume.setDefault(True)
        resume.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(text)
        column.addLayout(button_row(self.way_out(self.tr("Cancel")), resume))
