"""Lets forwards of a script pass unrecorded that run as one which no breakpoint stopped. One that goes another way is
recorded from there on, since a script's forward cannot be run again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from torch import nn

from gradviz.engine.capture.autograd_nodes import is_leaf_node
from gradviz.engine.capture.known_forwards import KnownForwards, Trail
from gradviz.engine.capture.module_calls import Called, ModuleCall
from gradviz.engine.capture.op_recorder import Capture, op_name
from gradviz.engine.capture.ops import Op
from gradviz.engine.gate.gate import Gate
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.stepping.forward_stepper import ForwardSteps
from gradviz.engine.torch_compat import next_sequence_number, sequence_number

_OP = 4
"""The length of a step that is an op."""


class _Recorded(Struct, frozen=True, eq=False):
    """What was recorded of a forward that is known: enough to say later what made the nodes of one like it."""

    makers: Sequence[tuple[int, Op]]
    """In order of their creation, counted from the first one: the numbers of its nodes, and what made each."""
    calls: Sequence[ModuleCall]
    called: Sequence[Called]


class ScriptForwards:
    """Those that one capture records. A forward is followed along the known ones, or recorded to be known, or
    neither."""

    def __init__(self, capture: Capture, steps: Callable[[], ForwardSteps | None]) -> None:
        """Record nothing so far. `steps` returns what is notified of the ops that are recorded."""
        self._capture = capture
        self._steps = steps
        self._known = KnownForwards()
        self._gate: Gate | None = None
        self._trail: Trail | None = None
        """The steps of the forward that is under way."""
        self._branch: dict[Any, Any] = {}
        """What may come next of a forward that is followed."""
        self._open: list[tuple[nn.Module, int]] = []
        """The modules that are entered in it, and which call of a module each is."""
        self._count = 0
        """How many have been entered."""
        self._first_call = 0
        """Position of the first call of a module in it."""
        self.followed = False
        """Whether it is followed, and not recorded."""
        self.expects_known = False
        """Whether the forward that is expected may be one that is known: what comes before it is not recorded then, as
        in a free run."""
        self.was_known = False
        """Whether it was followed to its end, so that nothing of it was recorded."""

    def expect(self, gate: Gate | None) -> None:
        """Expect a forward, which passes `gate` if there is one."""
        self._gate, self._trail, self.followed, self.was_known = gate, None, False, False
        self.expects_known = gate is not None and _is_knowable(gate) and self._known.are_of(gate.breakpoints)

    def begin(self) -> None:
        """Begin the forward."""
        gate, self._first_call = self._gate, len(self._capture.modules.calls)
        if gate is None or not _is_knowable(gate):
            return
        self._trail, self._open, self._count = Trail(()), [], 0
        if self._known.are_of(gate.breakpoints) and (branch := self._known.start_of(())) is not None:
            self._branch, self.followed = branch, True
        else:
            self._record(self._trail)
        gate.passed_over = self.followed

    def _record(self, trail: Trail) -> None:
        self._capture.trail, self._capture.modules.noted = trail, trail.module

    def follow(self, func: Any, frame: FrameType | None) -> bool:
        """Return whether a call of `func` is the next step of a known forward; if not, it is left."""
        assert self._trail is not None  # it is followed
        self._trail.op(func, frame)
        return self._next()

    def follow_module(self, module: nn.Module | None) -> bool:
        """Return whether to enter `module`, or to leave one, is the next step of a known forward; if not, it is
        left."""
        if not self.followed:
            return False
        assert self._trail is not None  # it is followed
        self._trail.module(module)
        if not self._next():
            return False
        if module is None:
            self._open.pop()
        else:
            self._open.append((module, self._count))
            self._count += 1
        return True

    def _next(self) -> bool:
        assert self._trail is not None  # it is followed
        following = self._branch.get(self._trail.steps[-1])
        if following is None:
            self._trail.steps.pop()
            self.leave()
            return False
        self._branch = following
        return True

    def end(self, *, simple: bool) -> bool:
        """End the forward, whose backward begins. Return whether it was a known one, of which nothing is recorded.
        `simple`: it is the only backward of this forward, and starts from the loss."""
        trail, gate = self._trail, self._gate
        if trail is None or gate is None:
            return False
        if not simple:  # what is known is ended by one simple backward
            if self.followed:
                self.leave()
            self._trail = None
            return False
        trail.end()
        if not self.followed:
            return False
        known = trail.steps[-1] in self._branch
        self._known.count(known)
        if known:
            self._trail, self.followed, self.was_known = None, False, True
        else:
            self.leave()
        return known

    def leave(self) -> None:
        """Leave the known forwards: it goes another way, and is recorded from here on."""
        trail, gate, steps, modules = self._trail, self._gate, self._steps(), self._capture.modules
        assert trail is not None and gate is not None and steps is not None  # it was followed
        self.followed, gate.passed_over, gate.unseen_before = False, False, True
        branch: Any = self._branch
        while isinstance(branch, dict):
            branch = next(iter(branch.values()))
        first_call = modules.resume(branch.calls, branch.called[: self._count], self._open)
        made = next_sequence_number() - trail.first
        moved: dict[Op, Op] = {}
        for number, op in branch.makers:
            if number < made and op not in moved:
                moved[op] = replace(op, call=op.call + first_call if op.call >= 0 else -1)
        before = [(trail.first + number, moved[op]) for number, op in branch.makers if number < made]
        for number, op in before:
            self._capture.unrecorded.note_run(op, number, number + 1)
        self._capture.steps = steps
        ops = [step[0] for step in trail.steps if len(step) == _OP]
        steps.begin_late(before, sum(steps.is_step(Op(op_name(func))) for func in ops))
        self._record(trail)

    def learn(self, graph: CapturedGraph | None) -> None:
        """Remember the forward, whose backward has run, if nothing stopped it."""
        trail, gate, self._trail = self._trail, self._gate, None
        if trail is None or gate is None or graph is None or not gate.may_be_known:
            return
        if gate.breakpoints.may_stop_at_nodes(graph.record):
            return
        first, modules = self._first_call, self._capture.modules
        makers: list[tuple[int, Op]] = []
        copies: dict[Op, Op] = {}
        for node, op in self._capture.makers.made_by.items():
            if op is not None and not is_leaf_node(node) and (number := sequence_number(node)) >= trail.first:
                # Without what went into it and came out.
                copies.setdefault(op, Op(op.name, op.file, op.line, max(op.call - first, -1), op.phase, note=op.note))
                makers.append((number - trail.first, copies[op]))
        makers.sort(key=lambda made: made[0])
        calls = [replace(call, parent=max(call.parent - first, -1)) for call in modules.calls[first:]]
        called = [(module, max(position - first, -1)) for module, position in modules.called]
        self._known.are_of(gate.breakpoints)
        self._known.learn(trail, _Recorded(makers, calls, called), gate.breakpoints)


def _is_knowable(gate: Gate) -> bool:
    return gate.may_be_known and not gate.breakpoints.asks_values
