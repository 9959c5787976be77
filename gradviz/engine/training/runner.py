"""Runs one training, an iteration at a time: forward, backward, update. Knows neither sockets nor clients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter
from typing import Any, Literal

import torch

from gradviz.engine.capture.named_tensors import TensorNames
from gradviz.engine.capture.numpy_recorder import HandRecording
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.record_pruning import forget_dead
from gradviz.engine.graph.captured_graph import CapturedGraph, resolve_reach
from gradviz.engine.graph.graph_builder import assemble
from gradviz.engine.loading.devices import resolve_device
from gradviz.engine.loading.target import LoadedTarget, TargetSetup, find_target
from gradviz.engine.measuring.meter import measure_gradients, measure_graph, measured_update
from gradviz.engine.optimizing.optimizer_table import OptimizerTable
from gradviz.engine.optimizing.parameter_update import Change, Updater
from gradviz.engine.optimizing.run_builder import build
from gradviz.engine.replay.data_position import DataPosition
from gradviz.engine.replay.iteration_start import IterationStart
from gradviz.engine.replay.kept_states import KeptState, KeptStates
from gradviz.engine.replay.kept_values import NotRepeatableError
from gradviz.engine.replay.own_generators import OwnGenerators
from gradviz.engine.stepping.forward_stepper import ForwardSteps
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.tensors.reductions import norm
from gradviz.engine.training.known_iterations import KnownIterations
from gradviz.engine.training.phases import backward_recorded, graph_so_far, run_backward, run_update
from gradviz.experiment import Experiment, check_loss
from gradviz.protocol.records import GraphRecord, OptimizerChoice

_LONG_BUILD = 1.0
"""Seconds of a build that the user should not wait for again."""
Done = Literal["nothing", "forward", "backward"]


class Runner(AnyRun):
    """One run of a network. Each phase is a method, so that something can be done between them."""

    experiment: Experiment
    table: OptimizerTable
    updater: Updater

    def __init__(self, setup: TargetSetup, target: LoadedTarget | None = None) -> None:
        """Build the experiment of `setup`, on its device; `target` is what `setup` names, if it was found already.
        Raises GradvizError if something in `setup` cannot be."""
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
        self.carries_gradients = False
        """Whether this iteration, which passes the gate, adds its gradients to those of the one before."""
        self._before: GraphRecord | None = None
        """The graph of the run before it was built again: it is drawn, and the first forward is compared with it."""
        began = perf_counter()
        built = build(self.target, self.setup.seed, self.device, choice)
        self.build_seconds = perf_counter() - began
        self.experiment, self.table, self.updater = built.experiment, built.table, built.updater
        self.generators = own = OwnGenerators(self.experiment)
        self.start = IterationStart(self.experiment, own=own)
        self.data, self.states = DataPosition(self.experiment, own), KeptStates(self.experiment, own)
        self._known = KnownIterations()
        self.tensors = self.experiment
        self.names = TensorNames(self.experiment)

    def hold(self) -> None:
        """Run iteration 0's forward under capture, and pause there; of a network by hand the backward, too."""
        self.start.wanted = True
        self.forward(captured=True)
        if not self.experiment.has_autograd:
            self.backward()
        self.state = "ready"

    def fail(self) -> None:
        """Note that the network's code raised, or the iteration was given up; no graph is kept."""
        self._left = self.partial_graph()
        super().fail()
        self._forget_iteration()

    # -- phases --------------------------------------------------------------------------------------------------

    def iterate(self, *, captured: bool = False) -> Any:
        """Finish the iteration that was begun, or run a whole one; return its loss as `finish` does."""
        self.differentiate(captured=captured)
        self.update()
        return self.finish()

    def differentiate(self, *, captured: bool = False) -> None:
        """Run forward and backward, or what is left of them."""
        if self._done == "nothing":
            self.forward(captured=captured)
        if self._done == "forward":
            self.backward()

    def finish(self) -> Any:
        """Let go of the iteration that is over. Returns its loss, a float or a detached tensor: to turn that into a
        number would make the training wait for a GPU."""
        loss = _detached(self._loss)
        self._forget_iteration()
        self._count_iteration()
        return loss

    def forward(self, *, captured: bool = False, again: bool = False) -> None:
        """Run phase 1: the next batch, the output, the loss. `again`: once more on the same batch."""
        self.enter("forward")
        if again or self.start.rewound:
            self.start.rewound = False
            self._forget_iteration()
        else:
            if self.states.is_due(self.step):
                keep_state(self)
            self.data.next_batch(self.step)
            self.start.note(self.step)
        known = None if captured or again else self._known.run(self, self._forward_plain, self._recorder)
        if known is not None:
            self.graph, self.graph_step = known, self.step
        elif captured or self.gate is not None:
            self._output = self._loss = None
            self._forward_captured()
        else:
            self._forward_plain()
        check_loss(self.experiment, self._loss)
        self._done = "forward"

    def backward(self) -> None:
        """Run phase 2: fresh gradients."""
        self.enter("backward")
        self.experiment.zero_gradients()
        if self.gate is not None:
            gradients = self.experiment.gradients().values() if self.experiment.adds_gradients else ()
            self.carries_gradients = any(float(norm(gradient)) for gradient in gradients)
        if self._recording is not None:
            self.graph = backward_recorded(self._recording, self.experiment, self.names, self._loss)
            measure_graph(self.meter, self.graph, self.experiment)
            self._end_recording()
        elif not self._known.backward(self):
            run_backward(self.gate, self.graph, self.meter, lambda: self.experiment.backward(self._loss))
        if self.graph is not None and self.graph.live:
            self.graph.record = resolve_reach(self.graph.record, self.names)
            self._known.learn(self)
        measure_gradients(self.meter, self.graph, self.experiment)
        self._done = "backward"

    def update(self) -> None:
        """Run phase 3: new parameters."""
        self.enter("update")
        with measured_update(self.meter, self.graph, self.experiment):
            # An optimizer that searches evaluates again; the first loss is the one just computed.
            run_update(self.gate, self.experiment, self.names, self.updater,
                       lambda first: self._loss if first else _evaluated(self.experiment))  # fmt: skip

    def _forward_captured(self) -> None:
        self.graph_step = self.step
        if not self.experiment.has_autograd:
            self._recording = HandRecording(self.experiment)
            self._follow_ops(self._recording.capture)
            with self._recording.phase("forward"):
                self._forward_plain()
            return
        capture = self._recorder
        if capture is None:
            capture = self._recorder = Capture(self.experiment.module)
        else:
            capture.next_forward_of(self.experiment.module)
        self._follow_ops(capture)
        self._known.begin(self, capture)
        with capture.watching():
            self._forward_plain()
        self.graph = assemble(capture, self.names, self._loss, self._output)
        measure_graph(self.meter, self.graph, self.experiment)

    def _follow_ops(self, capture: Capture) -> None:
        capture.meter = self.meter
        if self.gate is not None:
            before = self.graph.record if self.graph is not None else self._before
            self._steps = capture.steps = ForwardSteps(self.gate, capture.modules, before)
            self._capture = capture

    def _forward_plain(self) -> None:
        self._output = self.experiment.forward()
        self._loss = self.experiment.compute_loss(self._output)

    def _end_recording(self) -> None:
        if self._recording is not None:
            self._recording.end()
            self._recording = None

    def _forget_iteration(self) -> None:
        """Keep nothing of the iteration: memory is as in the plain loop."""
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
        """Go on on another device, from the same weights; return whether something had been trained. If not, the run
        was rebuilt from its seed and is before iteration 0. Raises GradvizError if the network cannot use it."""
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
        """Build the run again from its seed, to begin with iteration 0."""
        self._forget_iteration()
        drawn = self.graph.record if self.graph is not None else None
        self.graph, limit = None, self.states.limit
        self._build(self.updater.choice)
        self._before, self.states.limit = drawn, limit

    def set_optimizer(self, choice: OptimizerChoice) -> Change | None:
        """Update in another way from the next update on. Raises what `OptimizerTable.normal` raises."""
        self.refuse_failed()
        return self.updater.change(choice)

    def losses(self, steps: int) -> Iterator[float]:
        """Train for `steps` iterations; yield the loss of each, as soon as it is known."""
        for _ in range(steps):
            yield float(self.iterate())

    @property
    def choice(self) -> OptimizerChoice:
        """Return how parameters are updated."""
        return self.updater.choice

    @property
    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Return the optimizer, if there is one."""
        return [self.updater.optimizer] if self.updater.optimizer is not None else []

    @property
    def holds_forward(self) -> bool:
        """Return whether an iteration was begun, and waits to go on."""
        return self._done != "nothing"

    def partial_graph(self) -> GraphRecord | None:
        """Return what the current iteration has made so far, unless that is the start of the graph before; of a run
        that failed, what its last iteration had made."""
        if self.state == "failed":
            return self._left
        capture, steps = self._capture, self._steps
        # A graph that is recorded grows in backward, too.
        grows = self._done == "nothing" or (self._done == "forward" and self._recording is not None)
        if capture is None or steps is None or not steps.diverged or not grows:
            return None
        return graph_so_far(capture, self.names, self.experiment, self._output, self._loss)

    @property
    def held_loss(self) -> Any:
        """Return the loss of the current iteration as it was computed; None before it was."""
        return self._loss

    @property
    def loss(self) -> float | None:
        """Return the loss of the current iteration; None between iterations."""
        return None if self._loss is None else float(_detached(self._loss))


def begin_again(run: Runner) -> None:
    """Begin the first iteration anew, whose forward is held. What takes long to build, or was resumed, goes back to how
    it started."""
    resumed = run.step > 0
    if (resumed or run.build_seconds > _LONG_BUILD) and run.experiment.has_autograd and run.start.noted == run.step:
        with suppress(NotRepeatableError):
            run.start.rewind()
            run._forget_iteration()
            return
    if not resumed:
        run.rebuild()


def keep_state(run: Runner) -> None:
    """Keep the state of a run between two iterations."""
    run.states.keep(run.step, run.updater.optimizer, run.data, (run.device, run.updater.manner))


def restore_state(run: Runner, state: KeptState) -> None:
    """Make a run, whatever it is in, what it was before an iteration.

    Raises:
        NotRepeatableError: something was changed of which there is no copy.
    """
    device, manner = state.manner
    run._forget_iteration()
    run.go_to(state.step)
    if device != run.device:
        run.set_device(device)
    run.updater.manner = manner
    run.start.forget()
    run.start.rewound = False
    state.put_back(run.data)


def _evaluated(experiment: Experiment) -> Any:
    """Compute the loss once more on the same batch, with its gradients."""
    loss = experiment.compute_loss(experiment.forward())
    experiment.zero_gradients()
    experiment.backward(loss)
    return loss


def _detached(loss: Any) -> Any:
    return loss.detach() if isinstance(loss, torch.Tensor) else loss
