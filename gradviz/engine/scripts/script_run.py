"""The state of one run of a script."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any
from weakref import ref

import torch
from msgspec.structs import replace

from gradviz.engine.capture.autograd_nodes import is_leaf, is_leaf_node, leaf_of, node_of, reachable
from gradviz.engine.capture.named_tensors import TensorNames
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.frames.stack_frames import calling_line
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.graph.graph_builder import assemble, assemble_partial
from gradviz.engine.measuring.meter import measure_graph
from gradviz.engine.proofs.error_site import OptimizerStep
from gradviz.engine.scripts.discovery import ScriptFacts, choice_of
from gradviz.engine.scripts.forward_recorder import ScriptCapture
from gradviz.engine.scripts.loss_roots import Losses
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.torch_compat import DisableTorchFunction, next_sequence_number
from gradviz.errors import GradvizError
from gradviz.language import tr, translatable
from gradviz.protocol.records import GraphRecord, OptimizerChoice

_RAN_FREELY = translatable(
    "This iteration ran freely until it raised, so the operations and lines of its nodes were not recorded."
)
LOCKED = translatable("The script sets device and optimizer itself.")


class ScriptRun(AnyRun):
    """What is known of the run. `iteration_detector` moves it on, within the script's own calls."""

    def __init__(self) -> None:
        super().__init__("running", "forward")
        self.experiment = None
        self.tensors = self.facts = ScriptFacts()
        self.names = TensorNames(self.facts)
        self.device = "cpu"
        self.graph: CapturedGraph | None = None
        self.graph_step = -1
        self.losses = Losses()
        self.root: Any = None
        """What backward starts from, once it is known."""
        self.capture: ScriptCapture | None = None
        """Of the forward that runs now, if it is captured."""
        self.shown = False
        """Whether the first forward was shown; before it, next to nothing is known."""
        self.ended = False
        self.skipped = False
        """Whether a gradient scaler left the update of this iteration out."""

    def begin(self, until: int | None) -> None:
        """Go on until iteration `until`, or without an end.

        Raises:
            GradvizError: the script has ended, or there is nothing to do.
        """
        if self.ended and self.state != "failed":
            raise GradvizError(tr("The script has ended; reset it to run it from the start."))
        super().begin(until)

    @property
    def choice(self) -> OptimizerChoice:
        """Return how the script updates its parameters now."""
        return choice_of(self.facts.optimizers)

    @property
    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Return the script's optimizers, as far as they were found."""
        return self.facts.optimizers

    def note_step(self, optimizer: torch.optim.Optimizer, frame: FrameType) -> None:
        """Note that an optimizer has stepped, called from `frame`."""
        number = next_sequence_number()
        self.steps_taken[id(optimizer)] = OptimizerStep(ref(optimizer), number, self.step, *calling_line(frame))

    def note_backward(self) -> None:
        """Note that a backward has run."""
        self.backward_number = next_sequence_number()

    # -- states --------------------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Pause after the first forward, which has run."""
        self.state = "ready"

    def fail(self) -> None:
        """Note that the script raised, or was given up."""
        super().fail()
        self.forget_iteration()

    def end(self) -> None:
        """Note that the script is over; it may still be paused where it raised."""
        self.ended = True

    def finish(self, *, failed: bool) -> None:
        """Note how the script ended by itself."""
        self.forget_iteration()
        self.state = "failed" if failed else "finished"

    @contextmanager
    def reopened(self) -> Iterator[None]:
        """While this lasts, a run whose script is over can be stopped and continued."""
        self.ended = False
        try:
            yield
        finally:
            self.ended = True

    # -- the current iteration -----------------------------------------------------------------------------------------

    def record_by(self, capture: ScriptCapture | None) -> None:
        """Note which capture records the forward that runs from now on, if one does."""
        self.capture = capture

    def show_forward(self, capture: ScriptCapture, roots: list[torch.Tensor], frame: FrameType) -> None:
        """Build the graph of the forward that `capture` recorded, from whose `roots` the script calls a backward at
        `frame`."""
        self.root, *others = roots
        self.facts.find_owners(_leaves_behind(roots), frame, thoroughly=not self.shown)
        self.facts.look_around(frame)
        self.device = str(self.root.device)
        self.graph = assemble(capture, self.names, self.root, others)
        self.graph_step = self.step
        capture.led_to_a_backward()
        measure_graph(self.meter, self.graph, self.facts)

    def look_at_the_stop(self) -> None:
        """Learn what the script trains from the op that it is stopped at, before there is a graph."""
        current_stop = self.gate.current_stop if self.gate is not None else None
        values = current_stop.values if current_stop is not None else []
        leaves = [v for v in values if isinstance(v, torch.Tensor) and is_leaf(v) and v.requires_grad]
        self.facts.find_owners(leaves, sys._getframe(1), thoroughly=True)
        self.facts.look_around(sys._getframe(1))

    def note_shown(self) -> None:
        """Note that a forward was shown."""
        self.shown = True

    def finish_iteration(self) -> int:
        """Let go of the iteration that is over, and return the number it had."""
        step = self.step
        self.forget_iteration()
        self._count_iteration()
        return step

    def forget_iteration(self) -> None:
        """Keep nothing of the iteration: memory is as in the plain script."""
        self.losses.clear()
        self.root = self.capture = None
        if self.graph is not None:
            self.graph.release()
        self.names.forget()
        self.facts.forget_data()

    def enter(self, phase: str) -> None:
        """Note that the iteration is in `phase` from now on."""
        super().enter(phase)
        if phase == "forward":
            self.skipped = False

    def note_skipped(self) -> None:
        """Note that a gradient scaler left the update out."""
        self.skipped = True

    def forget_graph(self) -> None:
        """Drop the graph of an earlier iteration, so that it is not mistaken for that of the current one."""
        if self.graph is not None:
            self.graph.release()
        self.graph = None

    def show_backward_of(self, roots: list[torch.Tensor]) -> None:
        """Build the graph behind `roots`, which were made in an iteration that ran freely: its nodes have no lines."""
        self.root, *others = roots
        self.graph = assemble(Capture(), self.names, self.root, others)
        self.graph.record = replace(self.graph.record, notes=(tr(_RAN_FREELY),))
        self.graph_step = self.step

    @property
    def holds_forward(self) -> bool:
        """Return whether the script is paused between a forward and its backward."""
        return self.root is not None and self.phase == "forward"

    @property
    def held_loss(self) -> Any:
        """Return what backward starts from, once it is known."""
        return self.root

    @property
    def loss(self) -> float | None:
        """Return the loss of the current iteration; None between iterations."""
        return float(self.losses.total()) if self.losses else None

    def partial_graph(self) -> GraphRecord | None:
        """Return what the current forward has made so far, unless that is the start of the graph before."""
        capture = self.capture
        if capture is None or not capture.makers.has_own:
            return None
        steps = capture.next_steps
        return None if steps is not None and not steps.diverged else assemble_partial(capture, self.names)


def _leaves_behind(roots: list[torch.Tensor]) -> list[torch.Tensor]:
    """Return the leaves of the graph that `roots` come from."""
    with DisableTorchFunction():
        nodes = reachable([node for root in roots if (node := node_of(root)) is not None])
        return [leaf_of(node) for node in nodes if is_leaf_node(node)]
