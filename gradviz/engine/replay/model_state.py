"""What a model keeps from iteration to iteration beside its parameters: buffers, and attributes that it sets anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from gradviz.engine.replay.kept_contents import ContentsState, KeptEntries
from gradviz.engine.replay.kept_values import Attributes, Budget, KeptValue, KeptValues, NotRepeatableError
from gradviz.engine.torch_compat import buffers_of
from gradviz.experiment import Experiment
from gradviz.language import tr
from gradviz.pytree import named_leaves

_OWN_NAMES = frozenset(vars(nn.Module()))
"""What every module has: hooks, parameters, whether it is in training."""
_GROWING = (list, dict, set, bytearray)
_UNKNOWN = object()
"""What a dict held when the iteration started, which may have changed it: this is in no file."""


class ModelState:
    """The state of one experiment at the start of an iteration. What the model keeps in lists and in objects of its own
    is part of a state between iterations alone; what it keeps elsewhere (in a closure, in its class) cannot be put
    back: it is noticed where a list grows, and else by another loss."""

    def __init__(self, experiment: Experiment, budget: Budget, *, between: bool = False) -> None:
        """`between`: the state between two iterations, far apart: the next batch is not there yet, and attributes that
        few iterations change count, too."""
        self._between = between
        self._experiment = experiment
        self._budget = budget
        self._kept: KeptValues | None = None
        self._sizes: list[tuple[str, Any, int]] = []
        """Names, lists and the like, and how long they were."""
        self._contents = ContentsState(budget)
        self._searched = between
        """Whether attributes that iterations leave alone were sorted out."""
        self._batch = KeptValues(())
        self._of: tuple[Any, Any] | None = None
        """Inputs and targets that `_batch` holds."""
        self._writes_batch = True

    def note(self) -> None:
        """Note the present state."""
        if self._kept is None:
            self._kept = KeptValues(self._places())
            self._kept.note()
        else:
            self._kept.note()
            self._sizes = [(name, values, len(values)) for name, values, _ in self._sizes]
            if not self._searched:
                self._searched = True
                self._kept.places = [p for p in self._kept.places if p.rebound or p.copied or p.version is not None]
        if not self._between:
            self._note_batch()

    def places(self) -> Iterator[KeptValue]:
        """Yield all that belongs to the state, and has not been noted yet."""
        yield from self._places()

    def take(self) -> TakenState:
        """Return what was noted, which stays as it is whatever is noted afterwards."""
        kept = self._kept.places if self._kept is not None else []
        entries, inside = self._contents.take((place.name, place.value) for place in kept)
        return TakenState([*(place.take() for place in kept), *inside], entries)

    def correct(self, taken: TakenState) -> None:
        """Replace what was taken since by what was noted, where iterations change it."""
        places = [*(self._kept.places if self._kept is not None else ()), *self._batch.places]
        noted = {place.identity: place for place in places}
        for place in taken.places:
            known = noted.get(place.identity)
            if known is not None and (known.copy is not None or known.value is not place.value):
                place.value, place.copy = known.value, None if known.copy is None else known.copy.clone()
        lengths = {id(values): size for _, values, size in self._sizes}
        for place in taken.places:
            if isinstance(place.value, list | bytearray) and id(place.value) in lengths:
                place.value = place.value[: lengths[id(place.value)]]
            elif isinstance(place.value, _GROWING):
                place.value = _UNKNOWN

    def put_back(self) -> None:
        """Put the state back that was noted.

        Raises:
            NotRepeatableError: something was changed of which there is no copy.
        """
        _check_sizes(self._sizes)
        self._batch.put_back()
        if self._kept is not None:
            self._kept.put_back()

    def _note_batch(self) -> None:
        inputs, targets = self._experiment.inputs, self._experiment.targets
        if self._of is None or self._of[0] is not inputs or self._of[1] is not targets:
            places = self._batch.places
            if places:
                self._writes_batch = any(place.is_written for place in places)
                for place in places:
                    place.drop_copy()
            self._of = inputs, targets
            self._batch = KeptValues(self._places_of_batch())
        self._batch.note()

    def _places_of_batch(self) -> Iterator[KeptValue]:
        experiment = self._experiment
        named = {**named_leaves("x", experiment.inputs), **named_leaves("y", experiment.targets)}
        for name, value in named.items():
            if isinstance(value, torch.Tensor):
                yield KeptValue(named, name, name, self._budget, copied=self._writes_batch)
                if value.requires_grad and value.is_leaf:
                    yield KeptValue(Attributes(value), "grad", f"{name}.grad", self._budget)

    def _places(self) -> Iterator[KeptValue]:
        seen: set[int] = set()
        left_out = frozenset(self._experiment.attributes)
        """Parameters of a network by hand."""
        if self._between:
            yield from self._places_between()
        for path, thing in self._things():
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            if isinstance(thing, nn.Module):
                # The buffers of a scripted module are no dict.
                owner = Attributes(thing) if isinstance(thing, torch.jit.ScriptModule) else buffers_of(thing)
                yield from (self._place(owner, key, path) for key, _ in thing.named_buffers(recurse=False))
            attributes = getattr(thing, "__dict__", None)
            for key, value in attributes.items() if attributes is not None else ():
                if key in left_out or (isinstance(thing, nn.Module) and key in _OWN_NAMES):
                    continue
                if isinstance(value, _GROWING) and not self._between:
                    self._sizes.append((f"{path}{key}", value, len(value)))
                else:
                    yield self._place(attributes, key, path)

    def _places_between(self) -> Iterator[KeptValue]:
        experiment = self._experiment
        if not experiment.has_batches:
            yield from self._places_of_batch()
        if experiment.adds_gradients:
            for name, value in experiment.named_parameters().items():
                if isinstance(value, torch.Tensor):
                    yield KeptValue(Attributes(value), "grad", f"{name}.grad", self._budget)

    def _place(self, owner: Any, key: str, path: str) -> KeptValue:
        return KeptValue(owner, key, f"{path}{key}", self._budget)

    def _things(self) -> Iterator[tuple[str, Any]]:
        """Yield model and loss, and the modules in them, with what is put before the names of their attributes."""
        for thing in (self._experiment.model, self._experiment.loss):
            if isinstance(thing, nn.Module):
                yield from ((f"{path}." if path else "", module) for path, module in thing.named_modules())
            elif thing is not None and not isinstance(thing, type):
                yield "", thing


class TakenState:
    """What a model kept at one moment: places, as they were, and the entries of lists and the like."""

    def __init__(self, places: list[KeptValue], entries: list[KeptEntries]) -> None:
        self.places = places
        self.entries = entries

    def put_back(self) -> None:
        """Put it back.

        Raises:
            NotRepeatableError: something was changed of which there is no copy.
        """
        for container in self.entries:
            container.put_back()
        KeptValues(self.places).put_back()


def _check_sizes(sizes: list[tuple[str, Any, int]]) -> None:
    for name, values, size in sizes:
        if len(values) != size:
            raise NotRepeatableError(tr("the model keeps a state of its own in {name}").format(name=name))
