"""Finds a script's iterations at `backward()` and `optimizer.step()`, and takes each phase through the gate."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol

import torch

from gradviz.engine.scripts.forward_recorder import ScriptCapture
from gradviz.engine.scripts.loss_roots import tensors_in
from gradviz.engine.scripts.optimizer_steps import OptimizerSteps, ScriptEnding, ScriptUpdates, run_script_backward
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.engine.scripts.torch_patches import Call, ScriptHooks
from gradviz.protocol.records import EvaluationsRecord


class ScriptListener(Protocol):
    """Follows the script. While a call has not returned, the script is paused."""

    def iteration_begins(self) -> bool:
        """Return whether the iteration that begins now is captured."""
        ...

    def forward_ended(self, *, final: bool) -> None:
        """Before a backward whose graph is known. `final`: no call of `torch.autograd.grad`, which may be in a loop
        inside of the iteration."""
        ...

    def step_begins(self, optimizer: torch.optim.Optimizer) -> None:
        """`optimizer` is about to change its parameters."""
        ...

    def iteration_ended(self, step: int, loss: Any, evaluations: EvaluationsRecord | None) -> None:
        """`loss` is a number, or a detached tensor."""
        ...

    def poll(self) -> None:
        """Receive commands. Called now and then before a forward begins, which may take long."""
        ...

    def stuck(self) -> None:
        """Report that the script was ended, again and again, and catches that too."""
        ...


class IterationDetector:
    """Detects iterations from what the hooks report.

    An iteration is what leads to a step of an optimizer. Each `backward()` before it is a backward phase of that
    iteration. Where no optimizer updates (a script does it by hand), each `backward()` that does not keep its graph for
    another ends an iteration.
    """

    def __init__(self, run: ScriptRun, listener: ScriptListener) -> None:
        self._run = run
        self._listener = listener
        self._hooks = ScriptHooks(self, lambda: run.facts.optimizers)
        self._thread = threading.get_ident()
        self._seen = False
        """Whether this iteration is captured."""
        self._inside = False
        """In a backward, or in what the listener does."""
        self._ended = False
        self._by_hand = False
        self._capture: ScriptCapture | None = None
        """What records the script, while its iterations are captured."""
        self._evaluating = False
        """Whether an optimizer evaluates the losses, within its step."""
        self._again = False
        """Whether it, or the script before it, has evaluated them before in this iteration."""
        self._steps = OptimizerSteps()
        self._step_seen = False
        self._ending = ScriptEnding(listener.stuck)
        self._updates = ScriptUpdates(run, self._hooks, self._ending)

    @contextmanager
    def followed(self) -> Iterator[None]:
        """While this lasts, the script runs."""
        with self._hooks.installed():
            try:
                self._open_iteration()
                self._see()
                yield
            finally:
                self._ended = True
                self._hooks.look_away()

    def watch(self, model: torch.nn.Module, optimizer: torch.optim.Optimizer | None) -> None:
        """Note what the script trains, which it names itself."""
        if not self._is_ours():
            return
        self._run.facts.watch(model, sys._getframe(1))
        if optimizer is not None:
            self._run.facts.note_optimizer(optimizer)
        if not self._run.shown:
            self._open_iteration()  # what came before belongs to no forward
            self._see()

    # -- reports of the hooks -----------------------------------------------------------------------------------------

    def ignores(self) -> bool:
        """Return whether a report is not followed: another thread's, or of a backward that is followed already."""
        return self._inside or self._ended or threading.get_ident() != self._thread

    def backward(self, run: Call, roots: Any, weights: Any, keeps_graph: bool, frame: FrameType) -> Any:
        """Follow a call of `backward()`, which `run` does. `weights` are the gradients that it starts with, if any."""
        return self._followed(run, roots, weights, keeps_graph, frame, by_grad=False)

    def gradients(self, run: Call, roots: Any, weights: Any, inputs: Any, keeps_graph: bool, frame: FrameType) -> Any:
        """Follow a call of `torch.autograd.grad`: a backward, if it asks for the gradients of parameters."""
        if not self._run.facts.are_parameters(tensors_in(inputs)):
            return run()
        return self._followed(run, roots, weights, keeps_graph, frame, by_grad=True)

    def evaluation_begins(self) -> None:
        """Note that an optimizer in its step evaluates the losses: another forward and backward, before it goes on."""
        if self.ignores():
            return
        self._again = bool(self._run.losses)
        self._evaluating = True
        self._updates.finish()
        self._run.enter("forward")
        self._see()

    def evaluation_ended(self) -> None:
        """Note that the optimizer goes on with its step."""
        self._evaluating = self._again = False
        if not self.ignores() and self._steps.open is not None and self._run.losses:
            self._stop_seeing()
            self._updates.begin(self._steps.open)

    def scaled(self, outputs: Any, result: Any) -> None:
        """Note that a gradient scaler made `result` of a loss."""
        if not self.ignores():
            self._run.losses.scaled(outputs, result)

    def scaler_step(self, run: Call) -> Any:
        """Follow the step of a gradient scaler; where gradients overflowed it is left out: that ends an iteration."""
        if self.ignores():
            return run()
        self._step_seen = False
        result = run()
        if not self._step_seen and self._run.losses:
            self._run.note_skipped()
            self._end_iteration()
        return result

    def step_begins(self, optimizer: torch.optim.Optimizer) -> None:
        """Note that an optimizer is about to step."""
        if self.ignores():
            self._step_seen |= self._is_ours()
            return
        if self._steps.begins(optimizer) and self._run.losses:
            self._stop_seeing()
            if not self._hooks.steps_late:
                self._listener.step_begins(optimizer)
            self._updates.begin(optimizer)

    def step_ended(self, optimizer: torch.optim.Optimizer) -> None:
        """Note that an optimizer has stepped. The one that stepped last in the iteration before ends this one, too."""
        if self.ignores() or not self._steps.ended(optimizer, late=not self._run.losses):
            return
        self._updates.finish()
        self._step_seen = True
        self._by_hand = False
        self._run.facts.note_optimizer(optimizer)
        self._run.note_step(optimizer, sys._getframe(1))
        if self._run.losses and self._steps.is_last(optimizer, self._run.facts.optimizers):
            self._end_iteration()
        else:
            self._see()  # if no other optimizer steps, the next forward follows

    def forked(self) -> None:
        """Follow nothing: this is a process that the script forked off, a worker that loads data."""
        self._ended = True

    # -- phases ------------------------------------------------------------------------------------------------------

    def _open_iteration(self) -> None:
        self._run.enter("forward")
        self._seen = self._listener.iteration_begins()

    def _see(self) -> None:
        """Capture what comes now, up to the next backward, if this iteration is captured."""
        self._stop_seeing()
        if not self._seen:
            self._capture = None
            return
        if self._capture is None:
            self._capture = ScriptCapture(self._run.facts, self._poll_listener, self._forward_begins)
        run = self._run
        self._capture.expect_forward(run.gate, run.graph, run.meter, stops_at_errors=run.shown)
        self._look(self._capture)

    def _forward_begins(self, capture: ScriptCapture) -> None:
        """Other optimizers that were waited for do not step this time: the iteration is over. `capture` looks on."""
        if not (self._steps.any and self._run.losses and self._steps.open is None) or self.ignores():
            return
        capture.stepping = True
        try:
            self._close_iteration()
        finally:
            capture.stepping = False
        if self._seen:
            run = self._run
            capture.expect_forward(run.gate, run.graph, run.meter, stops_at_errors=run.shown)
            run.record_by(capture)
        else:
            capture.gave_up = True

    def _look(self, capture: ScriptCapture) -> None:
        self._run.record_by(capture)
        self._hooks.look(capture)

    def _stop_seeing(self) -> None:
        self._hooks.look_away()
        self._run.record_by(None)

    def _followed(
        self, run: Call, roots: Any, weights: Any, keeps_graph: bool, frame: FrameType, *, by_grad: bool
    ) -> Any:
        self._ending.refuse()
        if not (tensors := tensors_in(roots)):
            return run()  # it starts from an edge of a graph
        if self._steps.any and self._run.losses:
            self._end_iteration()  # the other optimizers do not step this time
        self._inside, self._step_seen = True, False
        capture = self._run.capture
        try:
            self._stop_seeing()
            if self._run.losses and not self._again and self._run.facts.gradients_are_zero():
                self._run.losses.discard()
            self._run.losses.note(tensors, weights, by_grad=by_grad, again=self._again)
            simple = not (by_grad or keeps_graph)
            if capture is not None and not capture.gave_up and not capture.forwards.end(simple=simple):
                self._show(capture, tensors, frame, final=not by_grad)
            self._run.enter("backward")
            result = run_script_backward(self._run, run, self._ending)
            self._run.note_backward()
            if capture is not None and capture.begun:
                capture.forwards.learn(self._run.graph)
            self._run.enter("update")
        finally:
            self._inside = False
        if self._step_seen or (self._by_hand and not keeps_graph):
            self._end_iteration()
        elif self._steps.open is not None and not self._evaluating:
            self._updates.begin(self._steps.open)
        elif capture is not None and keeps_graph:
            self._look(capture)  # another loss of the same forward may follow
        else:
            self._see()  # the forward of another loss, or of another part of the batch, may follow
        return result

    def _show(self, capture: ScriptCapture, roots: list[torch.Tensor], frame: FrameType, *, final: bool) -> None:
        run = self._run
        run.show_forward(capture, roots, frame)
        if not run.shown:
            self._by_hand = not run.facts.optimizers
        with self._ending.noticed():
            self._listener.forward_ended(final=final)
        run.note_shown()

    def _end_iteration(self) -> None:
        """Let go of everything of the iteration; then the listener may pause the script."""
        self._hooks.look_away()
        self._close_iteration()
        self._see()

    def _close_iteration(self) -> None:
        run = self._run
        self._updates.finish()
        loss, evaluations = run.losses.total(), run.losses.evaluations(run.step)
        self._steps.next_iteration()
        step = run.finish_iteration()
        self._inside = True
        try:
            with self._ending.noticed():
                self._listener.iteration_ended(step, loss, evaluations)
                self._open_iteration()
        finally:
            self._inside = False

    # -- pauses ----------------------------------------------------------------------------------------------------

    def _poll_listener(self) -> None:
        self._inside = True
        try:
            with self._ending.noticed():
                self._listener.poll()
        finally:
            self._inside = False

    def _is_ours(self) -> bool:
        return not self._ended and threading.get_ident() == self._thread
