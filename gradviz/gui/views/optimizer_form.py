"""The options of the chosen optimizer, each edited by its type; the rare ones unfold."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gradviz.errors import InvalidValueError
from gradviz.gui import fonts, icons
from gradviz.gui.views.fields import Choice, Text, Tick
from gradviz.gui.views.form_row import LABEL_WIDTH, FormRow
from gradviz.gui.views.option_text import option_title, read_value, value_text
from gradviz.protocol.records import OptimizerChoice, OptimizerRecord, OptionRecord, Value

_NO, _YES, _OWN = "no", "yes", "own"


class OptimizerForm(QWidget):
    """Rows of options. What it shows is the choice it was given; a change leaves as a wish."""

    choice_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: OptimizerRecord | None = None
        self._choice = OptimizerChoice("")
        self._rows: dict[str, FormRow] = {}
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

    def show_choice(self, record: OptimizerRecord, choice: OptimizerChoice) -> None:
        """Show the options of `record` with the values of `choice`."""
        if self._record is None or record != self._record:
            self._record, self._choice = record, choice
            self._build()
        self._choice = choice
        for option in record.options:
            self._fill(option, choice.options.get(option.name, option.default))

    def row(self, name: str) -> FormRow:
        """The row of an option."""
        return self._rows[name]

    def _build(self) -> None:
        assert self._record is not None
        for row in self._rows.values():
            row.setParent(None)
            row.deleteLater()
        self._rows.clear()
        while self._column.count():
            self._column.takeAt(0)
        rare = 0
        for option in self._record.options:
            row = FormRow(option_title(option.name), self._field(option), option.name)
            self._rows[option.name] = row
            if option.common:
                self._column.addWidget(row)
            else:
                self._rare_column.addWidget(row)
                rare += 1
        self._count = rare
        line = QHBoxLayout()
        line.setContentsMargins(LABEL_WIDTH + 4, 0, 0, 0)
        line.addWidget(self._more)
        line.addStretch()
        self._column.addLayout(line)
        self._column.addWidget(self._rare)
        self._more.setVisible(bool(rare))
        self._show_rare()

    def _field(self, option: OptionRecord) -> QWidget:
        title = option_title(option.name)
        if option.kind == "bool" and not option.optional:
            tick = Tick(title)
            tick.chosen.connect(lambda value, o=option: self._wish(o, value))
            return tick
        if option.kind in ("bool", "choice"):
            choice = Choice(title)
            entries = [(_OWN, self.tr("default"), "")]
            if option.kind == "bool":
                entries += [(_YES, self.tr("yes"), ""), (_NO, self.tr("no"), "")]
            else:
                entries += [(word, word, "") for word in option.choices]
            choice.offer(entries if option.optional else entries[1:], _OWN)
            choice.chosen.connect(
                lambda key, o=option: self._wish(o, {_OWN: None, _YES: True, _NO: False}.get(key, key))
            )
            return choice
        text = Text(title)
        text.setPlaceholderText(self.tr("none") if option.optional else "")
        text.finished.connect(lambda o=option, t=text: self._read(o, t))
        return text

    def _fill(self, option: OptionRecord, value: Value) -> None:
        field = self._rows[option.name].field
        if isinstance(field, Tick):
            field.setChecked(bool(value))
        elif isinstance(field, Choice):
            field.show_value(_key(value))
        elif isinstance(field, Text):
            before = field.property("invalid")
            field.show_value(value_text(value))
            if before and not field.property("invalid"):
                self._rows[option.name].say("")

    def _read(self, option: OptionRecord, field: Text) -> None:
        row = self._rows[option.name]
        try:
            value = read_value(option, field.text())
        except InvalidValueError as error:
            field.mark_wrong(str(error))
            row.say(str(error))
            return
        field.mark_wrong("")
        row.say("")
        self._wish(option, value)

    def _wish(self, option: OptionRecord, value: Value) -> None:
        options = dict(self._choice.options)
        if value == option.default and option.name != "lr":
            options.pop(option.name, None)
        else:
            options[option.name] = value
        if options != self._choice.options:
            self._choice = OptimizerChoice(self._choice.name, options)
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


def _key(value: Value) -> str:
    """The entry of a list that stands for a value."""
    if isinstance(value, bool):
        return _YES if value else _NO
    return _OWN if value is None else str(value)
