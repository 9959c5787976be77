"""How an op was called, with its tensors left out: with others in their place it can be called again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from msgspec import Struct

from gradviz.engine.capture.ops import LEAVES, flatten
from gradviz.engine.torch_compat import DisableTorchFunction, version_of


class _Slot(Struct, frozen=True, gc=False):
    """The place of a tensor, by its position among those of the call."""

    position: int


class Invocation(Struct, eq=False):
    """A call whose tensors are numbered in the order of `ops.flatten`."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    wants: tuple[bool, ...]
    """Of each tensor, whether it required grad."""
    tensors: Sequence[tuple[torch.Tensor, int]] = ()
    """Those of a custom Function, with the versions that they had, until its node is known."""

    def __call__(self, tensors: Sequence[torch.Tensor]) -> Any:
        """Call it with `tensors` in place of its own."""
        args = _filled(self.args, tensors)
        return self.function(*args, **_filled(dict(self.kwargs), tensors))

    def take_tensors(self) -> list[torch.Tensor]:
        """Return the tensors that are kept, and keep them no longer; none if one was written since."""
        kept, self.tensors = self.tensors, ()
        return [tensor for tensor, _ in kept] if all(_version(t) == version for t, version in kept) else []


def invocation_of(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], *, keep: bool = False
) -> Invocation | None:
    """Return the call of `function`; None where no tensor wants a gradient, or they lie in things that cannot be made
    anew. `keep` keeps the tensors until they are taken."""
    if not keep and LEAVES.issuperset(map(type, args)) and LEAVES.issuperset(map(type, kwargs.values())):
        return _of_plain(function, args, kwargs)
    tensors = [value for value in flatten((tuple(args), dict(kwargs))) if _is_value(value)]
    with DisableTorchFunction():  # a subclass of Tensor is not to notice that it is asked
        wants = tuple(isinstance(value, torch.Tensor) and value.requires_grad for value in tensors)
    if not any(wants):
        return None
    slots = iter(range(len(tensors)))
    left = _without_tensors(tuple(args), slots), _without_tensors(dict(kwargs), slots)
    if next(slots, None) is not None:
        return None
    kept = [(value, _version(value)) for value in tensors] if keep else ()
    return Invocation(function, *left, wants, kept)


def _of_plain(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Invocation | None:
    """Return the call of `function` with nothing nested in its arguments, as of most; None as `invocation_of` does."""
    wants = [v.requires_grad for v in (*args, *kwargs.values()) if isinstance(v, torch.Tensor)]
    if True not in wants:
        return None
    slots = map(_Slot, range(len(wants)))
    left = tuple([next(slots) if isinstance(value, torch.Tensor) else value for value in args])
    named = {key: next(slots) if isinstance(value, torch.Tensor) else value for key, value in kwargs.items()}
    return Invocation(function, left, named, tuple(wants))


def _without_tensors(value: Any, slots: Iterator[int]) -> Any:
    if _is_value(value):
        return _Slot(next(slots, -1))
    if type(value) in (tuple, list):
        return type(value)(_without_tensors(item, slots) for item in value)
    if type(value) is slice:
        return slice(*(_without_tensors(item, slots) for item in (value.start, value.stop, value.step)))
    if type(value) is dict:
        return {key: _without_tensors(item, slots) for key, item in value.items()}
    return value


def _filled(value: Any, tensors: Sequence[torch.Tensor]) -> Any:
    if isinstance(value, _Slot):
        return tensors[value.position]
    if type(value) in (tuple, list):
        return type(value)(_filled(item, tensors) for item in value)
    if type(value) is slice:
        return slice(*(_filled(item, tensors) for item in (value.start, value.stop, value.step)))
    return {key: _filled(item, tensors) for key, item in value.items()} if type(value) is dict else value


def _is_value(value: Any) -> bool:
    kind = type(value)
    return kind is torch.Tensor or (hasattr(kind, "shape") and hasattr(kind, "dtype"))


def _version(value: Any) -> int:
    return version_of(value) if isinstance(value, torch.Tensor) and not value.is_inference() else -1
