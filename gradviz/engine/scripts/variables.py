"""Looks up what the variables of a running script hold: its models and tensors, by the script's names for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import nn

from gradviz.engine.frames.stack_frames import PACKAGES, owner_of, variables_of

# A batch is a small container; a list of thousands of tensors is none.
_LARGEST_CONTAINER = 32


def visible_models(frame: FrameType | None) -> dict[str, nn.Module]:
    """Return the modules with parameters that variables at `frame` hold, or small containers in them, by their names;
    one that only its own methods hold, by its class."""
    found: dict[str, nn.Module] = {}
    for name, variable in _variables(frame, outermost_first=True):
        for path, value in _items(name, variable, "[{!r}]"):
            if name != "self" and is_model(value) and not any(value is known for known in found.values()):
                path = path.replace(".", "_")
                found[path if path not in found else f"{path}_{len(found)}"] = value
    owners: list[Any] = [variables_of(each).get("self") for each in _frames(frame)]
    for owner in owners:
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
    """Return the names of the methods of modules that run at `frame`, torch's own among them, innermost first."""
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


def _variables(frame: FrameType | None, *, outermost_first: bool = False) -> Iterator[tuple[str, Any]]:
    """Name and value, innermost frame first, module level last; each name once, unless `outermost_first`. Beside a
    method's variables are the attributes of its object (an agent's, a trainer's), unless that is a module."""
    seen: set[str] = set()
    # A library's names for what it is given come after the script's own.
    for of_packages in (False, True):
        tables = list(_tables(each for each in _frames(frame) if _is_of_a_package(each) is of_packages))
        for table in reversed(tables) if outermost_first else tables:
            for name, value in list(table.items()):
                if not name.startswith("__") and (outermost_first or name not in seen):
                    seen.add(name)
                    yield name, value


def _tables(frames: Iterable[FrameType]) -> Iterator[Mapping[str, Any]]:
    """Yield the variables of each frame, those of the object whose method it runs, and those of its module."""
    modules: list[Mapping[str, Any]] = []
    for each in frames:
        variables = variables_of(each)
        yield variables
        owner = variables.get("self")
        if not issubclass(type(owner), nn.Module) and isinstance(attributes := getattr(owner, "__dict__", None), dict):
            yield attributes
        if each.f_globals is not each.f_locals and not any(table is each.f_globals for table in modules):
            modules.append(each.f_globals)
            yield each.f_globals


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield the script's frames from `frame` outwards; the engine, which runs the script, is the border."""
    while frame is not None:
        if owner_of(frame.f_code.co_filename) == "user":
            yield frame
        elif _is_border(frame):
            return
        frame = frame.f_back


def _is_border(frame: FrameType) -> bool:
    """Whether this frame of ours runs the script."""
    return frame.f_code.co_name == "run_as_main" and owner_of(frame.f_code.co_filename) == "engine"


def _is_of_a_package(frame: FrameType) -> bool:
    return any(name in Path(frame.f_code.co_filename).parts for name in PACKAGES)
