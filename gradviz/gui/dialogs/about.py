"""The dialog about gradviz: versions and licences."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gradviz import __version__
from gradviz.gui.text.versions import versions
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.language import tr
from gradviz.protocol.events import Ready


class AboutDialog(Dialog):
    """A few lines; they can be selected, for a report of a bug."""

    def __init__(self, ready: Ready | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About gradviz"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = QLabel(f"gradviz {__version__}")
        title.setProperty("role", "headline")
        said = QLabel(self.tr("A desktop debugger for PyTorch's autograd."))
        facts = QLabel(versions(ready))
        facts.setProperty("role", "mono_caption")
        facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        licences = QLabel(
            self.tr("MIT licence. Fonts: Inter and JetBrains Mono (OFL). Icons: Phosphor (MIT). Qt: LGPL."),
            wordWrap=True,
        )
        licences.setProperty("role", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(10)
        for widget in (title, said, facts, licences):
            column.addWidget(widget)
        column.addLayout(button_row(self.way_out(tr("Close"), default=True)))
        self.setMinimumWidth(420)
