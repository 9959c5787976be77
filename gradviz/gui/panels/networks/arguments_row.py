"""The field with what a script is given, in words as on a command line."""

from __future__ import annotations

import shlex

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gradviz.gui.widgets.fields import FormRow, TextField
from gradviz.language import tr


class ArgumentsRow(FormRow):
    """Quotation marks keep words together; a missing one is said."""

    arguments_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        title = tr("Arguments")
        self.text = TextField(title)
        self.text.setPlaceholderText(tr("none"))
        super().__init__(title, self.text, tr("Of the script, as after its name on the command line"), parent)
        self.text.finished.connect(self._read)

    def show_arguments(self, arguments: tuple[str, ...]) -> None:
        """Show what the script is given."""
        self.text.show_value(shlex.join(arguments))

    def _read(self) -> None:
        try:
            words = tuple(shlex.split(self.text.text()))
        except ValueError:
            self.show_error(self.tr("A quotation mark is missing."))
            return
        self.show_error("")
        self.arguments_requested.emit(words)
