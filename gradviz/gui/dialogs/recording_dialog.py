"""Asks whether and where runs are recorded, how often a checkpoint is kept, and when old runs are removed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.gui.style import fonts
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.gui.widgets.fields import mark_wrong
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.language import join_sentences, tr

_WIDTH = 520


@dataclass(frozen=True, slots=True)
class RecordingChoice:
    """How runs are recorded."""

    record: bool
    folder: str
    """Empty for the usual one."""
    every: int
    """A checkpoint each so many iterations; 0 for none."""
    days: int
    megabytes: int
    """Limits beyond which runs are removed; 0 for none."""


class RecordingDialog(Dialog):
    """Emits what was chosen once the folder can be written; writes no setting itself."""

    chosen = Signal(object)

    def __init__(self, choice: RecordingChoice, usual: Path, decided: str = "", parent: QWidget | None = None) -> None:
        """`usual` is the folder where none is chosen. `decided`: a sentence on what decides the folder instead."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Recording"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._usual, self._work = usual, BackgroundWork(self)
        self.record = QCheckBox(self.tr("Record every run"))
        self.record.setChecked(choice.record)
        self.folder = QLineEdit(choice.folder)
        self.folder.setPlaceholderText(str(usual))
        self.folder.setFont(fonts.mono())
        self.folder.setEnabled(not decided)
        self.folder.setToolTip(decided)
        self.browse = QPushButton(self.tr("Choose…"))
        self.browse.setAutoDefault(False)
        self.browse.setEnabled(not decided)
        self.browse.clicked.connect(self._browse)
        self.every = _number(choice.every, 1_000_000, self.tr("never"), self.tr(" iterations"))
        self.days = _number(choice.days, 36_500, self.tr("never"), self.tr(" days"))
        self.megabytes = _number(choice.megabytes, 2**20, self.tr("no limit"), self.tr(" MB"))
        self.problem = WrappingLabel("error")
        self.problem.hide()
        self.save = QPushButton(self.tr("Save"))
        self.save.setDefault(True)
        self.save.clicked.connect(self._check)
        self._lay_out(decided)

    def _lay_out(self, decided: str) -> None:
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.folder, 1)
        place.addWidget(self.browse)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.record)
        form.addRow(self.tr("Folder"), place)
        form.addRow("", self.problem)
        form.addRow(self.tr("Checkpoint each"), self.every)
        form.addRow(self.tr("Remove after"), self.days)
        form.addRow(self.tr("Remove beyond"), self.megabytes)
        form.setRowVisible(self.problem, False)
        self._form = form
        named = ((self.folder, self.tr("Folder")), (self.every, self.tr("Checkpoint each")),
                 (self.days, self.tr("Remove after")), (self.megabytes, self.tr("Remove beyond")))  # fmt: skip
        for field, name in named:
            field.setAccessibleName(name)
        note = WrappingLabel("text3")
        kept = self.tr("Only runs without tag, note and checkpoint are removed, the oldest first.")
        later = self.tr("Recording and folder apply from the next run on.")
        note.setText(join_sentences((kept, later, decided)))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(note)
        column.addLayout(button_row(self.way_out(self.tr("Cancel")), self.save))

    def _browse(self) -> None:
        if folder := QFileDialog.getExistingDirectory(self, self.tr("Folder of the runs"), self.folder.text()):
            self.folder.setText(folder)

    def _check(self) -> None:
        """Accept if the folder can be written, which another thread finds out: a disk may not answer."""
        text = self.folder.text().strip() if self.folder.isEnabled() else ""
        if not self.record.isChecked() or not self.folder.isEnabled():
            self._take("")
        else:
            self._work.run(partial(_problem_of, Path(text).expanduser() if text else self._usual), self._take)

    def _take(self, problem: str) -> None:
        mark_wrong(self.folder, problem)
        self.problem.setText(problem)
        self._form.setRowVisible(self.problem, bool(problem))
        if problem:
            self.folder.setFocus()
            return
        self.chosen.emit(
            RecordingChoice(self.record.isChecked(), self.folder.text().strip(), self.every.value(), self.days.value(),
                            self.megabytes.value())
        )  # fmt: skip
        self.accept()


def _number(value: int, most: int, none: str, unit: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, most)
    box.setGroupSeparatorShown(True)
    box.setSpecialValueText(none)
    box.setSuffix(unit)
    box.setValue(value)
    box.lineEdit().setTextMargins(6, 0, 0, 0)  # in line with the fields of text
    return box


def _problem_of(folder: Path, _stopped: Stopped) -> str:
    """Return why runs cannot be recorded in a folder, which is made; empty if they can."""
    if not folder.is_absolute():
        return tr("Write the folder's whole path, from {0} on.").format(Path(folder.anchor or "/"))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(2**16))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return tr("{folder} cannot be written ({reason}); choose another.").format(folder=folder, reason=reason)
    return ""
