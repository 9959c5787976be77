"""The chosen network's form: device, optimizer and options, seed, iterations, sizes."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradviz.client.runs import LARGEST_SEED, MOST_ITERATIONS, RunSetup
from gradviz.errors import InvalidValueError
from gradviz.gui.panels.networks.arguments_row import ArgumentsRow
from gradviz.gui.panels.networks.hyperparameter_form import SizesForm
from gradviz.gui.panels.networks.optimizer_form import OptimizerForm
from gradviz.gui.panels.networks.python_row import PythonRow
from gradviz.gui.text.option_values import read_whole
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.fields import LABEL_WIDTH, ChoiceField, FormRow, TextField
from gradviz.protocol.events import Opened
from gradviz.protocol.records import DeviceRecord, OptimizerChoice, OptimizerRecord, OptionRecord


class ConfigurationForm(QWidget):
    """Shows a setup; a change is emitted as the requested setup."""

    setup_requested = Signal(object)
    arguments_requested = Signal(object)
    """What a script is to be given, in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup: RunSetup | None = None
        self._optimizers: tuple[OptimizerRecord, ...] = ()
        self._devices: tuple[DeviceRecord, ...] = ()
        self._defaults: RunSetup | None = None
        self.python_row = PythonRow()
        self.python_row.python_requested.connect(lambda path: self._wish(python=path))
        self.python_row.hide()
        self.device = ChoiceField(self.tr("Device"))
        self.device.chosen.connect(lambda name: self._wish(device=name))
        self.optimizer = ChoiceField(self.tr("Optimizer"))
        self.optimizer.chosen.connect(self._choose_optimizer)
        self.options = OptimizerForm()
        self.options.choice_requested.connect(lambda choice: self._wish(optimizer=choice))
        self.seed = TextField(self.tr("Seed"))
        self.iterations = TextField(self.tr("Iterations"))
        self.sizes = SizesForm()
        self.sizes.values_requested.connect(lambda values: self._wish(hyperparameters=values))
        self._locked = QLabel(wordWrap=True)
        self._locked.setProperty("role", "caption")
        self._locked.hide()
        self._note = QLabel(self.tr("Sizes take effect at Reset."), wordWrap=True)
        self._note.setProperty("role", "caption")
        self._note.setContentsMargins(LABEL_WIDTH + 8, 0, 0, 0)
        self._note.hide()
        self._seed_row = FormRow(self.tr("Seed"), self.seed, self.tr("Of random, NumPy and torch, set before anything"))
        self.arguments_row = ArgumentsRow()
        self.arguments_row.arguments_requested.connect(self.arguments_requested)
        self.arguments_row.hide()
        self._iterations_row = FormRow(self.tr("Iterations"), self.iterations, self.tr("How many Run trains"))
        self.seed.finished.connect(lambda: self._read_whole(self._seed_row, self.seed, "seed", 0, LARGEST_SEED))
        self.iterations.finished.connect(
            lambda: self._read_whole(self._iterations_row, self.iterations, "iterations", 1, MOST_ITERATIONS)
        )
        self.defaults = LinkButton(self.tr("Use the defaults"))
        self.defaults.setToolTip(self.tr("All fields as the network's own file has them; what was changed is strong"))
        self.defaults.clicked.connect(lambda: self._wish_all(self._defaults))
        self.defaults.hide()
        self._device_row = FormRow(self.tr("Device"), self.device)
        self._optimizer_row = FormRow(self.tr("Optimizer"), self.optimizer)
        self._plain_rows = (
            (self._device_row, "device"),
            (self._seed_row, "seed"),
            (self._iterations_row, "iterations"),
        )
        for row, field in (*self._plain_rows, (self._optimizer_row, "optimizer")):
            row.back_requested.connect(lambda name=field: self._wish(**{name: getattr(self._defaults, name)}))
        self._arrange()
        self.device.show_waiting(self.tr("asking …"))
        self.optimizer.show_waiting(self.tr("asking …"))

    def _arrange(self) -> None:
        """Lay out two groups of rows: how it is trained, and what is built."""
        first, second = QVBoxLayout(), QVBoxLayout()
        for column, widgets in (
            (first, (self._locked, self.python_row, self._device_row, self._optimizer_row, self.options)),
            (second, (self.arguments_row, self._seed_row, self._iterations_row, self.sizes, self._note)),
        ):
            column.setSpacing(6)
            for widget in widgets:
                column.addWidget(widget)
        line = QHBoxLayout()
        line.setContentsMargins(LABEL_WIDTH + 5, 0, 0, 0)
        line.addWidget(self.defaults)
        line.addStretch()
        second.addLayout(line)
        for column in (first, second):
            column.addStretch()
        self._line = separator()
        self._groups = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._groups.setContentsMargins(16, 12, 16, 16)
        self._groups.setSpacing(10)
        self._groups.addLayout(first)
        self._groups.addWidget(self._line)
        self._groups.addLayout(second)
        self._groups.addStretch()

    def set_columns(self, count: int) -> None:
        """Show the two groups beside each other, or one below the other."""
        beside, directions = count > 1, QBoxLayout.Direction
        direction = directions.LeftToRight if beside else directions.TopToBottom
        if direction == self._groups.direction():
            return  # each setting of the spacing asks for the layout, at which the panel counts the columns again
        self._groups.setDirection(direction)
        self._groups.setSpacing(24 if beside else 10)
        for place in (0, 2):
            self._groups.setStretch(place, 1 if beside else 0)
        self._line.setVisible(not beside)

    def show_no_engine(self, coming: bool) -> None:
        """Offer nothing: an engine is `coming`, or there is none."""
        for choice in (self.device, self.optimizer):
            choice.show_waiting(self.tr("asking …") if coming else self.tr("no engine"))

    def show_not_open(self) -> None:
        """Offer nothing for a user's model until it is open and its devices and optimizers are known."""
        for choice in (self.device, self.optimizer):
            choice.show_waiting(self.tr("not open yet"))

    def show_failed(self) -> None:
        """Keep the form usable for a model that could not be opened: offer what was offered for the one before."""
        if not self._optimizers or self._setup is None:
            self.show_not_open()
            return
        self.device.offer([(d.id, _device_text(d), "") for d in self._devices], self._setup.device)
        name = self._setup.optimizer.name if self._setup.optimizer is not None else ""
        self.optimizer.offer([(o.name, o.name, "") for o in self._optimizers], name)
        self.device.setEnabled(True)
        self.optimizer.setEnabled(True)

    def show_refused(self, sentence: str) -> None:
        """Show at its field why the setup was refused; without an option that the sentence names, at the optimizer
        that it names."""
        if not self.options.show_refused(sentence):
            chosen = self._setup.optimizer if self._setup is not None else None
            named = chosen is not None and sentence.startswith(chosen.name)
            self._optimizer_row.show_error(sentence if named else "")

    def show_changes(self, setup: RunSetup, defaults: RunSetup) -> None:
        """Mark the fields whose values are others than the network's own, and offer those."""
        self._defaults = defaults = replace(defaults, python=setup.python)  # which no file proposes
        locked = bool(self._locked.text())  # by a script, which sets all of it
        self.defaults.setVisible(setup != defaults and not locked)
        for row, field in self._plain_rows:
            own_value = getattr(defaults, field)
            row.mark_changed(getattr(setup, field) != own_value, str(own_value))
        own, name = defaults.optimizer, setup.optimizer.name if setup.optimizer is not None else ""
        self._optimizer_row.mark_changed(own is not None and name != own.name, own.name if own is not None else "")
        self.options.show_changes(self._choice if locked or setup.optimizer is None else own)
        self.sizes.show_changes(setup.hyperparameters, defaults.hyperparameters)

    def show_opened(self, opened: Opened) -> None:
        """Offer the devices and optimizers of the open network, unusable ones with their reason."""
        chosen = self._setup
        self.device.offer(
            [(d.id, _device_text(d), d.reason) for d in opened.devices],
            chosen.device if chosen else opened.device,
        )
        self.device.setEnabled(True)
        self._optimizers, self._devices = opened.optimizers, opened.devices
        self.options.show_refused("")
        self._optimizer_row.show_error("")
        self.optimizer.offer(
            [(o.name, o.name, o.reason) for o in opened.optimizers],
            chosen.optimizer.name if chosen and chosen.optimizer else opened.optimizer.name,
        )
        self.optimizer.setEnabled(True)
        if chosen is not None and chosen.target == opened.target:
            self.sizes.show_records(opened.hyperparameters, chosen)
            self._show_options(chosen.optimizer or opened.optimizer)
        self._lock(opened.locked)
        self._show_script(opened.kind == "script")

    def show_setup(self, setup: RunSetup) -> None:
        """Show the setup of this or the next run."""
        before, self._setup = self._setup, setup
        if before is None or before.target != setup.target:
            self._lock("")
            self._show_script(False)
            if not setup.is_built_in:
                self.show_not_open()
        self.python_row.show_setup(setup)
        self.sizes.show_setup(setup)
        self.seed.show_value(str(setup.seed))
        self.iterations.show_value(str(setup.iterations))
        if self.device.isEnabled():
            self.device.show_value(setup.device)
        if self.optimizer.isEnabled() and setup.optimizer is not None:
            self.optimizer.show_value(setup.optimizer.name)
        self.options.setVisible(setup.optimizer is not None)
        if setup.optimizer is not None:
            self._show_options(setup.optimizer)

    def show_waiting(self, waiting: bool, going: bool) -> None:
        """Show that sizes wait for a reset: while a run is `going`, or when they differ from the run's."""
        self._note.setText(
            self.tr("Changed: press Reset to use them.") if waiting else self.tr("Sizes take effect at Reset.")
        )
        self._note.setProperty("role", "warning" if waiting else "caption")
        self._note.style().unpolish(self._note)
        self._note.style().polish(self._note)
        self._note.setVisible(waiting or going)

    def _lock(self, reason: str) -> None:
        """Disable all fields for a `reason`; empty enables them."""
        for field in (self.device, self.optimizer, self.options, self.seed):
            if reason:
                field.setEnabled(False)
            elif field in (self.options, self.seed):
                field.setEnabled(True)
            field.setToolTip(reason)
        self._locked.setText(reason)
        self._locked.setVisible(bool(reason))

    def _show_options(self, choice: OptimizerChoice) -> None:
        record = next((o for o in self._optimizers if o.name == choice.name), None)
        if record is None:  # the engine has not sent it yet; the learning rate is known anyhow
            record = OptimizerRecord(choice.name, (OptionRecord("lr", "float", choice.options.get("lr", 1e-3)),))
        self.options.show_choice(record, choice)

    def _choose_optimizer(self, name: str) -> None:
        if self._setup is None or (self._setup.optimizer is not None and name == self._setup.optimizer.name):
            return
        record = next(o for o in self._optimizers if o.name == name)
        rate = next((option.default for option in record.options if option.name == "lr"), None)
        self._wish(optimizer=OptimizerChoice(name, {} if rate is None else {"lr": rate}))

    def _wish(self, **changed: object) -> None:
        if self._setup is not None:
            wished = replace(self._setup, **changed)
            if wished != self._setup:
                self.setup_requested.emit(wished)

    def _show_script(self, shown: bool) -> None:
        self.arguments_row.setVisible(shown)
        self._iterations_row.setVisible(not shown)  # a script knows itself how many it has

    def _wish_all(self, setup: RunSetup | None) -> None:
        if setup is not None and setup != self._setup:
            self.setup_requested.emit(setup)

    @property
    def _choice(self) -> OptimizerChoice | None:
        return self._setup.optimizer if self._setup is not None else None

    def _read_whole(self, row: FormRow, field: TextField, name: str, least: int, most: int) -> None:
        title = field.accessibleName()
        try:
            value = read_whole(title, field.text(), least, most)
        except InvalidValueError as error:
            field.mark_wrong(str(error))
            row.show_error(str(error))
            return
        field.mark_wrong("")
        row.show_error("")
        self._wish(**{name: value})


def _device_text(device: DeviceRecord) -> str:
    """Return `cpu`, or `cuda:0  NVIDIA H200`: with the title where it differs from the id."""
    return device.id if device.title.lower() in ("", device.id) else f"{device.id}  {device.title}"


def separator() -> QFrame:
    """Return a line of one pixel between two parts of a form."""
    line = QFrame()
    line.setProperty("line", True)
    line.setFixedHeight(1)
    return line
