"""Takes inputs and outputs apart: dicts, sequences, dataclasses, and whatever else torch knows as a pytree."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Arguments:
    """Inputs of a model that is called with positional and with keyword arguments at once."""

    positional: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def call_arguments(inputs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the positional and the keyword arguments that `inputs` describe. A named tuple is one value."""
    if isinstance(inputs, Arguments):
        return tuple(inputs.positional), dict(inputs.keywords)
    if isinstance(inputs, tuple) and not hasattr(inputs, "_fields"):
        return inputs, {}
    if isinstance(inputs, Mapping) and all(isinstance(key, str) for key in inputs):
        return (), dict(inputs.items())
    return (inputs,), {}


def named_leaves(name: str, tree: Any) -> dict[str, Any]:
    """Return the tensors and arrays of a tree by name: `x` alone, `x[0]` in a tuple, the key itself in a dict."""
    if isinstance(tree, Arguments):
        return {**named_leaves(name, tree.positional), **named_leaves(name, tree.keywords)}
    found = leaves("" if isinstance(tree, Mapping) else name, tree)
    return {path: leaf for path, leaf in found if hasattr(type(leaf), "shape")}


def leaves(path: str, tree: Any) -> Iterator[tuple[str, Any]]:
    """Yield (path, leaf) of dicts, sequences, dataclasses and registered pytrees, in order, without recursion.

    An object that contains itself is left out: it would be traversed for ever.
    """
    stack: list[tuple[str, Any]] = [(path, tree)]
    around: dict[int, Any] = {}
    while stack:
        path, item = stack.pop()
        if item is _END:
            around.popitem()
            continue
        if id(item) in around:
            continue
        children: list[tuple[str, Any]]
        if isinstance(item, Mapping):
            children = [(f"{path}.{key}".lstrip("."), value) for key, value in item.items()]
        elif isinstance(item, tuple) and hasattr(item, "_fields"):
            children = [(f"{path}.{key}".lstrip("."), value) for key, value in zip(item._fields, item, strict=True)]
        elif isinstance(item, list | tuple):
            children = [(f"{path}[{i}]", value) for i, value in enumerate(item)]
        elif dataclasses.is_dataclass(item) and not isinstance(item, type):
            fields = [field for field in dataclasses.fields(item) if hasattr(item, field.name)]
            children = [(f"{path}.{field.name}".lstrip("."), getattr(item, field.name)) for field in fields]
        elif _is_registered(item):
            children = [(f"{path}[{i}]", value) for i, value in enumerate(_tree().tree_leaves(item))]
        else:
            yield path, item
            continue
        around[id(item)] = item
        stack.append(("", _END))
        stack.extend(reversed(children))


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """Return `tree` with each leaf replaced by `function` of it; objects that are no plain container are leaves."""
    if isinstance(tree, MutableMapping):
        # A copy keeps what a subclass knows beside its items, as a tokenizer's answer does.
        new: MutableMapping[Any, Any] = {} if type(tree) is dict else copy.copy(tree)
        for key, value in tree.items():
            new[key] = mapped(function, value)
        return new
    if isinstance(tree, tuple) and hasattr(tree, "_fields") and not callable(getattr(tree, "to", None)):
        return type(tree)(*(mapped(function, value) for value in tree))
    if isinstance(tree, list | tuple) and not hasattr(tree, "_fields"):
        return type(tree)(mapped(function, value) for value in tree)
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        changes = {f.name: mapped(function, getattr(tree, f.name)) for f in dataclasses.fields(tree) if f.init}
        return dataclasses.replace(tree, **changes)
    if _is_registered(tree):
        return _tree().tree_map(function, tree)
    return function(tree)


_END = object()
"""Follows the last child of a container."""


def _is_registered(item: Any) -> bool:
    """Return whether such an object is registered with torch as a pytree."""
    import torch

    return not isinstance(item, torch.Tensor) and type(item) in _tree().SUPPORTED_NODES


def _tree() -> Any:
    """Return torch's pytree module, which is private in every supported version."""
    from torch.utils import _pytree

    return _pytree
