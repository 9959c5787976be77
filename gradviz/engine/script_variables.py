"""What the variables of a running script hold: its models and tensors, by the names that the script calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import nn

from gradviz.engine.frames import PACKAGES, owner_of, variables_of

# A batch is a small container; a list of thousands of tensors is none.
_LARGEST_CONTAINER = 32


def visible_models(frame: FrameType | None) -> dict[str, nn.Module]:
    """The modules with parameters that variables at `frame` hold, or small containers in them, by their names; one that
    only its own methods hold, by its class."""
    found = {
        path.replace(".", "_"): value
        for name, variable in _variables(frame)
        if name != "self"
        for path, value in _items(name, variable, "[{!r}]")
        if is_model(value)
    }
    for owner in (variables_of(each).get("self") for each in _frames(frame)):
        if is_model(owner) and not any(owner is known for known in found.values()):
            found[type(owner).__name__.lower()] = owner
    return found


def is_model(value: Any) -> bool:
    """Whether this is a module with parameters."""
    return issubclass(type(value), nn.Module) and next(nn.Module.named_parameters(value), None) is not None


def visible_tensors(frame: FrameType | None) -> Iterator[tuple[str, torch.Tensor]]:
    """Innermost names first; what is in small lists, tuples and dicts is named by its place in them."""
    seen: set[int] = set()
    for name, variable in _variables(frame):
        for path, value in _items(name, variable, ".{}"):
            if isinstance(value, torch.Tensor) and id(value) not in seen:
                seen.add(id(value))
                yield path, value


def methods_running(frame: FrameType | None) -> list[str]:
    """The names of the methods of modules that are running at `frame`, torch's own among them, innermost first."""
    names = []
    while frame is not None and not _is_border(frame):
        if frame.f_code.co_varnames[:1] == ("self",) and issubclass(type(variables_of(frame).get("self")), nn.Module):
            names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def _items(name: str, value: Any, of_key: str) -> Iterator[tuple[str, Any]]:
    """`value` itself, and what is in it if it is a small container. `of_key` writes the key of a dict."""
    yield name, value
    if isinstance(value, list | tuple) and len(value) <= _LARGEST_CONTAINER:
        yield from ((f"{name}[{i}]", each) for i, each in enumerate(value))
    elif isinstance(value, dict) and len(value) <= _LARGEST_CONTAINER:
        yield from ((name + of_key.format(key), each) for key, each in list(value.items()))


def _variables(frame: FrameType | None) -> Iterator[tuple[str, Any]]:
    """Name and value, innermost frame first, module level last; each name once. Beside a method's variables are the
    attributes of its object (an agent's, a trainer's), unless that is a module."""
    seen: set[str] = set()
    tables: list[Mapping[str, Any]] = []
    # A library's names for what it is given come after the script's own.
    for each in sorted(_frames(frame), key=_is_of_a_package):
        variables = variables_of(each)
        tables.append(variables)
        owner = variables.get("self")
        if not issubclass(type(owner), nn.Module) and isinstance(attributes := getattr(owner, "__dict__", None), dict):
            tables.append(attributes)
        if each.f_globals is not each.f_locals and not any(table is each.f_globals for table in tables):
            tables.append(each.f_globals)
    for table in tables:
        for name, value in list(table.items()):
            if name not in seen and not name.startswith("__"):
                seen.add(name)
                yield name, value


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """The script's frames from `frame` outwards; the engine, which runs the script, is the border."""
    while frame is not None:
        if owner_of(frame.f_code.co_filename) == "user":
            yield frame
        elif _is_border(frame):
            return
        frame = frame.f_back


def _is_border(frame: FrameType) -> bool:
    """Whether this frame of ours runs the script."""
    return frame.f_code.co_name == "play" and owner_of(frame.f_code.co_filename) == "engine"


def _is_of_a_package(frame: FrameType) -> bool:
    return any(name in Path(frame.f_code.co_filename).parts for name in PACKAGES)
