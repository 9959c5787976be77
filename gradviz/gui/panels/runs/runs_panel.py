"""The panel of recorded runs: search, rename, tag, show on the plot, duplicate, compare, delete with undo, exchange."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QPoint, QSize, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import CAPTION
from gradviz.gui.panels.runs.run_actions import RunActions
from gradviz.gui.panels.runs.runs_table import RunsTable
from gradviz.gui.panels.runs.runs_table_model import RunsTableModel
from gradviz.gui.panels.runs.undo_line import UndoLine
from gradviz.gui.panels.tables.table_panel import VisibilityPanel
from gradviz.gui.session.recorded_runs import label
from gradviz.gui.session.session import Session
from gradviz.gui.style import fonts
from gradviz.gui.widgets.buttons import icon_button, panel_corner
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.gui.widgets.labels import ElidedLabel
from gradviz.runs.run_records import RunSummary

_AGAIN = 3000
"""Milliseconds between two looks at runs that go on, while the panel is seen."""


class RunsPanel(VisibilityPanel):
    """Reads and changes runs through the session's `recorded`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._recorded = session, session.recorded
        self.model = RunsTableModel(self)
        self.view = RunsTable(self.model)
        self.view.setIconSize(QSize(14, 14))
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Search runs"))
        self.field.setToolTip(self.tr("Words of the name, network, optimizer, device, tags, note or id"))
        self.field.setAccessibleName(self.tr("Search runs"))
        self.field.setClearButtonEnabled(True)
        self.field.setFixedHeight(26)
        self.field.setMinimumWidth(64)
        self.field.setMaximumWidth(240)
        self.acts = RunActions(session, lambda: self.selected, self.view.write_in, self)
        self.corner = self._make_corner()
        self._empty = EmptyState("stack")
        self.problems = ElidedLabel("warning", fonts.font(CAPTION))
        self.undo = UndoLine()
        self._gone: list[RunSummary] = []
        self._wanted: frozenset[str] = frozenset()
        """Runs that are to be selected as soon as they are listed."""
        self._again = QTimer(self, interval=_AGAIN)
        self._again.timeout.connect(partial(self._recorded.refresh, wait=False))
        self._lay_out()
        self._connect()
        self._show()

    @property
    def selected(self) -> list[RunSummary]:
        """The selected runs, the uppermost first."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return [self.model.run(row) for row in rows]

    def reveal(self, ids: Sequence[str]) -> None:
        """Select runs by their ids, and put them on the plot, when they are listed."""
        self._wanted = frozenset(ids)
        self.field.clear()
        self._recorded.refresh()
        self._select_wanted()

    def _select_wanted(self) -> None:
        if not self._wanted or not self._wanted <= {run.id for run in self._recorded.runs}:
            return
        wanted, self._wanted = self._wanted, frozenset()
        rows = sorted(row for number in wanted if (row := self.model.row_of(number)) is not None)
        self.view.clearSelection()
        for row in rows:
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            self.view.selectionModel().setCurrentIndex(self.model.index(row, 0), flags)
        if rows:
            self.view.scrollTo(self.model.index(rows[0], 0))
        for run in self._recorded.runs:
            if run.id in wanted and not self._recorded.is_shown(run) and not self._recorded.is_own(run):
                self._recorded.show(run)

    # What is shown

    def _make_corner(self) -> QWidget:
        shown = self.tr("Show the selected runs on the plot, or take them off it")
        corner = panel_corner(
            self.field,
            icon_button("chart-line", shown, self.acts.toggle_shown),
            icon_button("open", self.tr("Import runs of files"), self.acts.exchange.bring_in),
            icon_button("trash", self.tr("Delete the selected runs (Del)"), self.acts.delete),
        )
        corner.layout().setStretchFactor(self.field, 100)  # type: ignore[union-attr]
        return corner

    def _lay_out(self) -> None:
        rows = QWidget()
        self._stack = QStackedLayout(rows)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(rows, 1)
        line = QHBoxLayout()
        line.setContentsMargins(12, 0, 12, 2)
        line.addWidget(self.problems)
        column.addLayout(line)
        column.addWidget(self.undo)

    def _connect(self) -> None:
        recorded, state = self._recorded, self._session.state
        recorded.changed.connect(self._show)
        recorded.deleted.connect(self._offer_undo)
        self.undo.undo_requested.connect(lambda: recorded.restore(self._gone))
        self.shown_changed.connect(self._follow)
        state.network_opened.connect(self.look_soon)
        state.phase_changed.connect(self.look_soon)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._to_rows)
        self.model.edited.connect(self._write)
        self.view.shown_requested.connect(self.acts.toggle_shown)
        self.view.delete_requested.connect(self.acts.delete)
        self.view.customContextMenuRequested.connect(self._open_menu)

    def _follow(self) -> None:
        if self.is_seen:
            self._recorded.refresh()
        self._watch()

    def look_soon(self) -> None:
        """List the runs soon: one has begun or ended."""
        if self.is_seen:
            self._recorded.refresh_soon()
        self._watch()

    def _watch(self) -> None:
        """Look again now and then while runs go on that can be seen, here or in another program."""
        goes_on = self._session.state.phase == "running" or any(run.live for run in self._recorded.runs)
        if self.is_seen and goes_on:
            self._again.start()
        else:
            self._again.stop()

    def _show(self) -> None:
        self.model.set_runs(self._recorded.runs, {number for number, _ in self._recorded.shown})
        problems = self._recorded.problems
        self.problems.setVisible(bool(problems))
        self.problems.setText("  ".join(problems.values()))
        self._show_count()
        self._watch()
        self._select_wanted()

    def _show_count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self._stack.setCurrentIndex(1 if shown else 0)
        if total:
            self._empty.show_text(self.tr("No run matches"), self.tr("Type less, or clear the search."))
        elif self._recorded.is_listed:
            text = self.tr("Every run is recorded here from its first loss on. Press [F5], or import a file.")
            self._empty.show_text(self.tr("No runs yet"), text)
        else:
            self._empty.show_text(self.tr("The runs are being read"), "")
        many = self.tr("Search {0} runs").format(f"{total:,}")
        self.field.setPlaceholderText(many if total > 1 else self.tr("Search runs"))
        found = self.tr("{0} of {1}").format(f"{shown:,}", f"{total:,}")
        self.field.setAccessibleDescription(found if shown < total else "")

    def _search(self, text: str) -> None:
        self.model.set_filter(text)
        self._show_count()

    def _to_rows(self) -> None:
        """Move from the search to the first row."""
        if self.model.rowCount():
            self.view.setFocus()
            if not self.view.currentIndex().isValid():
                self.view.setCurrentIndex(self.model.index(0, 0))

    def _write(self, run: RunSummary, field: str, text: str) -> None:
        value = tuple(text.split(",")) if field == "tags" else text
        self._recorded.edit(run, **{field: value})

    def _offer_undo(self, runs: list[RunSummary]) -> None:
        self._gone = runs
        if len(runs) == 1:
            self.undo.say(self.tr("{0} was deleted.").format(label(runs[0])))
        else:
            self.undo.say(self.tr("{0} runs were deleted.").format(len(runs)))

    def _open_menu(self, place: QPoint) -> None:
        self.acts.menu().popup(self.view.viewport().mapToGlobal(place))
