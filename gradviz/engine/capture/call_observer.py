"""Observe every call of torch's functions in a thread by a function mode, without changing what they compute.

The mode must not switch off torch's fast paths, and checkpoints, which autograd sees as one, are noted as regions.
Python functions of torch that are composite are decomposed, so that their ops are seen one by one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import lru_cache
from types import FrameType, FunctionType
from typing import Any, Protocol

import torch
import torch.nn.functional
import torch.overrides
import torch.utils.checkpoint
from torch.overrides import TorchFunctionMode

from gradviz.engine.capture.module_calls import ModuleCalls
from gradviz.engine.capture.unrecorded_nodes import UnrecordedNodes
from gradviz.engine.frames.compiled_code import leave_compiled_code
from gradviz.engine.frames.stack_frames import passes_on
from gradviz.engine.frames.tracebacks import leave_out_ours, relocate_warnings
from gradviz.engine.torch_compat import (
    CHECKPOINT,
    DefaultDeviceMode,
    disabled_torch_function,
    function_mode_at,
    function_mode_count,
    pop_function_mode,
    push_function_mode,
)
from gradviz.language import translatable
from gradviz.protocol.records import Phase

# Functions of torch.nn.functional that are Python and compute by several differentiable ops. A function that prepares
# its arguments and then calls one op (`dropout`, `cross_entropy`) is that op, and keeps its name.
_COMPOSITES = (
    "gaussian_nll_loss",
    "gumbel_softmax",
    "local_response_norm",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "multi_head_attention_forward",
    "multilabel_soft_margin_loss",
    "normalize",
    "softmin",
    "softsign",
    "tanhshrink",
    "triplet_margin_with_distance_loss",
)


def decompose(func: Any, types: Any) -> Callable[..., Any] | None:
    """Return a function that does the same as `func` and lets the mode around it see each op; None if `func` is one op.

    `func` is a Python function. `types` are the classes of tensors that overload torch's functions: they must see
    `func` itself.
    """
    inside = _unchecked().get(func)
    plain = inside is not None and all(kind is torch.Tensor or kind is torch.nn.Parameter for kind in types)
    return inside if plain else None


@lru_cache(maxsize=1)
def _unchecked() -> dict[Any, Callable[..., Any]]:
    functions = (getattr(torch.nn.functional, name, None) for name in _COMPOSITES)
    names = _UncheckedNames(vars(torch.nn.functional))
    return {f: _copy(f, names) for f in functions if isinstance(f, FunctionType)}


def _copy(function: FunctionType, names: dict[str, Any]) -> FunctionType:
    """Return the same code, which looks its global names up in `names`."""
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


class _UncheckedNames(dict[str, Any]):
    """The names of `torch.nn.functional` as they are at each moment, without the check for overloads.

    Under a mode that check would hand the whole function to the mode, which was done already.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        never = dict.fromkeys(("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic"), _never)
        super().__init__(never, __builtins__=names["__builtins__"], __name__=names["__name__"])
        self._names = names

    def __missing__(self, name: str) -> Any:
        return self._names[name]


def _never(*tensors: Any) -> bool:
    return False


_CHECKPOINT_NOTE = translatable("its activations are computed again during backward")


Calls = Callable[[], Sequence[AbstractContextManager[Any]]]


class Observed(Protocol):
    """Has what is called observed."""

    unrecorded: UnrecordedNodes
    phase: Phase

    def compiled_returned(self, frame: FrameType) -> bool:
        """Record that compiled code has returned; return whether it made a node."""


class Recorder(Observed, Protocol):
    """Receives the calls, as `engine.capture.op_recorder.Capture` does."""

    stepping: bool
    keeps_everything: bool

    def call(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None) -> Any:
        """Run and record a call."""

    def descend(
        self, func: Any, inside: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType | None
    ) -> Any:
        """Run and record a composite function by its ops."""


class CallObserver:
    """Installs everything by which calls are seen. Nothing of it is installed while compiled code runs."""

    def __init__(self, recorder: Observed, mode: TorchFunctionMode, calls: Calls, *, low: bool) -> None:
        """`mode`: what sees each call; `calls`: what follows those of modules. `low`: the mode lies below those of the
        user's, also below those that were active before."""
        self._recorder = recorder
        self._calls = calls
        self._slot = _ModeSlot(mode, low=low)
        self._fast_paths = _FastPaths(mode)
        self._installed = ExitStack()
        self._compiled: FrameType | None = None
        """The frame that runs compiled code, while it runs."""

    @contextmanager
    def observe(self) -> Iterator[None]:
        """Context manager: the recorder receives every call. Once it is over, it can be entered again."""
        self._slot.forget()
        with relocate_warnings(), self._installed, leave_compiled_code(self):
            if self._compiled is None:
                self._install()
            yield

    def leave(self, frame: FrameType) -> None:
        """Uninstall everything: compiled code is called."""
        self._installed.close()
        self._compiled = frame
        self._recorder.unrecorded.compiled_called(frame, self._recorder.phase)

    def come_back(self) -> None:
        """Install everything again: compiled code has returned."""
        frame, self._compiled = self._compiled, None
        if frame is not None:
            self._recorder.compiled_returned(frame)
        self._install()

    def _install(self) -> None:
        enter = self._installed.enter_context
        for calls in self._calls():
            enter(calls)
        enter(self._fast_paths)
        enter(self._slot)


def observer_of(recorder: Recorder, modules: ModuleCalls, *, low: bool) -> CallObserver:
    """Return what reports each call to `recorder`, and those of modules and checkpoints to `modules`; `low` as for
    `CallObserver`."""
    mode = _RecordingMode(recorder)
    return CallObserver(recorder, mode, lambda: (record_checkpoints(modules), modules.record_calls()), low=low)


class _RecordingMode(TorchFunctionMode):
    """Hands every torch function called in this thread to the recorder."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder

    @passes_on
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        frame, recorder = sys._getframe(1), self._recorder
        try:
            if type(func) is not FunctionType or recorder.stepping or recorder.keeps_everything:
                return recorder.call(func, args, kwargs or {}, frame)
            inside = decompose(func, types)
            if inside is None:
                return recorder.call(func, args, kwargs or {}, frame)
            with self:
                return recorder.descend(func, inside, args, kwargs or {}, frame)
        except BaseException as error:
            leave_out_ours(error)
            raise


class _ModeSlot:
    """The position of one mode in this thread's stack of modes."""

    def __init__(self, mode: TorchFunctionMode, *, low: bool) -> None:
        """`low`: below all modes of the user's, who enters and leaves them in order and must find their own on top,
        whichever came first. A default device is a mode too, which insists on being the lowest."""
        self._mode = mode
        self._low = low
        self._position: int | None = None
        """Where the mode lay when it was taken out; -1 for nowhere, None before it was put in."""

    def forget(self) -> None:
        """Forget where the mode lay."""
        self._position = None

    def __enter__(self) -> None:
        """Make the mode active; after the first time, where it lay when it was taken out."""
        if self._position == -1:
            return
        if not function_mode_count():
            push_function_mode(self._mode)
            return
        modes = _pop_all()
        if self._position is not None:
            position = min(self._position, len(modes))
        elif self._low:
            position = 1 if modes and isinstance(modes[0], DefaultDeviceMode) else 0
        else:
            position = len(modes)
        _push_all([*modes[:position], self._mode, *modes[position:]])

    def __exit__(self, *exception: object) -> None:
        if function_mode_count() == 1 and function_mode_at(0) is self._mode:
            pop_function_mode()
            self._position = 0
            return
        # A mode is not on the stack while one of its functions runs: torch puts it back, and no one else may.
        modes = _pop_all()
        self._position = next((i for i, mode in enumerate(modes) if mode is self._mode), -1)
        _push_all([mode for mode in modes if mode is not self._mode])


def _pop_all() -> list[TorchFunctionMode]:
    """Take all modes off the stack; return them from the lowest to the one that is called first."""
    return [pop_function_mode() for _ in range(function_mode_count())][::-1]


def _push_all(modes: list[TorchFunctionMode]) -> None:
    for mode in modes:
        push_function_mode(mode)


class _FastPaths:
    """Context manager: `torch.overrides.has_torch_function` answers as if `mode` were not active.

    The transformer modules call it, and if it is true they take the slow path, whose results differ in the last bits.
    """

    def __init__(self, mode: TorchFunctionMode) -> None:
        self._mode = mode
        self._ask: Any = None

    def __enter__(self) -> None:
        self._ask, torch.overrides.has_torch_function = torch.overrides.has_torch_function, self._answer

    def __exit__(self, *exception: object) -> None:
        torch.overrides.has_torch_function = self._ask

    def _answer(self, args: Iterable[Any]) -> bool:
        """Return whether any of `args` overloads torch's functions, or another mode is active."""
        if function_mode_count() == 1 and function_mode_at(0) is self._mode:
            return any(_overloads(type(tensor)) for tensor in args)
        return bool(self._ask(args))


def _overloads(kind: type) -> bool:
    """Return whether tensors of this class overload torch's functions: torch's own rule, without modes."""
    return (
        kind is not torch.Tensor
        and getattr(kind, "__torch_function__", disabled_torch_function) is not disabled_torch_function
    )


@contextmanager
def record_checkpoints(modules: ModuleCalls) -> Iterator[None]:
    """Context manager: each checkpoint that is not reentrant becomes a region among the calls of `modules`."""
    around = getattr(torch.utils.checkpoint, CHECKPOINT, None)
    if around is None:
        yield
        return

    def in_region(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        """Run a checkpoint's generator within a region."""
        region = modules.begin_region("checkpoint", _CHECKPOINT_NOTE)
        try:
            return (yield from around(*args, **kwargs))
        finally:
            modules.end_region(region)

    setattr(torch.utils.checkpoint, CHECKPOINT, in_region)
    try:
        yield
    finally:
        setattr(torch.utils.checkpoint, CHECKPOINT, around)
