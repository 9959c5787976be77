"""The one door to torch's private names: each with what it is needed for; and the isolation that is made of them.

No other file of gradviz imports or reads `torch._…` or a private attribute of torch's classes, which
tests/test_architecture.py checks. Names are bound when this file is imported, so that recording an op looks up none of
them in torch.

Seen in torch 2.6, 2.13 and 2.14: every name here, unless its comment states otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from importlib import import_module
from operator import attrgetter, methodcaller
from types import CodeType
from typing import Any, NamedTuple, TypeVar

import torch
import torch.overrides
import torch.utils.checkpoint
from torch import nn
from torch._C import _autograd, _functorch
from torch._C._dynamo import eval_frame
from torch._functorch import pyfunctorch
from torch.autograd.graph import Node
from torch.nn.modules import module as nn_module
from torch.overrides import TorchFunctionMode
from torch.utils import _device, _python_dispatch, _pytree

HookT = TypeVar("HookT", bound=Callable[..., Any])

# -- dispatch: the user's modes, subclasses and transforms must not see what the engine computes ---------------------

DisableTorchFunction: Any = torch._C.DisableTorchFunction
"""Context manager: modes and subclasses of Tensor do not see the calls within."""
DisableTorchFunctionSubclass: Any = torch._C.DisableTorchFunctionSubclass
"""Context manager: subclasses of Tensor do not see the calls within, modes do."""
EnableTorchFunction: Any = torch._C._EnableTorchFunction
"""Context manager: ends the effect of `DisableTorchFunction` for the user's code that runs within."""
is_torch_function_enabled: Callable[[], bool] = torch._C._is_torch_function_enabled
disabled_torch_function: Any = torch._C._disabled_torch_function_impl
"""The `__torch_function__` of classes that do not overload torch's functions."""

function_mode_count: Callable[[], int] = torch._C._len_torch_function_stack
function_mode_at: Callable[[int], TorchFunctionMode] = torch._C._get_function_stack_at
function_modes: Callable[[], list[TorchFunctionMode]] = torch.overrides._get_current_function_mode_stack
"""The modes of this thread, from the lowest to the one that is called first."""
pop_function_mode: Callable[[], TorchFunctionMode] = torch.overrides._pop_mode
push_function_mode: Callable[[TorchFunctionMode], None] = torch.overrides._push_mode
DefaultDeviceMode = _device.DeviceContext
"""The mode by which `torch.set_default_device` works. It insists on being the lowest."""

dispatch_mode_count: Callable[[], int] = torch._C._len_torch_dispatch_stack
disable_dispatch_modes: Any = _python_dispatch._disable_current_modes
innermost_transform: Callable[[], Any] = _functorch.peek_interpreter_stack
"""The innermost functorch transform (vmap, grad) that is active; None if none is."""
disable_transforms: Any = pyfunctorch.temporarily_clear_interpreter_stack
is_wrapped: Callable[[Any], bool] = _functorch.is_functorch_wrapped_tensor
"""Whether a functorch transform made this tensor from another one."""
unwrap: Callable[[torch.Tensor], torch.Tensor] = _functorch.get_unwrapped

# -- names of torch's own functions --------------------------------------------------------------------------------

SET_GRAD_ENABLED = "torch._C._set_grad_enabled"
"""The op by which no_grad, enable_grad and set_grad_enabled work."""
PRIVATE_FUNCTIONS = "_VariableFunctionsClass."
"""Begins the `__qualname__` of functions of `torch` that are not public."""
CHECKPOINT = next(
    name
    for name in ("_checkpoint_without_reentrant_generator_impl", "_checkpoint_without_reentrant_generator", "")
    if hasattr(torch.utils.checkpoint, name) or not name
)
"""The generator in `torch.utils.checkpoint` that runs around the function of a checkpoint that is not reentrant; empty
if there is none. In 2.14 the second name only calls the first, which earlier versions do not have."""
APPLY_FRAMES = ("apply", "_call_custom_function_call")
"""Functions that run `Function.apply` in Python. Since 2.14 `apply` is C++ and has no frame; under vmap and other
transforms it still goes through the second, which 2.6 does not have."""
VMAPPED_MODULE, VMAPPED_PREFIX = "torch._functorch.autograd_function", "Vmapped"
"""Where vmap makes a Function from a user's, and what it puts before the name."""
COMPILED_PREFIX = "_orig_mod."
"""What `torch.compile` puts before the names of a model's parameters."""


_HAS_MPS = torch.backends.mps.is_available()


def device_generators() -> Sequence[torch.Generator]:
    """Return the global generators of devices that are in use. To ask an untouched CUDA would initialize it."""
    is_initialized: Callable[[], bool] = torch.cuda.is_initialized
    if is_initialized():
        return torch.cuda.default_generators
    if _HAS_MPS:
        return (torch.mps._get_default_mps_generator(),)
    return ()


# -- tensors ---------------------------------------------------------------------------------------------------------

version_of: Callable[[torch.Tensor], int] = attrgetter("_version")
"""How often the tensor was changed in place. Raises a RuntimeError for inference tensors."""


def version_now(tensor: torch.Tensor) -> int:
    """Return how often the tensor was changed in place; -1 for an inference tensor, of which that is not counted."""
    return -1 if tensor.is_inference() else version_of(tensor)


is_view: Callable[[torch.Tensor], bool] = methodcaller("_is_view")
base_of: Callable[[torch.Tensor], torch.Tensor | None] = attrgetter("_base")
"""What the tensor is a view of."""
preserve_version: Any = torch.autograd.grad_mode._unsafe_preserve_version_counter
"""Context manager: a tensor that is written to within, and is as before at the end, keeps its version."""
buffers_of: Callable[[nn.Module], dict[str, torch.Tensor | None]] = attrgetter("_buffers")
"""The buffers of one module, without those of the modules in it."""
foreach_copy: Callable[[list[torch.Tensor], list[torch.Tensor]], None] = torch._foreach_copy_
"""Copies each of the second tensors into the first that belongs to it, in one call."""
foreach_sub: Callable[[list[torch.Tensor], list[torch.Tensor]], Sequence[torch.Tensor]] = torch._foreach_sub
"""Subtracts each of the second tensors from the first that belongs to it."""
flattened: Callable[[list[torch.Tensor]], torch.Tensor] = torch._C._nn.flatten_dense_tensors
"""Copies tensors of one type end to end."""
foreach_norm: Callable[[list[torch.Tensor]], Sequence[torch.Tensor]] = torch._foreach_norm
"""The 2-norms of tensors, on a GPU in few launches."""
storage_id: Callable[[Any], int] = attrgetter("_cdata")
"""Identity of a storage: `data_ptr` is 0 for all empty ones."""
coo_entries: Callable[[torch.Tensor], int] = methodcaller("_nnz")
"""How many elements a sparse tensor stores, those stored twice counted twice; public methods refuse those."""
coo_indices: Callable[[torch.Tensor], torch.Tensor] = methodcaller("_indices")
coo_values: Callable[[torch.Tensor], torch.Tensor] = methodcaller("_values")
masked_data: Callable[[Any], Any] = attrgetter("_masked_data")
masked_mask: Callable[[Any], torch.Tensor] = attrgetter("_masked_mask")


class JaggedParts(NamedTuple):
    """What a jagged nested tensor consists of. `lengths` is None where the rows fill `values`."""

    values: torch.Tensor
    offsets: torch.Tensor
    lengths: torch.Tensor | None
    dim: int
    """The dimension of `values` in which the rows differ."""


def jagged_parts(tensor: Any) -> JaggedParts:
    """Return the parts of a nested tensor with the layout `torch.jagged`; its public methods allocate or raise."""
    return JaggedParts(tensor._values, tensor._offsets, tensor._lengths, tensor._ragged_idx - 1)


def packed_values(tensor: Any) -> Any:
    """Return the rows of a jagged nested tensor, end to end; None for a tensor of another kind."""
    values = getattr(tensor, "_values", None)
    return values if isinstance(values, torch.Tensor) else None


def local_part(tensor: Any) -> Any:
    """Return the part of a distributed tensor that this process holds; None for a tensor of another kind."""
    return getattr(tensor, "_local_tensor", None)


def is_fake(tensor: Any) -> bool:
    """Return whether a tensor is of a class by which torch's compiler works, and has no numbers."""
    return type(tensor).__module__.startswith("torch._subclasses")


# -- autograd nodes --------------------------------------------------------------------------------------------------

sequence_number: Callable[[Node], int] = methodcaller("_sequence_nr")
"""The order of creation; `AccumulateGrad`, which is made for a leaf and not by an op, comes after all others."""
next_sequence_number: Callable[[], int] = _autograd._get_sequence_nr
"""The number that the next node of this thread gets."""
OUTPUT_METADATA = "_input_metadata"
"""Attribute of a node: shape, dtype and device of each output of the forward op, whose gradients come in."""
RAW_SAVED, SAVED = "_raw_saved_", "_saved_"
"""Begin the attributes of a node that hold what it saved: packed, and unpacked on reading. In 2.6 what the first give
has no `unpack_hook` and no `data`."""
GRADIENT_HOOKS = "_backward_hooks"
"""Attribute of a tensor: its hooks, by their ids."""
MODULE_HOOKS = ("_backward_hooks", "_backward_pre_hooks")
"""Attributes of a module: its hooks of backward, by their ids."""
MODULE_HOOK_NODE = "BackwardHookFunction"
"""Begins the names of the nodes by which modules call their backward hooks."""
SYMBOLIC = "_sym_"
"""In the names of saved sizes that autograd keeps for itself."""


def function_class(node_type: type) -> Any:
    """Return the custom Function whose backward nodes of this class are; None for torch's own nodes."""
    return getattr(node_type, "_forward_cls", None)


# -- modules ---------------------------------------------------------------------------------------------------------

MODULE_CALL: Any = nn.Module._call_impl
MODULE_CALLS = frozenset({nn.Module._call_impl.__code__, nn.Module._wrapped_call_impl.__code__})
"""The code by which torch calls a module; what lies outside of it is around the innermost call."""
POST_GRADIENT_HOOKS = "_post_accumulate_grad_hooks"
"""Attribute of a leaf: hooks that run once its gradient is there, and may use it up."""
own_hooks: Callable[[nn.Module], tuple[Any, ...]] = attrgetter(
    "_forward_hooks", "_backward_hooks", "_backward_pre_hooks"
)
"""The module's own hooks that run when its forward is over."""
GLOBAL_HOOKS_PREFIX = "_global_"
"""Begins the names of the dicts of global hooks in `torch.nn.modules.module` and `torch.optim.optimizer`."""
HAS_GLOBAL_HOOKS = "_has_any_global_hook"
"""The function in `torch.nn.modules.module` by which a compiled module asks whether to warn of global hooks. Not in
2.6, which does not warn."""


module_forward_hook: Callable[[Callable[..., None]], Any] = nn_module.register_module_forward_hook
"""Register a hook that every module calls after its forward."""


def global_module_hooks() -> Iterator[Any]:
    """Yield every global hook on modules."""
    names = ("backward_pre_hooks", "backward_hooks", "forward_pre_hooks", "forward_hooks")
    for name in names:
        yield from vars(nn_module)[GLOBAL_HOOKS_PREFIX + name].values()


# -- the compiler, which is imported when it is first used ---------------------------------------------------------

COMPILER = "torch._dynamo.eval_frame"
"""The module that calls compiled code."""
SET_FRAME_CALLBACK = "_maybe_set_eval_frame"
"""Its function by which every call of compiled code begins and ends: it sets what happens to the frames that Python
runs."""
set_frame_callback: Callable[[Any], Any] = eval_frame.set_eval_frame
"""The same in C, so that not even the call of it is compiled."""


def import_compiler() -> None:
    """Import torch's compiler, which takes a second."""
    import_module("torch._dynamo")


def is_compiling() -> bool:
    """Return whether code is being compiled in this thread: what then calls torch's functions is the compiler."""
    guards: Any = sys.modules.get("torch._guards")
    return guards is not None and guards.TracingContext.try_get() is not None


def has_compiled() -> bool:
    """Return whether a function was compiled in this process: hooks on modules would let it be compiled again."""
    utils: Any = sys.modules.get("torch._dynamo.utils")
    return utils is not None and bool(utils.counters["frames"])


def compiles_backward() -> bool:
    """Return whether a backward that begins now is compiled as a whole, with all hooks on its nodes."""
    return bool(getattr(sys.modules.get("torch._dynamo.compiled_autograd"), "compiled_autograd_enabled", False))


def never_compiled(function: HookT) -> HookT:
    """Mark a hook that autograd calls: within compiled code, neither it nor what it calls is compiled."""
    code = function.__code__
    if id(code) not in _NEVER_COMPILED:
        _NEVER_COMPILED[id(code)] = code
        set_strategy = getattr(eval_frame, "set_code_exec_strategy", None)  # not in 2.6
        if set_strategy is not None:
            skip = eval_frame._FrameAction.SKIP
            set_strategy(code, eval_frame._FrameExecStrategy(skip, skip))
    return function


_NEVER_COMPILED: dict[int, CodeType] = {}
"""Marked already: functions that are defined anew for each node share their code."""


# -- trees of arguments ----------------------------------------------------------------------------------------------

tree_flatten: Callable[[Any], tuple[list[Any], Any]] = _pytree.tree_flatten
tree_map: Callable[[Callable[[Any], Any], Any], Any] = _pytree.tree_map


class isolated:  # noqa: N801
    """Context manager: no dispatch mode and no transform (vmap, grad) is active in this thread, and no subclass of
    Tensor sees function calls. Usually there are none, and then this costs next to nothing."""

    __slots__ = ("_left", "_subclasses")

    def __enter__(self) -> None:
        self._left: ExitStack | None = None
        self._subclasses = DisableTorchFunctionSubclass()
        self._subclasses.__enter__()
        transformed = innermost_transform() is not None
        if transformed or dispatch_mode_count():
            self._left = ExitStack()
            self._left.enter_context(disable_dispatch_modes())
            if transformed:
                self._left.enter_context(disable_transforms())

    def __exit__(self, *exception: Any) -> None:
        if self._left is not None:
            self._left.__exit__(*exception)
        self._subclasses.__exit__(*exception)


def part_of_module(module: torch.nn.Module, name: str) -> Any:
    """Return a parameter, buffer, module or attribute of a module, without running a property; None if it has none."""
    own = vars(module)
    tables = (own.get("_parameters"), own.get("_buffers"), own.get("_modules"), own)
    return next((table[name] for table in tables if table and table.get(name) is not None), None)
