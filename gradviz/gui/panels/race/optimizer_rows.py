"""The optimizers of a race in its dialog: a row for each, with its options as text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gradviz.errors import InvalidValueError, UnknownNameError
from gradviz.gui.style import fonts
from gradviz.gui.text.option_values import read_value
from gradviz.gui.widgets.buttons import LinkButton, icon_button
from gradviz.gui.widgets.fields import ChoiceField, TextField
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.language import tr
from gradviz.protocol.records import OptimizerChoice, OptimizerRecord, OptionRecord, Value
from gradviz.race.plan import read_options

_BEST_KNOWN = ("SGD", "Adam", "AdamW")
"""What is offered until an engine has sent what torch has."""
_EXAMPLES = {"SGD": "momentum=0.9", "Adam": "betas=0.9,0.99", "RMSprop": "alpha=0.9"}
_MOST = 12
_NAME_WIDTH = 116


class OptimizerRow(QWidget):
    """One optimizer: its name, its options, and a button that removes it."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, names: Sequence[str], name: str, options: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ChoiceField(self.tr("Optimizer"))
        self.name.setFixedWidth(_NAME_WIDTH)
        self.name.offer([(each, each, "") for each in dict.fromkeys((*names, name))], name)
        self.options = TextField(self.tr("Options of the optimizer"))
        self.options.setPlaceholderText(self.tr("none, or {0}").format(_EXAMPLES.get(name, "weight_decay=0.01")))
        self.options.setText(options)
        self.sentence = WrappingLabel("error", fonts.ui(13))
        self.sentence.hide()
        self._remove = icon_button("close", self.tr("Remove this optimizer"), lambda: self.removed.emit(self), size=14)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.name)
        line.addWidget(self.options, 1)
        line.addWidget(self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self.sentence)
        self.name.currentIndexChanged.connect(self.changed)
        self.options.textChanged.connect(self.changed)

    @property
    def texts(self) -> tuple[str, str]:
        """Name and options, as they were chosen and typed."""
        return self.name.currentData() or "", self.options.text().strip()

    def read(self, records: Sequence[OptimizerRecord]) -> OptimizerChoice | None:
        """Return the choice; None where it cannot be read, which is written below it."""
        name, text = self.texts
        record = next((each for each in records if each.name == name), None)
        try:
            if record is not None and record.reason:
                raise InvalidValueError(record.reason)
            options = {key: _value(record, key, value) for key, value in read_options(text).items()}
        except (InvalidValueError, UnknownNameError) as error:
            self.show_error(str(error))
            return None
        self.show_error("")
        return OptimizerChoice(name, options)

    def show_error(self, sentence: str) -> None:
        """Write below the row what is wrong with it; empty for nothing."""
        self.options.mark_wrong(sentence)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))


class OptimizerRows(QWidget):
    """The rows, and the link that adds one. Without rows each network takes its own optimizer."""

    changed = Signal()

    def __init__(
        self, records: Sequence[OptimizerRecord], optimizers: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """Begin with these names and options; `records` is what the engine has sent of torch's optimizers."""
        super().__init__(parent)
        self._names = [record.name for record in records] or list(_BEST_KNOWN)
        self.rows: list[OptimizerRow] = []
        self.add_link = LinkButton(self.tr("Add an optimizer"))
        self.add_link.clicked.connect(self._add_next)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(self.add_link)
        for name, options in optimizers:
            self.add(name, options)

    def add(self, name: str, options: str = "") -> OptimizerRow:
        """Add a row."""
        row = OptimizerRow(self._names, name, options)
        row.changed.connect(self.changed)
        row.removed.connect(self._remove)
        self.rows.append(row)
        self._column.insertWidget(len(self.rows) - 1, row)
        self._note_count()
        return row

    def _add_next(self) -> None:
        used = {row.texts[0] for row in self.rows}
        row = self.add(next((name for name in self._names if name not in used and name != "Manual"), "SGD"))
        row.name.setFocus()

    def _remove(self, row: OptimizerRow) -> None:
        place = self.rows.index(row)
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        left = self.rows[min(place, len(self.rows) - 1)].name if self.rows else self.add_link
        left.setFocus()
        self._note_count()

    def _note_count(self) -> None:
        self.add_link.setVisible(len(self.rows) < _MOST)
        self.changed.emit()


def _value(record: OptimizerRecord | None, name: str, text: str) -> Value:
    """Return the value of an option; its text where nothing is known of the optimizer, which the engine reads then."""
    if record is None:
        return text
    option = next((each for each in record.options if each.name == name), None)
    if option is None:
        known = [each.name for each in record.options]
        raise UnknownNameError(tr("option of {optimizer}").format(optimizer=record.name), name, known)
    return _yes_or_no(option, text) if option.kind == "bool" else read_value(option, text)


def _yes_or_no(option: OptionRecord, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise InvalidValueError(tr("{name} must be true or false, not {value!r}.").format(name=option.name, value=text))
    return text.lower() == "true"
