"""Lets forwards of a script pass unrecorded that run as one which no breakpoint stopped. One that goes another way is
recorded from there on, since a script's forward cannot be run again."""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node
from gradviz.engine.capture.known_forwards import KnownForwards, Trail
from gradviz.engine.capture.module_calls import Called, ModuleCall, ModuleCalls
from gradviz.engine.capture.ops import Op
from gradviz.engine.gate.gate import Gate
from gradviz.engine.torch_compat import next_sequence_number, sequence_number


class _Recorded(Struct, frozen=True, eq=False):
    """What was recorded of a forward that is known: enough to say later what made the nodes of one like it."""

    makers: Sequence[tuple[int, Op]]
    """In order of their creation, counted from the first one: the numbers of its nodes, and what made each."""
    calls: Sequence[ModuleCall]
    called: Sequence[Called]


class ScriptForwards:
    """Those of one script. A forward is followed along the known ones, or recorded to be known, or neither."""

    def __init__(self) -> None:
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
        self.followed = False
        """Whether it is followed, and not recorded."""
        self.was_known = False
        """Whether it was followed to its end, so that nothing of it was recorded."""

    def expect(self, gate: Gate | None) -> None:
        """Expect a forward, which passes `gate` if there is one."""
        self._gate, self._trail, self.followed, self.was_known = gate, None, False, False

    @property
    def expects_known(self) -> bool:
        """Return whether the forward that is expected may be one that is known: what comes before it is not recorded
        then, as in a free run."""
        gate = self._gate
        return gate is not None and self._is_knowable(gate) and self._known.are_of(gate.breakpoints)

    @staticmethod
    def _is_knowable(gate: Gate) -> bool:
        return gate.may_be_known and not gate.breakpoints.asks_values

    def begin(self) -> Trail | None:
        """Begin the forward. Return what has to be told of its steps if it is recorded, None if it is followed, or
        passed by."""
        gate = self._gate
        if gate is None or not self._is_knowable(gate):
            return None
        self._trail, self._open, self._count = Trail(()), [], 0
        if self._known.are_of(gate.breakpoints) and (branch := self._known.start_of(())) is not None:
            self._branch, self.followed = branch, True
        gate.passed_over = self.followed
        return None if self.followed else self._trail

    def follow(self, func: Any, frame: FrameType | None) -> bool:
        """Return whether a call of `func` is the next step of a known forward."""
        assert self._trail is not None  # it is followed
        self._trail.op(func, frame)
        return self._next()

    def follow_module(self, module: nn.Module | None) -> bool:
        """Return whether to enter `module`, or to leave one, is the next step of a known forward."""
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
            return False
        self._branch = following
        return True

    def end(self, *, simple: bool) -> bool:
        """End the forward, whose backward begins. Return whether it was a known one. `simple`: it is the only backward
        of this forward, and starts from the loss."""
        trail, gate = self._trail, self._gate
        if trail is None or gate is None:
            return False
        if not simple:
            if not self.followed:
                self._trail = None  # what is known is ended by one simple backward
            return False
        trail.end()
        if not self.followed:
            return False
        known = trail.steps[-1] in self._branch
        self._known.count(known)
        if known:
            self._trail, self.followed, self.was_known = None, False, True
        else:
            trail.steps.pop()
        return known

    def leave(self, modules: ModuleCalls) -> tuple[Trail, list[tuple[int, Op]]]:
        """Leave the known forwards: from here on it is recorded. `modules` is told what is open; returns the trail so
        far, and autograd's numbers of the nodes that were made so far, each with what made it."""
        trail, self.followed = self._trail, False
        assert trail is not None and self._gate is not None  # it was followed
        self._gate.passed_over, self._gate.unseen_before = False, True
        branch: Any = self._branch
        while isinstance(branch, dict):
            branch = next(iter(branch.values()))
        offset = modules.resume(branch.calls, branch.called[: self._count], self._open)
        made = next_sequence_number() - trail.first
        moved: dict[int, Op] = {}
        for number, op in branch.makers:
            if number < made and id(op) not in moved:
                moved[id(op)] = replace(op, call=op.call + offset if op.call >= 0 else -1)
        return trail, [(trail.first + n, moved[id(op)]) for n, op in branch.makers if n < made]

    def learn(self, graph: Any, made_by: dict[Node, Any], modules: ModuleCalls, first_call: int) -> None:
        """Remember the forward, whose backward has run, if nothing stopped it. `first_call`: where its calls begin."""
        trail, gate, self._trail = self._trail, self._gate, None
        if trail is None or gate is None or graph is None or not gate.may_be_known:
            return
        if gate.breakpoints.may_stop_at_nodes(graph.record):
            return
        makers: list[tuple[int, Op]] = []
        copies: dict[int, Op] = {}
        for node, op in made_by.items():
            if op is not None and not is_leaf_node(node) and (number := sequence_number(node)) >= trail.first:
                copies.setdefault(id(op), _copy(op, first_call))
                makers.append((number - trail.first, copies[id(op)]))
        makers.sort(key=lambda made: made[0])
        calls = [replace(call, parent=max(call.parent - first_call, -1)) for call in modules.calls[first_call:]]
        called = [(module, max(position - first_call, -1)) for module, position in modules.called]
        self._known.are_of(gate.breakpoints)
        self._known.learn(trail, _Recorded(makers, calls, called), gate.breakpoints)


def _copy(op: Op, first_call: int) -> Op:
    """Return an op without what went into it and came out."""
    return Op(op.name, op.file, op.line, max(op.call - first_call, -1), op.phase, note=op.note)
