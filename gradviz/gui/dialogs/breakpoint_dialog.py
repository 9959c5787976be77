"""The dialog for a new breakpoint, or another in the place of one: its kind, and the fields of that kind, with a
sentence while they cannot be read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gradviz.errors import InvalidValueError
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.gui.widgets.word_list import WordList
from gradviz.model.stepping.breakpoint_kinds import FIELDS, KINDS, BreakpointKind
from gradviz.model.stepping.breakpoints import unknown_owner
from gradviz.protocol.records import BreakpointRecord


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """Names to complete: ops and node types, module paths, source files of the open network, and the file shown."""

    ops: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    file: str = ""
    parameters: tuple[str, ...] = ()


class BreakpointDialog(Dialog):
    """Emits `record_entered` when accepted. The button is disabled, and a sentence shows why, until it can be."""

    record_entered = Signal(BreakpointRecord)

    def __init__(
        self,
        known: KnownPlaces | None = None,
        parent: QWidget | None = None,
        record: BreakpointRecord | None = None,
    ) -> None:
        """`record`: what is to be changed; None for a new breakpoint."""
        super().__init__(parent)
        known = known or KnownPlaces()
        self._owners = (*known.modules, *known.parameters)
        # A file is shown by its name alone, unless two of the network's files share it.
        names = Counter(PurePath(path).name for path in known.files)
        self._files = {PurePath(p).name if names[PurePath(p).name] == 1 else p: p for p in known.files}
        self.setWindowTitle(self.tr("Add breakpoint") if record is None else self.tr("Edit breakpoint"))
        self.setMinimumWidth(400)
        self.kind = QComboBox(self)
        self.kind.setView(WordList(self.kind))
        for kind in sorted(KINDS.values(), key=lambda kind: kind.word != "line"):  # the one that is mostly meant
            if kind.label:
                self.kind.addItem(self.tr(kind.label), kind.word)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.addRow(self.tr("Stop at"), self.kind)
        self._widgets: dict[str, QLineEdit | QComboBox] = {}
        self._add_fields(known)
        self.since = self._line(hint="0")
        """The iteration to begin with, where something is looked for."""
        self.since.hide()
        self.sentence = QLabel(self)
        self.sentence.setProperty("role", "caption")
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumHeight(20)
        self.add_button = QPushButton(self.tr("Add") if record is None else self.tr("Change"))
        self.add_button.setDefault(True)
        self.add_button.clicked.connect(self.accept)
        self._hint = hint = QLabel(self.tr("To stop at one node, use its menu on the graph."), self)
        hint.setProperty("role", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(self._form)
        column.addWidget(self.sentence)
        column.addStretch(1)
        column.addWidget(hint)
        column.addLayout(button_row(self.way_out(self.tr("Cancel")), self.add_button))
        self.kind.currentIndexChanged.connect(self._show_fields)
        if record is not None:
            self._fill(record)
        self._show_fields()

    def ask_when(self, count: int) -> None:
        """Ask for a condition that is looked for in the iterations before `count`, not for a breakpoint."""
        self.setWindowTitle(self.tr("When did it first…"))
        self.add_button.setText(self.tr("Find"))
        self._hint.setText(self.tr("The loss is looked up; else the iterations run again. Pause ends the search."))
        for index in reversed(range(self.kind.count())):
            if not KINDS[self.kind.itemData(index)].is_condition:
                self.kind.removeItem(index)
        label = self._form.labelForField(self.kind)
        if isinstance(label, QLabel):
            label.setText(self.tr("Condition"))
        self.since.setValidator(QIntValidator(0, max(count - 1, 0), self.since))
        self._form.addRow(self.tr("From iteration"), self.since)
        self.since.show()

    def field(self, name: str) -> QLineEdit | QComboBox:
        """Return the widget of one field."""
        return self._widgets[name]

    def entered(self) -> dict[str, str]:
        """Return what the fields hold, by their names."""
        texts = {name: self._text(widget) for name, widget in self._widgets.items()}
        texts["file"] = self._files.get(texts["file"].strip(), texts["file"])
        return texts

    def accept(self) -> None:
        """Accept what was entered, if it can be read."""
        try:
            record = self._read()
        except InvalidValueError:
            return
        self.record_entered.emit(record)
        super().accept()

    def _fill(self, record: BreakpointRecord) -> None:
        self.kind.setCurrentIndex(self.kind.findData(record.kind))
        for field in KINDS[record.kind].fields:
            widget, text = self._widgets[field.name], field.text_of(record)
            if isinstance(widget, QComboBox):
                widget.setCurrentIndex(max(0, widget.findData(text)))
            else:
                widget.setText(self._shown(text) if field.completes == "files" else text)

    def _add_fields(self, known: KnownPlaces) -> None:
        names = {
            "": (), "ops": known.ops, "modules": known.modules, "files": tuple(self._files),
            "owners": self._owners,
        }  # fmt: skip
        for field in FIELDS:
            text = self._shown(known.file) if field.completes == "files" else field.hint if field.suggested else ""
            self._add_field(
                field.name,
                self.tr(field.label),
                self._choice([(choice, self.tr(choice or "every phase")) for choice in field.choices])
                if field.choices
                else self._line(names[field.completes], self.tr(field.hint), text),
            )

    def _add_field(self, name: str, label: str, widget: QLineEdit | QComboBox) -> None:
        widget.setAccessibleName(label)
        self._widgets[name] = widget
        self._form.addRow(label, widget)
        if isinstance(widget, QLineEdit):
            widget.textChanged.connect(self._check)
        else:
            widget.currentIndexChanged.connect(self._check)

    def _line(self, known: tuple[str, ...] = (), hint: str = "", text: str = "") -> QLineEdit:
        line = QLineEdit(text, self)
        line.setProperty("mono", True)
        line.setPlaceholderText(hint)
        if known:
            completer = QCompleter(list(known), line)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            line.setCompleter(completer)
        return line

    def _choice(self, items: list[tuple[str, str]]) -> QComboBox:
        box = QComboBox(self)
        for value, text in items:
            box.addItem(text, value)
        return box

    def _shown(self, path: str) -> str:
        return next((name for name, whole in self._files.items() if whole == path), path)

    def _show_fields(self) -> None:
        wanted = {field.name for field in self._chosen().fields}
        for name, widget in self._widgets.items():
            self._form.setRowVisible(widget, name in wanted)
        self._check()

    def _chosen(self) -> BreakpointKind:
        return KINDS[self.kind.currentData()]

    def _check(self) -> None:
        try:
            self._read()
        except InvalidValueError as error:
            self.sentence.setText(self.tr(str(error)))
            self.add_button.setEnabled(False)
        else:
            self.sentence.setText("")
            self.add_button.setEnabled(True)

    def _read(self) -> BreakpointRecord:
        record = self._chosen().read(self.entered())
        if unknown := unknown_owner(record, self._owners):
            raise InvalidValueError(unknown)
        return record

    @staticmethod
    def _text(widget: QLineEdit | QComboBox) -> str:
        return widget.text() if isinstance(widget, QLineEdit) else widget.currentData()
