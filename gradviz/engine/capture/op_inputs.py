"""Collect the inputs of an op, and whether the nodes of all are known. Runs for every op of a forward."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.capture.tensor_flow import TensorFlow, unwrapped
from gradviz.engine.torch_compat import DisableTorchFunction, is_view

_NUMBERS = frozenset({bool, int, float, complex, type(None)})
_PLAIN = frozenset({torch.Tensor, nn.Parameter})


def collect_inputs(
    inputs: Iterable[Any], known: Container[Node], flow: TensorFlow, *, recorded: bool
) -> tuple[list[Any], list[torch.Tensor], bool]:
    """Return what `inputs` are now: tensors as `Value`s, numbers and Nones; then the tensors alone, as autograd sees
    them; and whether the nodes of all are `known`. `recorded`: whether autograd is about to record the op that is given
    them."""
    values: list[Any] = []
    tensors: list[torch.Tensor] = []
    first, node_of = flow.first, flow.node_of
    seen = True
    with DisableTorchFunction():  # subclasses of Tensor must not see this
        for item in inputs:
            if type(item) in _PLAIN or isinstance(item, torch.Tensor):
                node = node_of(item, recorded=recorded) if is_view(item) else item.grad_fn
                # A tensor known by its node was unwrapped when it became known.
                value = first.get(node) if node is not None and not item.output_nr else None
                tensor = item
                if value is None:
                    tensor = unwrapped(item)
                    if tensor is not item:
                        node = node_of(tensor, recorded=recorded)
                    value = flow.value(tensor, node)
                if node is not None and node not in known:
                    seen = False
                values.append(value)
                tensors.append(tensor)
            elif type(item) in _NUMBERS or isinstance(item, bool | int | float | complex):
                values.append(item)  # the user's own objects are not kept
    return values, tensors, seen


def all_known(tensors: Iterable[torch.Tensor], known: Container[Node], flow: TensorFlow, *, recorded: bool) -> bool:
    """Return whether the nodes of all are `known`, checked quickly for most. A tensor without a node may wrap one with
    a node."""
    node_of = flow.node_of
    return all(
        type(t) is nn.Parameter or ((node := node_of(t, recorded=recorded)) is not None and node in known)
        for t in tensors
    )
