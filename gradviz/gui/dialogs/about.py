"""The dialog about gradviz: versions and licences."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gradviz import __version__
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.language import tr
from gradviz.protocol.events import Ready


def versions(ready: Ready | None) -> str:
    """Return the versions of engine, window and system, a line each. `ready` is the engine's greeting."""
    engine = tr("Engine: torch {0}, Python {1}").format(ready.torch, ready.python) if ready else tr("Engine: not ready")
    window = tr("Window: Qt {0}, Python {1}").format(qVersion(), platform.python_version())
    return f"{engine}\n{window}\n{platform.platform()}"


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
