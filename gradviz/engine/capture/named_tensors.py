"""Give named tensors their ids: one negative number for one name, as long as a run lasts;
and find the modules and parameters that a model does not register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from torch import nn

from gradviz.protocol.records import NodeKind, ParameterRecord

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


LOSS = "loss"


class NameSource(Protocol):
    """The named tensors of an `Experiment`, or of a script, as far as they are known."""

    @property
    def has_autograd(self) -> bool:
        """Return whether autograd computes the gradients."""

    @property
    def module(self) -> nn.Module | None:
        """Return the model."""

    def named_parameters(self) -> dict[str, Any]:
        """Return the parameters by their names."""

    def named_tensors(self) -> dict[str, Any]:
        """Return batch and targets by their names."""

    def gradients(self) -> dict[str, Any]:
        """Return the gradients by the names of their parameters."""


@dataclass(frozen=True, slots=True)
class NamedTensor:
    """A tensor or array that the user knows by name."""

    id: int
    kind: NodeKind
    names: tuple[str, ...]
    value: Any
    """Held, so that its `id()` is not reused while names are looked up by it."""


class TensorNames:
    """Looks up tensors by identity.

    Equal structure gets equal ids, since names are numbered in the order of the experiment's own tables.
    """

    def __init__(self, tensors: NameSource) -> None:
        self._tensors = tensors
        self._ids: dict[str, int] = {}
        self._named: dict[int, NamedTensor] = {}
        self._parameters: list[int] = []
        """`id` of each parameter, as long as `_named` holds it."""
        self._unregistered: dict[int, tuple[str, Any]] | None = None
        """Looked for when it is first needed."""
        self.reached: dict[int, bool] = {}
        """`id` of a parameter → whether a backward gave it a gradient, where only that could show it."""
        self.id_of_name(LOSS, "loss")
        self.refresh()

    def id_of_name(self, name: str, kind: str = "tensor") -> int:
        """Return the number of this name; `kind` distinguishes a parameter called loss from the loss."""
        return self._ids.setdefault(f"{kind}:{name}", -len(self._ids) - 1)

    def refresh(self) -> None:
        """Read the experiment's tables again: batches are new tensors in every iteration."""
        self._unregistered = None
        module = self._tensors.module
        buffers = dict(module.named_buffers(remove_duplicate=False)) if module is not None else {}
        parameters = self._tensors.named_parameters()
        self._parameters = [id(value) for value in parameters.values()]
        groups: dict[int, list[str]] = {}
        values: dict[int, Any] = {}
        for name, value in {**parameters, **self._tensors.named_tensors()}.items():
            groups.setdefault(id(value), []).append(name)
            values[id(value)] = value
        self._named = {
            key: NamedTensor(
                self.id_of_name(names[0]), _kind(names[0], values[key], parameters, buffers), tuple(names), value
            )
            for key, names in groups.items()
            for value in (values[key],)
        }

    @property
    def module(self) -> nn.Module | None:
        """The model, where it is known."""
        return self._tensors.module

    def forget(self) -> None:
        """Release all tensors until the next `refresh`."""
        self._named = {}
        self._unregistered = None

    def all(self) -> Iterable[NamedTensor]:
        """Return every named tensor or array."""
        return self._named.values()

    def of(self, value: Any) -> NamedTensor | None:
        """Return the name of `value`, if it is a named tensor itself (not a copy, not a view)."""
        named = self._named.get(id(value))
        return named if named is not None and named.value is value else None

    def unregistered(self, value: Any) -> NamedTensor | None:
        """Return the name of a parameter that the model keeps where torch does not find it, in a plain list."""
        if self._unregistered is None:
            module = self._tensors.module
            self._unregistered = unregistered_parameters(module) if module is not None else {}
        name, known = self._unregistered.get(id(value), ("", None))
        return NamedTensor(self.id_of_name(name), "parameter", (name,), value) if known is value else None

    def parameters(self) -> list[NamedTensor]:
        """Return each parameter once."""
        return [named for key in dict.fromkeys(self._parameters) if (named := self._named.get(key)) is not None]

    def sharing_storage(self, value: Any) -> NamedTensor | None:
        """Return the named tensor whose memory `value` shows, if any."""
        pointer = storage_pointer(value)
        if pointer is None:
            return None
        return next((n for n in self._named.values() if storage_pointer(n.value) == pointer), None)


def storage_pointer(value: Any) -> int | None:
    """Return the address of a tensor's memory; None for what has none of its own."""
    try:
        return value.untyped_storage().data_ptr() or None
    except (AttributeError, RuntimeError, NotImplementedError):
        return None  # arrays, sparse and fake tensors


def parameter_records(tensors: NameSource) -> tuple[ParameterRecord, ...]:
    """Return every parameter once, with all its names."""
    groups: dict[int, list[str]] = {}
    values: dict[int, Any] = {}
    parameters = tensors.named_parameters()
    by_hand = _are_trained_by_hand(parameters)
    for name, value in parameters.items():
        groups.setdefault(id(value), []).append(name)
        values[id(value)] = value
    return tuple(
        ParameterRecord(
            tuple(names),
            tuple(values[key].shape),
            str(values[key].dtype).removeprefix("torch."),
            by_hand or bool(getattr(values[key], "requires_grad", False)),
        )
        for key, names in groups.items()
    )


def _kind(name: str, value: Any, parameters: Mapping[str, Any], buffers: Mapping[str, Any]) -> NodeKind:
    if name in buffers:
        return "leaf"
    if name not in parameters:
        return "data"
    return "parameter" if _are_trained_by_hand(parameters) or value.requires_grad else "leaf"


def _are_trained_by_hand(parameters: Mapping[str, Any]) -> bool:
    """Return whether all are arrays and plain tensors, which are trained although autograd does not know them."""
    return not any(getattr(p, "requires_grad", False) or isinstance(p, nn.Parameter) for p in parameters.values())
