"""The form of the chosen optimizer's options, each edited by its type; rare ones are folded away."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gradviz.errors import InvalidValueError
from gradviz.gui.style import fonts, icons
from gradviz.gui.text.option_values import option_title, read_value, value_text, words_naming
from gradviz.gui.widgets.fields import LABEL_WIDTH, CheckField, ChoiceField, FormRow, TextField
from gradviz.gui.widgets.widget_pool import WidgetPool
from gradviz.protocol.records import OptimizerChoice, OptimizerRecord, OptionRecord, Value

_NO, _YES, _OWN = "no", "yes", "own"


class OptimizerForm(QWidget):
    """Rows of options of the choice it was given; a change is emitted as a request."""

    choice_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: OptimizerRecord | None = None
        self._choice = OptimizerChoice("")
        self._rows: dict[str, FormRow] = {}
        self._options: dict[FormRow, OptionRecord] = {}
        self._defaults: dict[str, Value] = {}
        self._pools = {
            "tick": WidgetPool(self._tick_row),
            "choice": WidgetPool(self._choice_row),
            "text": WidgetPool(self._text_row),
        }
        self._unfolded = False
        self._count = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._rare = QWidget()
        self._rare_column = QVBoxLayout(self._rare)
        self._rare_column.setContentsMargins(0, 0, 0, 0)
        self._rare_column.setSpacing(6)
        self._more = QToolButton()
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.setFont(fonts.ui(12))
        self._more.clicked.connect(self._toggle)
        line = QHBoxLayout()
        line.setContentsMargins(LABEL_WIDTH + 4, 0, 0, 0)
        line.addWidget(self._more)
        line.addStretch()
        self._column.addLayout(line)
        self._column.addWidget(self._rare)

    def show_choice(self, record: OptimizerRecord, choice: OptimizerChoice) -> None:
        """Show the options of `record` with the values of `choice`."""
        if self._record is None or record != self._record:
            self._record, self._choice = record, choice
            self._build()
        self._choice = choice
        for option in record.options:
            self._fill(option, choice.options.get(option.name, option.default))

    def show_refused(self, sentence: str) -> bool:
        """Show why values are refused at the options that it names; return whether there are any."""
        named = {row: words_naming(name, sentence) for name, row in self._rows.items()}
        # What was changed is likelier the cause; a name in another name is not meant.
        order = sorted(named, key=lambda row: (not self._is_changed(self._options[row]), -named[row]))
        found = [row for row in order if named[row]]
        for row in self._rows.values():
            row.show_error(sentence if row in found[:1] else "")
        if found and not self._options[found[0]].common and not self._unfolded:
            self._toggle()
        return bool(found)

    def _is_changed(self, option: OptionRecord) -> bool:
        return self._choice.options.get(option.name, option.default) != option.default

    def show_changes(self, defaults: OptimizerChoice | None) -> None:
        """Mark the options whose values are others than those of `defaults`, or of the optimizer itself."""
        given = defaults.options if defaults is not None and defaults.name == self._choice.name else {}
        for row, option in self._options.items():
            if self._rows.get(option.name) is row:
                default = given.get(option.name, option.default)
                self._defaults[option.name] = default
                row.mark_changed(self._choice.options.get(option.name, option.default) != default, value_text(default))

    def row(self, name: str) -> FormRow:
        """Return the row of an option."""
        return self._rows[name]

    def _build(self) -> None:
        assert self._record is not None
        with QSignalBlocker(self):  # hiding a field ends its editing, which must not become a request
            for pool in self._pools.values():
                pool.release()
        self._rows.clear()
        common = 0
        for option in self._record.options:
            row = self._rows[option.name] = self._pools[_manner(option)].take()
            self._options[row] = option
            self._prepare(row, option)
            if option.common:
                self._column.insertWidget(common, row)
                common += 1
            else:
                self._rare_column.addWidget(row)
            row.show()
        self._count = len(self._rows) - common
        self._more.setVisible(bool(self._count))
        self._show_rare()
        # Tab follows the order on the screen, not the order in which the widgets were made.
        order = [row.field for row in self._rows.values() if self._options[row].common]
        order += [self._more, *(row.field for row in self._rows.values() if not self._options[row].common)]
        for one, following in pairwise(order):
            QWidget.setTabOrder(one, following)

    def _prepare(self, row: FormRow, option: OptionRecord) -> None:
        """Make a row show this option instead of another, or none."""
        title, field = option_title(option.name), row.field
        row.set_label(title, option.name)
        row.show_error("")
        if isinstance(field, TextField):
            field.reset(title)
            field.setPlaceholderText(self.tr("none") if option.optional else "")
        else:
            field.setAccessibleName(title)
        if isinstance(field, ChoiceField):
            entries = [(_OWN, self.tr("default"), "")]
            if option.kind == "bool":
                entries += [(_YES, self.tr("yes"), ""), (_NO, self.tr("no"), "")]
            else:
                entries += [(word, word, "") for word in option.choices]
            field.offer(entries if option.optional else entries[1:], _OWN)

    def _tick_row(self) -> FormRow:
        row = self._with_way_back(FormRow("", field := CheckField("")))
        field.chosen.connect(lambda value: self._wish(self._options[row], value))
        return row

    def _with_way_back(self, row: FormRow) -> FormRow:
        row.back_requested.connect(lambda: self._wish(self._options[row], self._defaults[self._options[row].name]))
        return row

    def _choice_row(self) -> FormRow:
        row = self._with_way_back(FormRow("", field := ChoiceField("")))
        field.chosen.connect(
            lambda key: self._wish(self._options[row], {_OWN: None, _YES: True, _NO: False}.get(key, key))
        )
        return row

    def _text_row(self) -> FormRow:
        row = self._with_way_back(FormRow("", field := TextField("")))
        field.finished.connect(lambda: self._read(self._options[row], field))
        return row

    def _fill(self, option: OptionRecord, value: Value) -> None:
        field = self._rows[option.name].field
        if isinstance(field, CheckField):
            field.setChecked(bool(value))
        elif isinstance(field, ChoiceField):
            field.show_value(_key(value))
        elif isinstance(field, TextField):
            before = field.property("invalid")
            field.show_value(value_text(value))
            if before and not field.property("invalid"):
                self._rows[option.name].show_error("")

    def _read(self, option: OptionRecord, field: TextField) -> None:
        row = self._rows[option.name]
        try:
            value = read_value(option, field.text())
        except InvalidValueError as error:
            field.mark_wrong(str(error))
            row.show_error(str(error))
            return
        field.mark_wrong("")
        row.show_error("")
        self._wish(option, value)

    def _wish(self, option: OptionRecord, value: Value) -> None:
        options = dict(self._choice.options)
        if value == option.default and option.name != "lr":
            options.pop(option.name, None)
        else:
            options[option.name] = value
        if options != self._choice.options:
            self._choice = OptimizerChoice(self._choice.name, options)
            self.show_refused("")
            self.choice_requested.emit(self._choice)

    def _toggle(self) -> None:
        self._unfolded = not self._unfolded
        self._show_rare()

    def _show_rare(self) -> None:
        self._rare.setVisible(self._unfolded and bool(self._count))
        self._more.setIcon(icons.icon("caret-down" if self._unfolded else "caret-right", 12))
        self._more.setText(
            self.tr("fewer options") if self._unfolded else self.tr("{count} more options").format(count=self._count)
        )


def _manner(option: OptionRecord) -> str:
    """Return the kind of field that an option is edited in."""
    if option.kind == "bool" and not option.optional:
        return "tick"
    return "choice" if option.kind in ("bool", "choice") else "text"


def _key(value: Value) -> str:
    """Return the key of a value in a list of choices."""
    if isinstance(value, bool):
        return _YES if value else _NO
    return _OWN if value is None else str(value)
