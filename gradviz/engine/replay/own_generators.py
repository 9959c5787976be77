"""The random generators that a target makes for itself (`torch.Generator`, NumPy's, `random.Random`), found from its
experiment: in attributes, loaders and samplers, closures, and the globals and classes of the user's files."""

from __future__ import annotations

import gc
import random
import sys
from collections import deque
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

from gradviz.engine.frames.stack_frames import PACKAGES, owner_of

_MOST = 50_000
"""Things that are looked at: a search is to take no longer than some iterations."""
_LONGEST = 10_000
"""Entries of a container: one that is longer holds data."""
_OF_MODULES = frozenset(vars(nn.Module()))
"""What every module has: hooks, parameters; so many things that nothing else would be looked at."""
_ATOMS = (str, bytes, int, float, complex, type(None), torch.Tensor, np.ndarray)


class OwnGenerators:
    """Those of one target. Global generators are not among them."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self.found: tuple[Any, ...] = ()
        self.search()

    def search(self) -> None:
        """Look for them again."""
        self.found = _generators_behind(self._root)

    def states(self) -> list[tuple[Any, Any]]:
        """Return each, and its present state."""
        return [(generator, state_of(generator)) for generator in self.found]


def state_of(generator: Any) -> Any:
    """Return the state of a generator."""
    match generator:
        case torch.Generator():
            return generator.get_state()
        case np.random.Generator():
            return generator.bit_generator.state
        case np.random.RandomState():
            return generator.get_state(legacy=False)
    return generator.getstate()


def put_state(generator: Any, state: Any) -> None:
    """Put a generator into a state that `state_of` returned."""
    match generator:
        case torch.Generator() | np.random.RandomState():
            generator.set_state(state)
        case np.random.Generator():
            generator.bit_generator.state = state
        case _:
            generator.setstate(state)


def is_state(generator: Any, state: Any) -> bool:
    """Return whether a generator is in this state."""
    now = state_of(generator)
    return torch.equal(now, state) if isinstance(now, torch.Tensor) else plain_state(now) == plain_state(state)


def plain_state(state: Any) -> Any:
    """Return a state as lists and numbers: to compare two, and for a file."""
    if isinstance(state, dict):
        return {key: plain_state(value) for key, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray | torch.Tensor) else state


def state_from_plain(generator: Any, state: Any) -> Any:
    """Return the state of this generator that `plain_state` made lists of."""
    if isinstance(generator, torch.Generator):
        return torch.tensor(state, dtype=torch.uint8)
    if isinstance(generator, random.Random):
        version, words, gauss = state
        return version, tuple(words), gauss
    return state


def _generators_behind(root: Any) -> tuple[Any, ...]:
    found: list[Any] = []
    seen = {id(thing) for thing in (torch.default_generator, random._inst, np.random.mtrand._rand)}
    waiting = deque([root])
    while waiting and len(seen) < _MOST:
        thing = waiting.popleft()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if is_generator(thing):
            found.append(thing)
        else:
            waiting.extend(inner for inner in _referents(thing) if not isinstance(inner, _ATOMS))
    return tuple(found)


def is_generator(thing: Any) -> bool:
    """Return whether a thing is a random generator whose state can be put back."""
    if isinstance(thing, random.Random):
        return not isinstance(thing, random.SystemRandom)
    return isinstance(thing, torch.Generator | np.random.Generator | np.random.RandomState)


def _referents(thing: Any) -> list[Any]:
    """Return what a thing refers to; of functions, classes and modules of libraries only what closures hold."""
    if isinstance(thing, FunctionType) and not is_users(thing.__code__.co_filename):
        return [*(thing.__closure__ or ()), *(thing.__defaults__ or ())]
    if isinstance(thing, ModuleType) and not is_users(getattr(thing, "__file__", None)):
        return []
    if isinstance(thing, type) and not is_users_class(thing):
        return []
    if isinstance(thing, nn.Module):
        return [
            *(value for key, value in vars(thing).items() if key not in _OF_MODULES),
            *thing.children(),
            type(thing),
        ]
    if isinstance(thing, list | tuple | dict | set | frozenset | deque) and len(thing) > _LONGEST:
        return []
    return gc.get_referents(thing)


def is_users_class(kind: type) -> bool:
    """Return whether a class is defined in the user's own code."""
    return is_users(getattr(sys.modules.get(kind.__module__), "__file__", None))


def is_users(file: Any) -> bool:
    """Return whether a file is the user's own code, and nothing that is installed."""
    return isinstance(file, str) and owner_of(file) == "user" and not any(name in file for name in PACKAGES)
