"""The panel of a race: how far it is, the table of its configurations and seeds, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gradviz.appearance.text_styles import CAPTION
from gradviz.errors import GradvizError
from gradviz.gui.dialogs.consent_dialog import ConsentDialog
from gradviz.gui.panels.race.race_dialog import KnownForRace, RaceDialog, time_text
from gradviz.gui.panels.race.race_table import RaceTable
from gradviz.gui.panels.race.races import Races
from gradviz.gui.session.consent_requests import ConsentQuestion
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.gui.style import fonts
from gradviz.gui.widgets.buttons import icon_button, panel_corner
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.language import tr
from gradviz.race import plan as plans
from gradviz.race.plan import Plan, RaceRequest
from gradviz.race.race import Race
from gradviz.race.result_text import notes, table_csv, table_text
from gradviz.race.results import ConfigurationResult, results

_MOST_ERRORS = 3


class RacePanel(QWidget):
    """Shows the session's race. `ask` opens the dialog for another one."""

    runs_requested = Signal(list)
    """Ids of recorded runs that are to be shown in their panel."""
    form_requested = Signal()
    """A configuration was opened: the form has it."""
    begun = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.races = Races(session.state, session.recorded, session.opening.consent, self)
        self.settings: Settings | None = None
        """Where what was filled in is remembered."""
        self.dialog: RaceDialog | None = None
        self.consent: ConsentDialog | None = None
        self.table = RaceTable()
        self.headline = QLabel()
        self.headline.setProperty("role", "title")
        self.progress_text = WrappingLabel("text2", fonts.font(CAPTION))
        self.bar = QProgressBar(textVisible=False)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.races.cancel)
        self.errors = WrappingLabel("error", fonts.font(CAPTION))
        self.notes = WrappingLabel("text3", fonts.font(CAPTION))
        self.corner = panel_corner(
            icon_button("play", self.tr("Begin a race"), self.ask),
            icon_button("copy", self.tr("Copy the table as text"), self.copy_text),
        )
        self._empty = EmptyState("chart-line", self.tr("No race yet"), self.tr(
            "[Ctrl+R] lets optimizers, learning rates and seeds run side by side from the same weights."))  # fmt: skip
        self._stack = QStackedLayout(self)
        self._arrange()
        self.races.changed.connect(self._show)
        self.races.asked.connect(self._ask_consent)
        self.table.shown_requested.connect(self.show_runs)
        self.table.customContextMenuRequested.connect(self._open_menu)
        copy = QShortcut(QKeySequence.StandardKey.Copy, self.table, self.copy_text)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(400, 440)

    def _arrange(self) -> None:
        page = QWidget()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.headline)
        words.addWidget(self.progress_text)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 12, 6)
        head.setSpacing(8)
        head.addLayout(words, 1)
        head.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignTop)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 12, 10)
        foot.setSpacing(4)
        foot.addWidget(self.errors)
        foot.addWidget(self.notes)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)

    # The dialog

    def why_not(self) -> str:
        """Return why no race can begin now; empty if one can."""
        return self.tr("A race is running; cancel it first.") if self.races.is_running else ""

    def ask(self) -> None:
        """Open the dialog."""
        if reason := self.why_not():
            self.races.said.emit(reason)
            return
        self._session.recorded.refresh(wait=False)
        self.dialog = RaceDialog(self._plan(), self._known(), self.window())
        self.dialog.race_requested.connect(self._begin)
        self._session.recorded.changed.connect(self.dialog.check)  # they say how long runs took
        self.dialog.open()

    def _plan(self) -> Plan:
        text = self.settings.get("race/plan") if self.settings is not None else ""
        setup = self._session.state.setup
        plan = plans.from_text(text) if text else Plan(iterations=str(setup.iterations))
        if len(plan.targets) < 2:  # what is open, unless several were chosen
            plan = Plan((setup.target,), plan.optimizers, plan.rates, plan.seeds, plan.iterations, plan.threshold,
                        plan.at_once)  # fmt: skip
        return plan

    def _known(self) -> KnownForRace:
        state, opened = self._session.state, self._session.engine.opened
        setup, reason = state.setup, ""
        if opened is not None and opened.target == setup.target and opened.kind == "script":
            reason = self.tr("{0} is a training script, which sets optimizer and seed itself.").format(state.title)
        return KnownForRace(
            "" if reason else setup.target,
            state.title,
            reason,
            lambda target: setup if target == setup.target else self._session.opening.setup_of(target),
            opened.optimizers if opened is not None and not reason else (),
            lambda titles: plans.known_rate(self._session.recorded.runs, titles),
        )

    def _begin(self, request: RaceRequest, plan: Plan) -> None:
        if self.settings is not None:
            self.settings.set("race/plan", plans.to_text(plan))
        self.races.start(request)
        self.begun.emit()

    def _ask_consent(self, question: ConsentQuestion) -> None:
        self.consent = ConsentDialog(question, self.window())
        self.consent.finished.connect(self._answer)
        self.consent.open()

    def _answer(self, result: int) -> None:
        dialog, self.consent = self.consent, None
        if dialog is not None:
            self.races.answer(bool(result), dialog.trusted_folder)

    # The race

    def _results(self, race: Race) -> tuple[float | None, list[ConfigurationResult]]:
        """Return the threshold and the results; while it runs, one that was not chosen would move."""
        assert self.races.request is not None
        threshold, rows = results(race.lanes, self.races.request.threshold)
        if threshold is not None and self.races.request.threshold is None and not race.is_over:
            return results(race.lanes, -float("inf"))
        return threshold, rows

    def _show(self) -> None:
        race, request = self.races.race, self.races.request
        if race is None or request is None:
            return
        self._stack.setCurrentIndex(1)
        threshold, rows = self._results(race)
        self.table.show_race(race, threshold, rows)
        total, done = race.iterations * len(race.lanes), sum(len(lane.losses) for lane in race.lanes)
        self.bar.setRange(0, 1000)
        self.bar.setValue(1000 * done // total)
        self.bar.setVisible(not race.is_over)
        self.cancel_button.setVisible(not race.is_over)
        self.cancel_button.setEnabled(not self.races.is_cancelling)
        self.headline.setText(self._headline(race))
        self.progress_text.setText(self._progress(race))
        failed = [f"{lane.entry.title}: {lane.error}" for lane in race.lanes if lane.error]
        more = len(failed) - _MOST_ERRORS
        lines = [*failed[:_MOST_ERRORS], *([self.tr("and {0} more").format(more)] if more > 0 else [])]
        self.errors.setText("\n".join(lines))
        self.errors.setVisible(bool(failed))
        known = threshold if race.is_over or request.threshold is not None else None
        self.notes.setText(" ".join(f"{note[0].upper()}{note[1:]}." for note in notes(known, race.threads)))

    def _headline(self, race: Race) -> str:
        over = sum(lane.is_over for lane in race.lanes)
        if any(lane.state == "cancelled" for lane in race.lanes):
            return self.tr("The race was cancelled")
        if race.is_over:
            return self.tr("The race is over")
        if self.races.is_cancelling:
            return self.tr("The engines are being ended")
        return self.tr("{0} of {1} runs are done").format(over, len(race.lanes))

    def _progress(self, race: Race) -> str:
        configurations = len({lane.entry.configuration for lane in race.lanes})
        at_once = self.tr("one at a time") if race.at_once == 1 else self.tr("{0} at once").format(race.at_once)
        text = self.tr("{configurations} configurations, {iterations} iterations each, {at_once}").format(
            configurations=configurations, iterations=f"{race.iterations:,}", at_once=at_once
        )
        seconds = race.seconds_left
        if seconds is None or race.is_over or self.races.is_cancelling:
            return text
        return self.tr("{0}; about {1} left").format(text, time_text(seconds))

    # What is done with it

    def show_runs(self) -> None:
        """Show the runs of the current row in the panel of runs, and on the plot."""
        ids = [lane.run for lane in self.table.chosen if lane.run]
        if ids:
            self.runs_requested.emit(ids)
        elif self.table.chosen:
            self.races.said.emit(self.tr("It is not recorded: there was no loss, or recording is off."))

    def open_configuration(self) -> None:
        """Open the network of the current row with its configuration in the form."""
        lane = next(iter(self.table.chosen), None)
        if lane is None:
            return
        setup = self.races.setup(lane)
        try:
            self._session.opening.open(setup.target, setup=setup)
        except GradvizError as error:
            self.races.said.emit(str(error))
            return
        self.form_requested.emit()

    def copy_text(self) -> None:
        """Copy the table, aligned, with what has to be known to read it."""
        if (race := self.races.race) is not None:
            threshold, rows = self._results(race)
            QGuiApplication.clipboard().setText(table_text(rows, threshold, race.threads))

    def copy_csv(self) -> None:
        """Copy the table as CSV, with every digit."""
        if (race := self.races.race) is not None:
            threshold, rows = self._results(race)
            QGuiApplication.clipboard().setText(table_csv(rows, threshold))

    def _open_menu(self, place: QPoint) -> None:
        menu = lettered(QMenu(self))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Show in Runs"), self.show_runs).setShortcut("Return")
        menu.addAction(tr("Open this configuration"), self.open_configuration)
        menu.addSeparator()
        menu.addAction(tr("Copy as text"), self.copy_text).setShortcut("Ctrl+C")
        menu.addAction(tr("Copy as CSV"), self.copy_csv)
        menu.popup(self.table.viewport().mapToGlobal(place))
