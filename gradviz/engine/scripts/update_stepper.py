"""Backward and update of a script: they pass the gate, and are measured, as far as that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import torch

from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.tensor_ids import TensorNames
from gradviz.engine.gate.gate import Gate
from gradviz.engine.measuring.meter import measure_gradients, measured_update
from gradviz.engine.scripts.discovery import ScriptFacts
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.engine.scripts.termination import ScriptEnding
from gradviz.engine.scripts.torch_patches import Call, ScriptHooks
from gradviz.engine.stepping.update_stepper import UpdateSteps
from gradviz.engine.training.phases import run_backward


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
        """`optimizer` is about to change its parameters."""
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
        """It has changed them, or evaluates its losses first."""
        end, self._end = self._end, None
        if end is not None:
            with self._ending.noticed():
                end()


class ScriptUpdate:
    """From the optimizer's hook before its step to the one after it."""

    def __init__(self, gate: Gate, facts: ScriptFacts, names: TensorNames, optimizer: torch.optim.Optimizer) -> None:
        parameters = facts.parameters_of(optimizer)
        ids = {name: names.id_of_name(name) for name in parameters}

        def state_of(parameter: Any) -> list[Any]:
            state = optimizer.state.get(parameter, {})
            return [value for value in state.values() if isinstance(value, torch.Tensor)]

        self._steps = UpdateSteps(gate, parameters, ids, state_of)
        self.capture = Capture()
        self.capture.phase = "update"
        self.capture.steps = self._steps

    def finish(self) -> None:
        """The step is over."""
        self._steps.finish()
