"""Records a script's forwards: finds where each begins, and leaves out what comes before it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import lru_cache, partial
from types import FrameType
from typing import Any
from weakref import ref

import torch
import torch.nn.utils.parametrize
from torch import nn

from gradviz.engine.capture.autograd_nodes import is_leaf
from gradviz.engine.capture.call_observer import observer_of
from gradviz.engine.capture.module_calls import ModuleCalls
from gradviz.engine.capture.op_recorder import Capture, Measures, op_name
from gradviz.engine.capture.ops import Op, flatten
from gradviz.engine.capture.record_pruning import forget_dead
from gradviz.engine.capture.tensor_flow import Value, can_make_nodes, writes_in_place
from gradviz.engine.frames.stack_frames import passes_on
from gradviz.engine.gate.gate import Gate
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.scripts.discovery import ScriptFacts
from gradviz.engine.scripts.known_script_forwards import ScriptForwards
from gradviz.engine.stepping.forward_stepper import ForwardSteps
from gradviz.engine.torch_compat import DisableTorchFunction
from gradviz.protocol.records import GraphRecord

# A free run is looked at only while that costs little: so many ops.
_LARGEST_LOOK = 200_000
# How many ops before a forward are remembered.
_MOST_BEFORE = 20_000


class ScriptModules(ModuleCalls):
    """Module calls of one thread; a model that is called for the first time makes itself known by it."""

    def __init__(self, facts: ScriptFacts) -> None:
        super().__init__(None)
        self._facts = facts
        self._thread = threading.get_ident()
        self._counts = False
        self._known = -1
        """How many models were found when `_paths` was read last."""
        self.entered: Callable[[nn.Module], bool] = lambda module: True
        """Asked at each outermost call of a module that has parameters: whether calls count from here on."""
        self._evaluated = 0
        """`id` of a module that is called, though its call does not count."""
        self.follows: Callable[[nn.Module | None], bool] = lambda module: False
        """Asked at each call of a module, and with None when one returns, whether it is followed and not recorded."""

    def refresh(self) -> None:
        """Expect another forward: until it begins, calls do not count."""
        self._paths = {}
        self._counts = False
        self.called = []

    def count(self) -> None:
        """Count calls from now on: the forward has begun."""
        self._counts = True
        self._known = self._facts.models_found
        self._paths = self._facts.paths()

    @property
    def evaluates(self) -> bool:
        """Whether an outermost call is running that does not count."""
        return bool(self._stack) and self._stack[0].module == self._evaluated

    def _path_of(self, module: nn.Module, frame: FrameType) -> str | None:
        """Also of a model that is seen here for the first time, since a method of it runs."""
        if self._counts:
            self._facts.discover(module, frame)
            if self._known != self._facts.models_found:
                self.count()
        return super()._path_of(module, frame)

    def _enter(self, module: nn.Module, args: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        if self.follows(module):
            return
        if self.current == -1 and not self._stack and next(nn.Module.named_parameters(module), None) is not None:
            # A call that does not count is one of a module without a name: an evaluation, a transform of the data.
            counts = self.entered(module)
            self._evaluated = 0 if counts else id(module)
            if counts:
                self._facts.discover(module, sys._getframe(1))
            if counts and self._known != self._facts.models_found:
                self.count()
            if self.follows(module):
                return
        super()._enter(module, args)
        self.called.append((ref(module), self._stack[-1].position))

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        if threading.get_ident() == self._thread and not self.follows(None):
            super()._leave(module, args, output)


class ScriptCapture(Capture):
    """Records a script, one forward after the other, for as long as its iterations are recorded.

    A forward begins with the first call of a model, or the first op, that gradient can reach. What comes before it
    (loading data, making a model, evaluating under no_grad) is no step, and is remembered only as far as the loss may
    depend on it: an encoder under no_grad is run before the first op that gradient reaches.

    A backward may start from what an earlier forward made: scripts form two losses, and then step twice. So what a
    living tensor leads to is remembered beyond the end of its forward.
    """

    def __init__(self, facts: ScriptFacts, poll: Callable[[], None], begins: Callable[[ScriptCapture], None]) -> None:
        """`poll` is called at each op before the forward begins, and `begins` when it does."""
        self._script_modules = modules = ScriptModules(facts)
        super().__init__(modules=modules)
        modules.entered = self._model_called
        self.observer = observer_of(self, modules, low=True)
        self._facts = facts
        self.begun = self.gave_up = False
        self.forwards = ScriptForwards(self, lambda: self.next_steps)
        modules.follows = self.forwards.follow_module
        self._poll, self._forward_begins = poll, begins
        self._largest: int | None = None
        self._training: bool | None = None  # the mode of the models that are trained, once it is known
        self._called_in: bool | None = None
        """The mode of the model that this forward began with."""
        self._waiting: tuple[Callable[[], ScriptSteps] | None, Measures | None] = (None, None)
        self._steps: ScriptSteps | None = None  # made when they are asked for: most forwards are known

    @property
    def next_steps(self) -> ScriptSteps | None:
        """What is notified of the ops of the forward that is expected, or has begun."""
        if self._steps is None and (make := self._waiting[0]) is not None:
            self._steps = make()
        return self._steps

    def expect_forward(
        self, gate: Gate | None, before: CapturedGraph | None, meter: Measures | None, *, stops_at_errors: bool
    ) -> None:
        """Another forward is expected, which passes `gate` if there is one. `before`: the graph of the last one."""
        record = None if before is None else before.record
        steps = None if gate is None else partial(ScriptSteps, gate, self.modules, record, stops_at_errors)
        self.next_forward(steps, meter, _LARGEST_LOOK if gate is None else None)
        self.forwards.expect(gate if meter is None else None)

    def next_forward(
        self, steps: Callable[[], ScriptSteps] | None, meter: Measures | None, largest: int | None
    ) -> None:
        """From now on another forward is expected. Once it begins, what `steps` makes and `meter` are notified of its
        ops; of one of more than `largest` ops nothing is recorded."""
        if self.makers.made_by or self.ops or (self.begun and not self.forwards.was_known):
            forget_dead(self, whole=False)
        self._script_modules.refresh()
        self.begun = self.gave_up = False
        self._called_in = None
        self.steps = self.meter = self.first_number = self.trail = None
        self.modules.noted = _ignore
        self._waiting, self._largest, self._steps = (steps, meter), largest, None

    @passes_on
    def call(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None) -> Any:
        """Run `func` and record it."""
        if self.stepping or self.gave_up:
            return func(*args, **kwargs)
        if not self.begun:
            if begins := self._begins(func, args, kwargs, frame):
                self._begin()
            if self.gave_up or (not begins and self.forwards.expects_known):
                return func(*args, **kwargs)
            if not begins and len(self.ops) > _MOST_BEFORE:
                self._forget_oldest()
        if self.forwards.followed:
            if self.forwards.follow(func, frame):
                return func(*args, **kwargs)
        elif self.begun and self._largest is not None and len(self.ops) > self._largest:
            self._give_up()
            return func(*args, **kwargs)
        return super().call(func, args, kwargs, frame)

    def compiled_returned(self, frame: FrameType) -> bool:
        """Compiled code has returned. The forward has begun with it, if it made a node."""
        if self.forwards.followed:
            self.forwards.leave()
        made = super().compiled_returned(frame)
        if made and not self.begun and torch.is_grad_enabled() and not self.stepping:
            self._begin()
        return made

    def _begins(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None) -> bool:
        """Whether the forward begins with this op."""
        if not _may_begin(func):
            return False
        self._poll()
        if not torch.is_grad_enabled() or self._script_modules.evaluates:
            return False
        with DisableTorchFunction():
            tensors = [t for t in flatten((args, kwargs)) if isinstance(t, torch.Tensor)]
            wanting = [t for t in tensors if t.requires_grad]
            if not wanting:
                return False
            name = op_name(func)
            # What changes a leaf in place initializes it: all else that does would raise.
            if name.endswith("_") and not name.endswith("__") and is_leaf(wanting[0]):
                return False
        # Outside of the methods of its model, weights alone, and what is made of them, are copied, counted or printed.
        # So are the losses of forwards before.
        given = [t for t in tensors if self.flow.node_of(t, recorded=True) not in self.makers.made_by]
        return not self._facts.are_weights_of_a_model(given, frame)

    def _begin(self) -> None:
        self._forward_begins(self)
        if self.gave_up:
            return
        self.begun = True
        self._script_modules.count()
        self.earlier += [op for op in self.ops if not _sets_a_leaf(op)]
        self.ops = []
        self.makers.earlier = set(self.makers.made_by)
        self.forwards.begin()
        if not self.forwards.followed:
            self.steps, self.meter = self.next_steps, self._waiting[1]

    def led_to_a_backward(self) -> None:
        """Note that a backward came of this forward: those to come are in its mode, training or evaluation."""
        self._training = self._called_in

    def _model_called(self, module: nn.Module) -> bool:
        evaluates = self._training is not None and module.training != self._training
        # A weight that is computed from others is computed once when that is set up.
        evaluates = evaluates or isinstance(module, nn.utils.parametrize.ParametrizationList)
        if not self.begun and torch.is_grad_enabled() and not self.stepping and not evaluates:
            self._called_in = module.training
            self._begin()
        return self.begun

    def _forget_oldest(self) -> None:
        """Much was computed and no forward has begun: what came first, none will depend on."""
        gone, self.ops = self.ops[: _MOST_BEFORE // 2], self.ops[_MOST_BEFORE // 2 :]
        for op in gone:
            op.inputs = []
        self.flow.keep(self.makers.made_by, set(self.ops))

    def _give_up(self) -> None:
        """Record nothing more of an evaluation with gradients on, which would be kept whole."""
        self.gave_up = True
        self.ops.clear()
        self.earlier.clear()
        self.makers.made_by.clear()
        self.makers.earlier.clear()


@lru_cache(maxsize=4096)  # asked at each op between two forwards
def _may_begin(func: Any) -> bool:
    """Return whether `func` is an op with which a forward can begin."""
    name = op_name(func)
    return can_make_nodes(name) and ForwardSteps.is_step(Op(name))


def _ignore(module: nn.Module | None) -> None:
    pass


def _sets_a_leaf(op: Op) -> bool:
    """Whether an op initializes or updates a leaf in place: the loss depends on what it wrote, not on how it came."""
    first = op.inputs[0] if op.inputs else None
    return writes_in_place(op.name) and isinstance(first, Value) and first.requires_grad and first.node is None


class ScriptSteps(ForwardSteps):
    """Before anything was shown of a script, an op that raises is no stop: scripts try what they can do."""

    def __init__(
        self, gate: Gate, modules: ModuleCalls, before: GraphRecord | None, stops_at_errors: bool = True
    ) -> None:
        super().__init__(gate, modules, before)
        self.stops_at_errors = stops_at_errors

    def raised(self, op: Op, here: Any, inputs: list[Any], error: Exception) -> None:
        """`op` raised."""
        if self.stops_at_errors:
            super().raised(op, here, inputs, error)
