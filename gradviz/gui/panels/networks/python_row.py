"""The field with the Python environment that the engine runs in: gradviz's own, one found beside the file, or any."""

from __future__ import annotations

import platform
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from gradviz.client.interpreters import find_interpreters, find_python
from gradviz.client.runs import RunSetup
from gradviz.errors import GradvizError
from gradviz.gui.widgets.fields import ChoiceField, FormRow
from gradviz.language import tr

_OTHER = "…"
"""The entry that asks for a file; no path is called so."""


class PythonRow(FormRow):
    """Nothing is executed to find them."""

    python_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        title = tr("Python")
        self.choice = ChoiceField(title)
        tip = tr("The environment whose torch and packages the model uses; gradviz need not be installed there")
        super().__init__(title, self.choice, tip, parent)
        self.choice.chosen.connect(self._choose)
        self._shown: tuple[str, str] | None = None
        """Target and Python that the list was made for."""

    def show_setup(self, setup: RunSetup) -> None:
        """Offer the environments for a target; a built-in network needs none but the one that it has."""
        self.setVisible(not setup.is_built_in or bool(setup.python))
        if self._shown == (setup.target, setup.python):
            return
        self._shown = setup.target, setup.python
        self.show_error("")
        folder = setup.spec.absolute().path.parent if setup.spec.kind in ("file", "program") else None
        entries = {"": tr("{version}  own").format(version=".".join(platform.python_version_tuple()[:2]))}
        entries.update((found.path, found.title) for found in find_interpreters(folder))
        entries.setdefault(setup.python, setup.python)
        entries[_OTHER] = tr("Other…")
        self.choice.offer([(path, text, "") for path, text in entries.items()], setup.python)
        for index, path in enumerate(entries):
            self.choice.setItemData(index, "" if path == _OTHER else path, Qt.ItemDataRole.ToolTipRole)
        self.choice.setToolTip(setup.python)

    def _choose(self, path: str) -> None:
        _, shown = self._shown or ("", "")
        if path == _OTHER:
            self.choice.show_value(shown)
            start = str(Path(shown).parent) if shown else ""
            path, _ = QFileDialog.getOpenFileName(self, tr("The python of an environment"), start)
            if not path:
                return
        try:
            python = find_python(path) if path else ""
        except GradvizError as error:
            self.show_error(str(error))
            return
        self.show_error("")
        self.python_requested.emit(python)
