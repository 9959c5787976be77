"""Asks the engine for tensors and changes them: values at a point, and the weights in a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gradviz.gui.session.session_state import SessionState
from gradviz.gui.session.step_requests import StepRequests
from gradviz.protocol.answers import DerivativeChecked
from gradviz.protocol.commands import (
    AskTensor,
    CheckDerivative,
    Edit,
    ExplainUpdate,
    ListHolders,
    ListWeights,
    LoadWeights,
    SaveTensor,
)
from gradviz.protocol.events import Edited, WeightsLoaded
from gradviz.protocol.records import MarkRecord


class TensorRequests(QObject):
    """Tensors at the point that is shown."""

    answered = Signal(object)
    """A `TensorAnswered` that was asked for since the last stop."""
    update_explained = Signal(object)
    """An `UpdateExplained`, likewise."""
    derivative_checked = Signal(object)
    """A `DerivativeChecked`."""
    holders_listed = Signal(object)
    """A `HoldersListed`."""
    saved = Signal(str)
    edited = Signal(object)
    edit_failed = Signal(str)

    def __init__(self, state: SessionState, steps: StepRequests, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._steps = state, steps

    def ask(self, ask: AskTensor) -> int:
        """Ask for a tensor; the answer carries the number that is returned. Answers to what was asked before the last
        stop do not come."""
        return self._state.engine.ask(ask)

    def explain_update(self, node: int) -> int:
        """Ask for the optimizer's step of a parameter; `update_explained` follows with the number that is returned."""
        return self._state.engine.ask(ExplainUpdate(0, node))

    def check_derivative(self, node: int | None) -> None:
        """Compare the analytic derivative of a node with the numeric one; `derivative_checked` follows, or
        `SessionState.failed` with why not."""
        if node is not None:
            self._state.engine.send(CheckDerivative(node))

    def on_checked(self, event: DerivativeChecked) -> None:
        """Take up a check, or report why there is none."""
        if event.message:
            self._state.failed.emit(event.message)
        self.derivative_checked.emit(event)

    def list_holders(self) -> None:
        """Ask what updates each parameter; `holders_listed` follows."""
        self._state.engine.send(ListHolders())

    def save(self, save: SaveTensor) -> None:
        """Write a tensor to a file; `saved` or `SessionState.failed` follows."""
        self._state.engine.send(save)

    def edit(self, edit: Edit) -> None:
        """Change a value; `edited` or `edit_failed` follows."""
        if self._state.engine.looks_back:
            self._steps.move_cursor(None)  # only the values at the engine's own point can be changed
        self._state.engine.send(edit)

    def on_edited(self, event: Edited) -> None:
        """Mark an edit on the run's curve."""
        self._state.runs.mark(event.run, event.mark, "")
        self.edited.emit(event)
        self._state.runs_changed.emit()


class WeightRequests(QObject):
    """Weights in a file, and the model that they are loaded into."""

    listed = Signal(object)
    loaded = Signal(object)
    failed = Signal(str)

    def __init__(self, state: SessionState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state

    def list_tensors(self, path: str) -> None:
        """Ask for the tensors in a file; `listed` or `failed` follows."""
        self._state.engine.send(ListWeights(path))

    def load(self, path: str) -> None:
        """Put a file's tensors into the open model; `loaded` or `failed` follows."""
        self._state.engine.send(LoadWeights(path))

    def why_not(self) -> str:
        """Return why weights cannot be loaded now, as a sentence; empty if they can."""
        opened, phase = self._state.engine.opened, self._state.phase
        if opened is None or phase in ("starting", "opening", "dead"):
            return self.tr("No model is open yet.")
        if phase == "failed":
            return self.tr("The open model has failed; reset it first.")
        if phase == "stopped":
            return self.tr("Finish the iteration first: its tensors are in use.")
        return self.tr("The script loads its weights itself.") if opened.kind == "script" else ""

    def on_loaded(self, event: WeightsLoaded) -> None:
        """Mark on the curve of a run that has trained that its weights were replaced."""
        engine = self._state.engine
        if event.run == engine.run and engine.step:
            text = self.tr("weights of {0}").format(Path(event.path).name)
            self._state.runs.mark(event.run, MarkRecord(engine.step, "edit", text), "")
            self._state.runs_changed.emit()
        self.loaded.emit(event)
