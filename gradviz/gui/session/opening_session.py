"""The session's part that opens: whose consent is needed, what could not be opened and why, weights of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer

from gradviz.client.code_consent import Code, Consents
from gradviz.client.run_setup import Setup
from gradviz.gui.processes.code_reader import PATIENCE, CodeReader, Reading
from gradviz.gui.session.measure_session import MeasureSession
from gradviz.protocol.commands import ListWeights, LoadWeights, Open
from gradviz.protocol.events import ConsentNeeded, Event, Opened, RestartNeeded, WeightsListed, WeightsLoaded
from gradviz.protocol.records import MarkRecord, OptimizerChoice
from gradviz.targets.target_spec import check_presence, file_of, read_target


class Question(Struct, frozen=True):
    """May this code run? Asked once for the contents of a file."""

    setup: Setup
    code: Code
    changed: tuple[str, ...] = ()
    """Those of its files of which other contents were allowed."""


class OpeningSession(MeasureSession):
    """What stands between a wish to open something and the command; and what comes of it."""

    setup: Setup
    opened: Opened | None
    _setup_of: Callable[[str], Setup]

    def __init__(self, consents: Consents | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.consents = consents or Consents()
        self.reader = CodeReader(self)
        self.reader.lateness_changed.connect(self.opening_late)
        self.question: Question | None = None
        """What waits for an answer."""
        self.refusal = ""
        """Why the target of the setup is not open; empty if it is, or is being opened."""
        self.code: Code | None = None
        """What was executed for the run that was begun last; None for a built-in network."""
        self.script_arguments: dict[str, tuple[str, ...]] = {}
        """Target → what followed its name on the command line."""
        self.previous = ""
        """What was open before the target of the setup, to go back to."""
        self.ending = ""
        """What the engine said of a script's end; empty while there is more of it, also after the iterations asked
        for."""
        self.late = False
        self._last_good = ""
        self._held = ""
        """The target during whose opening the engine died or was stopped: not opened again by itself."""
        self._own_optimizers: dict[str, OptimizerChoice] = {}
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self._say_late)
        self.phase_changed.connect(self._stop_watching)

    @property
    def title(self) -> str:
        """The target of the setup as a person calls it: `nn`, `gpt.py:build`."""
        opened = self.opened
        if opened is not None and opened.target == self.setup.target and opened.kind != "network":
            return opened.title
        return self.setup.title

    @property
    def lasting_setup(self) -> Setup:
        """The setup to be remembered: what a model brings along itself is read from its file the next time."""
        setup = self.setup
        own = setup.optimizer is not None and setup.optimizer == self._own_optimizers.get(setup.target)
        return replace(setup, optimizer=None) if own and not setup.is_built_in else setup

    # Wishes

    def open(self, target: str) -> None:
        """Open a network, or a person's model once its file is read and may run, with the setup it was last used with.

        Raises:
            UnknownNameError: there is no such network.
            GradvizError: the target is nothing that could be opened, or is not there.
        """
        spec = read_target(target)
        if spec.kind == "network":
            self._wish(self._setup_of(target))
            self._open()
            return
        check_presence(spec)
        target = (spec := spec.absolute()).text
        if spec.kind == "weights":
            self.weights_requested.emit(target)
            return
        self.reader.read(spec, self._open_read, as_named=bool(self.script_arguments.get(target)))
        if self.reader.target and not self.runs.number:
            self._wish(self._setup_of(target))  # nothing is open that could be shown meanwhile

    def answer(self, yes: bool) -> None:
        """Answer the question. After a no, what was open stays; if nothing was, a built-in network is opened."""
        question, self.question = self.question, None
        if question is None:
            return
        if yes:
            self.consents.give(question.code)
            self._wish(question.setup)
            self._open()
        elif not self.runs.number and self.setup.target == question.setup.target:
            self.open(self.fallback)
        else:
            self.failed.emit(self.tr("{0} was not opened.").format(question.setup.title))

    def reopen(self) -> None:
        """Open the target again with its code as it is now: whoever asks has the person's consent."""
        if self.setup.is_built_in:
            self._open()
        else:
            self.reader.read(self.setup.spec, self._reopen_read)

    def stop_opening(self) -> None:
        """Give up a network that is being read or made; where it is made, end its engine and start another."""
        if target := self.reader.target:
            self.reader.stop()
            self.failed.emit(self.tr("{0} was not opened.").format(target.title))
            if not self.runs.number:
                self.open(self.fallback)
        elif self.phase == "opening":
            self._hold(self.tr("It was stopped while it was being made; correct it, and reopen it."))
            self.restart_engine()

    def list_weights(self, path: str) -> None:
        """Ask for the tensors in a file; `weights_listed` or `weights_failed` follows."""
        self.command_issued.emit(ListWeights(path))

    def load_weights(self, path: str) -> None:
        """Put a file's tensors into the open model; `weights_loaded` or `weights_failed` follows."""
        self.command_issued.emit(LoadWeights(path))

    def why_no_weights(self) -> str:
        """Why weights cannot be loaded now, as a sentence; empty if they can."""
        if self.opened is None or self.phase in ("starting", "opening", "dead"):
            return self.tr("No model is open yet.")
        if self.phase == "failed":
            return self.tr("The open model has failed; reset it first.")
        if self.phase == "stopped":
            return self.tr("Finish the iteration first: its tensors are in use.")
        return self.tr("The script loads its weights itself.") if self.opened.kind == "script" else ""

    # For the session

    fallback = "autograd"
    """What is opened where nothing else can be."""

    def restart_engine(self) -> None:
        """Ask for another engine; the session's."""
        raise NotImplementedError

    def _open(self, reading: Reading | None = None) -> None:
        raise NotImplementedError

    def _wish(self, setup: Setup) -> None:
        raise NotImplementedError

    def _open_read(self, reading: Reading) -> None:
        """Open what was asked for, now that its file is read."""
        setup = self._setup_of(reading.target)
        if self._may_run(setup, reading) or not self.runs.number:
            self._wish(setup)
            self._open(reading)

    def _reopen_read(self, reading: Reading) -> None:
        if reading.code is not None:
            self.consents.give(reading.code)
        self._open(reading)

    def _may_run(self, setup: Setup, reading: Reading | None) -> bool:
        """Whether the target's code, as it was read, may be executed; if that is not known, it is asked."""
        if reading is None:
            self.code = self.question = None
            return True
        code = reading.code
        if code is None:
            self._refuse(self.tr("{0} cannot be read: {1}.").format(setup.spec.name, reading.failure))
            return False
        if self.consents.has(code):
            self.code, self.question = code, None
            return True
        before, self.question = self.question, Question(setup, code, self.consents.changed(code))
        if before is None or before.code != code:
            self.consent_asked.emit(self.question)
        return False

    def _command(self, run: int, reading: Reading | None) -> Open:
        """Open what the setup says. What the model brings along itself is left to its file."""
        setup = self.setup
        optimizer = self.lasting_setup.optimizer
        words = self.script_arguments.get(setup.target, ())
        values = dict(setup.hyperparameters)
        if reading is not None and (known := reading.keywords) is not None:
            values = {name: value for name, value in values.items() if name in known}
        self.late = False
        self.refusal = self.ending = self._held = ""
        self._patience.start()
        allowed = self.consents.digests(reading.code) if reading is not None and reading.code is not None else None
        return Open(run, setup.target, dict(values), setup.seed, setup.device, optimizer, words, allowed=allowed)

    def _take_opened(self, event: Opened) -> None:
        self.refusal = ""
        if self._last_good != event.target:
            self.previous, self._last_good = self._last_good, event.target
        if self.setup.optimizer is None:
            self._own_optimizers[event.target] = event.optimizer

    def _refuse(self, sentence: str) -> None:
        """The target of the setup is not open."""
        self.refusal = sentence
        self.previous = self._last_good if self._last_good != self.setup.target else self.previous
        self.refused.emit(sentence)

    def _hold(self, sentence: str) -> None:
        """The target must not be opened again until a person says so."""
        self._held, self.refusal = self.setup.target, sentence

    @property
    def is_held(self) -> bool:
        """Whether the target is not to be opened by itself when an engine is ready."""
        return bool(self._held) and self._held == self.setup.target

    def _died_while_opening(self) -> str:
        """What the engine's death means, if it was opening a person's model; empty if not."""
        if self.phase != "opening" or self.setup.is_built_in:
            return ""
        self._hold(self.tr("The engine ended while it was being made; correct it, and reopen it."))
        return self.tr("It was making {0}, which is not opened again by itself; correct it first.").format(self.title)

    def _say_late(self) -> None:
        if self.phase == "opening":
            self.late = True
            self.opening_late.emit()

    def _stop_watching(self) -> None:
        if self.phase != "opening":
            self._patience.stop()
            was_late, self.late = self.late, False
            if was_late:
                self.opening_late.emit()

    # Facts

    def _apply_step(self, event: Event) -> None:
        match event:
            case ConsentNeeded() if event.run == self.runs.number:
                # Imported by a name that its text does not hold, or changed since it was read.
                name = Path(event.path).name
                self._refuse(self.tr("{0} was stopped: it imports {1}, which you have not allowed as it is.").format(
                    self.title, name))  # fmt: skip
                if self.reader.note(self.setup.spec, file_of(event.path)):
                    self._open()  # which reads again, and asks
            case RestartNeeded():
                self.failed.emit(self.tr("{0}: another engine opens {1}.").format(event.reason, self.title))
                self.restart_engine()
            case WeightsListed():
                self.weights_listed.emit(event)
            case WeightsLoaded():
                if event.run == self.runs.number and self.step:
                    text = self.tr("weights of {0}").format(Path(event.path).name)
                    self.runs.mark(event.run, MarkRecord(self.step, "edit", text), "")
                    self.runs_changed.emit()
                self.weights_loaded.emit(event)
            case _:
                super()._apply_step(event)

    def _step_failed(self, command: str, message: str) -> None:
        if command in ("ListWeights", "LoadWeights"):
            self.weights_failed.emit(message)
        super()._step_failed(command, message)
