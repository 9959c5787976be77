"""One run of a script, as the server, the gate and the answers see any run."""

from __future__ import annotations

from typing import Any

import torch
from msgspec.structs import replace

from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.tensor_ids import Names
from gradviz.engine.gate.gate import Gate
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.graph.graph_builder import assemble, assemble_partial
from gradviz.engine.measuring.meter import Meter
from gradviz.engine.scripts.discovery import ScriptFacts, choice_of
from gradviz.engine.scripts.forward_recorder import ScriptCapture, ScriptSteps
from gradviz.engine.scripts.loss_roots import Losses
from gradviz.engine.training.run_state import Course
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.protocol.records import GraphRecord, OptimizerChoice

_RAN_FREELY = "This iteration ran freely until it raised, so the operations and lines of its nodes were not recorded."
LOCKED = "The script sets device and optimizer itself."


class ScriptUpdater:
    """Tells which optimizer the script has."""

    def __init__(self, facts: ScriptFacts) -> None:
        self._facts = facts

    @property
    def choice(self) -> OptimizerChoice:
        return choice_of(self._facts.optimizers)


class ScriptRun(Course):
    """What is known of the run. `engine.script_phases` moves it on, within the script's own calls."""

    experiment: Experiment

    def __init__(self) -> None:
        super().__init__("running")
        self.experiment = self.facts = ScriptFacts()
        self.names = Names(self.facts)
        self.updater = ScriptUpdater(self.facts)
        self.device = "cpu"
        self.phase = "forward"
        self.graph: CapturedGraph | None = None
        self.graph_step = -1
        self.gate: Gate | None = None
        self.meter: Meter | None = None
        self.losses = Losses()
        self.root: Any = None
        """What backward starts from, once it is known."""
        self.capture: ScriptCapture | None = None
        """Of the forward that runs now, if it is captured."""
        self.steps: ScriptSteps | None = None
        self.shown = False
        """Whether the first forward was shown; before it, next to nothing is known."""
        self.ended = False

    def begin(self, until: int | None) -> None:
        """Go on until iteration `until`, or until told otherwise.

        Raises:
            GradvizError: the script has ended, or there is nothing to do.
        """
        if self.ended and self.state != "failed":
            raise GradvizError("The script has ended; reset it to run it from the start.")
        super().begin(until)

    def fail(self) -> None:
        """The script raised, or was given up."""
        self.state = "failed"
        self.meter = None
        self.forget_iteration()

    def over(self) -> int:
        """One more iteration is done; the number it had."""
        step = self.step
        self.forget_iteration()
        self._count_iteration()
        return step

    def forget_iteration(self) -> None:
        """Hold nothing of the iteration: memory is as in the plain script."""
        self.losses.clear()
        self.root = self.capture = self.steps = None
        if self.graph is not None:
            self.graph.release()
        self.names.forget()
        self.facts.forget_data()

    def forget_graph(self) -> None:
        """No graph of an earlier iteration is to be taken for that of the present one."""
        if self.graph is not None:
            self.graph.release()
        self.graph = None

    def show_backward_of(self, roots: list[torch.Tensor]) -> None:
        """The graph is that behind `roots`, made in an iteration that ran freely: its nodes have no lines."""
        self.root, *others = roots
        self.graph = assemble(Capture(), self.names, self.root, others)
        self.graph.record = replace(self.graph.record, notes=(_RAN_FREELY,))
        self.graph_step = self.step

    @property
    def holds_forward(self) -> bool:
        """Whether the script stands between a forward and its backward."""
        return self.root is not None and self.phase == "forward"

    @property
    def held_loss(self) -> Any:
        """What backward starts from, once it is known."""
        return self.root

    @property
    def loss(self) -> float | None:
        """The loss of the iteration that stands; None between iterations."""
        return float(self.losses.total()) if self.losses else None

    def partial_graph(self) -> GraphRecord | None:
        """What the forward that stands has made so far, where that is not the start of the graph before."""
        capture, steps = self.capture, self.steps
        if capture is None or not capture.births.has_own or (steps is not None and not steps.diverged):
            return None
        return assemble_partial(capture, self.names)
