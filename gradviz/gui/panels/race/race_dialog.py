"""Asks for a race: networks, optimizers, learning rates and seeds in a grid, how long, and how many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gradviz.client.runs import MOST_ITERATIONS, RunSetup
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.gui.panels.race.optimizer_rows import OptimizerRows
from gradviz.gui.text.option_values import read_whole
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.gui.widgets.fields import FormRow, TextField
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.language import tr
from gradviz.networks.catalogue import NETWORKS, network
from gradviz.protocol.commands import Open
from gradviz.protocol.records import OptimizerRecord
from gradviz.race import plan as plans
from gradviz.race.entries import grid
from gradviz.race.plan import Plan, RaceRequest
from gradviz.targets.target_spec import read_target

Held = TypeVar("Held")
_SIZE = (560, 528)
_COLUMNS = 4
_MOST_AT_ONCE = 64
_SOON = 150
"""Milliseconds after the last change until the sentences are written anew."""


@dataclass(frozen=True, slots=True)
class KnownForRace:
    """What the dialog is opened with."""

    target: str
    """What is open; empty if that cannot take part."""
    title: str
    reason: str
    """Why what is open cannot take part."""
    setup_of: Callable[[str], RunSetup]
    optimizers: tuple[OptimizerRecord, ...]
    rate_of: Callable[[Sequence[str]], float | None]
    """Returns iterations a second of networks by their titles, where that is known."""


class RaceDialog(Dialog):
    """Emits `race_requested` when it is accepted, with the race and what was filled in."""

    race_requested = Signal(object, object)

    def __init__(self, plan: Plan, known: KnownForRace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = known
        self.setWindowTitle(self.tr("Race"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self.networks: dict[str, QCheckBox] = {}
        self.optimizers = OptimizerRows(known.optimizers, plan.optimizers)
        texts = (
            ("rates", self.tr("Learning rates"), plan.rates, self.tr("each one's own"),
             self.tr("With blanks between, such as 1e-2 1e-3; an optimizer with lr among its options takes that")),
            ("seeds", self.tr("Seeds"), plan.seeds, "0 1 2", self.tr("Each configuration runs once with each of them")),
            ("iterations", self.tr("Iterations"), plan.iterations, "500", self.tr("Of each run")),
            ("threshold", self.tr("Threshold"), plan.threshold, self.tr("a loss that all come down to"),
             self.tr("The table has how soon each comes down to this loss")),
            ("at_once", self.tr("At once"), plan.at_once, str(plans.usual_at_once()),
             self.tr("Engines at the same time; by default one for each core, less one for this window")),
        )  # fmt: skip
        self.fields: dict[str, TextField] = {}
        self.rows: dict[str, FormRow] = {}
        for name, title, text, hint, tip in texts:
            self.fields[name] = field = TextField(title)
            field.setText(text)
            field.setPlaceholderText(hint)
            self.rows[name] = FormRow(title, field, tip)
        self.summary = WrappingLabel("text")
        self.note = WrappingLabel("text3")
        self.start_button = QPushButton(self.tr("Start"))
        self.start_button.setProperty("primary", True)
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self.accept)
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.check)
        self._arrange(plan)
        self._connect()
        self.check()

    def _arrange(self, plan: Plan) -> None:
        networks = QWidget()
        grid_layout = QGridLayout(networks)
        grid_layout.setContentsMargins(0, 0, 0, 0)
        grid_layout.setVerticalSpacing(4)
        for place, (target, title) in enumerate(self._offered()):
            box = self.networks[target] = QCheckBox(title)
            box.setChecked(target in plan.targets)
            grid_layout.addWidget(box, place // _COLUMNS, place % _COLUMNS)
        self.rows["targets"] = FormRow(self.tr("Networks"), networks, self._known.reason, tall=True)
        self.rows["optimizers"] = FormRow(self.tr("Optimizers"), self.optimizers, tall=True)
        page = QWidget()
        form = QVBoxLayout(page)
        form.setContentsMargins(20, 16, 20, 8)
        form.setSpacing(8)
        for name in ("targets", "optimizers", *self.fields):
            form.addWidget(self.rows[name])
        form.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 4, 20, 16)
        foot.setSpacing(4)
        foot.addWidget(self.summary)
        foot.addWidget(self.note)
        foot.addSpacing(8)
        foot.addLayout(button_row(self.way_out(self.tr("Cancel")), self.start_button))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        for field in self.fields.values():
            field.textChanged.connect(self._soon.start)
        for box in self.networks.values():
            box.toggled.connect(self._soon.start)
        self.optimizers.changed.connect(self._soon.start)

    def _offered(self) -> list[tuple[str, str]]:
        """Return target and title of all that can take part, what is open first if it is the user's."""
        own = [(self._known.target, self._known.title)] if self._known.target else []
        known = [(entry.id, entry.id) for entry in NETWORKS]
        return own + known if own and own[0] not in known else known

    @property
    def plan(self) -> Plan:
        """What is filled in now."""
        texts = {name: field.text().strip() for name, field in self.fields.items()}
        targets = tuple(target for target, box in self.networks.items() if box.isChecked())
        return Plan(targets, tuple(row.texts for row in self.optimizers.rows), **texts)

    def check(self) -> RaceRequest | None:
        """Write at each field what is wrong with it, and what would be run; return that, or None."""
        self._soon.stop()
        request = self._read()
        self.start_button.setEnabled(request is not None)
        self.note.setVisible(request is not None)
        if request is None:
            self.summary.setText("")
            return None
        self.summary.setText(self._summary(request))
        self.note.setText(
            self.tr("Runs of one seed begin with the same weights and see the same data in the same order.")
        )
        return request

    def accept(self) -> None:
        """Ask for the race, if all can be read."""
        if (request := self.check()) is not None:
            self.race_requested.emit(request, self.plan)
            super().accept()

    def _read(self) -> RaceRequest | None:
        plan = self.plan
        iterations = self.tr("Iterations")
        at_once = self.tr("At once")
        rates = self._take("rates", partial(plans.read_rates, plan.rates))
        seeds = self._take("seeds", partial(plans.read_seeds, plan.seeds))
        count = self._take("iterations", partial(read_whole, iterations, plan.iterations, 1, MOST_ITERATIONS))
        threshold = self._take("threshold", lambda: (plans.read_threshold(plan.threshold),))
        usual = str(plans.usual_at_once())
        engines = self._take("at_once", partial(read_whole, at_once, plan.at_once or usual, 1, _MOST_AT_ONCE))
        records = self._known.optimizers if self._known.target in plan.targets else _without_reasons(self._known)
        choices = [row.read(records) for row in self.optimizers.rows]
        self._show_error("targets", self._why_not(plan))
        if rates is None or not seeds or count is None or threshold is None or engines is None or None in choices:
            return None
        if self.rows["targets"].sentence:
            return None
        known = [choice for choice in choices if choice is not None]
        openings = [self._opening(target) for target in plan.targets]
        if rates and not known and any(opening.optimizer is None for opening in openings):
            self._show_error("rates", self.tr("Add the optimizer that the learning rates are for."))
            return None
        try:
            entries = grid(openings, known, rates, seeds)
        except GradvizError as error:
            self._show_error("seeds", str(error))
            return None
        return RaceRequest(tuple(entries), count, min(engines, len(entries)), threshold[0])

    def _take(self, name: str, read: Callable[[], Held]) -> Held | None:
        """Return what a field holds; None where it cannot be read, which is written below it."""
        try:
            value = read()
        except InvalidValueError as error:
            self._show_error(name, str(error))
            return None
        self._show_error(name, "")
        return value

    def _show_error(self, name: str, sentence: str) -> None:
        if name in self.fields:
            self.fields[name].mark_wrong(sentence)
        self.rows[name].show_error(sentence)

    def _why_not(self, plan: Plan) -> str:
        """Return why these networks cannot take part; empty if they can."""
        if not plan.targets:
            return self.tr("Choose a network.")
        others = [name for name, _ in plan.optimizers if name != "Manual"]
        for target in plan.targets:
            if others and read_target(target).kind == "network" and not network(target).autograd:
                text = self.tr("{0} derives its gradients by hand: only Manual can serve it.")
                return text.format(target)
        return ""

    def _opening(self, target: str) -> Open:
        setup = self._known.setup_of(target)
        return Open(1, setup.target, dict(setup.hyperparameters), 0, setup.device, setup.optimizer)

    def _summary(self, request: RaceRequest) -> str:
        count, at_once = len(request.entries), request.at_once
        runs = self.tr("1 run") if count == 1 else self.tr("{0} runs").format(count)
        engines = self.tr("one at a time") if at_once == 1 else self.tr("{0} at once").format(at_once)
        text = self.tr("{runs} of {iterations} iterations, an engine each, {engines}").format(
            runs=runs, iterations=f"{request.iterations:,}", engines=engines
        )
        titles = [read_target(entry.open.target).title for entry in request.entries]
        seconds = plans.duration(request, self._known.rate_of(list(dict.fromkeys(titles))))
        if seconds is None:
            return self.tr("{0}; how long that takes is not known yet.").format(text)
        return self.tr("{0}; about {1}.").format(text, time_text(seconds))


def time_text(seconds: float) -> str:
    """Return a time as it is said: `40 s`, `3 min`, `2 h`."""
    if seconds < 90:
        return tr("{0} s").format(max(round(seconds), 1))
    if seconds < 90 * 60:
        return tr("{0} min").format(round(seconds / 60))
    return tr("{0} h").format(round(seconds / 3600))


def _without_reasons(known: KnownForRace) -> tuple[OptimizerRecord, ...]:
    """Return the optimizers as they are for networks of which is not known what cannot serve them."""
    return tuple(replace(record, reason="") for record in known.optimizers)
