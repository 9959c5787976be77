"""What a script trains, as far as it shows: its models, its tensors by their variables' names, its optimizers."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

import torch
from torch import nn

from gradviz.engine.frames import owner_of
from gradviz.engine.optimizer_options import LEARNING_RATE, MANUAL, optimizer_classes, option_records
from gradviz.experiment import Experiment
from gradviz.protocol.records import OptimizerChoice, OptimizerRecord, Value

# A batch is a small container; a list of thousands of tensors is none.
_LARGEST_CONTAINER = 32


class ScriptFacts(Experiment):
    """Grows while the script runs. A model alone is called by its own names (`fc.weight`); of several, each is called
    by its variable first (`generator.fc.weight`)."""

    def __init__(self) -> None:
        super().__init__(_called_by_the_script, ())
        self.models: dict[str, nn.Module] = {}
        """Prefix → model; the empty prefix is that of a model alone."""
        self.optimizers: list[torch.optim.Optimizer] = []
        self._watched: list[nn.Module] = []
        self._parts: set[nn.Module] = set()
        """Every module of every model: a cell that a loop calls is looked up each time."""
        self._leaves: dict[str, torch.Tensor] = {}
        self._data: dict[str, torch.Tensor] = {}

    # -- what is told and what is found ------------------------------------------------------------------------------

    def watch(self, model: nn.Module) -> None:
        """The script itself names a model. What was found to be a model before, and is a part of it, is none."""
        self._watched.append(model)
        parts = set(model.modules())
        self.models = {prefix: known for prefix, known in self.models.items() if known not in parts}
        self._parts = {part for known in self.models.values() for part in known.modules()}

    def discover(self, called: nn.Module, frame: FrameType | None) -> bool:
        """Learn of the model that `called`, which was called at `frame`, is or belongs to; whether that is new.

        A module without parameters (a loss, an activation) is no model.
        """
        if called in self._parts or next(called.parameters(), None) is None:
            return False
        visible = _visible_models(frame)
        candidates = [(self._name_of(model, visible), model) for model in self._watched] or list(visible.items())
        found = [(name, model) for name, model in candidates if called in set(model.modules())]
        name, model = max(found, key=lambda pair: len(list(pair[1].modules())), default=("", called))
        several = len(_apart([model for _, model in candidates])) > 1
        prefix = (name or type(model).__name__.lower()) if several or self.models else ""
        while prefix in self.models or hasattr(nn.ModuleDict, prefix or "-"):
            prefix += "_"
        self.models[prefix] = model
        self._parts.update(model.modules())
        return True

    def note_optimizer(self, optimizer: torch.optim.Optimizer) -> bool:
        """Whether this one is new."""
        if any(known is optimizer for known in self.optimizers):
            return False
        self.optimizers.append(optimizer)
        return True

    def look_for_optimizers(self) -> None:
        """Find those that were made but have not stepped yet, and hold a tensor that is known here."""
        known = {id(tensor) for tensor in self.named_parameters().values()}
        for thing in gc.get_objects():
            # The class, not `isinstance`, which would ask the thing itself: some answer by importing something.
            if not issubclass(type(thing), torch.optim.Optimizer):
                continue
            groups = getattr(thing, "param_groups", ())
            if any(id(p) in known for group in groups for p in group["params"]):
                self.note_optimizer(thing)

    def look_around(self, frame: FrameType | None) -> None:
        """Learn the names of the tensors that the variables at `frame`, and of its callers, hold."""
        self._data = {}
        own = {id(tensor) for tensor in self._of_models().values()}
        for name, tensor in _visible_tensors(frame):
            if id(tensor) in own or tensor.grad_fn is not None:
                continue
            table = self._leaves if tensor.requires_grad else self._data
            table[name] = tensor

    def forget_data(self) -> None:
        """Hold no batch any more."""
        self._data = {}

    # -- what the engine asks of an experiment -----------------------------------------------------------------------

    @property
    def module(self) -> nn.Module | None:
        """The model; of several, a module that holds them all by their prefixes."""
        if not self.models:
            return None
        if "" in self.models:
            return self.models[""]
        return nn.ModuleDict(self.models)

    def paths(self) -> dict[int, str]:
        """`id` of a module → its path, of every module of every model; a model alone has none itself."""
        found: dict[int, str] = {}
        for prefix, model in self.models.items():
            for path, module in model.named_modules(prefix=prefix):
                if path:
                    found.setdefault(id(module), path)
        return found

    def named_parameters(self) -> dict[str, Any]:
        """Of the models, and leaves that the script's variables hold."""
        of_models = self._of_models()
        return {**{name: leaf for name, leaf in self._leaves.items() if name not in of_models}, **of_models}

    def named_tensors(self) -> dict[str, Any]:
        """Parameters, buffers, and the batch by its variables' names."""
        named = self.named_parameters()
        for prefix, model in self.models.items():
            named.update(model.named_buffers(prefix=prefix, remove_duplicate=False))
        return {**{name: tensor for name, tensor in self._data.items() if name not in named}, **named}

    def are_parameters(self, tensors: list[torch.Tensor]) -> bool:
        """Whether these are what is trained, so that their gradients are an iteration's."""
        known = {id(tensor) for tensor in self.named_parameters().values()}
        if known:
            return any(id(tensor) in known for tensor in tensors)
        return bool(tensors) and all(tensor.is_leaf and tensor.requires_grad for tensor in tensors)

    def parameters_of(self, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
        """Name → tensor, of those that one optimizer updates."""
        names: dict[int, str] = {}
        for name, tensor in self.named_parameters().items():
            names.setdefault(id(tensor), name)
        held = [p for group in optimizer.param_groups for p in group["params"]]
        return {names.get(id(p), f"parameter {i} of {type(optimizer).__name__}"): p for i, p in enumerate(held)}

    def _of_models(self) -> dict[str, torch.Tensor]:
        found: dict[str, torch.Tensor] = {}
        for prefix, model in self.models.items():
            found.update(model.named_parameters(prefix=prefix, remove_duplicate=False))
        return found

    @staticmethod
    def _name_of(model: nn.Module, visible: Mapping[str, nn.Module]) -> str:
        return next((name for name, other in visible.items() if other is model), type(model).__name__.lower())


def choice_of(optimizers: list[torch.optim.Optimizer]) -> OptimizerChoice:
    """How the script updates its parameters now: the first optimizer, with what differs from torch's defaults."""
    if not optimizers:
        return OptimizerChoice(MANUAL)
    optimizer = optimizers[0]
    name = type(optimizer).__name__
    group = optimizer.param_groups[0]
    options: dict[str, Value] = {}
    for record in option_records(name) if optimizer_classes().get(name) is type(optimizer) else ():
        value = _plain(group.get(record.name, record.default))
        if record.name == LEARNING_RATE or value != record.default:
            options[record.name] = value
    return OptimizerChoice(name, options)


def record_of(choice: OptimizerChoice) -> OptimizerRecord:
    """The only entry of the table of optimizers: nothing else can be chosen."""
    return OptimizerRecord(choice.name, option_records(choice.name) if choice.name in optimizer_classes() else ())


def _plain(value: Any) -> Value:
    if isinstance(value, torch.Tensor):
        return float(value)
    if isinstance(value, tuple | list):
        return [float(each) for each in value]
    return value if isinstance(value, bool | int | float | str) else None


def _called_by_the_script() -> None:
    raise AssertionError("the script calls its model itself")


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """The script's frames from `frame` outwards; the engine, which runs the script, is the border."""
    while frame is not None:
        owner = owner_of(frame.f_code.co_filename)
        if owner == "user":
            yield frame
        elif owner == "engine" and frame.f_code.co_name == "play":
            return
        frame = frame.f_back


def _variables(frame: FrameType | None) -> Iterator[tuple[str, Any]]:
    """Name and value, innermost frame first, module level last; each name once."""
    seen: set[str] = set()
    tables: list[Mapping[str, Any]] = []
    for each in _frames(frame):
        tables.append(_locals(each))
        if each.f_globals is not each.f_locals and not any(table is each.f_globals for table in tables):
            tables.append(each.f_globals)
    for table in tables:
        for name, value in list(table.items()):
            if name not in seen and not name.startswith("__"):
                seen.add(name)
                yield name, value


def _locals(frame: FrameType) -> Mapping[str, Any]:
    found = frame.f_locals
    if found is frame.f_globals or sys.version_info >= (3, 13):
        return found
    # Before 3.13 a frame holds on to what it was asked for, and with it to the graph behind a loss.
    copy = dict(found)
    if frame.f_code.co_flags & 0x2:  # a function's: the variables themselves are elsewhere
        found.clear()
    return copy


def _visible_models(frame: FrameType | None) -> dict[str, nn.Module]:
    return {
        name: value
        for name, value in _variables(frame)
        if isinstance(value, nn.Module) and next(value.parameters(), None) is not None
    }


def _apart(models: list[nn.Module]) -> list[nn.Module]:
    """Those that are no part of another one."""
    distinct = list({id(model): model for model in models}.values())
    inside = {id(part) for model in distinct for part in model.modules() if part is not model}
    return [model for model in distinct if id(model) not in inside]


def _visible_tensors(frame: FrameType | None) -> Iterator[tuple[str, torch.Tensor]]:
    """Innermost names first; what is in small lists, tuples and dicts is named by its place in them."""
    seen: set[int] = set()
    for name, value in _variables(frame):
        items: Iterator[tuple[str, Any]] = iter([(name, value)])
        if isinstance(value, list | tuple) and len(value) <= _LARGEST_CONTAINER:
            items = ((f"{name}[{i}]", each) for i, each in enumerate(value))
        elif isinstance(value, dict) and len(value) <= _LARGEST_CONTAINER:
            items = ((f"{name}.{key}", each) for key, each in list(value.items()))
        for path, each in items:
            if isinstance(each, torch.Tensor) and id(each) not in seen:
                seen.add(id(each))
                yield path, each
