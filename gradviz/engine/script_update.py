"""The step of a script's optimizer, every parameter of it passing the gate."""

from __future__ import annotations

from typing import Any

import torch

from gradviz.engine.capture import Capture
from gradviz.engine.gate import Gate
from gradviz.engine.names import Names
from gradviz.engine.script_facts import ScriptFacts
from gradviz.engine.update_steps import UpdateSteps


class ScriptUpdate:
    """From the optimizer's hook before its step to the one after it."""

    def __init__(self, gate: Gate, facts: ScriptFacts, names: Names, optimizer: torch.optim.Optimizer) -> None:
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
