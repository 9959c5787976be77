"""The steps of a script's optimizers: which of them ends an iteration, and how they pass the gate and are measured;
and how a script is ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from weakref import ReferenceType, ref

import torch

from gradviz.engine.capture.named_tensors import TensorNames
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.gate.gate import AbandonedError, Gate
from gradviz.engine.measuring.meter import measure_gradients, measured_update
from gradviz.engine.scripts.discovery import ScriptFacts
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.engine.scripts.torch_patches import Call, ScriptHooks
from gradviz.engine.stepping.update_stepper import UpdateSteps
from gradviz.engine.training.phases import run_backward

# How often a script that catches everything is ended again.
_PATIENCE = 3


class ScriptEnding:
    """Remembers that the script is to end, and ends it again wherever it calls."""

    def __init__(self, stuck: Callable[[], None]) -> None:
        """`stuck` is called once it was ended often enough."""
        self._stuck = stuck
        self._refusals = 0

    def refuse(self) -> None:
        """Raise AbandonedError in a script that went on although it was ended."""
        if not self._refusals:
            return
        self._refusals += 1
        if self._refusals > _PATIENCE:
            self._stuck()
        raise AbandonedError

    @contextmanager
    def noticed(self) -> Iterator[None]:
        """While this lasts, an AbandonedError ends the script."""
        self.refuse()
        try:
            yield
        except AbandonedError:
            self._refusals = max(self._refusals, 1)
            raise


class OptimizerSteps:
    """Counts steps from one iteration to the next. Steps within steps (a wrapper around an optimizer) are one."""

    def __init__(self) -> None:
        self._open: list[torch.optim.Optimizer] = []
        self._stepped: list[ReferenceType[torch.optim.Optimizer]] = []
        self._before: list[ReferenceType[torch.optim.Optimizer]] = []

    @property
    def open(self) -> torch.optim.Optimizer | None:
        """The optimizer that is in its step, the outermost; None between steps."""
        return self._open[0] if self._open else None

    @property
    def any(self) -> bool:
        """Whether one has stepped in this iteration."""
        return bool(self._stepped)

    def begins(self, optimizer: torch.optim.Optimizer) -> bool:
        """Whether this is no step within another."""
        if self._open and _holds(self._open, optimizer):
            self._open.clear()  # it raised the last time
        self._open.append(optimizer)
        return len(self._open) == 1

    def ended(self, optimizer: torch.optim.Optimizer, *, late: bool) -> bool:
        """Whether this was no step within another. `late`: no backward came since the iteration before ended, so that
        the step belongs to that."""
        if not _holds(self._open, optimizer):
            return False
        while self._open.pop() is not optimizer:
            pass  # it raised, and was caught in the step around it
        if self._open:
            return False
        (self._before if late else self._stepped).append(ref(optimizer))
        return True

    def is_last(self, optimizer: torch.optim.Optimizer, known: Sequence[torch.optim.Optimizer]) -> bool:
        """Whether no other is expected: in the iteration before, none stepped after it; in the first, none of the
        others that are `known` has gradients to step with."""
        before = [each() for each in self._before]
        if not before:
            stepped = [each() for each in self._stepped]
            return not any(_has_gradients(each) for each in known if not any(each is other for other in stepped))
        return before[-1] is optimizer or not any(each is optimizer for each in before)

    def next_iteration(self) -> None:
        """Begin another iteration: what has stepped, has stepped in the one that is over."""
        self._before, self._stepped = self._stepped, []


def _holds(optimizers: list[torch.optim.Optimizer], wanted: torch.optim.Optimizer) -> bool:
    return any(each is wanted for each in optimizers)


def _has_gradients(optimizer: torch.optim.Optimizer) -> bool:
    return any(parameter.grad is not None for group in optimizer.param_groups for parameter in group["params"])


def run_script_backward(run: ScriptRun, backward: Call, ending: ScriptEnding) -> Any:
    """Run `backward`, whose graph is that of `run` if it is recorded, and return what it returns."""
    graph = run.graph if run.graph is not None and run.graph.live else None
    if graph is None or (run.gate is None and run.meter is None):
        return backward()
    results: list[Any] = []
    with ending.noticed():
        run_backward(run.gate, graph, run.meter, lambda: results.append(backward()))
    measure_gradients(run.meter, graph, run.facts)
    return results[0]


class ScriptUpdates:
    """The steps of a script's optimizers, one after the other."""

    def __init__(self, run: ScriptRun, hooks: ScriptHooks, ending: ScriptEnding) -> None:
        self._run = run
        self._hooks = hooks
        self._ending = ending
        self._end: Callable[[], None] | None = None

    def begin(self, optimizer: torch.optim.Optimizer) -> None:
        """Begin a step of `optimizer`, which is about to change its parameters."""
        run = self._run
        run.enter("update")
        if run.gate is None and run.meter is None:
            return
        with ExitStack() as stack:
            stack.enter_context(measured_update(run.meter, run.graph, run.facts))
            if run.gate is not None and run.gate.watches("update"):
                update = ScriptUpdate(run.gate, run.facts, run.names, optimizer)
                stack.callback(update.finish)
                stack.callback(self._hooks.look_away)
                self._hooks.look(update.capture)
            self._end = stack.pop_all().close

    def finish(self) -> None:
        """End the step: the optimizer has changed its parameters, or evaluates its losses first."""
        end, self._end = self._end, None
        if end is not None:
            with self._ending.noticed():
                end()


class ScriptUpdate:
    """From the optimizer's hook before its step to the one after it."""

    def __init__(self, gate: Gate, facts: ScriptFacts, names: TensorNames, optimizer: torch.optim.Optimizer) -> None:
        parameters = facts.parameters_of(optimizer)
        ids = {name: names.id_of_name(name) for name in parameters}
        self._steps = UpdateSteps(gate, parameters, ids, optimizer)
        self.capture = Capture()
        self.capture.phase = "update"
        self.capture.steps = self._steps

    def finish(self) -> None:
        """End the step."""
        self._steps.finish()
