"""Copy the tensors of a file of weights into a model, where names and shapes agree, and report where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.parameter import is_lazy

from gradviz.engine.loading.weight_files import WeightFile
from gradviz.engine.torch_compat import COMPILED_PREFIX
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment

# Prefixes that wrappers put before the names of the model inside: data parallel, torch.compile, and habit.
_WRAPPERS = ("module.", COMPILED_PREFIX, "model.", "net.", "network.")


@dataclass(frozen=True, slots=True)
class WeightReport:
    """What was done with the file's tensors. `loaded` counts a tensor of the model once, however many names it has."""

    loaded: int
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    mismatched: tuple[str, ...]
    note: str = ""
    """How the file's names were changed to agree with the model's."""


def put_weights(experiment: Experiment, file: WeightFile) -> WeightReport:
    """Copy what fits, in place: every parameter stays the same object, its type and its device stay.

    Raises:
        GradvizError: the model itself refuses; then some of it may have been copied.
    """
    own = _own_tensors(experiment)
    renamed, note = _match_names(file.tensors, own)
    differing = {name for name, tensor in renamed.items() if _differs(tensor, own.get(name))}
    fitting = {name: tensor for name, tensor in renamed.items() if name not in differing}
    missing_names, unexpected_names = _copy(experiment, own, fitting, file.path.name)
    without, unexpected = dict.fromkeys(missing_names), dict.fromkeys(unexpected_names)
    served = {id(value) for name, value in own.items() if name not in without and name not in differing}
    loaded = {id(own[name]) if name in own else name for name in fitting if name not in unexpected}
    refused = {id(own[name]) for name in differing}
    # Of a tensor with two names, one is enough.
    missing = {id(own[name]): name for name in reversed(without) if name in own}
    return WeightReport(
        len(loaded),
        tuple(name for key, name in reversed(missing.items()) if key not in served | refused),
        tuple(unexpected),
        tuple(_shapes(name, renamed[name], own[name]) for name in renamed if name in differing),
        note,
    )


def _own_tensors(experiment: Experiment) -> dict[str, torch.Tensor]:
    """Return the model's parameters and persistent buffers; a tensor with two names is there twice."""
    module = experiment.module
    found = experiment.named_parameters() if module is None else module.state_dict(keep_vars=True)
    return {name: value for name, value in found.items() if isinstance(value, torch.Tensor)}


def _copy(
    experiment: Experiment, own: Mapping[str, torch.Tensor], tensors: Mapping[str, torch.Tensor], title: str
) -> tuple[list[str], list[str]]:
    """Copy `tensors`; return names that got nothing, and names that the model does not know."""
    module = experiment.module
    if module is not None:
        # The model's own method: it handles old names and lazy parameters.
        try:
            result = module.load_state_dict(tensors, strict=False)
        except (RuntimeError, ValueError, TypeError, KeyError) as error:
            said = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
            raise GradvizError(f"The model refuses the weights in {title}: {said}") from error
        return list(result.missing_keys), list(result.unexpected_keys)
    with torch.no_grad():
        for name, tensor in tensors.items():
            if name in own:
                own[name].copy_(tensor)
    return [name for name in own if name not in tensors], [name for name in tensors if name not in own]


def _match_names(tensors: Mapping[str, torch.Tensor], own: Mapping[str, Any]) -> tuple[dict[str, torch.Tensor], str]:
    """Return the file's tensors under those names that agree best with the model's, and what was done to the names."""
    names = {name: name for name in tensors}
    said: list[str] = []
    while (agreed := _agreements(names, own)) < min(len(names), len(own)):
        changed, sentence = max(
            _changes(names, own), key=lambda change: _agreements(change[0], own), default=(names, "")
        )
        if _agreements(changed, own) <= agreed:
            break
        names = changed
        said.append(sentence)
    return {names[name]: tensor for name, tensor in tensors.items()}, " ".join(said)


def _agreements(names: Mapping[str, str], own: Mapping[str, Any]) -> int:
    return len({name for name in names.values() if name in own})


def _changes(names: Mapping[str, str], own: Mapping[str, Any]) -> Iterator[tuple[dict[str, str], str]]:
    """Yield the ways to remove a prefix from the file's names, and the best prefix to put before them.

    Each is as long as the file: a model may have as many prefixes as tensors, so they are not all tried.
    """
    taken = {*_WRAPPERS, *_leading_parts(list(names.values()))}
    for prefix in sorted(taken):
        changed = {old: new.removeprefix(prefix) for old, new in names.items()}
        if len(set(changed.values())) == len(names):
            yield changed, f"The file's names begin with {prefix!r}, which was left out."
    if any(COMPILED_PREFIX in name for name in names.values()):
        changed = {old: new.replace(COMPILED_PREFIX, "") for old, new in names.items()}
        yield changed, "The file's names hold '_orig_mod.', which was left out."
    if (best := _best_prefix(set(names.values()), own)) is not None:
        yield (
            {old: best + new for old, new in names.items()},
            f"The model's names begin with {best!r}, the file's do not.",
        )


def _best_prefix(names: set[str], own: Iterable[str]) -> str | None:
    """Return the first part of names of the model behind which most of the file's names follow; None if none does."""
    counts = Counter(first for first, _, rest in (name.partition(".") for name in own) if rest in names)
    return f"{counts.most_common(1)[0][0]}." if counts else None


def _leading_parts(names: list[str]) -> list[str]:
    """Return `a.` and `a.b.`, where all names begin with both."""
    parts = [name.split(".")[:-1] for name in names]
    shared: list[str] = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return [".".join(shared[: count + 1]) + "." for count in range(len(shared))]


def _differs(tensor: torch.Tensor, own: torch.Tensor | None) -> bool:
    return own is not None and not is_lazy(own) and tensor.shape != own.shape


def _shapes(name: str, tensor: torch.Tensor, own: torch.Tensor) -> str:
    return f"{name}: the file has {_shape(tensor)}, the model {_shape(own)}"


def _shape(tensor: torch.Tensor) -> str:
    return " × ".join(map(str, tensor.shape)) or "one number"
