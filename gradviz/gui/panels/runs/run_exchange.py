"""Asks for files to export runs to and to import them from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gradviz.gui.session.recorded_runs import RecordedRuns, label
from gradviz.gui.widgets.save_file import ask_save_path
from gradviz.language import tr
from gradviz.runs.run_records import RunSummary


class RunExchange:
    """The dialogs of one panel; what is chosen there is done by `RecordedRuns`."""

    def __init__(self, recorded: RecordedRuns, selected: Callable[[], Sequence[RunSummary]], parent: QWidget) -> None:
        """Export the runs that `selected` returns."""
        self._recorded, self._selected, self._parent = recorded, selected, parent

    def export(self) -> None:
        """Ask for a file, and write the first selected run there."""
        for run in self._selected()[:1]:
            kinds = {"csv": "CSV", "parquet": "Parquet"}
            path = ask_save_path(self._parent, tr("Export a run"), f"{_file_name(run)}.csv", kinds, strict=True)
            if path:
                self._recorded.export(run, Path(path))

    def export_events(self) -> None:
        """Ask for a folder, and write the selected runs there as TensorBoard reads them."""
        if runs := self._selected():
            folder = QFileDialog.getExistingDirectory(self._parent, tr("Export for TensorBoard"))
            for run in runs if folder else ():
                self._recorded.export(run, Path(folder))

    def bring_in(self) -> None:
        """Ask for files, and record what is in them."""
        kinds = tr("Runs") + " (*.csv *.parquet *tfevents*)"
        paths, _ = QFileDialog.getOpenFileNames(self._parent, tr("Import runs"), "", kinds)
        for path in paths:
            self._recorded.bring_in(Path(path))

    def bring_in_folder(self) -> None:
        """Ask for a folder of TensorBoard's, and record the runs in it."""
        if folder := QFileDialog.getExistingDirectory(self._parent, tr("Import a folder of TensorBoard")):
            self._recorded.bring_in(Path(folder))


def _file_name(run: RunSummary) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_. " else "-" for letter in label(run))
