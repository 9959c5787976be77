"""Note values that an iteration may change, by reference where they stay as they are, else as copies; put them back.

A *place* is an entry of a dict or the like, as the buffer `running_mean` among the buffers of its module. A tensor is
copied the first time; whether iterations write to it is known after that, and only then it is copied again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import torch

from gradviz.engine.tensors.reductions import untracked
from gradviz.engine.tensors.value_cache import size_of
from gradviz.engine.torch_compat import version_of
from gradviz.errors import GradvizError
from gradviz.language import tr

ABSENT = object()


class Owner(Protocol):
    """What holds places: a dict, or `Attributes`."""

    def get(self, key: Any, default: Any, /) -> Any:
        """Return what is at `key`."""

    def pop(self, key: Any, default: Any, /) -> Any:
        """Remove what is at `key`."""

    def __setitem__(self, key: Any, value: Any, /) -> None: ...


class Attributes:
    """The attributes of an object, as places."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def get(self, key: str, default: Any) -> Any:
        """Return an attribute."""
        return getattr(self.thing, key, default)

    def pop(self, key: str, default: Any) -> Any:
        """Remove an attribute."""
        delattr(self.thing, key)

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self.thing, key, value)


class NotRepeatableError(GradvizError):
    """The iteration cannot be run again exactly; the message is the sentence on why."""


class Budget:
    """How many bytes the copies of an iteration may take, and how many they take."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    def take(self, size: int) -> bool:
        """Count `size` bytes if there is room for them."""
        if self.used + size > self.limit:
            return False
        self.used += size
        return True


class KeptValue:
    """What one place held when it was noted."""

    __slots__ = ("_budget", "copied", "copy", "key", "name", "owner", "rebound", "taken", "value", "version")

    def __init__(self, owner: Owner, key: Any, name: str, budget: Budget, *, copied: bool = True) -> None:
        """`name`: what the user calls it. `copied`: whether a tensor is copied the first time."""
        self.owner = owner
        self.key = key
        self.name = name
        self.value: Any = ABSENT
        self.version: int | None = None
        self.copy: Any = None
        self.copied = copied
        """Whether a copy is kept, since iterations write to it; not known before the first is over."""
        self.rebound = False
        """Whether an iteration put another value there."""
        self.taken = False
        """Whether a state that is kept longer has the copy, too, so that it must stay as it is."""
        self._budget = budget

    @property
    def identity(self) -> tuple[str, int, Any]:
        """What is the same of two that are of one place."""
        return self.name, id(getattr(self.owner, "thing", self.owner)), self.key

    @property
    def is_written(self) -> bool:
        """Whether the tensor that was noted was written to since, as far as its version shows."""
        return self.version is not None and _version(self.value) != self.version

    @property
    def is_as_noted(self) -> bool:
        """Whether there is nothing new to note. Quick: this is asked of each place in each iteration."""
        if self.copied or self.owner.get(self.key, ABSENT) is not self.value:
            return False
        return self.version is None or version_of(self.value) == self.version

    def note(self) -> None:
        """Note what is there now for the first time."""
        self.value = self.owner.get(self.key, ABSENT)
        self.version = _version(self.value)
        self._keep_copy()

    def note_again(self, *, first: bool) -> None:
        """Note what is there now. `first`: only now it is known what an iteration does to it."""
        written = self.is_written
        if first:
            # Batch normalization writes its running statistics without a new version.
            self.copied = written or (self.copy is not None and _differs(self.copy, self.value))
        else:
            self.copied = self.copied or written
        now = self.owner.get(self.key, ABSENT)
        if now is not self.value:
            self.rebound = True
            self.drop_copy()
            self.value = now
        self.version = _version(now)
        if not self.copied:
            if not self.taken:
                self.drop_copy()
        elif self.copy is not None and not self.taken:
            self.copy.copy_(now.detach())
        else:
            self._keep_copy()

    def take(self) -> KeptValue:
        """Return what was noted, which stays as it is whatever is noted afterwards."""
        self.taken = self.copy is not None
        taken = KeptValue(self.owner, self.key, self.name, self._budget, copied=self.copied)
        taken.value, taken.version, taken.copy = self.value, self.version, self.copy
        if isinstance(self.value, torch.Tensor) and self.value.grad_fn is not None:
            taken.value = self.value.detach()  # its graph is not to live as long
        return taken

    def put_back(self) -> None:
        """Put back what was noted.

        Raises:
            NotRepeatableError: it was written to, and there is no copy.
        """
        if self.copy is not None:
            if self.is_written or _differs(self.copy, self.value):  # two places may hold the same tensor
                self.value.detach().copy_(self.copy)
                self.version = _version(self.value)
        elif self.is_written:
            self.copied = True
            text = tr("{name} is changed in place, and no copy of it was kept")
            raise NotRepeatableError(text.format(name=self.name))
        if self.value is ABSENT:
            self.owner.pop(self.key, None)
        elif self.owner.get(self.key, ABSENT) is not self.value:
            self.owner[self.key] = self.value

    def _keep_copy(self) -> None:
        self.copy, self.taken = None, False
        if self.copied and self.version is not None and self._budget.take(size_of(self.value)):
            self.copy = self.value.detach().clone()

    def drop_copy(self) -> None:
        """Keep no copy."""
        if self.copy is not None:
            self._budget.used -= size_of(self.copy)
            self.copy, self.taken = None, False


class KeptValues:
    """Places that are noted together, again and again."""

    def __init__(self, places: Iterable[KeptValue]) -> None:
        self.places = list(places)
        self._noted = 0

    def note(self) -> None:
        """Note what is there now."""
        self._noted += 1
        first = self._noted == 2
        known = self._noted > 2
        changing = [place for place in self.places if not (known and place.is_as_noted)]
        if changing:
            with untracked():
                for place in changing:
                    if self._noted == 1:
                        place.note()
                    else:
                        place.note_again(first=first)

    def put_back(self) -> None:
        """Put back what was noted. Raises as `KeptValue.put_back`."""
        with untracked():
            for place in self.places:
                place.put_back()


def _differs(copy: torch.Tensor, value: torch.Tensor) -> bool:
    """Return whether the numbers are others; False where they cannot be compared, as those of nested tensors."""
    try:
        return not torch.equal(copy, value.detach())
    except (RuntimeError, AttributeError):
        return False


def _version(value: Any) -> int | None:
    """Return how often a tensor was changed in place; None of anything else."""
    if isinstance(value, torch.Tensor):
        return -1 if value.is_inference() else version_of(value)
    return None
