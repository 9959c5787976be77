"""Record the module call that the forward is in, by torch's global hooks; none of them stays installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import get_ident
from types import CodeType, FrameType, FunctionType
from typing import Any, Literal
from weakref import ReferenceType

from msgspec import Struct
from msgspec.structs import replace
from torch import nn
from torch.nn.modules import module as torch_module
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from gradviz.engine.capture.named_tensors import unregistered
from gradviz.engine.frames.stack_frames import first_argument, owner_of
from gradviz.engine.torch_compat import HAS_GLOBAL_HOOKS, MODULE_CALL, MODULE_CALLS, global_module_hooks, own_hooks


class ModuleCall(Struct, gc=False):
    """One call of one module, or a region; `parent` is the position of the call around it, -1 for none."""

    path: str
    class_name: str
    parent: int
    use: int
    kind: Literal["module", "region"] = "module"
    note: str = ""


Called = tuple[ReferenceType[nn.Module], int]
"""A module, and the position of its call in `ModuleCalls.calls`."""


class ModuleCalls:
    """The calls of one iteration, in the order they began.

    Modules that have no name in the model, and the model itself, are no clusters: what runs in them belongs to the
    call around them.
    """

    def __init__(self, model: nn.Module | None) -> None:
        self.read(model)
        self._uses: dict[int | str, int] = {}
        self._stack: list[_OpenCall] = []
        self._methods: list[_Method] = []
        """Methods that run in place of their modules, from the outermost inwards."""
        self._thread = get_ident()
        """The thread whose calls are recorded."""
        self.calls: list[ModuleCall] = []
        self.called: list[Called] = []
        """The modules that were called since `called` was emptied, if somebody notes them here."""
        self.earlier = 0
        """How many of `calls`, the first ones, are of earlier forwards."""
        self.passed: Callable[[Any, nn.Module | None], None] = _ignore
        """Called with what a module is called with, and then with what it returns and the module."""

    def read(self, model: nn.Module | None) -> None:
        """Read the names of the modules as they are now, before another forward."""
        self.noted: Callable[[nn.Module | None], None] = _ignore_step
        """Called with each module that is entered in it, and with None when one is left."""
        named = model.named_modules() if model is not None else ()
        self._paths = {id(module): path for path, module in named if path}
        if model is not None:
            self._paths |= {id(thing): path for path, thing in unregistered(model) if isinstance(thing, nn.Module)}

    @property
    def current(self) -> int:
        """Return the position in `calls` of the innermost named call; -1 outside of all."""
        stack = self._stack
        if stack and stack[-1].leaving is not None:
            self._settle()
        return stack[-1].position if stack else -1

    def call_at(self, frame: FrameType | None) -> int:
        """Return the position of the innermost call that `frame` is in; -1 outside of all.

        A method that is called in place of its module (`layer.forward(x)`, `flow.log_prob(x)`) counts as a call too.
        """
        methods: list[tuple[FrameType, nn.Module, str]] = []
        called = bool(self._stack)
        running = self._stack[-1].forward if called else None
        while frame is not None:
            code = frame.f_code
            if code is running and frame.f_back is not None and frame.f_back.f_code.co_filename == _CALLS:
                break  # the forward of the innermost call, called by torch
            if code.co_argcount and code.co_varnames[0] == "self":
                if (called and code in MODULE_CALLS) or owner_of(code.co_filename) == "engine":
                    break
                owner = first_argument(frame)
                if issubclass(type(owner), nn.Module):
                    if any(call.module == id(owner) for call in self._stack):
                        break
                    path = self._path_of(owner, frame)
                    if path is not None:
                        if methods and methods[-1][1] is owner:
                            methods.pop()  # one method of it calls another
                        methods.append((frame, owner, path))
            frame = frame.f_back
        return self._method_calls(methods[::-1])

    def _method_calls(self, methods: Sequence[tuple[FrameType, nn.Module, str]]) -> int:
        """Return the position of the innermost of `methods`, which are given from the outermost inwards, with the
        frames that they run in and their modules.

        Frames are kept while they may be running, since another frame may get the same address later.
        """
        position, depth = self.current, len(self._stack)
        before = [method for method in self._methods if method.depth == depth]
        self._methods = [method for method in self._methods if method.depth < depth]
        for frame, module, path in methods:
            known = next((method for method in before if method.frame is frame), None)
            if known is None:
                self.calls.append(ModuleCall(path, type(module).__name__, position, self._used(id(module))))
                known = _Method(frame, depth, len(self.calls) - 1)
            self._methods.append(known)
            position = known.position
        return position

    def _path_of(self, module: nn.Module, frame: FrameType) -> str | None:
        """Return the path of a module, one of whose methods runs in `frame`."""
        return self._paths.get(id(module))

    def keep(self, positions: Iterable[int]) -> dict[int, int]:
        """Forget all calls but those at `positions` and those around them, and begin to count uses anew.

        Return the new position of each that is kept; -1, which is none, stays -1.
        """
        kept: set[int] = set()
        for position in positions:
            while position != -1 and position not in kept:
                kept.add(position)
                position = self.calls[position].parent
        moved = {-1: -1} | {old: new for new, old in enumerate(sorted(kept))}
        self.calls = [replace(self.calls[old], parent=moved[self.calls[old].parent]) for old in sorted(kept)]
        self.earlier = len(self.calls)
        self._uses = {}
        self._stack = []
        self._methods = []
        return moved

    def compiled_called(self, module: nn.Module) -> None:
        """Record the call of a module that is compiled: its hooks would be compiled with it."""
        self._enter(module, ())

    def compiled_returned(self, module: nn.Module) -> None:
        """Record that the call has returned."""
        self._leave(module, (), None)

    def resume(
        self, calls: Iterable[ModuleCall], called: Iterable[Called], running: Iterable[tuple[nn.Module, int]]
    ) -> int:
        """Go on as if `called` had been recorded, with `calls`, of which `running` have not returned, each with its
        position among the `called`; return the position of the first."""
        first = len(self.calls)
        self.calls += [replace(call, parent=call.parent + first if call.parent >= 0 else -1) for call in calls]
        self.called = [(module, position + first if position >= 0 else -1) for module, position in called]
        for module, _ in self.called:
            self._used(id(module()))
        for running_module, i in running:
            position = self.called[i][1]
            self._stack.append(_OpenCall(id(running_module), position, forward=_forward_of(running_module)))
        return first

    def is_within(self, inner: int, outer: int) -> bool:
        """Return whether the call at position `inner` is the one at `outer`, or was made in it."""
        while inner > outer:
            inner = self.calls[inner].parent
        return inner == outer

    def begin_region(self, name: str, note: str) -> object:
        """Begin a region that is no module; return a handle for `end_region`."""
        around = self.current
        path = f"{self.calls[around].path}.{name}" if around != -1 else name
        self.calls.append(ModuleCall(path, name, around, self._used(path), "region", note))
        region = _OpenCall(0, len(self.calls) - 1)
        self._stack.append(region)
        return region

    def end_region(self, region: object) -> None:
        """End it, and everything in it that has not ended."""
        if any(call is region for call in self._stack):
            while self._stack.pop() is not region:
                pass

    @contextmanager
    def record_calls(self) -> Iterator[None]:
        """Context manager: calls are recorded. Global hooks leave every module's own hooks and fast paths as they
        are."""
        self._thread = get_ident()
        before = register_module_forward_pre_hook(self._enter)
        after = register_module_forward_hook(self._leave, always_call=True)
        # A compiled module warns of global hooks: it should for the user's, it need not for these two.
        ask = getattr(torch_module, HAS_GLOBAL_HOOKS, None)
        if ask is not None:
            ours = (self._enter, self._leave)
            setattr(torch_module, HAS_GLOBAL_HOOKS, lambda: any(hook not in ours for hook in global_module_hooks()))
        try:
            yield
        finally:
            if ask is not None:
                setattr(torch_module, HAS_GLOBAL_HOOKS, ask)
            before.remove()
            after.remove()
            self._methods = []

    def _enter(self, module: nn.Module, args: Any) -> None:
        if get_ident() != self._thread:
            return  # calls of several threads have no common order
        self.noted(module)
        self.passed(args, None)
        path = self._paths.get(id(module))
        position = self.call_at(_caller(sys._getframe(1), module)) if path is not None else self.current
        if path is not None:
            self.calls.append(ModuleCall(path, type(module).__name__, position, self._used(id(module))))
            position = len(self.calls) - 1
        self._stack.append(_OpenCall(id(module), position, forward=_forward_of(module)))

    def _leave(self, module: nn.Module, args: Any, output: Any) -> None:
        if get_ident() != self._thread:
            return
        self.noted(None)
        # A module that raised may have left others on the stack.
        while self._stack and self._stack[-1].module != id(module):
            self._stack.pop()
        if not self._stack:
            return
        self.passed(output, module)
        if any(own_hooks(module)):
            # The module's own hooks run after the global ones, and what they compute is still a part of its call.
            self._stack[-1].leaving = sys._getframe(1)
        else:
            self._stack.pop()

    def _used(self, key: int | str) -> int:
        """Count a use, and return how many there are now."""
        uses = self._uses[key] = self._uses.get(key, 0) + 1
        return uses

    def _settle(self) -> None:
        """Close the calls that have returned since their last op."""
        running = set()
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            running.add(frame)
            frame = frame.f_back
        while self._stack and (call := self._stack[-1].leaving) is not None and call not in running:
            self._stack.pop()


_CALLS = MODULE_CALL.__code__.co_filename


def _forward_of(module: nn.Module) -> CodeType | None:
    """Return the code of a module's forward; None where it is no function of its class. Descriptors are not run."""
    if "forward" in vars(module):
        return None
    found = next((vars(kind)["forward"] for kind in type(module).__mro__ if "forward" in vars(kind)), None)
    return found.__code__ if isinstance(found, FunctionType) else None


def _caller(frame: FrameType | None, module: nn.Module) -> FrameType | None:
    """Return the frame from which `module` is called, by its own `__call__` or torch's; `frame` is that of a hook of
    it."""
    while frame is not None and frame.f_code not in MODULE_CALLS:
        frame = frame.f_back
    while frame is not None and (_is_call(frame) or _is_method(frame, module)):
        frame = frame.f_back
    return frame


def _is_call(frame: FrameType) -> bool:
    return frame.f_code in MODULE_CALLS or frame.f_code.co_name == "inner"


def _is_method(frame: FrameType, module: nn.Module) -> bool:
    code = frame.f_code
    return code.co_argcount > 0 and code.co_varnames[0] == "self" and first_argument(frame) is module


def _ignore(tensors: Any, module: nn.Module | None) -> None:
    pass


def _ignore_step(module: nn.Module | None) -> None:
    pass


class _Method(Struct, eq=False):
    """A method of a module that was called in place of the module."""

    frame: FrameType
    depth: int
    """How many calls of modules were open around it."""
    position: int


class _OpenCall(Struct, eq=False):
    """A call that has not returned."""

    module: int
    """`id` of the module."""
    position: int
    leaving: FrameType | None = None
    """The frame of the call once its forward is over, while hooks of the module's own may run."""
    forward: CodeType | None = None
    """The code of the module's forward, where its class has it."""
