"""Everything that looking must leave as it is, in one comparable table."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
import torch
from torch.nn.modules import module as torch_module
from torch.utils import _pytree as pytree

from gradviz.experiment import Experiment

_MODULE_HOOKS = (
    "_forward_pre_hooks",
    "_forward_hooks",
    "_forward_hooks_always_called",
    "_backward_hooks",
    "_backward_pre_hooks",
    "_state_dict_hooks",
    "_load_state_dict_pre_hooks",
)


def everything(experiment: Experiment, output: Any, loss: Any) -> dict[str, Any]:
    """What a user could notice: generators, torch's globals, the model in all its parts, what it computed."""
    found = {**generators(), **torch_globals()}
    if experiment.module is not None:
        for path, module in experiment.module.named_modules():
            found |= {f"{path}.{key}": value for key, value in _module(module).items()}
    for name, value in experiment.named_tensors().items():
        found |= {f"{name}: {key}": fact for key, fact in _tensor(value).items()}
    for name, tree in (("output", output), ("loss", loss)):
        for i, leaf in enumerate(pytree.tree_leaves(tree)):
            found[f"{name} {i}"] = _bits(leaf) if isinstance(leaf, torch.Tensor) else repr(type(leaf))
    return found


def generators() -> dict[str, Any]:
    """The state of every generator of random numbers."""
    name, keys, *rest = np.random.get_state(legacy=True)
    return {
        "python generator": random.getstate(),
        "numpy generator": (name, np.asarray(keys).tobytes(), *rest),
        "torch generator": bytes(torch.get_rng_state().tolist()),
    }


def torch_globals() -> dict[str, Any]:
    """Modes, flags and hooks that torch keeps for the whole process or thread."""
    dicts = [name for name in vars(torch_module) if name.startswith("_global_") and name.endswith("hooks")]
    return {
        "grad mode": torch.is_grad_enabled(),
        "inference mode": torch.is_inference_mode_enabled(),
        "default dtype": torch.get_default_dtype(),
        "default device": torch.get_default_device(),
        "autocast": (torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")),
        "autocast cache": torch.is_autocast_cache_enabled(),
        "deterministic": (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        "anomaly": (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()),
        "function modes": torch._C._len_torch_function_stack(),
        "dispatch modes": torch._C._len_torch_dispatch_stack(),
        "saved tensor hooks": _saved_tensor_hooks(),
        "global module hooks": {name: len(getattr(torch_module, name)) for name in dicts},
        "fast path": torch.backends.mha.get_fastpath_enabled(),
        "threads": torch.get_num_threads(),
        "matmul precision": torch.get_float32_matmul_precision(),
        "warnings": len(warnings.filters),
    }


def _saved_tensor_hooks() -> Any:
    top = getattr(torch._C._autograd, "_top_saved_tensors_default_hooks", None)  # torch 2.6 has no way to ask
    return None if top is None else top(False)


def _module(module: torch.nn.Module) -> dict[str, Any]:
    return {
        "class": type(module).__qualname__,
        "training": module.training,
        "attributes": sorted(vars(module)),
        "forward": getattr(module.forward, "__code__", None),
        "hooks": {name: len(getattr(module, name, ())) for name in _MODULE_HOOKS},
    }


def _tensor(value: Any) -> dict[str, Any]:
    if not isinstance(value, torch.Tensor):
        return {"values": np.asarray(value).tobytes()}
    inference = value.is_inference()
    return {
        "values": _bits(value),
        "class": type(value).__qualname__,
        "version": None if inference else value._version,
        "requires_grad": value.requires_grad,
        "grad": None if not value.is_leaf or value.grad is None else _bits(value.grad),
        "hooks": (len(value._backward_hooks or ()), len(getattr(value, "_post_accumulate_grad_hooks", None) or ())),
        "attributes": sorted(getattr(value, "__dict__", ())),
    }


def _bits(tensor: torch.Tensor) -> Any:
    """Shape, dtype and every bit. NaN equals itself here."""
    tensor = tensor.detach()
    if tensor.is_sparse:
        return tensor.shape, _bits(tensor._indices()), _bits(tensor._values())
    if tensor.is_nested:
        return [_bits(part) for part in tensor.unbind()]
    return tuple(tensor.shape), tensor.dtype, bytes(tensor.contiguous().reshape(-1).view(torch.uint8).tolist())
