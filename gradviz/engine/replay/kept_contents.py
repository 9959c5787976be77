"""Note what a model keeps in lists, dicts and objects of the user's own classes, however nested, and put it back: their
entries by reference, the tensors among them as places that are copied where iterations write to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

from gradviz.engine.replay.kept_values import Budget, KeptValue, NotRepeatableError
from gradviz.engine.replay.own_generators import is_generator, is_users_class
from gradviz.language import tr

_LONGEST = 1000
"""Entries of what is looked into: something longer holds data, or is a log, whose end is taken off again."""
_MOST = 10_000
Container = list[Any] | dict[Any, Any] | set[Any] | deque[Any] | bytearray


class KeptEntries:
    """The entries that one container had; of a long one how many."""

    def __init__(self, name: str, container: Container) -> None:
        self._name = name
        self._container = container
        self._size = len(container)
        self._entries = container.copy() if self._size <= _LONGEST else None

    def put_back(self) -> None:
        """Let the container have them again.

        Raises:
            NotRepeatableError: it is a long one of which others than the last may have gone.
        """
        container: Any = self._container
        if self._entries is None:
            if isinstance(container, list | bytearray):
                del container[self._size :]
            if len(container) != self._size:
                text = tr("the model keeps a state of its own in {name}")
                raise NotRepeatableError(text.format(name=self._name))
            return
        if isinstance(container, list | bytearray):
            container[:] = self._entries
            return
        container.clear()
        if isinstance(container, deque):
            container.extend(self._entries)
        else:
            container.update(self._entries)


class ContentsState:
    """What is behind the attributes of one experiment's model."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._places: dict[int, tuple[KeptValue, int]] = {}
        """Of each tensor the place, and how often it was noted."""

    def take(self, named: Iterable[tuple[str, Any]]) -> tuple[list[KeptEntries], list[KeptValue]]:
        """Return the entries of all containers in the `named` values, and the tensors in them, as they are now."""
        entries, places, before = [], [], self._places
        self._places = {}
        for name, thing in _walk(named):
            if isinstance(thing, torch.Tensor):
                place, count = before.get(id(thing)) or (KeptValue({"": thing}, "", name, self._budget), 0)
                if not count:
                    place.note()
                elif not (count > 1 and place.is_as_noted):
                    place.note_again(first=count == 1)
                self._places[id(thing)] = place, count + 1
                places.append(place.take())
            else:
                entries.append(KeptEntries(name, thing))
        return entries, places


def _walk(named: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield containers and the tensors inside of them, with names."""
    waiting, seen = deque((name, value, True) for name, value in named), set[int]()
    while waiting and len(seen) < _MOST:
        name, thing, outermost = waiting.popleft()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, torch.Tensor):
            if not outermost:  # else it is a place of its own
                yield name, thing
            continue
        inside = _container_of(thing)
        if inside is None:
            continue
        yield name, inside
        if len(inside) > _LONGEST:
            continue
        pairs = inside.items() if isinstance(inside, dict) else enumerate(inside)
        waiting.extend((f"{name}.{key}", value, False) for key, value in pairs)


def _container_of(thing: Any) -> Any:
    """Return what holds the entries of a container, or the attributes of an object; None for anything else."""
    if isinstance(thing, list | dict | set | deque | bytearray):
        return thing
    if isinstance(thing, nn.Module) or is_generator(thing) or not is_users_class(type(thing)):
        return None
    attributes = getattr(thing, "__dict__", None)
    return attributes if isinstance(attributes, dict) else None
