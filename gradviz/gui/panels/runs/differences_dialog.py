"""A dialog with the fields in which recorded runs differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.session.recorded_runs import label
from gradviz.gui.style import fonts
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.language import tr
from gradviz.runs.differences import differences
from gradviz.runs.run_records import RunSummary

_SIZE = (640, 420)
_ROW = 24


class DifferencesDialog(Dialog):
    """One row a field, one column a run; what is the same in all is a sentence below."""

    def __init__(self, runs: Sequence[RunSummary], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("What differs between the runs"))
        self.resize(*_SIZE)
        differing, same = differences(runs)
        headline = QLabel(
            self.tr("{0} fields differ").format(len(differing))
            if len(differing) > 1
            else self.tr("1 field differs")
            if differing
            else self.tr("The configurations are the same")
        )
        headline.setProperty("role", "title")
        self.table = _table([label(run) for run in runs], differing)
        self.table.setAccessibleName(self.windowTitle())
        self.table.setVisible(bool(differing))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(headline)
        column.addWidget(self.table, 1)
        if same:
            text = ", ".join(f"{name} {value}" for name, value in same.items())
            column.addWidget(WrappingLabel("text2", text=self.tr("The same: {0}.").format(text)))
        if not differing:
            column.addStretch(1)
        column.addLayout(button_row(self.way_out(self.tr("Close"), default=True)))


def _table(names: Sequence[str], rows: dict[str, tuple[str, ...]]) -> QTableWidget:
    table = QTableWidget(len(rows), 1 + len(names))
    table.setHorizontalHeaderLabels([tr("Field"), *names])
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for row, (name, values) in enumerate(rows.items()):
        for column, value in enumerate((name, *values)):
            item = QTableWidgetItem(value)
            if column:
                item.setFont(fonts.mono(12))
            item.setToolTip(value)
            table.setItem(row, column, item)
    return table
