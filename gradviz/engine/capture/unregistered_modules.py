"""Find the modules and parameters that a model keeps in plain lists and dicts, where torch does not find them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import nn

# Attributes in which nn.Module itself keeps its children.
_OWN = frozenset(vars(nn.Module()))
# A list of more things is data.
_MOST = 1000


def unregistered(model: nn.Module) -> Iterator[tuple[str, nn.Module | nn.Parameter]]:
    """Yield (path, thing) of each, such as `layers[0]`; of a module with children, these too (`layers[0].act`)."""
    known = {id(module) for module in model.modules()}
    for path, module in list(model.named_modules()):
        yield from _kept_by(path, module, known)


def _kept_by(path: str, module: nn.Module, known: set[int]) -> Iterator[tuple[str, nn.Module | nn.Parameter]]:
    for attribute, value in list(vars(module).items()):
        if attribute in _OWN or not isinstance(value, list | tuple | dict):
            continue
        for place, thing in _things(f"{path}.{attribute}".lstrip("."), value):
            if id(thing) in known:
                continue
            known.add(id(thing))
            yield place, thing
            if isinstance(thing, nn.Module):
                for inner, child in thing.named_modules():
                    if inner and id(child) not in known:
                        known.add(id(child))
                        yield f"{place}.{inner}", child


def _things(path: str, container: Any) -> Iterator[tuple[str, nn.Module | nn.Parameter]]:
    """Yield the modules and parameters in lists and dicts, in order. Without recursion."""
    stack = [(path, container)]
    left = _MOST
    while stack and left:
        left -= 1
        path, item = stack.pop()
        if isinstance(item, nn.Module | nn.Parameter):
            yield path, item
        elif isinstance(item, dict) and len(item) <= _MOST:
            stack.extend((f"{path}[{key!r}]", value) for key, value in reversed(item.items()))
        elif isinstance(item, list | tuple) and len(item) <= _MOST:
            stack.extend((f"{path}[{i}]", value) for i, value in reversed(list(enumerate(item))))


def unregistered_parameters(model: nn.Module) -> dict[int, tuple[str, nn.Parameter]]:
    """Return `id` of a parameter → its name (`layers[0].weight`) and itself."""
    registered = {id(parameter) for parameter in model.parameters()}
    found: dict[int, tuple[str, nn.Parameter]] = {}
    for path, thing in unregistered(model):
        own = [("", thing)] if isinstance(thing, nn.Parameter) else thing.named_parameters(recurse=False)
        for name, parameter in own:
            if id(parameter) not in registered:
                found.setdefault(id(parameter), (f"{path}.{name}".rstrip("."), parameter))
    return found
