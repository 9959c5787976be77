"""Asks what to open: a file or a module by name, and which of the things that a file offers."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gradviz.client.runs import RunSetup, default_setup
from gradviz.errors import GradvizError
from gradviz.gui.panels.networks.python_row import PythonRow
from gradviz.gui.processes.background_thread import BackgroundWork
from gradviz.gui.style import fonts
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.targets.candidates import Candidate, list_candidates
from gradviz.targets.target_spec import PROGRAM_SUFFIXES, WEIGHTS_SUFFIXES, check_presence, read_target

_WIDTH = 560
_PATIENCE = 120
"""Milliseconds after the last letter, before the disk is looked at."""


def ask_for_file(parent: QWidget, folder: str) -> str:
    """Return a file that the user chose; empty if they cancelled."""
    weights = " ".join(f"*{suffix}" for suffix in WEIGHTS_SUFFIXES)
    programs = " ".join(f"*{suffix}" for suffix in PROGRAM_SUFFIXES)
    filters = [
        parent.tr("Models (%s)") % f"*.py {programs} {weights}",
        parent.tr("Python files (*.py)"),
        parent.tr("Exported programs (%s)") % programs,
        parent.tr("Weights (%s)") % weights,
        parent.tr("All files (*)"),
    ]
    path, _ = QFileDialog.getOpenFileName(parent, parent.tr("Open a model"), folder, ";;".join(filters))
    return path


class OpenDialog(Dialog):
    """Emits the target when it is accepted. Executes nothing: files are read as text."""

    target_chosen = Signal(str)

    def __init__(
        self, target: str = "", folder: str = "", parent: QWidget | None = None,
        setup_of: Callable[[str], RunSetup] = default_setup,
    ) -> None:  # fmt: skip
        """Begin with a text in the field and a folder to browse. `setup_of` returns what a target was used with."""
        super().__init__(parent)
        self._folder, self._setup_of = folder, setup_of
        self.setWindowTitle(self.tr("Open"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        self.field = QLineEdit(target)
        self.field.setProperty("mono", True)
        self.field.setPlaceholderText("model.py:build")
        self.field.setAccessibleName(self.tr("File or module"))
        browse = QPushButton(self.tr("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.field, 1)
        line.addWidget(browse)
        hint = QLabel(
            self.tr("A file or package.module, and after a colon the factory in it; build, where nothing is said."),
            wordWrap=True,
        )
        hint.setProperty("role", "caption")
        self.head = QLabel(self.tr("In this file"))
        self.head.setProperty("role", "head")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("What can be opened in the file"))
        self.list.itemDoubleClicked.connect(lambda _item: self.accept())
        self.list.currentRowChanged.connect(lambda _row: self._check())
        self.python_row = PythonRow()
        self.python_row.python_requested.connect(self._choose_python)
        self.setup: RunSetup | None = None
        """What the target is to be opened with; None where it is none."""
        self.sentence = WrappingLabel("error", fonts.ui(13))
        self.sentence.setMinimumWidth(340)
        self.open_button = QPushButton(self.tr("Open"))
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(hint)
        column.addSpacing(4)
        column.addWidget(self.head)
        column.addWidget(self.list)
        column.addWidget(self.python_row)
        column.addSpacing(4)
        column.addLayout(button_row(self.way_out(self.tr("Cancel")), self.open_button, note=self.sentence))
        self._offered: tuple[Candidate, ...] = ()
        self._looking = BackgroundWork(self)
        self._accepting = False
        """Whether it is accepted as soon as what the field names is read."""
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._timer.timeout.connect(self.read)
        self.field.textChanged.connect(self._wait)
        self.read()

    @property
    def target(self) -> str:
        """The target that would be opened."""
        text = self.field.text().strip()
        row = self.list.currentRow()
        if self.list.isHidden() or row < 0:
            return text
        name = self._offered[row].name
        return f"{text}:{name}" if name else text

    def _wait(self) -> None:
        """Allow opening until the text is read: Return reads it first."""
        self.open_button.setEnabled(True)
        self._accepting = False
        self._timer.start()

    def accept(self) -> None:
        """Accept what was entered, if it can be read."""
        self._timer.stop()
        self._accepting = True
        self.read()

    def read(self) -> None:
        """Read what the field names, and what the file offers."""
        text = self.field.text().strip()
        try:
            place = read_target(text) if text else None
        except GradvizError:
            place = None  # `_check` shows why
        if place is not None and place.kind == "file" and not place.attribute:
            self._looking.run(lambda _stopped: list_candidates(place.path), self._show_offered)
        else:
            self._looking.stop()
            self._show_offered(())

    def _show_offered(self, found: tuple[Candidate, ...]) -> None:
        if found != self._offered:
            # While it is filled, its current row is none of what is offered.
            with QSignalBlocker(self.list):
                self._offered = found
                self.list.clear()
                for one in found:
                    QListWidgetItem(self._words(one), self.list).setFont(fonts.ui(13))
                self.list.setCurrentRow(0)
            self.list.setFixedHeight(min(len(found), 8) * 28 + 4)
        self.head.setVisible(bool(found))
        self.list.setVisible(bool(found))
        self._check()
        self.adjustSize()
        if self._accepting:
            self._accepting = False
            self._finish()

    def _finish(self) -> None:
        if self.open_button.isEnabled():
            target = self.target
            super().accept()
            self.target_chosen.emit(target)

    def _words(self, one: Candidate) -> str:
        kind = {
            "script": self.tr("the whole file, as a training script"),
            "factory": self.tr("function, line {0}").format(one.line),
            "module": self.tr("module, line {0}").format(one.line),
        }[one.kind]
        return "   ".join(filter(None, (one.name, kind, one.summary)))

    def _check(self) -> None:
        sentence = ""
        text = self.field.text().strip()
        if text:
            try:
                check_presence(read_target(self.target))
            except GradvizError as error:
                sentence = str(error)
        self.sentence.setText(sentence)
        self.open_button.setEnabled(bool(text) and not sentence)
        self._show_python()

    def _show_python(self) -> None:
        """Offer the environments of what would be opened."""
        if not self.open_button.isEnabled() or read_target(self.target).kind == "weights":
            self.python_row.hide()
            self.setup = None
            return
        target = read_target(self.target).absolute().text
        if self.setup is None or self.setup.target != target:
            self.setup = self._setup_of(target)
        self.python_row.show_setup(self.setup)

    def _choose_python(self, python: str) -> None:
        if self.setup is not None:
            self.setup = replace(self.setup, python=python)
            self.python_row.show_setup(self.setup)

    def _browse(self) -> None:
        path = ask_for_file(self, self._folder)
        if path:
            self.field.setText(path)
            self.read()
