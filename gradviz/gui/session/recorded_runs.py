"""The recorded runs as the window shows them: listed, changed and put on the plot, always in another thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from time import localtime, strftime
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from gradviz.errors import GradvizError
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.gui.session.session_state import SessionState
from gradviz.language import join_sentences, tr
from gradviz.model.loss_curves import Curve, Scalars
from gradviz.protocol.records import MarkRecord
from gradviz.runs.client_recorder import ClientRecorder, Resumption
from gradviz.runs.library import RunLibrary, runs_folder
from gradviz.runs.recording import Recording
from gradviz.runs.run_records import RunSummary, main_metric

_AFTER = 800
"""Milliseconds after a run has begun or ended until its file has that, too."""
_MARKS = frozenset(("device", "optimizer", "learning_rate", "edit", "evaluations", "trap", "branch"))
"""Kinds of events that are marks on the plot."""


class RecordedRuns(QObject):
    """The library of one window. Requests return at once; what they come to is a signal."""

    changed = Signal()
    """The list, its problems, or what is on the plot."""
    deleted = Signal(list)
    """The runs that were deleted just now; `restore` brings them back."""
    said = Signal(str)
    """A sentence: something was written, read or left out, or why it cannot be."""

    def __init__(self, state: SessionState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.library = RunLibrary(runs_folder())
        self._recorder: ClientRecorder | None = None
        self.runs: list[RunSummary] = []
        """The newest first."""
        self.problems: dict[Path, str] = {}
        """Files that are left alone, each with its sentence."""
        self.is_listed = False
        """Whether the runs were listed since the start."""
        self.shown: dict[tuple[str, str], int] = {}
        """Id and metric → number of the run's curves, of all that were put on the plot."""
        self._asked: set[tuple[str, str]] = set()
        """Of these, those that are being read."""
        self._mains: dict[str, str] = {}
        """Id → the metric that is drawn with the losses."""
        self._own: set[str] = set()
        self.followed: set[str] = set()
        """Ids of runs whose curves get their losses elsewhere, not from their files."""
        self._numbers = 0
        self._background = BackgroundWork(self)
        self._waiting: deque[tuple[Callable[[], Any], Callable[[Any], object], bool]] = deque()
        self._soon = QTimer(self, singleShot=True, interval=_AFTER)
        self._soon.timeout.connect(partial(self.refresh, wait=False))

    def use(self, library: RunLibrary, recorder: ClientRecorder) -> None:
        """Show the runs of this library, into which the window's recorder records."""
        self.library, self._recorder = library, recorder
        self._state.runs_changed.connect(self._note_own)

    @property
    def recording(self) -> Recording | None:
        """The recording of the window's run; None if it is not recorded."""
        return self._recorder.current if self._recorder is not None else None

    @property
    def is_recording(self) -> bool:
        """Whether runs are recorded that are opened from now on."""
        return self._recorder is not None and self._recorder.folder is not None

    def record_in(self, folder: Path, record: bool) -> None:
        """Record the runs that are opened from now on in another folder, or not at all; list those in it."""
        if self._recorder is not None:
            self._recorder.folder = folder if record else None
        if folder != self.library.folder:
            self.library = RunLibrary(folder)
            self.refresh()

    def let_go(self, days: int, megabytes: int) -> None:
        """Remove old runs beyond these limits; it is said what was removed."""
        self._do(lambda: str(self.library.prune(days, megabytes)), self._take_pruned)

    def resume_next(self, resumption: Resumption) -> None:
        """Let the run that is opened next with a checkpoint be recorded as one that goes on."""
        if self._recorder is not None:
            self._recorder.resumption = resumption

    def is_own(self, run: RunSummary) -> bool:
        """Return whether it is a run of this window, whose curve is on the plot anyway."""
        return run.id in self._own

    @property
    def folder(self) -> Path | None:
        """Where the window records its runs; None where it records none."""
        return self._recorder.folder if self._recorder is not None else None

    def next_number(self) -> int:
        """Return a number for another curve; those of the session's own runs are positive."""
        self._numbers -= 1
        return self._numbers

    def _note_own(self) -> None:
        current = self.recording
        if current is not None and self._state.runs.number in self._state.scalars:
            self._own.add(current.id)

    def refresh_soon(self) -> None:
        """List the runs when what happened now is on the disk."""
        self._soon.start()

    def refresh(self, *, wait: bool = True) -> None:
        """List the runs; `wait` a moment for that where somebody looks, as `BackgroundWork` does."""
        if all(work != self._listed for work, *_ in self._waiting):
            self._do(self._listed, self._take_list, wait)

    def edit(self, run: RunSummary, **fields: Any) -> None:
        """Change name, tags, note or color of a run."""
        self._do(partial(self.library.edit, run, **fields), self._take_edited)

    def delete(self, runs: Sequence[RunSummary]) -> None:
        """Move runs to the trash."""
        self._do(partial(_deleted, self.library, tuple(runs)), self._take_deleted)

    def restore(self, runs: Iterable[RunSummary]) -> None:
        """Bring deleted runs back."""
        for run in runs:
            self._do(partial(self.library.restore, run.id), lambda _none: self.refresh())

    def is_shown(self, run: RunSummary, metric: str = "") -> bool:
        """Return whether a metric of a run was put on the plot; any of them if none is named."""
        return any(run.id == number and metric in ("", name) for number, name in self.shown)

    def show(self, run: RunSummary, metric: str = "", *, wait: bool = True) -> None:
        """Put a metric of a run on the plot, the main one if none is named, with what happened to the run as marks."""
        number = next((number for (known, _), number in self.shown.items() if known == run.id), 0)
        number = number or self.next_number()
        self._mains[run.id] = main_metric(run.metrics)
        metric = metric or self._mains[run.id]
        self._do(partial(_curve, self.library, run, metric, number), partial(self._take_curve, (run.id, metric)), wait)

    @property
    def metrics(self) -> dict[str, None]:
        """Return the metrics beside the main one of all runs that are on the plot."""
        shown = {known for known, _ in self.shown}
        runs = [run for run in self.runs if run.id in shown]
        return dict.fromkeys(
            metric for run in runs for metric in run.metrics if metric != self._mains.get(run.id, metric)
        )

    def show_metrics(self, metrics: Sequence[str]) -> None:
        """Put these metrics of all runs that are on the plot there, and take others off."""
        for key in [key for key in self.shown if key[1] not in (*metrics, self._mains.get(key[0], key[1]))]:
            self._scalars_of(key).remove(self.shown.pop(key))
        for run in self.runs:
            if not self.is_shown(run):
                continue
            for metric in metrics:
                if metric in run.metrics and (run.id, metric) not in self.shown and (run.id, metric) not in self._asked:
                    self._asked.add((run.id, metric))
                    self.show(run, metric)

    def _scalars_of(self, key: tuple[str, str]) -> Scalars:
        runs = self._state.runs
        return runs.scalars if key[1] == self._mains.get(key[0], key[1]) else runs.metrics.scalars(key[1])

    def hide(self, run: RunSummary, metric: str = "") -> None:
        """Take a metric of a run off the plot; all of them if none is named."""
        self.followed.discard(run.id)
        for key in [key for key in self.shown if key[0] == run.id and metric in ("", key[1])]:
            self._scalars_of(key).remove(self.shown.pop(key))
        self._state.runs_changed.emit()
        self.changed.emit()

    def export(self, run: RunSummary, path: Path) -> None:
        """Write every metric of a run to a file, or into a folder for TensorBoard."""
        self._do(partial(_exported, self.library, run, path), self.said.emit)

    def bring_in(self, path: Path) -> None:
        """Record the runs of a file, or of a folder of TensorBoard's."""
        self._do(partial(_imported, self.library, path), self._take_imported)

    # In the other thread

    def _listed(self) -> tuple[list[RunSummary], dict[Path, str]]:
        try:
            return self.library.runs(), dict(self.library.problems)
        except GradvizError as error:
            return [], {self.library.folder: str(error)}

    # In the window's thread

    def _take_list(self, found: tuple[list[RunSummary], dict[Path, str]]) -> None:
        if self.is_listed and found == (self.runs, self.problems):
            return
        known = {run.id: run.iterations for run in self.runs}
        self.runs, self.problems = found
        self.is_listed = True
        for run in self.runs:
            if run.iterations != known.get(run.id, run.iterations):  # it goes on, here or in another program
                shown = [metric for number, metric in self.shown if number == run.id]
                for metric in [] if run.id in self.followed else shown:
                    self.show(run, metric, wait=False)
        self.changed.emit()

    def _take_edited(self, run: RunSummary) -> None:
        self.runs = [run if known.id == run.id else known for known in self.runs]
        for key in [key for key in self.shown if key[0] == run.id]:
            self._scalars_of(key).call(self.shown[key], label(run), run.color)
        self._state.runs_changed.emit()
        self.changed.emit()

    def _take_deleted(self, result: tuple[list[RunSummary], str]) -> None:
        gone, sentence = result
        ids = {run.id for run in gone}
        self.runs = [run for run in self.runs if run.id not in ids]
        for run in gone:
            self.hide(run)
        self.changed.emit()
        if gone:
            self.deleted.emit(gone)
        if sentence:
            self.said.emit(sentence)

    def _take_curve(self, key: tuple[str, str], curve: Curve) -> None:
        scalars = self._scalars_of(key)
        self._asked.discard(key)
        if key in self.shown:
            curve.run = self.shown[key]  # whether it is hidden on the plot stays
            scalars.remove(curve.run)
        self.shown[key] = curve.run
        scalars.add(curve)
        self._state.runs_changed.emit()
        self.changed.emit()

    def _take_pruned(self, sentence: str) -> None:
        if sentence:
            self._take_imported(sentence)

    def _take_imported(self, sentence: str) -> None:
        self.said.emit(sentence)
        self.refresh()

    # One after the other

    def _do(self, work: Callable[[], Any], done: Callable[[Any], object], wait: bool = True) -> None:
        self._waiting.append((work, done, wait))
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting and not self._background.busy:
            work, done, wait = self._waiting.popleft()
            self._background.run(partial(_attempt, work), partial(self._finish, done), wait=wait)

    def _finish(self, done: Callable[[Any], object], result: Any) -> None:
        try:
            if isinstance(result, GradvizError):
                self.said.emit(str(result))
            else:
                done(result)
        finally:
            self._go_on()


def _curve(library: RunLibrary, run: RunSummary, metric: str, number: int) -> Curve:
    points = library.points(run, metric)
    with library.open(run) as reader:
        events = reader.events
    steps, values, times = points.steps, points.values, points.times
    if (np.diff(steps) < 0).any():
        order = np.argsort(steps, kind="stable")
        steps, values, times = steps[order], values[order], times[order]
    whole = len(steps) > 0 and steps[0] == 0 and bool((np.diff(steps) == 1).all())
    name, title = label(run), _title(run) if metric == main_metric(run.metrics) else metric
    curve = Curve(number, 0, title, name=name, color=run.color, steps=None if whole else steps)
    curve.raw.extend(values)
    curve.times.extend(times)
    curve.marks += [MarkRecord(each.step, each.kind, each.text) for each in events if each.kind in _MARKS]  # type: ignore[arg-type]
    return curve


def _exported(library: RunLibrary, run: RunSummary, path: Path) -> str:
    from gradviz.runs.exchange.formats import export_run

    with library.open(run) as reader:
        return tr("Wrote {0}").format(export_run(reader, path))


def _imported(library: RunLibrary, path: Path) -> str:
    from gradviz.runs.exchange.formats import import_runs

    sentences: list[str] = []
    made = import_runs(path, library.folder, sentences.append)
    return join_sentences((tr("Runs imported: {count}.").format(count=len(made)), *sentences))


def _deleted(library: RunLibrary, runs: Sequence[RunSummary]) -> tuple[list[RunSummary], str]:
    done: list[RunSummary] = []
    for run in runs:
        try:
            library.delete(run)
        except GradvizError as error:
            return done, str(error)
        done.append(run)
    return done, ""


def label(run: RunSummary) -> str:
    """Return what a run is called where it needs a name: its own, or network and time."""
    return run.name or f"{run.title} {strftime('%m-%d %H:%M', localtime(run.began))}".strip()


def rate_of(run: RunSummary) -> float | None:
    """Return the learning rate that a run was opened with, where that is a number."""
    rate = run.setup.learning_rate if run.setup is not None else None
    return float(rate) if isinstance(rate, int | float) and not isinstance(rate, bool) else None


def _title(run: RunSummary) -> str:
    if run.origin == "race":
        return ""  # its name has all that
    rate = rate_of(run)
    return " ".join(filter(None, (run.optimizer, "" if rate is None else f"{rate:g}")))


def _attempt(work: Callable[[], Any], _stopped: Stopped) -> Any:
    try:
        return work()
    except GradvizError as error:
        return error
