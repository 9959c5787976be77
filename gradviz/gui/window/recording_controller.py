"""Opens the dialog on recording, remembers what was chosen, and applies it."""

from __future__ import annotations

import os
from dataclasses import astuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gradviz.gui.dialogs.recording_dialog import RecordingChoice, RecordingDialog
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.runs.library import runs_folder

_KEYS = ("runs/record", "runs/folder", "runs/checkpoint_every", "runs/days", "runs/megabytes")
"""The settings that a `RecordingChoice` has, in its order."""


class RecordingController(QObject):
    """Between the settings of recording and the session."""

    def __init__(self, session: Session, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._settings, self._window = session, settings, window
        self.dialog: RecordingDialog | None = None

    def open(self) -> None:
        """Ask how runs are to be recorded."""
        choice = RecordingChoice(*(self._settings.get(key) for key in _KEYS))
        decided = self.tr("GRADVIZ_RUNS decides the folder: {0}.").format(runs_folder())
        by_name = decided if os.environ.get("GRADVIZ_RUNS") else ""
        self.dialog = RecordingDialog(choice, runs_folder(), by_name, self._window)
        self.dialog.chosen.connect(self._apply)
        self.dialog.open()

    def _apply(self, choice: RecordingChoice) -> None:
        for key, value in zip(_KEYS, astuple(choice), strict=True):
            self._settings.set(key, value)
        recorded = self._session.recorded
        recorded.record_in(runs_folder(choice.folder), choice.record)
        self._session.checkpoints.set_every(choice.every)
        recorded.let_go(choice.days, choice.megabytes)
