"""The race of a window: its code is read and allowed first, then it runs in other threads, its curves on the plot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from gradviz.client.runs import RunSetup, setup_of
from gradviz.gui.processes.background_thread import BackgroundWork, Stopped
from gradviz.gui.processes.code_files import CodeReading, read_code
from gradviz.gui.session.consent_requests import ConsentQuestion, ConsentRequests
from gradviz.gui.session.recorded_runs import RecordedRuns
from gradviz.gui.session.session_state import SessionState
from gradviz.model.loss_curves import Curve
from gradviz.race.plan import RaceRequest
from gradviz.race.race import Lane, Race
from gradviz.runs.run_records import LOSS
from gradviz.targets.target_spec import read_target

_LOOK_EVERY = 100
"""Milliseconds between two looks at what the engines have sent."""


class Races(QObject):
    """One race at a time; `race` is the last one also when it is over."""

    changed = Signal()
    """Losses came, or a run began or ended."""
    states_changed = Signal()
    """A run began or ended."""
    asked = Signal(object)
    """A `ConsentQuestion`: code that has not been allowed yet would run; `answer` it."""
    said = Signal(str)
    """A sentence: why a race was not started, or what cannot be recorded. Emitted in other threads, too."""

    def __init__(
        self, state: SessionState, recorded: RecordedRuns, consent: ConsentRequests, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._recorded, self._consent = state, recorded, consent
        self.make: Callable[..., Race] = Race
        """Makes a race; tests put another one here."""
        self.race: Race | None = None
        self.request: RaceRequest | None = None
        """What the race was asked for."""
        self.is_running = self.is_cancelling = False
        """Whether its engines run; whether they are being ended."""
        self._question: tuple[ConsentQuestion, RaceRequest] | None = None
        self._curves: dict[int, tuple[str, int]] = {}
        """Number of an entry → id of its run, and number of its curve."""
        self._drawn: dict[int, int] = {}
        self._states: Sequence[str] = ()
        self._reading, self._ending = BackgroundWork(self), BackgroundWork(self)
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self._look)

    def start(self, request: RaceRequest) -> None:
        """Begin a race, once its code has been read and may run."""
        targets = dict.fromkeys(entry.open.target for entry in request.entries)
        specs = [spec for target in targets if (spec := read_target(target)).kind != "network"]

        def read(stopped: Stopped) -> dict[str, CodeReading]:
            return {spec.text: read_code(spec, True, frozenset(), stopped) for spec in specs}

        self._reading.run(read, partial(self._begin, request))

    def answer(self, yes: bool, folder: str = "") -> None:
        """Answer the question. `folder` is trusted from now on, with all below it."""
        waiting, self._question = self._question, None
        if waiting is None:
            return
        question, request = waiting
        if not yes:
            self.said.emit(self.tr("The race was not started: {0} may not run.").format(question.setup.title))
            return
        self._consent.given.give(question.code)
        if folder:
            self._consent.given.trust(folder)
        self.start(request)

    def cancel(self) -> None:
        """End all engines, in another thread."""
        race = self.race
        if race is not None and not self.is_cancelling and not race.is_over:
            self.is_cancelling = True
            self.changed.emit()
            self._ending.run(lambda _stopped: race.close(), lambda _none: None, wait=False)

    def close(self) -> None:
        """End all engines before this returns: the window closes."""
        self._timer.stop()
        self.is_running = False
        if self.race is not None:
            self.race.close()

    def setup(self, lane: Lane) -> RunSetup:
        """Return the setup of a run, as the form shows it."""
        iterations = self.request.iterations if self.request is not None else 1
        setup = replace(setup_of(lane.entry.open), iterations=iterations)
        if setup.optimizer is None or not isinstance(rate := setup.optimizer.options.get("lr"), str):
            return setup
        options = {**setup.optimizer.options, "lr": float(rate)}
        return replace(setup, optimizer=replace(setup.optimizer, options=options))

    # From the request to the engines

    def _begin(self, request: RaceRequest, readings: Mapping[str, CodeReading]) -> None:
        allowed: dict[str, tuple[str, ...] | None] = {}
        for target, reading in readings.items():
            spec = read_target(target)
            if reading.code is None:
                self.said.emit(self.tr("{0} cannot be read: {1}.").format(spec.name, reading.failure))
                return
            if not self._consent.given.has(reading.code):
                given = self._consent.given
                setup = next(setup_of(entry.open) for entry in request.entries if entry.open.target == target)
                changed, difference = given.changed(reading.code), tuple(given.difference(reading.code))
                self._question = ConsentQuestion(setup, reading.code, changed, difference), request
                self.asked.emit(self._question[0])
                return
            allowed[target] = self._consent.given.digests(reading.code, spec.import_roots())
        entries = tuple(
            replace(entry, open=replace(entry.open, allowed=allowed.get(entry.open.target)))
            for entry in request.entries
        )
        self._run(replace(request, entries=entries))

    def _run(self, request: RaceRequest) -> None:
        for run, number in self._curves.values():  # those of the race before have the same colors
            self._take_off(run, number)
        self._curves, self._drawn, self._states, self.is_cancelling = {}, {}, (), False
        self.request = request
        self.race = self.make(
            request.entries, request.iterations, self._recorded.folder, at_once=request.at_once, say=self.said.emit
        )
        self.race.start()
        self.is_running = True
        self._timer.start()
        self._look()

    def _look(self) -> None:
        race = self.race
        if race is None:
            return
        over = race.is_over  # before the losses are looked at: all are there then
        for lane in race.lanes:
            self._draw(lane)
        self._state.scalars_appended.emit()
        states = [lane.state for lane in race.lanes]
        if states != self._states:
            self._states = states
            self._recorded.refresh_soon()
            self.states_changed.emit()
        if over:
            self.is_running = False
            self._timer.stop()
            self._ending.run(lambda _stopped: race.close(), lambda _none: None, wait=False)
        self.changed.emit()

    def _draw(self, lane: Lane) -> None:
        number, known = lane.entry.number, self._drawn.get(lane.entry.number, 0)
        losses = lane.losses[known:]
        if not losses:
            return
        if number not in self._curves:
            self._put_on_plot(lane)
        self._drawn[number] = known + len(losses)
        curve = self._curves[number][1]
        if curve in self._state.scalars:  # the user has not taken it off the plot
            self._state.scalars.append(curve, known, losses)

    def _put_on_plot(self, lane: Lane) -> None:
        run, number = lane.run or f"race/{lane.entry.number}", self._recorded.next_number()
        self._curves[lane.entry.number] = run, number
        self._state.scalars.add(Curve(number, 0, "", name=lane.entry.title, color=lane.entry.color))
        self._recorded.shown[run, LOSS] = number
        self._recorded.followed.add(run)
        self._note_plot()

    def _take_off(self, run: str, number: int) -> None:
        if self._recorded.shown.get((run, LOSS)) == number:  # the user has not taken it off the plot
            self._state.scalars.remove(self._recorded.shown.pop((run, LOSS)))
            self._recorded.followed.discard(run)
            self._note_plot()

    def _note_plot(self) -> None:
        self._state.runs_changed.emit()
        self._recorded.changed.emit()
