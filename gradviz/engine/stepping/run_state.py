"""The state of a run of a network or of a script, as all that serves, steps and measures it knows it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import torch

from gradviz.engine.blame.module_history import ModuleHistory
from gradviz.engine.capture.named_tensors import NameSource, TensorNames
from gradviz.engine.gate.gate import Gate
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.measuring.meter import Meter
from gradviz.engine.proofs.error_site import OptimizerStep
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.language import tr
from gradviz.protocol.records import GraphRecord, OptimizerChoice, State


class AnyRun(ABC):
    """A run of a network (`training.runner.Runner`) or of a script (`scripts.script_run.ScriptRun`).

    It owns its state: other objects read the fields, and change them by methods only.
    """

    experiment: Experiment | None
    """What is trained; None of a script, which calls its models itself."""
    tensors: NameSource
    """What has a name."""
    device: str
    graph: CapturedGraph | None
    """Of the last forward that was captured."""
    graph_step: int
    names: TensorNames

    def __init__(self, state: State, phase: str) -> None:
        self.state: State = state
        self.until: int | None = None
        """The run is finished before this iteration; None for no end."""
        self._reset(phase)

    def _reset(self, phase: str, step: int = 0) -> None:
        """Go back to before iteration `step`."""
        self.step = step
        """The current iteration, or the next one between two iterations."""
        self.phase = phase
        self.gate: Gate | None = None
        """Where the current iteration passes; None while it runs freely. It stays after the iteration, for looking
        back, until the next one begins."""
        self.module_history = ModuleHistory()
        """Gradients and steps of the iterations before, while a trap watches for spikes."""
        self.meter: Meter | None = None
        """Measures the current iteration; None while nothing does."""
        self.backward_number = 0
        """The number of the first node after the last backward, of a script that may call it often."""
        self.steps_taken: dict[int, OptimizerStep] = {}
        """The last step of each optimizer of a script, by its `id`."""

    # -- the run -----------------------------------------------------------------------------------------------------

    def begin(self, until: int | None) -> None:
        """Go on until iteration `until`, or without an end.

        Raises:
            GradvizError: there is nothing to do, or the run has failed.
        """
        self.refuse_failed()
        if until is not None and until <= self.step:
            raise GradvizError(
                tr("{step} iterations are done already; ask for more than {until}.").format(step=self.step, until=until)
            )
        self.until = until
        self.state = "running"

    def go_to(self, step: int) -> None:
        """Be paused before iteration `step`, whatever it was in."""
        self._reset("forward", step)
        self.state = "paused"

    def pause(self) -> None:
        """Pause between two iterations."""
        if self.state == "running":
            self.state = "paused"

    def pause_at_end(self) -> None:
        """Be paused and not finished: the iterations that are done were not those that the user asked for."""
        if self.state == "finished":
            self.state = "paused"

    def stop(self) -> None:
        """Note that the iteration has stopped at the gate."""
        self.state = "stopped"

    def fail(self) -> None:
        """Note that the user's code raised, or was given up: nothing goes on from here."""
        self.state = "failed"
        self.meter = None

    def refuse_failed(self) -> None:
        """Raise GradvizError if the run has failed."""
        if self.state == "failed":
            raise GradvizError(tr("This run has failed; reset it to begin a new one."))

    @property
    @abstractmethod
    def choice(self) -> OptimizerChoice:
        """Return how parameters are updated."""

    @property
    @abstractmethod
    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Return the optimizers that take the steps; none where the update is written by hand."""

    # -- the current iteration ---------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def holds_forward(self) -> bool:
        """Return whether an iteration was begun, and waits to go on after its forward."""

    @property
    @abstractmethod
    def held_loss(self) -> Any:
        """Return the loss of the current iteration as it was computed; None before it was."""

    @property
    @abstractmethod
    def loss(self) -> float | None:
        """Return the loss of the current iteration; None between iterations."""

    @abstractmethod
    def partial_graph(self) -> GraphRecord | None:
        """Return what the current iteration has made so far, unless that is the start of the graph before."""

    def enter(self, phase: str) -> None:
        """Note that the iteration is in `phase` from now on."""
        self.phase = phase

    def open_gate(self, gate: Gate) -> None:
        """Let the next iteration pass `gate`."""
        self.gate = gate

    def close_gate(self) -> None:
        """Let the next iteration run freely."""
        self.gate = None

    def begin_measuring(self, meter: Meter | None) -> None:
        """Measure the next iteration by `meter`, if there is one."""
        self.meter = meter

    def end_measuring(self) -> Meter | None:
        """Return the meter of the iteration that is over, if it was measured, and measure no further."""
        meter, self.meter = self.meter, None
        return meter

    def _count_iteration(self) -> None:
        self.step += 1
        if self.state == "running" and self.until is not None and self.step >= self.until:
            self.state = "finished"
