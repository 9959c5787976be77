"""Checkpoints of the window's run, and recorded runs that go on from theirs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from gradviz.client.code_consent import digest_of
from gradviz.client.runs import RunSetup, from_text, to_text
from gradviz.errors import GradvizError
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.gui.session.recorded_runs import RecordedRuns
from gradviz.gui.session.session_state import SessionState
from gradviz.gui.session.target_opening import ResumedRun, TargetOpening
from gradviz.language import tr
from gradviz.model.explanation.past_text import checkpoint_text
from gradviz.protocol.commands import KeepCheckpoint, SetCheckpoints
from gradviz.protocol.events import Opened
from gradviz.protocol.past_events import INTERVAL, CheckpointMade
from gradviz.protocol.records import MarkRecord
from gradviz.runs.client_recorder import Resumption
from gradviz.runs.library import RunLibrary
from gradviz.runs.run_records import Points, RunSummary


class Resumable(NamedTuple):
    """A recorded run whose last checkpoint was read."""

    run: RunSummary
    setup: RunSetup
    checkpoint: str
    """The file that the engine reads."""
    before: Resumption
    changed: str
    """The source file, if it is another one since; empty if not."""


class RunCheckpoints(QObject):
    """Keeps states of the run that is open, and opens recorded runs where theirs are."""

    confirmation_needed = Signal(object)
    """A `Resumable` whose source file has changed since: `go_on` with it, or not."""

    def __init__(
        self, state: SessionState, recorded: RecordedRuns, opening: TargetOpening, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._recorded, self._opening = state, recorded, opening
        self.every = 0
        """A checkpoint is kept each so many iterations; 0 for none."""
        self._said_of = 0
        """The run of which it was said that checkpoints are kept."""
        self._work = BackgroundWork(self)
        self._folder: TemporaryDirectory[str] | None = None

    def why_not(self) -> str:
        """Return why no checkpoint of the run can be kept now; empty if one can."""
        opened = self._state.engine.opened
        if self._state.phase in ("starting", "opening", "failed", "dead") or opened is None:
            return self.tr("There is no run of which a checkpoint could be kept.")
        if opened.kind == "script":
            return self.tr("A script keeps its state itself, by torch.save.")
        if not self._state.engine.step and self._state.phase != "running":
            return self.tr("Nothing has been trained yet.")
        return "" if self._recorded.recording is not None else self.tr("This run is not recorded; Recording… in the Run"
                                                                       " menu turns that on.")  # fmt: skip

    def keep(self) -> None:
        """Keep the state of the run in its recording."""
        self._state.engine.send(KeepCheckpoint())

    def set_every(self, iterations: int) -> None:
        """Keep a checkpoint each so many iterations from now on; 0 for none."""
        self.every, self._said_of = iterations, 0
        if self._state.engine.ready is not None:
            self._state.engine.send(SetCheckpoints(iterations))

    def on_ready(self) -> None:
        """Send a new engine how often checkpoints are wanted."""
        if self.every:
            self._state.engine.send(SetCheckpoints(self.every))

    def on_made(self, event: CheckpointMade) -> None:
        """Say what was kept and where; of those each N iterations, once a run."""
        if event.more or (event.kind == INTERVAL and self._said_of == event.run):
            return
        self._said_of = event.run if event.kind == INTERVAL else self._said_of
        recording = self._recorded.recording
        text = checkpoint_text(replace(event, data=b"", kept_in=recording.id if recording is not None else ""))
        if recording is not None and recording.is_waiting:
            text = self.tr("The checkpoint waits: the run cannot be written to {0}.").format(recording.folder)
        elif event.kind == INTERVAL:
            more = self.tr("One more each {0} iterations.").format(f"{self.every:,}")
            text = f"{text} {more}"
        self._recorded.said.emit(text)
        self._recorded.refresh_soon()

    # Resume

    def resume(self, run: RunSummary) -> None:
        """Go on with a recorded run from its last checkpoint, as a run of its own."""
        if run.setup is not None:
            setup = from_text(run.setup.target, to_text(run.setup))
            self._folder = TemporaryDirectory(prefix="gradviz-", ignore_cleanup_errors=True)
            read = partial(_read, self._recorded.library, run, setup, Path(self._folder.name))
            self._work.run(read, self._take)

    def go_on(self, resumable: Resumable) -> None:
        """Open what the run was of, at its checkpoint. Its code runs only with consent, as ever."""
        run, setup, checkpoint, before, _ = resumable
        self._recorded.resume_next(before)
        losses = np.full(before.step, np.nan)
        losses[before.points.steps] = before.points.values
        try:
            if run.arguments:
                self._opening.script_arguments[setup.target] = run.arguments
            self._opening.open(setup.target, setup=setup, resumed=ResumedRun(checkpoint, losses, run.name or run.id))
        except GradvizError as error:
            self._recorded.said.emit(str(error))

    def on_opened(self, event: Opened, resumed: ResumedRun | None) -> None:
        """Give a run that goes on the curve that it had, and remove the file that was read."""
        if resumed is None:
            return
        runs = self._state.runs
        runs.resume(event.run, resumed.losses)
        text = self.tr("goes on from {0}").format(resumed.name)
        self._state.scalars.mark(event.run, MarkRecord(len(resumed.losses), "branch", text))
        self._state.runs_changed.emit()
        if self._folder is not None:
            self._folder.cleanup()
        text = self.tr("{0} goes on from iteration {1}; it is recorded as a run of its own.")
        self._recorded.said.emit(text.format(resumed.name, f"{len(resumed.losses):,}"))

    def _take(self, found: Resumable | str) -> None:
        if isinstance(found, str):
            self._recorded.said.emit(found)
        elif found.changed:
            self.confirmation_needed.emit(found)
        else:
            self.go_on(found)


def _read(library: RunLibrary, run: RunSummary, setup: RunSetup, folder: Path, _stopped: Stopped) -> Resumable | str:
    """Read the last checkpoint of a run into a file; return a sentence where that cannot be. In another thread."""
    try:
        with library.open(run) as reader:
            if not (rows := reader.checkpoints):
                return tr("{run} has no checkpoint to go on from.").format(run=run.name or run.id)
            data, step = reader.checkpoint(rows[-1].number), rows[-1].step
        points = library.points(run)
        path = folder / "checkpoint.safetensors"
        path.write_bytes(data)
    except GradvizError as error:
        return str(error)
    except OSError as error:
        return tr("The checkpoint cannot be read: {reason}.").format(reason=error.strerror)
    known = points.steps < step
    before = Resumption(run.id, step, Points(points.steps[known], points.times[known], points.values[known]))
    return Resumable(run, setup, str(path), before, run.source if _has_changed(run) else "")


def _has_changed(run: RunSummary) -> bool:
    try:
        return bool(run.digest) and digest_of(Path(run.source)) != run.digest
    except (OSError, ValueError):
        return False  # opening it reports that it is gone
