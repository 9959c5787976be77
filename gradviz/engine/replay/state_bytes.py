"""A state of a run as bytes, and back in a run of the same network: tensors as safetensors, all else as JSON in the
header. Nothing in it is executed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from gradviz.engine.replay.data_position import DataPosition, TakenBatches
from gradviz.engine.replay.kept_states import KeptState
from gradviz.engine.replay.kept_values import ABSENT, Budget, KeptValue
from gradviz.engine.replay.model_state import ModelState
from gradviz.engine.replay.random_states import RandomStates
from gradviz.engine.tensors.reductions import untracked
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.language import tr

FORMAT = 1
_HEADER = "gradviz"
Plain = bool | int | float | str | None
Tensors = dict[str, torch.Tensor]


class SavedState(NamedTuple):
    """What was read from bytes, and not put into a run yet."""

    tensors: Tensors
    header: dict[str, Any]

    @property
    def step(self) -> int:
        """The iteration that comes next."""
        return int(self.header["step"])

    @property
    def left_out(self) -> list[str]:
        """Names of what the model keeps that no file can hold: lists, objects of its own."""
        return list(self.header["left_out"])


def state_to_bytes(state: KeptState, facts: dict[str, Any]) -> bytes:
    """Return a state as bytes. `facts`, plain values, come back in the header."""
    from safetensors.torch import save

    tensors: Tensors = {f"weights/{name}": _tensor(copy) for name, copy in state.weights.before().items()}
    header: dict[str, Any] = {**facts, "format": FORMAT, "step": state.step, "values": {}, "left_out": []}
    kept, groups = state.weights.optimizer_state()
    header["groups"] = [{k: v for k, v in group.items() if _is_plain(v)} for group in groups]
    header["optimizer"] = [[i, key, _put(tensors, f"optimizer/{i}/{key}", value)] for i, key, value in kept]
    for name, place in _named(state.values.places):
        value = place.value if place.copy is None else place.copy
        if isinstance(value, torch.Tensor) or (isinstance(value, np.ndarray) and value.dtype.kind in "biuf"):
            tensors[f"values/{name}"] = _tensor(value)
        elif _is_plain(value):
            header["values"][name] = value
        elif value is not ABSENT and not callable(value):
            header["left_out"].append(name)
    header["random"] = _put_states(tensors, "random", state.random)
    data = state.data
    draws = [[number, _put_states(tensors, f"draws/{number}", states)] for number, states in data.draws]
    begun = None if data.begun is None else _put_states(tensors, "begun", data.begun)
    header["data"] = {"taken": data.taken, "begun": begun, "draws": draws}
    return bytes(save(tensors, {_HEADER: json.dumps(header)}))


def state_from_bytes(data: bytes) -> SavedState:
    """Read what `state_to_bytes` wrote.

    Raises:
        GradvizError: it is something else, or of a newer version.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        size = int.from_bytes(data[:8], "little")
        header = json.loads(json.loads(data[8 : 8 + size])["__metadata__"][_HEADER])
        saved = SavedState(load(data), header)
        newest = int(header["format"])
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise GradvizError(tr("This is no checkpoint of gradviz.")) from error
    if newest > FORMAT:
        raise GradvizError(tr("This checkpoint is of a newer gradviz; update it."))
    return saved


def put_state(saved: SavedState, experiment: Experiment, optimizer: torch.optim.Optimizer | None, data: DataPosition
              ) -> None:  # fmt: skip
    """Make an experiment, and what trains it, what they were when the state was saved.

    Raises:
        GradvizError: it is a state of another network, or another optimizer.
    """
    tensors, header = saved
    own = experiment.named_parameters()
    for name in [name for name in _of(tensors, "weights/") if name not in own]:
        raise GradvizError(tr("The checkpoint is of another network: it has {name}.").format(name=name))
    with untracked():
        for name, tensor in _of(tensors, "weights/").items():
            _write(name, own[name], tensor)
        if optimizer is not None:
            _put_optimizer(tensors, header, optimizer)
        places = dict(_named(ModelState(experiment, Budget(0), between=True).places()))
        for name, value in {**header["values"], **_of(tensors, "values/")}.items():
            if name in places:
                _put_value(places[name], value)
    position = header["data"]

    def states(prefix: str, values: dict[str, Any]) -> RandomStates:
        return RandomStates.from_parts(_of(tensors, f"{prefix}/"), values, data.own)

    begun = None if position["begun"] is None else states("begun", position["begun"])
    draws = tuple((number, states(f"draws/{number}", values)) for number, values in position["draws"])
    data.go_to(TakenBatches(position["taken"], begun, draws))
    states("random", header["random"]).put_back()


def _put_optimizer(tensors: Tensors, header: dict[str, Any], optimizer: torch.optim.Optimizer) -> None:
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    for number, key, value in header["optimizer"]:
        if number >= len(parameters):
            raise GradvizError(tr("The checkpoint is of another optimizer."))
        found = _got(tensors, f"optimizer/{number}/{key}", value)
        parameter = parameters[number]
        if isinstance(found, torch.Tensor) and found.dim():
            found = found.to(parameter.device)
        optimizer.state[parameter][key] = found
    for group, options in zip(optimizer.param_groups, header["groups"], strict=False):
        group.update({key: tuple(value) if isinstance(value, list) else value for key, value in options.items()})


def _put_value(place: KeptValue, value: Any) -> None:
    present = place.owner.get(place.key, None)
    same = getattr(present, "shape", None) == value.shape if isinstance(value, torch.Tensor) else False
    if same and isinstance(present, torch.Tensor):
        present.detach().copy_(value)
    elif same and isinstance(present, np.ndarray):
        present[...] = value.numpy()
    else:
        place.owner[place.key] = value


def _put(tensors: Tensors, name: str, value: Any) -> Any:
    """Put the tensors in a value among `tensors`; return what is left of it: "tensor", a list of such, or itself."""
    if isinstance(value, torch.Tensor):
        tensors[name] = _tensor(value)
        return {"tensor": True}
    if isinstance(value, list | tuple):
        return [_put(tensors, f"{name}/{i}", each) for i, each in enumerate(value)]
    return value if _is_plain(value) else None


def _got(tensors: Tensors, name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return tensors[name].clone()
    if isinstance(value, list):
        return [_got(tensors, f"{name}/{i}", each) for i, each in enumerate(value)]
    return value


def _put_states(tensors: Tensors, prefix: str, states: RandomStates) -> dict[str, Any]:
    parts, values = states.to_parts()
    tensors.update({f"{prefix}/{name}": part.clone() for name, part in parts.items()})
    return values


def _of(tensors: Tensors, prefix: str) -> Tensors:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _named(places: Iterable[KeptValue]) -> Iterator[tuple[str, KeptValue]]:
    """Yield each place with a name of its own: that of the model and its loss may be the same."""
    seen: Counter[str] = Counter()
    for place in places:
        seen[place.name] += 1
        yield (place.name if seen[place.name] == 1 else f"{place.name}~{seen[place.name]}"), place


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(isinstance(each, Plain) for each in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and isinstance(each, Plain) for key, each in value.items())
    return isinstance(value, Plain)


def _tensor(value: Any) -> torch.Tensor:
    """Return a copy that safetensors can write: dense, and sharing its memory with none."""
    return (torch.from_numpy(value) if isinstance(value, np.ndarray) else value.detach()).contiguous().clone()


def _write(name: str, own: Any, tensor: torch.Tensor) -> None:
    if tuple(own.shape) != tuple(tensor.shape):
        text = tr("The checkpoint is of another network: {name} is {theirs} there and {ours} here.")
        theirs, ours = ("×".join(map(str, shape)) for shape in (tensor.shape, own.shape))
        raise GradvizError(text.format(name=name, theirs=theirs, ours=ours))
    if isinstance(own, np.ndarray):
        own[...] = tensor.numpy()
    else:
        own.detach().copy_(tensor)
