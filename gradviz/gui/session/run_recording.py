"""Records the window's runs, and removes old ones when it starts; what there is to say of it is a signal."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gradviz.errors import GradvizError
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.gui.session.settings import Settings
from gradviz.runs.client_recorder import ClientRecorder
from gradviz.runs.library import RunLibrary, runs_folder

_PATIENCE = 2.0
"""Seconds that a window which is closed waits for the disk."""


class RunRecording(QObject):
    """One window's recorder, and the library that it records into."""

    unrecorded = Signal(str)
    """A run cannot be recorded, with the sentence why. Emitted in the writer's thread."""
    said = Signal(str)
    """Old runs were removed: a sentence."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.library = RunLibrary(runs_folder(settings.get("runs/folder")))
        folder = self.library.folder if settings.get("runs/record") else None
        self.recorder = ClientRecorder(folder, "window", self.unrecorded.emit)
        self._work = BackgroundWork(self)

    def note_death(self, title: str, text: str) -> None:
        """Note that the engine has ended, though nobody asked it to."""
        self.recorder.died(f"{title}. {text}")

    def let_go(self) -> None:
        """Remove old runs, in another thread."""
        limits = self._settings.get("runs/days"), self._settings.get("runs/megabytes")
        library = RunLibrary(runs_folder(self._settings.get("runs/folder")))

        def prune(_stopped: Stopped) -> str:
            try:
                return str(library.prune(*limits))
            except GradvizError as error:
                return str(error)

        self._work.run(prune, self._say, wait=False)

    def close(self) -> None:
        """End what is recorded."""
        self._work.stop()
        self.recorder.close(_PATIENCE)

    def _say(self, sentence: str) -> None:
        if sentence:
            self.said.emit(sentence)
