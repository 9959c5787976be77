"""Reads what an op is given, and whether anything of it was not seen before. It runs for every op of a forward."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.flow import Flow, beneath

_NUMBERS = frozenset({bool, int, float, complex, type(None)})
_PLAIN = frozenset({torch.Tensor, nn.Parameter})


def taken(inputs: Iterable[Any], known: Container[Node], flow: Flow) -> tuple[list[Any], list[torch.Tensor], bool]:
    """What `inputs` are now: tensors as `Value`s, numbers and Nones; then the tensors alone, as autograd sees them; and
    whether the nodes of all are `known`."""
    values: list[Any] = []
    tensors: list[torch.Tensor] = []
    first, of = flow.first, flow.of
    seen = True
    with torch._C.DisableTorchFunction():  # a subclass of Tensor must not hear that it is looked at
        for item in inputs:
            if type(item) in _PLAIN or isinstance(item, torch.Tensor):
                node = item.grad_fn
                # What is known by its node was looked at beneath its wrappers, when it became known.
                value = first.get(node) if node is not None and not item.output_nr else None
                tensor = item
                if value is None:
                    tensor = beneath(item)
                    node = tensor.grad_fn
                    value = of(tensor)
                if node is not None and node not in known:
                    seen = False
                values.append(value)
                tensors.append(tensor)
            elif type(item) in _NUMBERS or isinstance(item, bool | int | float | complex):
                values.append(item)  # a person's own objects are not to be held
    return values, tensors, seen


def are_seen(tensors: Iterable[torch.Tensor], known: Container[Node]) -> bool:
    """Whether the nodes of all are `known`, which is quickly said of most. What has no node may have one beneath."""
    return all(type(t) is nn.Parameter or ((node := t.grad_fn) is not None and node in known) for t in tensors)
