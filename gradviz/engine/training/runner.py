"""Runs one training, an iteration at a time: forward, backward, update. Knows neither sockets nor windows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import torch

from gradviz.engine.capture.autograd_nodes import node_of
from gradviz.engine.capture.earlier_forwards import forget_dead
from gradviz.engine.capture.numpy_recorder import HandRecording
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.tensor_ids import TensorNames
from gradviz.engine.graph.captured_graph import resolve_reach
from gradviz.engine.graph.graph_builder import CapturedGraph, assemble
from gradviz.engine.graph.recorded_graph_builder import assemble_recorded
from gradviz.engine.loading.devices import resolve_device
from gradviz.engine.loading.target import LoadedTarget, TargetSetup, find_target
from gradviz.engine.measuring.meter import measure_gradients, measure_graph, measured_update
from gradviz.engine.optimizing.optimizer_table import OptimizerTable
from gradviz.engine.optimizing.parameter_update import Change, Updater
from gradviz.engine.optimizing.run_builder import build
from gradviz.engine.stepping.forward_stepper import ForwardSteps
from gradviz.engine.stepping.run_state import RunState
from gradviz.engine.training.phases import graph_so_far, run_backward, run_update
from gradviz.experiment import Experiment, check_loss
from gradviz.protocol.records import GraphRecord, OptimizerChoice
from gradviz.pytree import leaves

Done = Literal["nothing", "forward", "backward"]


class Runner(RunState):
    """One run. Each phase is a method, so that something can stand between them; `graph` is of the last capture."""

    experiment: Experiment
    table: OptimizerTable
    updater: Updater

    def __init__(self, setup: TargetSetup, target: LoadedTarget | None = None) -> None:
        """Build the experiment of `setup`, on its device; `target` is what `setup` names, if it was found already.

        Raises:
            GradvizError: something in `setup` cannot be; the message is one sentence.
        """
        super().__init__("paused", "build")
        self.setup = setup
        self.target: LoadedTarget = target or find_target(setup)
        self.device = resolve_device(setup.device, self.target.id, self.target.cpu_only)
        self.graph: CapturedGraph | None = None
        self.graph_step = -1
        self._build(setup.optimizer)

    def _build(self, choice: OptimizerChoice | None) -> None:
        self._reset("build")
        self._done: Done = "nothing"
        self._loss: Any = None
        self._output: Any = None
        self._recording: HandRecording | None = None
        self._recorder: Capture | None = None
        """Records the forwards, one after the other: what the network keeps of one may be part of the next graph."""
        self._capture: Capture | None = None
        self._steps: ForwardSteps | None = None
        self._left: GraphRecord | None = None
        """What the iteration that failed had made."""
        built = build(self.target, self.setup.seed, self.device, choice)
        self.experiment, self.table, self.updater = built.experiment, built.table, built.updater
        self.names = TensorNames(self.experiment)

    # -- states --------------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Run iteration 0's forward under capture, and wait there.

        A network that is derived by hand runs its backward too: half of its graph is made there.
        """
        self.forward(captured=True)
        if not self.experiment.has_autograd:
            self.backward()
        self.state = "ready"

    def fail(self) -> None:
        """The network's code raised, or the iteration was given up; nothing goes on from here, no graph is held."""
        self._left = self.partial_graph()
        super().fail()
        self._forget_iteration()

    # -- phases --------------------------------------------------------------------------------------------------

    def iterate(self, *, captured: bool = False) -> Any:
        """Finish the iteration that was begun, or do a whole one.

        Returns its loss, as a float or a detached tensor: on a GPU, turning it into a number would make the training
        wait.
        """
        if self._done == "nothing":
            self.forward(captured=captured)
        if self._done == "forward":
            self.backward()
        self.update()
        loss = _detached(self._loss)
        self._forget_iteration()
        self._count_iteration()
        return loss

    def forward(self, *, captured: bool = False, again: bool = False) -> None:
        """Phase 1: the next batch, the output, the loss. `again`: once more on the same batch."""
        self.enter("forward")
        if again:
            self._forget_iteration()
        else:
            self.experiment.next_batch()
        if captured or self.gate is not None:
            self._forward_captured()
        else:
            self._forward_plain()
        check_loss(self.experiment, self._loss)
        self._done = "forward"

    def backward(self) -> None:
        """Phase 2: fresh gradients."""
        self.enter("backward")
        self.experiment.zero_gradients()
        if self._recording is not None:
            self._backward_recorded(self._recording)
        else:
            run_backward(self.gate, self.graph, self.meter, lambda: self.experiment.backward(self._loss))
        if self.graph is not None and self.graph.live:
            self.graph.record = resolve_reach(self.graph.record, self.names)
        measure_gradients(self.meter, self.graph, self.experiment)
        self._done = "backward"

    def update(self) -> None:
        """Phase 3: new parameters."""
        self.enter("update")
        with measured_update(self.meter, self.graph, self.experiment):
            run_update(self.gate, self.experiment, self.names, self.updater, self._evaluate)

    def _evaluate(self, first: bool) -> Any:
        """The loss with its gradients, for an optimizer that searches; the first is the one just computed."""
        return self._loss if first else _evaluated(self.experiment)

    def _forward_captured(self) -> None:
        self.graph_step = self.step
        if not self.experiment.has_autograd:
            self._recording = HandRecording(self.experiment)
            self._let_step(self._recording.capture)
            with self._recording.phase("forward"):
                self._forward_plain()
            return
        capture = self._recorder
        if capture is None:
            capture = self._recorder = Capture(self.experiment.module)
        else:
            capture.next_forward_of(self.experiment.module)
        self._let_step(capture)
        with capture.watching():
            self._forward_plain()
        self.graph = assemble(capture, self.names, self._loss, self._output)
        measure_graph(self.meter, self.graph, self.experiment)

    def _let_step(self, capture: Capture) -> None:
        capture.meter = self.meter
        if self.gate is not None:
            before = self.graph.record if self.graph is not None else None
            self._steps = capture.steps = ForwardSteps(self.gate, capture.modules, before)
            self._capture = capture

    def _forward_plain(self) -> None:
        self._output = self.experiment.forward()
        self._loss = self.experiment.compute_loss(self._output)

    def _backward_recorded(self, recording: HandRecording) -> None:
        """Of a network that is derived by hand: its backward is recorded like its forward."""
        with recording.phase("backward"):
            self.experiment.backward(self._loss)
        self.names.refresh()
        self.graph = assemble_recorded(recording.capture, self.names, self._loss, self.experiment.gradients())
        measure_graph(self.meter, self.graph, self.experiment)
        self._end_recording()

    def _end_recording(self) -> None:
        if self._recording is not None:
            self._recording.end()
            self._recording = None

    def _forget_iteration(self) -> None:
        """Hold nothing of the iteration: memory is as in the plain loop."""
        self._end_recording()
        self._done = "nothing"
        self._output = self._loss = self._capture = self._steps = None
        if self.graph is not None:
            self.graph.release()
            self.names.forget()
        recorder = self._recorder
        if recorder is not None and (recorder.ops or recorder.makers.made_by):
            forget_dead(recorder, whole=True)

    # -- changes between iterations --------------------------------------------------------------------------------

    def set_device(self, device: str) -> bool:
        """Go on elsewhere, from the same weights.

        Returns whether something had been trained; if not, the run was rebuilt from its seed and stands before
        iteration 0.

        Raises:
            GradvizError: there is no such device, or the network cannot use it; nothing has changed.
        """
        self.refuse_failed()
        self.device = resolve_device(device, self.target.id, self.target.cpu_only)
        # AccumulateGrad nodes remember device and type of their leaf: no graph may outlive the move.
        if self.step == 0:
            self.rebuild()
            return False
        self._forget_iteration()
        self.graph = None
        self.experiment.move_to(self.device)
        self.updater.follow_device()
        return True

    def rebuild(self) -> None:
        """From the seed again, before iteration 0."""
        self._forget_iteration()
        self.graph = None
        self._build(self.updater.choice)

    def set_optimizer(self, choice: OptimizerChoice) -> Change | None:
        """Update in another way from the next update on. Raises what `OptimizerTable.normal` raises."""
        self.refuse_failed()
        return self.updater.change(choice)

    # -- without a window ------------------------------------------------------------------------------------------

    def losses(self, steps: int) -> Iterator[float]:
        """Train for `steps` iterations; yield the loss of each, as soon as it is known."""
        for _ in range(steps):
            yield float(self.iterate())

    # -- as any run --------------------------------------------------------------------------------------------------

    @property
    def tensors(self) -> Experiment:
        """What has a name."""
        return self.experiment

    @property
    def choice(self) -> OptimizerChoice:
        """How parameters are updated."""
        return self.updater.choice

    @property
    def holds_forward(self) -> bool:
        """Whether an iteration was begun, and waits to go on."""
        return self._done != "nothing"

    def partial_graph(self) -> GraphRecord | None:
        """What the iteration that stands has made so far, where that is not the start of the graph before; of a run
        that failed, what its last one had made."""
        if self.state == "failed":
            return self._left
        capture, steps = self._capture, self._steps
        # A graph that is recorded grows in backward, too.
        grows = self._done == "nothing" or (self._done == "forward" and self._recording is not None)
        if capture is None or steps is None or not steps.diverged or not grows:
            return None
        recorded = any(isinstance(t, torch.Tensor) and node_of(t) is not None for _, t in leaves("", self._output))
        if self._output is not None and self.experiment.has_autograd and (self._loss is not None or not recorded):
            return assemble(capture, self.names, self._loss, self._output).record
        return graph_so_far(capture, self.names, self.experiment, self._output)

    @property
    def held_loss(self) -> Any:
        """The loss of the iteration that stands, as it was computed; None before it was."""
        return self._loss

    @property
    def loss(self) -> float | None:
        """The loss of the iteration that waits; None between iterations."""
        return None if self._loss is None else float(_detached(self._loss))


def _evaluated(experiment: Experiment) -> Any:
    """The loss, once more on the same batch, with its gradients."""
    loss = experiment.compute_loss(experiment.forward())
    experiment.zero_gradients()
    experiment.backward(loss)
    return loss


def _detached(loss: Any) -> Any:
    return loss.detach() if isinstance(loss, torch.Tensor) else loss
