"""Read files of weights without ever running code from them, and load them into a model."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from struct import error as StructError  # noqa: N812
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import is_zipfile

import torch
from torch.nn.parameter import is_lazy

from gradviz.engine.torch_compat import COMPILED_PREFIX
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.files import special_kind
from gradviz.language import listed, tr
from gradviz.protocol.encodable import escape_text
from gradviz.protocol.records import WeightRecord

_LONGEST_LIST = 6


@dataclass(frozen=True, slots=True)
class WeightFile:
    """The tensors of one file. They may still lie on the disk: only what is needed is read."""

    path: Path
    tensors: Mapping[str, torch.Tensor]
    message: str
    """What the file is, and what of it is no tensor."""

    @property
    def records(self) -> tuple[WeightRecord, ...]:
        """Return names, shapes, types and sizes, in the file's order."""
        return tuple(
            WeightRecord(
                name,
                tuple(tensor.shape),
                str(tensor.dtype).removeprefix("torch."),
                tensor.numel() * tensor.element_size(),
            )
            for name, tensor in self.tensors.items()
        )

    def why_not_opened(self) -> str:
        """Return the sentence shown if it is opened as a network."""
        numbers = sum(tensor.numel() for tensor in self.tensors.values())
        count = len(self.tensors)
        text = tr(
            "{name} holds weights and no graph ({tensors}, {numbers}); open the model that they belong to,"
            " model.py:build, and load them there."
        )
        return text.format(
            name=self.path.name,
            tensors=tr("1 tensor") if count == 1 else tr("{count:,} tensors").format(count=count),
            numbers=tr("1 number") if numbers == 1 else tr("{count:,} numbers").format(count=numbers),
        )


def read_weights(path: Path) -> WeightFile:
    """Return the tensors of `path`.

    Raises:
        GradvizError: it is no such file, it is damaged, or it could only be read by running code that it holds.
    """
    if kind := special_kind(path):
        raise GradvizError(tr("{path} is {kind}, which is not read; open a regular file.").format(path=path, kind=kind))
    if not path.is_file():
        raise GradvizError(tr("There is no file {path}.").format(path=path))
    if _is_safetensors(path):
        return WeightFile(path, _read_safetensors(path), tr("A safetensors file."))
    found = _load(path)
    if isinstance(found, torch.Tensor):
        return WeightFile(path, {"tensor": found}, tr("A single tensor, which has no name."))
    if not isinstance(found, Mapping | list | tuple):
        raise GradvizError(
            tr("{name} holds a {kind} and no tensors.").format(name=path.name, kind=type(found).__name__)
        )
    return _weight_file(path, found)


def _is_safetensors(path: Path) -> bool:
    """Return whether it is one by its name, or by its content, since some have other names: the length of a header,
    then the header."""
    if path.suffix.lower() == ".safetensors":
        return True
    with suppress(OSError), path.open("rb") as file:  # its reader reports that it cannot be read
        return int.from_bytes(file.read(8), "little") < path.stat().st_size and file.read(1) == b"{"
    return False


def _load(path: Path) -> Any:
    try:
        # torch's warnings (old formats, TorchScript) are reported in our own words, or irrelevant here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _unpickle(path)
    except UnpicklingError as error:
        raise GradvizError(_why_not_unpickled(path, str(error))) from error
    except RuntimeError as error:
        if "TorchScript" in str(error):
            raise GradvizError(
                tr(
                    "{name} is a TorchScript program, and no list of weights; open the Python model instead,"
                    " or a factory that returns torch.jit.load(…) and inputs."
                ).format(name=path.name)
            ) from error
        raise _damaged(path, error) from error
    except (
        EOFError,
        OSError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        ArithmeticError,
        StructError,
    ) as error:
        raise _damaged(path, error) from error


def _unpickle(path: Path) -> Any:
    with utf8_path(path) as readable:
        try:
            # Mapped, not read: a list of names needs no values.
            return torch.load(readable, map_location="cpu", weights_only=True, mmap=True)
        except RuntimeError as error:
            if "mmap" not in str(error):
                raise
            return torch.load(readable, map_location="cpu", weights_only=True)


@contextmanager
def utf8_path(path: Path) -> Iterator[Path]:
    """Context manager: a path to the same file for libraries that know no other than UTF-8, as torch's C++ code
    does."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        with TemporaryDirectory() as folder:
            link = Path(folder) / f"file{escape_text(path.suffix)}"
            link.symlink_to(path.absolute())
            yield link
    else:
        yield path


def _damaged(path: Path, error: Exception) -> GradvizError:
    text = tr("{name} cannot be read as weights: {error}; it may be cut short, or no file that torch.save wrote.")
    return GradvizError(text.format(name=path.name, error=_first_line(error)))


def _why_not_unpickled(path: Path, said: str) -> str:
    code = re.search(r"GLOBAL ([\w.]+)", said)
    if code is None and "Unsupported" not in said and "global" not in said.lower():
        text = tr("{name} cannot be read as weights: it may be cut short, or no file that torch.save wrote.")
        return text.format(name=path.name)
    if code is not None:
        text = tr(
            "{name} holds code beside its tensors ({code}), as a pickled model does, and gradviz never runs what is"
            " pickled; save the state dict alone: torch.save(model.state_dict(), FILE)."
        )
        return text.format(name=path.name, code=code[1])
    text = tr(
        "{name} is a pickle of any kind, and gradviz never runs what is pickled; save the state dict alone:"
        " torch.save(model.state_dict(), FILE)."
    )
    return text.format(name=path.name)


def _read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        with utf8_path(path) as readable:
            return load_file(readable)  # mapped as well
    except (SafetensorError, OSError) as error:
        if is_zipfile(path):
            raise GradvizError(
                tr("{name} was written by torch.save; call it {stem}.pt.").format(name=path.name, stem=path.stem)
            ) from error
        raise GradvizError(
            tr("{name} is no safetensors file: {error}.").format(name=path.name, error=_first_line(error))
        ) from error


def _weight_file(path: Path, found: Any) -> WeightFile:
    """Return the state dict in what was loaded: itself, one that lies in it, or, where there are several, all of
    them."""
    groups: dict[str, dict[str, torch.Tensor]] = {}
    for group, name, tensor in _tensors(found):
        groups.setdefault(group, {})[name] = tensor
    models = {group: tensors for group, tensors in groups.items() if not re.search(r"optim|sched|scaler|rng", group)}
    if not models:
        raise GradvizError(tr("{name} holds no tensors of a model.").format(name=path.name))
    left = sorted({group.partition(".")[0] for group in groups if group not in models} | _plain(found))
    beside = [tr("Beside it there is {names}.").format(names=_list_names(left))] if left else []
    if len(models) == 1:
        ((group, tensors),) = models.items()
        what = tr("The state dict in {name!r}.").format(name=group) if group else tr("A state dict.")
        return WeightFile(path, tensors, " ".join([what, *beside]))
    together = {f"{g}.{n}" if g else n: t for g, tensors in models.items() for n, t in tensors.items()}
    what = tr("The state dicts in {names}.").format(names=_list_names([repr(group) for group in models if group]))
    return WeightFile(path, together, " ".join([what, *beside]))


def _tensors(found: Any) -> Iterator[tuple[str, str, torch.Tensor]]:
    """Yield (path of its dict, name, tensor). A dict that holds tensors itself is a state dict, with all that is in
    it."""
    stack: list[tuple[str, str, Any]] = [("", "", found)]
    while stack:
        group, name, item = stack.pop()
        if isinstance(item, torch.Tensor):
            yield group, name, item
            continue
        pairs = list(item.items() if isinstance(item, Mapping) else enumerate(item))
        holds = bool(name) or any(isinstance(value, torch.Tensor) for _, value in pairs)
        children = [(key, value) for key, value in pairs if isinstance(value, torch.Tensor | Mapping | list | tuple)]
        for key, value in reversed(children):
            if holds:
                stack.append((group, f"{name}.{key}".lstrip("."), value))
            else:
                stack.append((f"{group}.{key}".lstrip("."), "", value))


def _plain(found: Any) -> set[str]:
    """Return names at the top whose values are no tensors: the epoch, the arguments."""
    if not isinstance(found, Mapping):
        return set()
    return {str(key) for key, value in found.items() if not isinstance(value, torch.Tensor | Mapping | list | tuple)}


def _list_names(names: list[str]) -> str:
    shown = names[:_LONGEST_LIST]
    if len(names) > len(shown):
        return tr("{names} and {count} more").format(names=", ".join(shown), count=len(names) - len(shown))
    return listed(shown)


def _first_line(error: Exception) -> str:
    """Return the first sentence, without its full stop; a number alone, as pickle gives, is none."""
    said = (str(error).strip().splitlines() or [""])[0].partition(". ")[0].rstrip(".")
    return type(error).__name__ if not said or said.isdigit() else said


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
            raise GradvizError(
                tr("The model refuses the weights in {title}: {said}").format(title=title, said=said)
            ) from error
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
            yield changed, tr("The file's names begin with {prefix!r}, which was left out.").format(prefix=prefix)
    if any(COMPILED_PREFIX in name for name in names.values()):
        changed = {old: new.replace(COMPILED_PREFIX, "") for old, new in names.items()}
        yield changed, tr("The file's names hold '_orig_mod.', which was left out.")
    if (best := _best_prefix(set(names.values()), own)) is not None:
        yield (
            {old: best + new for old, new in names.items()},
            tr("The model's names begin with {prefix!r}, the file's do not.").format(prefix=best),
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
    text = tr("{name}: the file has {shape}, the model {own}")
    return text.format(name=name, shape=_shape(tensor), own=_shape(own))


def _shape(tensor: torch.Tensor) -> str:
    return " × ".join(map(str, tensor.shape)) or tr("one number")
