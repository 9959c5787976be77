"""Opens targets: reads their code, asks for consent to run it, and keeps why one could not be opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from gradviz.client.code_consent import Code, Consents
from gradviz.client.runs import RunSetup
from gradviz.gui.processes.code_files import PATIENCE, CodeReader, CodeReading
from gradviz.gui.session.consent_requests import ConsentRequests
from gradviz.gui.session.session_state import SessionState
from gradviz.gui.session.step_requests import StepRequests
from gradviz.model.growing_series import Floats
from gradviz.protocol.commands import Open, Pause
from gradviz.protocol.events import ConsentNeeded, Opened, RestartNeeded
from gradviz.protocol.records import OptimizerChoice, Value
from gradviz.targets.target_spec import check_presence, file_of, read_target


class ResumedRun(NamedTuple):
    """What a recorded run was, that is opened to go on from a checkpoint."""

    checkpoint: str
    """The file with the checkpoint."""
    losses: Floats
    """Of all iterations before it."""
    name: str
    """What the user calls the run."""


class Beginning(NamedTuple):
    """Where a run begins that is opened."""

    stop_first: bool = False
    """Stop at its first op."""
    again_to: int | None = None
    """Run a script again to the trap that it met in that iteration."""
    resumed: ResumedRun | None = None
    """Go on from there."""


class OpeningLateness(QObject):
    """Notices when a network is still being made after a while."""

    changed = Signal()
    """Also emitted for the reading of its code, whose lateness `CodeReader.late` is."""

    def __init__(self, state: SessionState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.late = False
        self._timer = QTimer(self, singleShot=True, interval=PATIENCE)
        self._timer.timeout.connect(self._begin)
        state.phase_changed.connect(self._end)

    def start(self) -> None:
        """Begin to wait for a network that is being made."""
        self.late = False
        self._timer.start()

    def _begin(self) -> None:
        if self._state.phase == "opening":
            self.late = True
            self.changed.emit()

    def _end(self) -> None:
        if self._state.phase != "opening":
            self._timer.stop()
            was_late, self.late = self.late, False
            if was_late:
                self.changed.emit()


class TargetOpening(QObject):
    """The steps between a request to open a target and the command `Open`, and what comes of it."""

    declined = Signal(str)
    """The user's answer was no: this target is not open, another one is."""
    refused = Signal(str)
    """The target of the setup is not open; the sentence is the reason."""
    weights_requested = Signal(str)
    """A file of weights was to be opened: it holds no graph, but its tensors can be listed."""

    def __init__(self, state: SessionState, steps: StepRequests, setup_of: Callable[[str], RunSetup],
                 consents: Consents | None, parent: QObject | None = None) -> None:  # fmt: skip
        """`setup_of` returns the setup to open a target with."""
        super().__init__(parent)
        self._state, self._engine, self._steps, self.setup_of = state, state.engine, steps, setup_of
        self.consent = ConsentRequests(consents, self)
        self.reader = CodeReader(self)
        self.fallback = "autograd"
        """What is opened where nothing else can be."""
        self.refusal = ""
        """Why the target of the setup is not open; empty if it is, or is being opened."""
        self.code: Code | None = None
        """What was executed for the run that was begun last; None for a built-in network."""
        self.script_arguments: dict[str, tuple[str, ...]] = {}
        """Target → what followed its name on the command line."""
        self.previous = ""
        """What was open before the target of the setup, to go back to."""
        self.lateness = OpeningLateness(state, self)
        self.reader.lateness_changed.connect(self.lateness.changed)
        self._held = ""
        """The target during whose opening the engine died or was stopped: not opened again by itself."""
        self._own_optimizers: dict[str, OptimizerChoice] = {}
        self._begins = Beginning()
        self._last_good = self._python = ""  # what is open, and the Python of the engine

    @property
    def lasting_setup(self) -> RunSetup:
        """The setup to be remembered: what a model brings along itself is read from its file the next time."""
        setup = self._state.setup
        own = setup.optimizer is not None and setup.optimizer == self._own_optimizers.get(setup.target)
        return replace(setup, optimizer=None) if own and not setup.is_built_in else setup

    @property
    def is_held(self) -> bool:
        """Whether the target is not to be opened by itself when an engine is ready."""
        return bool(self._held) and self._held == self._state.setup.target

    # Requests

    def open(self, target: str, *, allowed: bool = False, setup: RunSetup | None = None,
             resumed: ResumedRun | None = None) -> None:  # fmt: skip
        """Open a network, or a user's model once its file is read and may run, with a `setup`, or the one it was last
        used with.

        `allowed`: the user typed its name as a command, which is consent to the file as it is now. `resumed`: it goes
        on from there.

        Raises:
            UnknownNameError: there is no such network.
            GradvizError: the target is nothing that could be opened, or is not there.
        """
        spec = read_target(target)
        self._begins = Beginning(resumed=resumed)
        if spec.kind == "network":
            self._state.set_setup(setup or self.setup_of(target))
            self._begin_again()
            return
        check_presence(spec)
        target = (spec := spec.absolute()).text
        if spec.kind == "weights":
            self.weights_requested.emit(target)
            return
        done = partial(self._open_read, allowed=allowed, setup=setup)
        self.reader.read(spec, done, as_named=bool(self.script_arguments.get(target)))
        if self.reader.target and not self._state.runs.number:
            self._state.set_setup(setup or self.setup_of(target))  # nothing is open that could be shown meanwhile

    def answer(self, yes: bool, folder: str = "") -> None:
        """Answer the question. After a no, what was open stays; if nothing was, a built-in network is opened. `folder`
        is trusted from now on, with all below it."""
        if (question := self.consent.take(yes, folder)) is None:
            return
        self._begins = self._begins if yes else Beginning()
        if yes:
            self._state.set_setup(question.setup)
            self._begin_again()
        elif not self._state.runs.number and self._state.setup.target == question.setup.target:
            self.open(self.fallback)
            self.declined.emit(question.setup.target)
        else:
            self._state.failed.emit(self.tr("{0} was not opened.").format(question.setup.title))

    def reset(self, *, stop_first: bool = False, again_to: int | None = None) -> None:
        """End this run and begin the next from iteration 0 under the setup as it is now; with `stop_first`, stop at its
        first op. `again_to`: run a script again to the trap that it met in that iteration."""
        self._begins = Beginning(stop_first, again_to)
        self._begin_again()

    def _begin_again(self) -> None:
        if self._state.phase == "starting":
            return  # opened when the engine is ready
        if not self._state.setup.is_built_in:
            self.reader.read(self._state.setup.spec, self._begin)
            return
        self.reader.stop()
        self._begin(None)

    def reopen(self) -> None:
        """Open the target again with its code as it is now; the request is the user's consent to it."""
        if self._state.setup.is_built_in:
            self.reset()
        else:
            self.reader.read(self._state.setup.spec, self._reopen_read)

    def stop_opening(self) -> None:
        """Give up a network that is being read or made; where it is made, end its engine and start another."""
        if target := self.reader.target:
            self.reader.stop()
            self._state.failed.emit(self.tr("{0} was not opened.").format(target.title))
            if not self._state.runs.number:
                self.open(self.fallback)
        elif self._state.phase == "opening":
            self._hold(self.tr("It was stopped while it was being made; correct it, and reopen it."))
            self.restart_engine()

    def restart_engine(self) -> None:
        """Ask for a new engine; the target is opened again when it is ready."""
        self._python = self._state.setup.python
        self._state.enter("starting")
        self._state.engine_requested.emit(self._python)

    # From the code that was read to the command

    def _open_read(self, reading: CodeReading, allowed: bool, setup: RunSetup | None) -> None:
        """Open what was requested, now that its file is read."""
        if allowed and reading.code is not None:
            self.consent.given.give(reading.code)
        setup = setup or self.setup_of(reading.target)
        if self._may_run(setup, reading) or not self._state.runs.number:
            self._state.set_setup(setup)
            self._begin(reading)

    def _reopen_read(self, reading: CodeReading) -> None:
        if reading.code is not None:
            self.consent.given.give(reading.code)
        self._begin(reading)

    def _begin(self, reading: CodeReading | None) -> None:
        state = self._state
        if state.phase == "starting" or not self._may_run(state.setup, reading):
            return
        dead, busy = state.phase == "dead", self.lateness.late or self._engine.busy is not None
        if dead:  # a target that is opened after a crash needs a new engine
            self._held = self.refusal = ""
        # An engine that is deep in something would not answer, and one of another Python has another torch.
        if dead or busy or state.setup.python != self._python:
            self.restart_engine()
            return
        run = state.runs.begin(state.setup)
        state.rate, state.until = 0.0, state.setup.iterations
        self._steps.begin(run)
        self._engine.breakpoints.reset_hits()
        state.enter("opening")
        self._engine.send(self._command(run, reading))

    def _may_run(self, setup: RunSetup, reading: CodeReading | None) -> bool:
        """Return whether the target's code, as it was read, may be executed; ask the user if that is not known."""
        if reading is None:
            self.code = self.consent.question = None
            return True
        code = reading.code
        if code is None:
            self._refuse(self.tr("{0} cannot be read: {1}.").format(setup.spec.name, reading.failure))
            return False
        if not self.consent.ask(setup, code):
            return False
        self.code = code
        return True

    def _command(self, run: int, reading: CodeReading | None) -> Open:
        """Return the command that the setup asks for. What the model brings along itself is left to its file."""
        setup = self._state.setup
        self.refusal = self._held = ""
        self.lateness.start()
        stop_first, again_to, resumed = self._begins
        self._begins = Beginning(resumed=resumed)  # until it is open: it may need another engine
        optimizer, arguments = self.lasting_setup.optimizer, self.script_arguments.get(setup.target, ())
        allowed, values = _allowed(setup, reading, self.consent.given), _values(setup, reading)
        return Open(run, setup.target, values, setup.seed, setup.device, optimizer, arguments, allowed=allowed,
                    stop_first=stop_first, again_to=again_to, graphs_late=True,
                    checkpoint=resumed.checkpoint if resumed is not None else "")  # fmt: skip

    def _refuse(self, sentence: str) -> None:
        """Note and emit why the target of the setup is not open."""
        self.refusal = sentence
        self.previous = self._last_good if self._last_good != self._state.setup.target else self.previous
        self.refused.emit(sentence)

    def _hold(self, sentence: str) -> None:
        """Do not open the target again until the user asks for it."""
        self._held, self.refusal = self._state.setup.target, sentence

    # Events

    def on_ready(self) -> None:
        """Open the target of the setup in a new engine, unless the last one died of it."""
        if self.is_held:
            self._state.enter("failed")
            self._refuse(self.refusal)
        elif not self.reader.target:
            self._begin_again()  # as was requested meanwhile

    def on_opened(self, event: Opened) -> ResumedRun | None:
        """Note that the target of the setup is open; return what it goes on from."""
        self.refusal = ""
        if self._last_good != event.target:
            self.previous, self._last_good = self._last_good, event.target
        if self._state.setup.optimizer is None:
            self._own_optimizers[event.target] = event.optimizer
        resumed, self._begins = self._begins.resumed, Beginning()
        return resumed

    def on_failed(self, message: str) -> None:
        """Note that the target could not be opened."""
        if self._engine.opened is not None:  # the run before goes on in the engine, but nobody looks at it any more
            self._engine.send(Pause())
        self.refusal = message
        self._state.enter("failed")
        self._refuse(message)

    def on_consent_needed(self, event: ConsentNeeded) -> None:
        """Ask for consent to a file that was imported by a name that its text does not hold, or changed since."""
        self._refuse(self.tr("{0} was stopped: it imports {1}, which you have not allowed as it is.").format(
            self._state.title, Path(event.path).name))  # fmt: skip
        if self.reader.note(self._state.setup.spec, file_of(event.path)):
            self._begin_again()  # which reads again, and asks

    def on_restart_needed(self, event: RestartNeeded) -> None:
        """Open the target in another engine."""
        self._state.failed.emit(self.tr("{0}: another engine opens {1}.").format(event.reason, self._state.title))
        self.restart_engine()

    def on_death(self) -> str:
        """Return what the engine's death means if it was opening a user's model; empty if not."""
        if self._state.phase != "opening" or self._state.setup.is_built_in:
            return ""
        self._hold(self.tr("The engine ended while it was being made; correct it, and reopen it."))
        return self.tr("It was making {0}, which is not opened again by itself; correct it first.").format(
            self._state.title
        )


def _values(setup: RunSetup, reading: CodeReading | None) -> dict[str, Value]:
    """Return the hyperparameters, of a user's factory those that it has."""
    known = reading.keywords if reading is not None else None
    return {name: value for name, value in setup.hyperparameters.items() if known is None or name in known}


def _allowed(setup: RunSetup, reading: CodeReading | None, given: Consents) -> tuple[str, ...] | None:
    """Return the digests of what may be executed; None for a built-in network."""
    code = reading.code if reading is not None else None
    return given.digests(code, setup.spec.import_roots()) if code is not None else None
