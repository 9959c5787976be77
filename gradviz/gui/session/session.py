"""The window's session with an engine: starts runs, and hands the engine's events to its parts in their order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QObject

from gradviz.client.code_consent import Consents
from gradviz.client.runs import RunSetup, changes, default_setup
from gradviz.errors import ProtocolError
from gradviz.gui.processes.background_thread import GraphReceiver
from gradviz.gui.session.breakpoint_editing import BreakpointEditing
from gradviz.gui.session.cause_requests import CauseRequests
from gradviz.gui.session.fold_state import FoldState
from gradviz.gui.session.graph_selection import GraphSelection
from gradviz.gui.session.measure_requests import FigureRequests, MeasureRequests
from gradviz.gui.session.recorded_runs import RecordedRuns
from gradviz.gui.session.reopened_runs import ReopenedRuns
from gradviz.gui.session.run_checkpoints import RunCheckpoints
from gradviz.gui.session.script_rerun import ScriptRerun
from gradviz.gui.session.session_state import HOLDING, SessionState
from gradviz.gui.session.step_requests import StepRequests
from gradviz.gui.session.target_opening import TargetOpening
from gradviz.gui.session.tensor_requests import TensorRequests, WeightRequests
from gradviz.protocol.answers import DerivativeChecked, HoldersListed, UpdateExplained
from gradviz.protocol.commands import Interrupt, Run, RunOne
from gradviz.protocol.events import (
    Blamed,
    ConfigurationChanged,
    ConsentNeeded,
    Edited,
    Event,
    Failed,
    GraphChanged,
    HitsCounted,
    LossBatch,
    Measured,
    NodeDetails,
    Opened,
    Passed,
    Raised,
    Ready,
    RestartNeeded,
    SpikeExplained,
    StateChanged,
    Stopped,
    TensorAnswered,
    TensorSaved,
    Trapped,
    Unchecked,
    WeightsListed,
    WeightsLoaded,
)
from gradviz.protocol.metric_events import FiguresSampled, MetricsLogged
from gradviz.protocol.past_events import Branched, CheckpointMade, FirstFound, Repeated


class Session(QObject):
    """The parts of a session around one state. Views read the state and connect to signals; only events change it."""

    def __init__(self, setup_of: Callable[[str], RunSetup] = default_setup, parent: QObject | None = None,
                 consents: Consents | None = None) -> None:  # fmt: skip
        """`setup_of` returns the setup to open a target with: what was used last, or the network's own."""
        super().__init__(parent)
        self.state = state = SessionState(setup_of("autograd"), self)
        self.engine = state.engine
        self.selection = GraphSelection(state, self)
        self.folding = FoldState(self)
        self.breakpoints = BreakpointEditing(state, self)
        self.steps = StepRequests(state, self.selection, self)
        self.tensors = TensorRequests(state, self.steps, self)
        self.weights = WeightRequests(state, self)
        self.causes = CauseRequests(state, self.steps, self)
        self.measuring = MeasureRequests(state, self.steps, self)
        self.recorded = RecordedRuns(state, self)
        self.figures = FigureRequests(state, self.recorded, self)
        self.reopened = ReopenedRuns(state, self.recorded, self)
        self.opening = TargetOpening(state, self.steps, setup_of, consents, self)
        self.checkpoints = RunCheckpoints(state, self.recorded, self.opening, self)
        self.steps.script_requested.connect(lambda i: self.opening.reset(stop_first=not i, again_to=i or None))
        self._rerun = ScriptRerun(state, self.opening.reset, self.run, self)
        self._intake = GraphReceiver(state.engine.graphs, self)

    @property
    def is_setup_taken(self) -> bool:
        """Whether the engine has opened a network with the setup as it is, or goes on with it."""
        state, opened, used = self.state, self.engine.opened, self.state.runs.setup(self.state.runs.number)
        if opened is None or used is None or opened.run != state.runs.number or used.asks_for_another_run(state.setup):
            return False
        return state.setup.optimizer in (None, self.engine.optimizer) and state.setup.device == self.engine.device

    def run(self) -> None:
        """Train to the end of the iterations that are set, or as many again if that end was reached."""
        state, opened = self.state, self.engine.opened
        if self.engine.ending and state.phase in ("finished", "failed"):
            self._rerun.begin()
            return
        if state.phase not in HOLDING:
            return
        if opened is not None and opened.kind == "script":  # it knows itself how many iterations it has
            self.steps.request(Run())
            return
        state.until = state.next_end
        (self.steps.request if state.phase == "stopped" else self.engine.send)(Run(state.until))
        state.changed.emit()

    def run_one(self) -> None:
        """Finish one iteration, and pause."""
        if self.state.phase in HOLDING:
            if self.state.until:
                self.state.until = max(self.state.until, self.engine.step + 1)
            self.steps.request(RunOne())

    def pause(self) -> None:
        """Pause at the end of the iteration."""
        if self.state.phase == "running":
            self.engine.pause()
            self.state.answering_changed.emit()

    def step_in(self) -> None:
        """Run one op, node or update; of what was just opened, stop at the first op of the forward."""
        opened = self.engine.opened
        script = opened is not None and opened.kind == "script" and self.state.phase == "ready"
        if script:
            self.opening.reset(stop_first=True)  # its first forward has run, and is not held like a network's
        else:
            self.steps.step_in()

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the user's code, wherever it is."""
        self.engine.send(Interrupt())

    def configure(self, setup: RunSetup) -> None:
        """Take up what can be taken up now; sizes and seed wait for a reset unless nothing has been trained yet."""
        state = self.state
        if setup == (before := state.setup):
            return
        state.set_setup(setup)
        if state.phase in ("starting", "dead"):
            return
        if state.phase in ("opening", "failed") or (state.phase == "ready" and before.asks_for_another_run(setup)):
            self.opening.reset()
            return
        for command in changes(before, setup):
            self.engine.send(command)
        if state.until and setup.iterations != before.iterations and setup.iterations > self.engine.step:
            state.until = setup.iterations
            if state.phase == "running":
                self.engine.send(Run(state.until))
            state.changed.emit()

    def apply(self, event: Event) -> None:
        """Take up one event of the engine, in their order. Those of a run that is over change its curves alone."""
        self._intake.put(event.graph if isinstance(event, GraphChanged) else None, partial(self._apply, event))

    def engine_died(self, title: str, text: str) -> None:
        """Note that the engine has ended. Curve and graph stay as they are."""
        self._intake.put(None, partial(self._end, title, text))

    def _apply(self, event: Event) -> None:
        try:
            began = isinstance(event, LossBatch) and self.state.runs.append(event)
            busy = self.engine.busy
            current = self.engine.apply(event)
        except ProtocolError as error:
            self.state.failed.emit(str(error))
            return
        if self.engine.busy is not busy:
            self.state.answering_changed.emit()
        self.steps.touched |= isinstance(event, WeightsLoaded | Edited)
        if isinstance(event, LossBatch):
            self._on_losses(event, began, current)
        elif isinstance(event, MetricsLogged | FiguresSampled):
            self.figures.on_metrics(event)
        elif isinstance(event, WeightsLoaded):
            self.weights.on_loaded(event)
        elif current:
            self._on_event(event)
        elif isinstance(event, RestartNeeded):
            self.opening.on_restart_needed(event)

    def _on_event(self, event: Event) -> None:
        state = self.state
        match event:
            case Ready():
                self._on_ready(event)
            case Opened():
                self._on_opened(event)
            case StateChanged():
                self.steps.on_state(event)
            case GraphChanged():
                self.steps.on_graph()
            case ConfigurationChanged():
                self._on_configuration(event)
            case NodeDetails():
                self.selection.on_details(event)
            case Failed():
                self._on_failed(event)
            case Raised():
                state.enter("failed")
                state.raised.emit(event)
            case ConsentNeeded():
                self.opening.on_consent_needed(event)
            case RestartNeeded():
                self.opening.on_restart_needed(event)
            case Passed():
                self.steps.timeline_changed.emit()
            case Stopped():
                self.steps.on_stopped(event)
            case HitsCounted():
                self.breakpoints.hits_counted.emit()
            case Trapped():
                self.steps.trapped.emit()
            case Repeated() | Branched() | FirstFound():
                self.steps.on_past(event)
            case CheckpointMade():
                self.checkpoints.on_made(event)
            case Unchecked():
                state.failed.emit(event.message)
            case TensorAnswered():
                self.tensors.answered.emit(event)
            case HoldersListed():
                self.tensors.holders_listed.emit(event)
            case DerivativeChecked():
                self.tensors.on_checked(event)
            case UpdateExplained():
                self.tensors.update_explained.emit(event)
            case TensorSaved():
                self.tensors.saved.emit(event.path)
            case Edited():
                self.tensors.on_edited(event)
            case Blamed():
                self.causes.on_found(event)
            case SpikeExplained():
                self.causes.spike_found.emit(event)
            case Measured():
                self.measuring.on_measured(event)
            case WeightsListed():
                self.weights.listed.emit(event)

    def _end(self, title: str, text: str) -> None:
        self.steps.on_death()
        self.engine.end()
        text = self.opening.on_death() or text
        self.state.enter("dead")
        self.state.died.emit(title, text)

    def _on_ready(self, event: Ready) -> None:
        state = self.state
        if state.setup.device not in {device.id for device in event.devices}:
            state.failed.emit(self.tr("This machine has no %s now; cpu is used.") % state.setup.device)
            state.set_setup(replace(state.setup, device="cpu"))
        state.phase = "opening"
        self.steps.on_ready()
        self.checkpoints.on_ready()
        self.breakpoints.on_ready()
        self.figures.on_ready()
        self.opening.on_ready()

    def _on_opened(self, event: Opened) -> None:
        resumed = self.opening.on_opened(event)
        if event.kind == "script":
            self.state.until = 0
        self._adopt_facts()
        self.state.runs.correct(event.run, self.state.setup)
        self.checkpoints.on_opened(event, resumed)
        self.state.network_opened.emit()

    def _on_losses(self, event: LossBatch, began: bool, current: bool) -> None:
        if began:
            self.state.runs_changed.emit()
        self.state.scalars_appended.emit()
        if current and event.losses:
            self.state.rate = event.rate
            self.state.changed.emit()

    def _on_configuration(self, event: ConfigurationChanged) -> None:
        self._adopt_facts()
        if event.mark is not None:
            self.state.runs.mark(event.run, event.mark, event.optimizer.name)
            self.state.runs_changed.emit()
        self.state.configuration_changed.emit()

    def _on_failed(self, event: Failed) -> None:
        if event.command in ("Pause", "StepIn") and self.state.phase == "failed":
            return  # the run that it was for had ended already: that was said
        if event.command in ("SetDevice", "SetOptimizer"):
            self._adopt_facts()
            self.state.setup_refused.emit(event.message)
        elif event.command == "Open":
            self.opening.on_failed(event.message)
            if event.line:
                self.state.place_failed.emit(event.file, event.line)
            self.state.setup_refused.emit(event.message)
            return  # the banner has the sentence
        asked = {"Blame": self.causes.failed, "ExplainSpike": self.causes.failed, "Edit": self.tensors.edit_failed,
                 "ListWeights": self.weights.failed, "LoadWeights": self.weights.failed}  # fmt: skip
        if event.command in asked:
            asked[event.command].emit(event.message)
        self.state.failed.emit(event.message)

    def _adopt_facts(self) -> None:
        """Set the setup to the device and optimizer that the engine reports."""
        if self.engine.optimizer is not None:
            facts = replace(self.state.setup, device=self.engine.device, optimizer=self.engine.optimizer)
            if facts != self.state.setup:
                self.state.set_setup(facts)
