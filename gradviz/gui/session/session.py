"""The one QObject that speaks for the models: wishes leave as commands, facts enter as events and leave as signals."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject

from gradviz.client.code_consent import Consents
from gradviz.client.run_history import RunBook
from gradviz.client.run_setup import Setup, changes, default_setup
from gradviz.errors import ProtocolError
from gradviz.gui.processes.code_reader import Reading
from gradviz.gui.session.opening_session import OpeningSession
from gradviz.gui.session.session_signals import Phase
from gradviz.gui.session.stepping_session import HOLDING
from gradviz.model.loss.loss_curves import Scalars
from gradviz.protocol.commands import Pause, Run, RunOne, SetBudget
from gradviz.protocol.events import (
    ConfigurationChanged,
    Event,
    Failed,
    GraphChanged,
    LossBatch,
    NodeDetails,
    Opened,
    Raised,
    Ready,
    StateChanged,
)
from gradviz.protocol.records import OptimizerChoice


class Session(OpeningSession):
    """What is known of engine, run and graph. Views read it and listen; only events change it."""

    def __init__(
        self, setup_of: Callable[[str], Setup] = default_setup, parent: QObject | None = None,
        consents: Consents | None = None,
    ) -> None:  # fmt: skip
        """`setup_of` gives the setup to open a network with: what was used last, or the network's own."""
        super().__init__(consents, parent)
        self._setup_of = setup_of
        self.phase: Phase = "starting"
        self.setup = setup_of("autograd")
        self.ready: Ready | None = None
        self.opened: Opened | None = None
        self.device = ""
        self.optimizer: OptimizerChoice | None = None
        self.step, self.until, self.rate = 0, self.setup.iterations, 0.0
        self.loss: float | None = None
        self.problem: Raised | None = None
        self.runs = RunBook()

    @property
    def scalars(self) -> Scalars:
        """The curves of all runs."""
        return self.runs.scalars

    @property
    def waits_for_reset(self) -> bool:
        """True if the form asks for sizes or a seed that the run does not have."""
        used = self.runs.setup(self.runs.number)
        return (
            self.phase in ("running", "paused", "stopped", "finished")
            and used is not None
            and used.asks_for_another_run(self.setup)
        )

    def reset(self) -> None:
        """End this run and begin the next from iteration 0 under the setup as it stands now."""
        self._open()

    def run(self) -> None:
        """Train to the end of the iterations asked for, or as many again if that end was reached."""
        if self.phase not in HOLDING:
            return
        wanted = self.setup.iterations
        self.until = wanted if wanted > self.step else self.step + wanted
        self._go(Run(self.until))
        self.state_changed.emit()

    def run_one(self) -> None:
        """Finish one iteration, and hold."""
        if self.phase in HOLDING:
            self.until = max(self.until, self.step + 1)
            self._go(RunOne())

    def pause(self) -> None:
        """Hold at the end of the iteration."""
        if self.phase == "running":
            self.command_issued.emit(Pause())

    def configure(self, setup: Setup) -> None:
        """Take up what can be taken up now; sizes and seed wait for a reset unless nothing has been trained yet."""
        if setup == (before := self.setup):
            return
        self._wish(setup)
        if self.phase in ("starting", "dead"):
            return
        if self.phase in ("opening", "failed") or (self.phase == "ready" and before.asks_for_another_run(setup)):
            self._open()
            return
        for command in changes(before, setup):
            self.command_issued.emit(command)
        if setup.iterations != before.iterations and setup.iterations > self.step:
            self.until = setup.iterations
            if self.phase == "running":
                self.command_issued.emit(Run(self.until))
            self.state_changed.emit()

    def restart_engine(self) -> None:
        """Ask for a new engine; the network is opened again when it is ready."""
        self._enter("starting")
        self.engine_requested.emit()

    def apply(self, event: Event) -> None:
        """Take in one event of the engine, after those that came before it. Events of a run that is over change its
        curve alone."""
        self._intake.put(event.graph if isinstance(event, GraphChanged) else None, partial(self._take, event))

    def engine_died(self, title: str, text: str) -> None:
        """The engine is gone. Curve and graph stay as they are."""
        self._intake.put(None, partial(self._end, title, text))

    def _take(self, event: Event) -> None:
        match event:
            case Ready():
                self._on_ready(event)
            case Opened() if event.run == self.runs.number:
                self._on_opened(event)
            case LossBatch():
                self._on_losses(event)
            case StateChanged() if event.run == self.runs.number:
                self.step, self.loss = event.step, self.loss if event.loss is None else event.loss
                self._on_state(event)
                if event.message:
                    self.failed.emit(event.message)
            case GraphChanged() if event.run == self.runs.number:
                self._on_graph(event, self.setup.target)
            case ConfigurationChanged() if event.run == self.runs.number:
                self._on_configuration(event)
            case NodeDetails():
                self._on_details(event)
            case Failed():
                self._on_failed(event)
            case Raised() if event.run == self.runs.number:
                self.problem = event
                self._enter("failed")
                self.raised.emit(event)
            case _:
                self._apply_step(event)

    def _end(self, title: str, text: str) -> None:
        self._late.stop()
        self._queue.clear()
        self.stop = None
        text = self._died_while_opening() or text
        self._enter("dead")
        self.died.emit(title, text)

    def _go(self, command: Run | RunOne) -> None:
        """Begin as a step does where it may be over at once, so that nothing flickers."""
        if self.phase != "stopped" and isinstance(command, Run):
            self.command_issued.emit(command)
        else:
            self._step(command)

    def _wish(self, setup: Setup) -> None:
        self.setup = setup
        self.setup_changed.emit()

    def _open(self, reading: Reading | None = None) -> None:
        if self.phase == "starting":
            return  # opened when the engine is ready
        if reading is None:
            if not self.setup.is_built_in:
                self.reader.read(self.setup.spec, self._open)
                return
            self.reader.stop()
        if not self._may_run(self.setup, reading):
            return
        if self.phase == "dead":  # whoever opens something after a crash wants to go on
            self._held = self.refusal = ""
            self.restart_engine()
            return
        if self.late:  # this engine is deep in what it makes, and would not listen
            self.restart_engine()
            return
        run = self.runs.begin(self.setup)
        self.step, self.loss, self.rate, self.until, self.problem = 0, None, 0.0, self.setup.iterations, None
        self._forget_steps()
        self.breakpoints.reset_hits()
        self._enter("opening")
        self.command_issued.emit(self._command(run, reading))

    def _enter(self, phase: Phase) -> None:
        changed = phase != self.phase
        self.phase = phase
        if phase != "running":
            self.rate = 0.0
        if changed:
            self.phase_changed.emit()
            if phase in ("ready", "running") and (self.details is None or self.details.state == "freed"):
                self._ask_for_details()  # between a forward and its backward, what a node saved lives
        self.state_changed.emit()

    def _on_ready(self, event: Ready) -> None:
        self.ready = event
        if self.setup.device not in {device.id for device in event.devices}:
            self.failed.emit(self.tr("This machine has no %s now; cpu is used.") % self.setup.device)
            self._wish(replace(self.setup, device="cpu"))
        self.phase = "opening"
        if self.is_held:
            self._enter("failed")
            self._refuse(self.refusal)
        if self.budget is not None:
            self.command_issued.emit(SetBudget(self.budget))
        if self.breakpoints.enabled():
            self._send_breakpoints()
        if not self.is_held and not self.reader.target:
            self._open()

    def _on_opened(self, event: Opened) -> None:
        self.opened, self.device, self.optimizer = event, event.device, event.optimizer
        self._take_opened(event)
        self._adopt()
        self.runs.correct(event.run, self.setup)
        self.network_opened.emit()

    def _on_losses(self, event: LossBatch) -> None:
        try:
            began = self.runs.append(event)
        except ProtocolError as error:
            self.failed.emit(str(error))
            return
        if began:
            self.runs_changed.emit()
        self.scalars_appended.emit()
        losses = np.frombuffer(event.losses, dtype="<f8")
        if event.run == self.runs.number and len(losses):
            self.step = max(self.step, event.first + len(losses)) if self.phase == "running" else self.step
            self.loss, self.rate = float(losses[-1]), event.rate
            self.state_changed.emit()

    def _on_configuration(self, event: ConfigurationChanged) -> None:
        self.device, self.optimizer = event.device, event.optimizer
        self._adopt()
        if event.mark is not None:
            self.runs.mark(event.run, event.mark, event.optimizer.name)
            self.runs_changed.emit()
        self.configuration_changed.emit()

    def _on_failed(self, event: Failed) -> None:
        if event.command == "Pause" and self.phase == "failed":
            return  # the run before had ended already: nobody asked for this
        if event.command in ("SetDevice", "SetOptimizer"):
            self._adopt()
        if event.command == "Open":
            if self.opened is not None:  # the run before goes on in the engine, but nobody looks at it any more
                self.command_issued.emit(Pause())
            self.refusal = event.message
            self._enter("failed")
            self._refuse(event.message)
        self._step_failed(event.command, event.message)
        self.failed.emit(event.message)

    def _adopt(self) -> None:
        """Wish for the device and optimizer that the engine says are in force."""
        if self.optimizer is not None:
            facts = replace(self.setup, device=self.device, optimizer=self.optimizer)
            if facts != self.setup:
                self._wish(facts)
