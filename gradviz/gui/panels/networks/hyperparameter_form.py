"""The part of the form with what a network is built from: whole numbers in pairs, or a factory's keywords."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gradviz.client.runs import RunSetup
from gradviz.errors import InvalidValueError
from gradviz.gui.text.option_values import read_value, read_whole, value_text
from gradviz.gui.widgets.fields import CheckField, FormRow, TextField
from gradviz.gui.widgets.widget_pool import WidgetPool
from gradviz.language import tr
from gradviz.networks.catalogue import Hyperparameter
from gradviz.protocol.records import HyperparameterRecord, OptionRecord, Value

_PAIRS = {"layers_min", "layers_max"}
_LONG = 12
"""Names of at most this many letters fit before a field."""


class SizesForm(QWidget):
    """Shows values; a change is emitted as all the values that are requested."""

    values_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup: RunSetup | None = None
        self._records: tuple[HyperparameterRecord, ...] = ()
        self._defaults: dict[str, Value] = {}
        self._fields: dict[str, TextField | CheckField] = {}
        self._rows: dict[str, FormRow] = {}
        self._built: dict[tuple[Hyperparameter, ...], tuple[FormRow, dict[str, TextField]]] = {}
        """The rows of sizes that were shown; the built-in networks share a few."""
        self._records_of: dict[FormRow, HyperparameterRecord] = {}
        self._ticks, self._texts = WidgetPool(self._tick_row), WidgetPool(self._text_row)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    def field(self, name: str) -> TextField:
        """Return the field of a number or a text."""
        field = self._fields[name]
        assert isinstance(field, TextField)
        return field

    def tick(self, name: str) -> CheckField:
        """Return the field of a truth value."""
        field = self._fields[name]
        assert isinstance(field, CheckField)
        return field

    def row(self, name: str) -> FormRow:
        """Return the row of a field."""
        return self._rows[name]

    def show_setup(self, setup: RunSetup) -> None:
        """Show the values of a setup; those of a user's model once its parameters are known."""
        before, self._setup = self._setup, setup
        if before is None or before.target != setup.target:
            self._clear()
            self._records = ()
            if setup.is_built_in:
                self._build_network(setup)
        self._fill()

    def show_records(self, records: tuple[HyperparameterRecord, ...], setup: RunSetup) -> None:
        """Show the parameters of the open factory; do nothing for a built-in network."""
        self._setup = setup
        if not setup.is_built_in and records != self._records:
            self._clear()
            self._records = records
            for record in records:
                self._add_record(record)
        self._fill()

    def show_changes(self, values: Mapping[str, Value], defaults: Mapping[str, Value]) -> None:
        """Mark the fields whose values are others than the network's own."""
        self._defaults = {**defaults, **{record.name: record.default for record in self._records}}
        texts: dict[FormRow, list[str]] = {row: [] for row in self._rows.values()}
        for name, row in self._rows.items():
            default, field = self._defaults.get(name), self._fields[name]
            differs = name in values and values[name] != default
            if differs:
                texts[row].append(_text_of(default))
            if isinstance(field, TextField):
                field.mark_changed(differs)
        for row, found in texts.items():
            row.mark_changed(bool(found), found[0] if len(found) == 1 else "")

    def _go_back(self, row: FormRow) -> None:
        """Emit the values with the defaults of a row."""
        if self._setup is not None:
            values: dict[str, Value] = dict(self._setup.hyperparameters)
            for name in [name for name, own in self._rows.items() if own is row]:
                values[name] = self._defaults[name]
            for record in self._records:  # of a factory, what equals the default is left out
                if values.get(record.name) == record.default:
                    del values[record.name]
            self.values_requested.emit(values)

    def _fill(self) -> None:
        assert self._setup is not None
        values: dict[str, Value] = {record.name: record.default for record in self._records}
        for name, value in {**values, **self._setup.hyperparameters}.items():
            field = self._fields.get(name)
            if isinstance(field, CheckField):
                field.setChecked(bool(value))
            elif field is not None:
                wrong = field.property("invalid")
                field.show_value(_text_of(value))
                if wrong and not field.property("invalid"):
                    self._rows[name].show_error("")

    def _clear(self) -> None:
        with QSignalBlocker(self):  # hiding a field ends its editing, which must not become a request
            self._ticks.release()
            self._texts.release()
            for row in self._rows.values():
                row.hide()
        self._rows.clear()
        self._fields.clear()

    # A built-in network

    def _build_network(self, setup: RunSetup) -> None:
        entries = setup.network.hyperparameters
        plain = [h for h in entries if h.name not in _PAIRS]
        if plain:
            self._add_sizes(self.tr("Sizes"), plain)
        if pair := [h for h in entries if h.name in _PAIRS]:
            self._add_sizes(self.tr("Hidden layers"), pair)

    def _add_sizes(self, title: str, entries: list[Hyperparameter]) -> None:
        known = tuple(entries)
        if known not in self._built:
            self._built[known] = self._made_sizes(title, entries)
        row, fields = self._built[known]
        row.show_error("")
        for hyperparameter in entries:
            field = fields[hyperparameter.name]
            field.reset(_label(hyperparameter))
            self._fields[hyperparameter.name], self._rows[hyperparameter.name] = field, row
        self._column.addWidget(row)
        row.show()

    def _made_sizes(self, title: str, entries: list[Hyperparameter]) -> tuple[FormRow, dict[str, TextField]]:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        long = any(len(_label(h)) > 7 for h in entries)  # two do not fit side by side
        fields: dict[str, TextField] = {}
        for index, hyperparameter in enumerate(entries):
            field = fields[hyperparameter.name] = TextField(_label(hyperparameter), inner=_label(hyperparameter))
            field.setStatusTip(tr(hyperparameter.help))
            field.finished.connect(lambda h=hyperparameter: self._read_size(h))
            grid.addWidget(field, *((index, 0) if long else divmod(index, 2)))
        return self._with_way_back(FormRow(title, box)), fields

    def _with_way_back(self, row: FormRow) -> FormRow:
        row.back_requested.connect(lambda: self._go_back(row))
        return row

    def _read_size(self, hyperparameter: Hyperparameter) -> None:
        name = hyperparameter.name
        if self._setup is None:
            return
        text = self.field(name).text()
        try:
            read_whole(_label(hyperparameter), text, hyperparameter.minimum, hyperparameter.maximum)
            wished = {**self._setup.hyperparameters, name: text.replace(",", "").strip()}
            values = self._setup.network.parse(dict(wished))
        except InvalidValueError as error:
            self._refuse(name, str(error))
            return
        self._refuse(name, "")
        self.values_requested.emit(values)

    # A user's factory

    def _add_record(self, record: HyperparameterRecord) -> None:
        row = (self._ticks if isinstance(record.default, bool) else self._texts).take()
        field = row.field
        assert isinstance(field, TextField | CheckField)
        if isinstance(field, TextField):
            field.reset(record.name)
        else:
            field.setAccessibleName(record.name)
        short = record.name if len(record.name) <= _LONG else record.name[: _LONG - 1] + "…"
        default = value_text(record.default) if not isinstance(record.default, str) else record.default
        row.set_label(short, self.tr("{0}, by default {1}").format(record.name, default or "''"))
        row.show_error("")
        before = next(reversed(self._rows.values()), None)
        self._fields[record.name], self._rows[record.name], self._records_of[row] = field, row, record
        self._column.addWidget(row)
        if before is not None:
            QWidget.setTabOrder(before.field, field)
        row.show()

    def _tick_row(self) -> FormRow:
        row = self._with_way_back(FormRow("", field := CheckField("")))
        field.chosen.connect(lambda value: self._wish(self._records_of[row], value))
        return row

    def _text_row(self) -> FormRow:
        row = self._with_way_back(FormRow("", field := TextField("")))
        field.finished.connect(lambda: self._read_record(self._records_of[row]))
        return row

    def _read_record(self, record: HyperparameterRecord) -> None:
        text = self.field(record.name).text()
        if isinstance(record.default, str):
            self._wish(record, text)
            return
        kind = "int" if isinstance(record.default, int) else "float"
        try:
            value = read_value(OptionRecord(record.name, kind, record.default), text)  # type: ignore[arg-type]
        except InvalidValueError as error:
            self._refuse(record.name, str(error))
            return
        self._refuse(record.name, "")
        self._wish(record, value)

    def _wish(self, record: HyperparameterRecord, value: Value) -> None:
        """Emit the values without those that equal the default, so that a new default in the file counts."""
        if self._setup is None:
            return
        values: dict[str, Value] = dict(self._setup.hyperparameters)
        values.pop(record.name, None)
        if value != record.default:
            values[record.name] = value
        self.values_requested.emit(values)

    def _refuse(self, name: str, sentence: str) -> None:
        self.field(name).mark_wrong(sentence)
        self._rows[name].show_error(sentence)


def _text_of(value: Value) -> str:
    return value if isinstance(value, str) else value_text(value)


def _label(hyperparameter: Hyperparameter) -> str:
    return tr(hyperparameter.label, "hyperparameter")
