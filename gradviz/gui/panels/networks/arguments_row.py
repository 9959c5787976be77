"""The field with what a script is given, in words as on a command line."""

from __future__ import annotations

import shlex

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gradviz.gui.widgets.fields import FormRow, mark_wrong
from gradviz.gui.widgets.wrapping_field import WrappingField
from gradviz.language import tr


class ArgumentsRow(FormRow):
    """Quotation marks keep words together; a missing one is said."""

    arguments_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        title = tr("Arguments")
        self.text = WrappingField(title)
        self.text.setPlaceholderText(tr("none"))
        tip = tr("Of the script, as after its name on the command line")
        super().__init__(title, self.text, tip, parent, above=True)
        self.text.finished.connect(self._read)
        self._shown: tuple[str, ...] = ()

    def show_arguments(self, arguments: tuple[str, ...]) -> None:
        """Show what the script is given."""
        if arguments != self._shown:
            self._shown = arguments
            self._show_wrong("")
            self.text.show_value(shlex.join(arguments))

    def _read(self) -> None:
        try:
            words = tuple(shlex.split(self.text.text()))
        except ValueError:
            self._show_wrong(self.tr("A quotation mark is missing."))
            return
        self._show_wrong("")
        self.arguments_requested.emit(words)

    def _show_wrong(self, sentence: str) -> None:
        mark_wrong(self.text, sentence)
        self.show_error(sentence)
