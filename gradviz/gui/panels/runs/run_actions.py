"""What can be done with recorded runs, and the menu of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu, QWidget

from gradviz.client.runs import from_text, to_text
from gradviz.errors import GradvizError
from gradviz.gui.panels.runs.differences_dialog import DifferencesDialog
from gradviz.gui.panels.runs.resume_dialog import ResumeDialog
from gradviz.gui.panels.runs.run_exchange import RunExchange
from gradviz.gui.session.run_checkpoints import Resumable
from gradviz.gui.session.session import Session
from gradviz.gui.style import icons
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.language import tr, translatable
from gradviz.runs.run_records import COLORS, RunSummary, main_metric


class RunActions(QObject):
    """What is done with the selected runs of a panel; where it changes files, `RecordedRuns` does it."""

    form_requested = Signal()
    """A setup was put into the form, to be changed there."""

    def __init__(
        self, session: Session, selected: Callable[[], Sequence[RunSummary]], write_in: Callable[[str], None],
        panel: QWidget,
    ) -> None:  # fmt: skip
        """Act on the runs that `selected` returns; `write_in` opens a cell by its field."""
        super().__init__(panel)
        self._session, self._recorded = session, session.recorded
        self._selected, self._write_in, self._panel = selected, write_in, panel
        self.exchange = RunExchange(session.recorded, selected, panel)
        self.dialog: DifferencesDialog | None = None
        self.resume_dialog: ResumeDialog | None = None
        session.checkpoints.confirmation_needed.connect(self._confirm)

    def toggle_shown(self) -> None:
        """Put the selected runs on the plot; take them off where all of them are on it."""
        runs = [run for run in self._selected() if not self._recorded.is_own(run)]
        if self._selected() and not runs:
            self._recorded.said.emit(self.tr("It is a run of this window: its curve is on the plot."))
        all_shown = all(map(self._recorded.is_shown, runs))
        for run in runs:
            (self._recorded.hide if all_shown else self._recorded.show)(run)

    def delete(self) -> None:
        """Delete the selected runs; the line below has the undo."""
        if runs := self._selected():
            self._recorded.delete(runs)

    def duplicate(self) -> None:
        """Open what the selected run was of, with its setup in the form."""
        run = next(iter(self._selected()), None)
        if run is None or run.setup is None:
            return
        try:
            setup = from_text(run.setup.target, to_text(run.setup))
            if run.arguments:
                self._session.opening.script_arguments[setup.target] = run.arguments
            self._session.opening.open(setup.target, setup=setup)
        except GradvizError as error:
            self._recorded.said.emit(str(error))
            return
        self.form_requested.emit()

    def reopen(self) -> None:
        """Show the curve, the events and the graph of the selected run again."""
        if run := next(iter(self._selected()), None):
            self._session.reopened.reopen(run)

    def resume(self) -> None:
        """Go on with the selected run from its last checkpoint."""
        if run := next(iter(self._selected()), None):
            self._session.checkpoints.resume(run)

    def _confirm(self, found: Resumable) -> None:
        """Ask whether to resume a run whose source file is another one since."""
        self.resume_dialog = ResumeDialog(found, self._panel.window())
        self.resume_dialog.accepted.connect(partial(self._session.checkpoints.go_on, found))
        self.resume_dialog.open()

    def compare(self) -> None:
        """Show what differs between the selected runs."""
        if len(self._selected()) > 1:
            self.dialog = DifferencesDialog(self._selected(), self._panel.window())
            self.dialog.open()

    def menu(self) -> QMenu:
        """Return the context menu of the selected runs."""
        menu = lettered(QMenu(self._panel))
        menu.setToolTipsVisible(True)
        runs = self._selected()
        if runs:
            self._add_actions(menu, runs)
            menu.addSeparator()
        menu.addAction(self.tr("Import files…"), self.exchange.bring_in)
        menu.addAction(self.tr("Import a folder of TensorBoard…"), self.exchange.bring_in_folder)
        return menu

    def _add_actions(self, menu: QMenu, runs: Sequence[RunSummary]) -> None:
        one = len(runs) == 1
        all_shown = all(map(self._recorded.is_shown, runs))
        text = self.tr("Take off the plot") if all_shown else self.tr("Show on the plot")
        shown = menu.addAction(text, self.toggle_shown)
        shown.setShortcut("Return")
        if all(self._recorded.is_own(run) for run in runs):
            shown.setEnabled(False)
            shown.setToolTip(self.tr("It is a run of this window: its curve is on the plot."))
        reopen = menu.addAction(self.tr("Reopen"), self.reopen)
        reopen.setEnabled(one)
        reopen.setToolTip(self.tr("Curve, events and graph as they were recorded; no code is run"))
        self._add_metrics(menu, runs)
        self._add_resume(menu, runs)
        duplicate = menu.addAction(self.tr("Duplicate with changes"), self.duplicate)
        duplicate.setEnabled(one and runs[0].setup is not None)
        duplicate.setToolTip(
            self.tr("Opens its network, with its setup in the form")
            if runs[0].setup is not None
            else self.tr("It was imported: there is no setup to open.")
        )
        compare = menu.addAction(self.tr("What differs?"), self.compare)
        compare.setEnabled(not one)
        compare.setToolTip(self.tr("Select two runs or more."))
        menu.addSeparator()
        for field, words, keys in (("name", self.tr("Rename"), "F2"), ("tags", self.tr("Tags"), ""),
                                   ("note", self.tr("Note"), "")):  # fmt: skip
            action = menu.addAction(words, partial(self._write_in, field))
            action.setShortcut(keys)
            action.setEnabled(one)
        self._add_colors(menu, runs)
        menu.addSeparator()
        menu.addAction(self.tr("Export…"), self.exchange.export).setEnabled(one)
        menu.addAction(self.tr("Export for TensorBoard…"), self.exchange.export_events)
        delete = menu.addAction(self.tr("Delete"), self.delete)
        delete.setShortcut("Del")
        if any(run.live for run in runs):
            delete.setEnabled(False)
            delete.setToolTip(self.tr("It is being recorded; end it first."))

    def _add_resume(self, menu: QMenu, runs: Sequence[RunSummary]) -> None:
        step = runs[0].checkpoint_step if len(runs) == 1 else None
        text = self.tr("Resume") if step is None else self.tr("Resume from iteration {0}").format(f"{step:,}")
        resume = menu.addAction(text, self.resume)
        resume.setEnabled(step is not None and runs[0].setup is not None and not runs[0].live)
        if len(runs) > 1:
            resume.setToolTip(self.tr("Select one run."))
        elif step is None:
            resume.setToolTip(self.tr("It has no checkpoint; Keep a checkpoint in the Run menu makes one."))
        elif runs[0].live:
            resume.setToolTip(self.tr("It is being recorded; end it first."))
        else:
            resume.setToolTip(self.tr("Opens its network in that state, and goes on as a run of its own"))

    def _add_metrics(self, menu: QMenu, runs: Sequence[RunSummary]) -> None:
        """Add a menu of all that was recorded beside the loss, if there is anything."""
        others = [metric for metric in runs[0].metrics if metric != main_metric(runs[0].metrics)]
        if len(runs) > 1 or not others:
            return
        metrics = menu.addMenu(self.tr("Other metrics"))
        for metric in others:
            action = metrics.addAction(metric.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(metric in self._session.figures.chosen)
            action.toggled.connect(partial(self._show_metric, runs[0], metric))

    def _show_metric(self, run: RunSummary, metric: str, shown: bool) -> None:
        if shown and not self._recorded.is_shown(run) and not self._recorded.is_own(run):
            self._recorded.show(run)
        self._session.figures.choose(metric, shown)

    def _add_colors(self, menu: QMenu, runs: Sequence[RunSummary]) -> None:
        colors = lettered(menu.addMenu(self.tr("Color")))
        for name, code in (*COLORS, (translatable("No color"), "")):
            action = colors.addAction(tr(name), partial(self._paint, runs, code))
            action.setCheckable(True)
            action.setChecked(all(run.color == code for run in runs))
            if code:
                action.setIcon(icons.icon("chart-line", 16, QColor(code).name()))

    def _paint(self, runs: Sequence[RunSummary], code: str) -> None:
        for run in runs:
            self._recorded.edit(run, color=code)
