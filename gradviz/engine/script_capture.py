"""What a script's forward shows of itself: where it begins is found, what comes before it is let pass."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import torch
from torch import nn

from gradviz.engine.capture import Capture, Op, flatten, op_name
from gradviz.engine.forward_steps import ForwardSteps
from gradviz.engine.module_calls import ModuleCalls
from gradviz.engine.script_facts import ScriptFacts


class ScriptModules(ModuleCalls):
    """Module calls of one thread; a model that is called for the first time makes itself known by it."""

    def __init__(self, facts: ScriptFacts) -> None:
        super().__init__(None)
        self._facts = facts
        self._all = facts.paths()
        self._thread = threading.get_ident()
        self.entered: Callable[[], bool] = lambda: True
        """Asked at each outermost call of a module that has parameters: whether calls count from here on."""

    def _enter(self, module: nn.Module, args: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        if self.current == -1 and not self._stack and next(module.parameters(), None) is not None:
            if self._facts.discover(module, sys._getframe(1)):
                self._all = self._facts.paths()
            # A call that does not count is one of a module without a name.
            self._paths = self._all if self.entered() else {}
        super()._enter(module, args)

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        if threading.get_ident() == self._thread:
            super()._leave(module, args, output)


class ScriptCapture(Capture):
    """From one backward or update to the next backward.

    Loading data, making a model, evaluating under no_grad come before the forward: of them nothing is held, and nothing
    of them stands at the gate. The forward begins with the first call of a model, or the first op, that gradient can
    reach.
    """

    def __init__(self, facts: ScriptFacts, poll: Callable[[], None], largest: int | None) -> None:
        """`poll` is called at each op before the forward begins. `largest`: give up after that many ops."""
        modules = ScriptModules(facts)
        super().__init__(modules=modules)
        modules.entered = self._model_called
        self.begun = False
        self.gave_up = False
        self._poll = poll
        self._largest = largest

    def call(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None) -> Any:
        """Run `func`, and note it if it belongs to the forward."""
        if self.stepping or self.gave_up:
            return func(*args, **kwargs)
        if not self.begun:
            self._poll()
            if not self._begins(func, args, kwargs):
                return func(*args, **kwargs)
            self.begun = True
        if self._largest is not None and len(self.ops) > self._largest:
            self._give_up()
            return func(*args, **kwargs)
        return super().call(func, args, kwargs, frame)

    def _begins(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        if not torch.is_grad_enabled():
            return False
        wanting = [t for t in flatten((args, kwargs)) if isinstance(t, torch.Tensor) and t.requires_grad]
        if not wanting:
            return False
        name = op_name(func)
        # What changes a leaf in place initializes it: all else that does would raise.
        initializes = name.endswith("_") and not name.endswith("__") and wanting[0].is_leaf
        return not initializes and not name.endswith(".detach") and ForwardSteps.is_step(Op(name))

    def _model_called(self) -> bool:
        if torch.is_grad_enabled() and not self.stepping:
            self.begun = True
        return self.begun

    def _give_up(self) -> None:
        """An evaluation with gradients on would be held whole."""
        self.gave_up = True
        self.ops.clear()
        self.births.made_by.clear()


class ScriptSteps(ForwardSteps):
    """Before anything was shown of a script, an op that raises is no stop: scripts try what they can do."""

    stops_at_errors = True

    def raised(self, op: Op, here: Any, inputs: list[Any], error: Exception) -> None:
        """`op` raised."""
        if self.stops_at_errors:
            super().raised(op, here, inputs, error)
