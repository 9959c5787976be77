"""The table model of recorded runs: what each column shows, how it sorts, and which cells can be written in."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from time import localtime, strftime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from gradviz.gui.session.recorded_runs import rate_of
from gradviz.gui.style import fonts, icons
from gradviz.gui.style.qt_colors import color, current
from gradviz.language import tr, translatable
from gradviz.model.number_text import exact, short, whole
from gradviz.runs.library import matches
from gradviz.runs.run_records import RunEnd, RunSummary

Index = QModelIndex | QPersistentModelIndex
_ICON = 14
_STATES: dict[RunEnd, str] = {
    "running": translatable("recording"),
    "finished": translatable("finished"),
    "failed": translatable("failed"),
    "ended": translatable("ended"),
    "died": translatable("died"),
    "killed": translatable("killed"),
}


@dataclass(frozen=True, slots=True)
class RunColumn:
    """One column. `field` is what `RecordedRuns.edit` calls what can be written in it; empty for none."""

    heading: str
    width: int
    text: Callable[[RunSummary], str]
    key: Callable[[RunSummary], Any]
    """What it sorts by; None comes last."""
    number: bool = False
    field: str = ""


def _loss(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _when_text(run: RunSummary) -> str:
    """Return day and time of a run of this year, the date of an older one."""
    began = localtime(run.began)
    return strftime("%m-%d %H:%M" if began.tm_year == localtime().tm_year else "%Y-%m-%d", began)


def _rate_text(run: RunSummary) -> str:
    rate = rate_of(run)
    return "" if rate is None else f"{rate:g}"


COLUMNS: tuple[RunColumn, ...] = (
    RunColumn(translatable("Name"), 140, lambda run: run.name, lambda run: run.name or None, field="name"),
    RunColumn(translatable("Network"), 80, lambda run: run.title, lambda run: run.title or None),
    RunColumn(translatable("Optimizer"), 78, lambda run: run.optimizer, lambda run: run.optimizer or None),
    RunColumn("lr", 60, _rate_text, rate_of, number=True),
    RunColumn(translatable("Device"), 56, lambda run: run.device, lambda run: run.device or None),
    RunColumn(
        translatable("Seed"),
        46,
        lambda run: "" if run.setup is None else str(run.setup.seed),
        lambda run: None if run.setup is None else run.setup.seed,
        number=True,
    ),
    RunColumn(translatable("Iterations"), 74, lambda run: whole(run.iterations), lambda run: run.iterations, True),
    RunColumn(
        translatable("Last"),
        80,
        lambda run: "" if run.last is None else short(run.last),
        lambda run: _loss(run.last),
        number=True,
    ),
    RunColumn(
        translatable("Best"),
        80,
        lambda run: "" if run.best is None else short(run.best),
        lambda run: _loss(run.best),
        number=True,
    ),
    RunColumn(
        translatable("When"),
        92,
        _when_text,
        lambda run: run.began,
        number=True,
    ),
    RunColumn(
        translatable("State"),
        80,
        lambda run: tr(_STATES[run.state]),
        lambda run: tr(_STATES[run.state]),
    ),
    RunColumn(
        translatable("Tags"),
        120,
        lambda run: ", ".join(run.tags),
        lambda run: ", ".join(run.tags) or None,
        field="tags",
    ),
    RunColumn(translatable("Note"), 220, lambda run: run.note, lambda run: run.note or None, field="note"),
)
FIELDS = {column.field: section for section, column in enumerate(COLUMNS) if column.field}


class RunsTableModel(QAbstractTableModel):
    """Sorted and filtered rows; what is written in a cell is a signal."""

    edited = Signal(object, str, str)
    """A run, `name`, `tags` or `note`, and the text written there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: Sequence[RunSummary] = ()
        self._rows: list[RunSummary] = []
        self._shown: Collection[str] = ()
        self._sorted: tuple[int, bool] = (-1, False)
        self._filter = ""

    @property
    def total(self) -> int:
        """How many runs there are, whether the filter shows them or not."""
        return len(self._runs)

    def run(self, row: int) -> RunSummary:
        """Return the run of a row."""
        return self._rows[row]

    def row_of(self, number: str) -> int | None:
        """Return the row of the run with an id; None where none shows it."""
        return next((row for row, run in enumerate(self._rows) if run.id == number), None)

    def set_runs(self, runs: Sequence[RunSummary], shown: Collection[str]) -> None:
        """Show these runs, in the same order and filter; `shown` are the ids of those on the plot."""
        self._runs, self._shown = tuple(runs), frozenset(shown)
        self._arrange()

    def set_filter(self, text: str) -> None:
        """Show the runs in which all of these words occur."""
        self._filter = text
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        self._sorted = (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, Qt's own signature
        """Return the number of rows shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a heading."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return tr(COLUMNS[section].heading) if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() and COLUMNS[index.column()].field else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows in a role."""
        if not index.isValid():
            return None
        run, column = self._rows[index.row()], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                # A run without a name is called by the end of its id, which `gradviz runs` takes as well.
                return column.text(run) or (run.id.rpartition("-")[2] if column.field == "name" else "")
            case Qt.ItemDataRole.EditRole:
                return column.text(run)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
            case Qt.ItemDataRole.FontRole:
                return fonts.mono(11) if column.number else fonts.ui(12, 600 if self._is_named(run, column) else 400)
            case Qt.ItemDataRole.ForegroundRole:
                return self._ink(run, column)
            case Qt.ItemDataRole.DecorationRole if column.field == "name":
                return self._sign(run)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(run, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                text = f"{tr(column.heading)}: {self.data(index)}"
                on_plot = column.field == "name" and run.id in self._shown
                return f"{text}, {tr('on the plot')}" if on_plot else text
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Emit what was written in a cell; it is shown when it is on the disk."""
        run, column = self._rows[index.row()], COLUMNS[index.column()]
        if role != Qt.ItemDataRole.EditRole or not column.field:
            return False
        if str(value).strip() != column.text(run):
            self.edited.emit(run, column.field, str(value).strip())
        return True

    @staticmethod
    def _is_named(run: RunSummary, column: RunColumn) -> bool:
        return column.field == "name" and bool(run.name)

    def _sign(self, run: RunSummary) -> Any:
        """Return the picture of a curve where the run is on the plot, and a dash in its color where it is not."""
        if run.id in self._shown:
            return icons.icon("chart-line", _ICON, run.color or current().text)
        return icons.icon("minus-bold", _ICON, run.color) if run.color else None

    def _ink(self, run: RunSummary, column: RunColumn) -> Any:
        palette = current()
        if column.heading == "State" and run.state in ("running", "failed", "died"):
            return color(palette.error if run.state in ("failed", "died") else palette.accent)
        if self._is_named(run, column):
            return color(palette.text)
        if column.heading == "Last" and run.last is not None and not math.isfinite(run.last):
            return color(palette.error)
        return color(palette.text3 if column.field == "name" or column.heading in ("When", "State") else palette.text2)

    def _arrange(self) -> None:
        """Filter and sort; the selection stays on its runs."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in before]
        rows = [run for run in self._runs if not self._filter or matches(run, self._filter)]
        section, descending = self._sorted
        if section >= 0:
            key = COLUMNS[section].key
            known = sorted((run for run in rows if key(run) is not None), key=key, reverse=descending)
            rows = known + [run for run in rows if key(run) is None]
        self._rows = rows
        places = {run.id: row for row, run in enumerate(rows)}
        after = [
            self.index(places[number], index.column()) if number in places else QModelIndex()
            for number, index in zip(ids, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


def _tip(run: RunSummary, column: RunColumn) -> str:
    """Return all of a cell, of a loss with all its digits."""
    value = {"Last": run.last, "Best": run.best}.get(column.heading)
    if value is not None:
        return exact(value)
    if column.heading == "When":
        return strftime("%Y-%m-%d %H:%M:%S", localtime(run.began))
    return "\n".join((run.id, run.path)) if column.field == "name" else column.text(run)


def _alignment(section: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if COLUMNS[section].number else Qt.AlignmentFlag.AlignLeft
    return side.value | Qt.AlignmentFlag.AlignVCenter.value
