"""What a script trains, as far as it shows: its models, its tensors by their variables' names, its optimizers."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from types import FrameType
from typing import Any, TypeVar
from weakref import ReferenceType, WeakSet, WeakValueDictionary, ref

import torch
from torch import nn

from gradviz.engine.capture.autograd_nodes import is_leaf
from gradviz.engine.optimizing.optimizer_table import (
    LEARNING_RATE,
    MANUAL,
    optimizer_classes,
    option_records,
    option_value,
)
from gradviz.engine.scripts.variables import is_model, methods_running, visible_models, visible_tensors
from gradviz.engine.torch_compat import DisableTorchFunction, isolated
from gradviz.protocol.records import OptimizerChoice, OptimizerRecord, Value

_Kind = TypeVar("_Kind")


class ScriptFacts:
    """What is known of a script's models, tensors and optimizers; it grows while the script runs.

    A model alone is called by its own names (`fc.weight`); of several, each is called by its variable first
    (`generator.fc.weight`).
    """

    has_autograd = True

    def __init__(self) -> None:
        # The script's own things are not held: what it drops is gone.
        self._models: WeakValueDictionary[str, nn.Module] = WeakValueDictionary()
        """Prefix → model; the empty prefix is that of a model alone."""
        self._optimizers: list[ReferenceType[torch.optim.Optimizer]] = []
        self.models_found = 0
        """How many times a model was added; what was read of them before is out of date."""
        self._watched: list[nn.Module] = []
        self._parts: WeakSet[nn.Module] = WeakSet()
        """Every module of every model: a cell that a loop calls is looked up each time."""
        self._leaves: WeakValueDictionary[str, torch.Tensor] = WeakValueDictionary()
        self._data: dict[str, torch.Tensor] = {}

    @property
    def models(self) -> dict[str, nn.Module]:
        """Prefix → model; the empty prefix is that of a model alone."""
        return dict(self._models)

    @property
    def optimizers(self) -> list[torch.optim.Optimizer]:
        """In the order in which they were found."""
        return [optimizer for each in self._optimizers if (optimizer := each()) is not None]

    # -- models and optimizers ---------------------------------------------------------------------------------------

    def watch(self, model: nn.Module, frame: FrameType | None) -> None:
        """Add a model that the script itself names, at `frame`. What was found before does not count any more."""
        if not any(known is model for known in self._watched):
            self._watched.append(model)
        visible = visible_models(frame)
        self._models.clear()
        self._parts.clear()
        several = len(_apart(self._watched)) > 1
        for watched in self._watched:
            self._register(self._name_of(watched, visible), watched, several=several)

    def discover(self, called: nn.Module, frame: FrameType | None) -> bool:
        """Learn of the model that `called`, which was called at `frame`, is or belongs to; whether that is new.

        A module without parameters (a loss, an activation) is no model.
        """
        if called in self._parts or not is_model(called):
            return False
        visible = visible_models(frame)
        candidates = [(self._name_of(model, visible), model) for model in self._watched] or list(visible.items())
        found = [(name, model) for name, model in candidates if called in set(model.modules())]
        name, model = max(found, key=lambda pair: len(list(pair[1].modules())), default=("", called))
        self._register(name, model, several=len(_apart([model for _, model in candidates])) > 1)
        return True

    def _register(self, name: str, model: nn.Module, *, several: bool) -> None:
        prefix = (name or type(model).__name__.lower()) if several or self.models else ""
        while prefix in self.models or hasattr(nn.ModuleDict, prefix or "-"):
            prefix += "_"
        self._models[prefix] = model
        self.models_found += 1
        self._parts.update(model.modules())

    def find_owners(self, leaves: list[torch.Tensor], frame: FrameType | None, *, thoroughly: bool) -> None:
        """Learn of the models that own `leaves` of a graph, or what an optimizer updates, and were not called: their
        methods were, or their parameters are used from outside.

        They are looked for among the variables that are visible at `frame`; `thoroughly`: then everywhere, which takes
        longer, and so are optimizers.
        """
        if thoroughly:
            self._look_for_optimizers(leaves)
        held = [parameter for optimizer in self.optimizers for parameter in _held_by(optimizer)]
        known = {id(tensor) for tensor in self._of_models().values()}
        missing = {id(t) for t in (*leaves, *held) if isinstance(t, nn.Parameter) and id(t) not in known}
        if missing:
            missing = self._adopt(list(visible_models(frame).items()), missing)
        if missing and thoroughly:
            self._adopt([("", thing) for thing in _everything(nn.Module)], missing)

    def _adopt(self, candidates: list[tuple[str, nn.Module]], missing: set[int]) -> set[int]:
        """Make models of those `candidates` that own a parameter whose `id` is `missing`; what is missing still."""
        owners = [(name, model, {id(p) for p in parameters_in(model)} & missing) for name, model in candidates]
        owners = [owner for owner in owners if owner[2]]
        several = len(_apart([*self.models.values(), *(model for _, model, _ in owners)])) > 1
        for name, model, _ in sorted(owners, key=lambda owner: -sum(1 for _ in owner[1].modules())):
            if not missing.isdisjoint(map(id, parameters_in(model))) and model not in self._parts:
                self._register(name, model, several=several)
                missing = missing.difference(map(id, parameters_in(model)))
        return missing

    def note_optimizer(self, optimizer: torch.optim.Optimizer) -> bool:
        """Whether this one is new."""
        if any(known is optimizer for known in self.optimizers):
            return False
        self._optimizers.append(ref(optimizer))
        return True

    def _look_for_optimizers(self, leaves: list[torch.Tensor]) -> None:
        """Find those that were made but have not stepped yet, and hold a tensor that is known here or one of
        `leaves`."""
        known = {id(tensor) for tensor in (*self.named_parameters().values(), *leaves)}
        for optimizer in _everything(torch.optim.Optimizer):
            if any(id(parameter) in known for parameter in _held_by(optimizer)):
                self.note_optimizer(optimizer)

    def look_around(self, frame: FrameType | None, *, everything: bool = False) -> None:
        """Learn the names of the tensors that the variables at `frame`, and of its callers, hold: of leaves and data;
        `everything`: also of what was computed from them."""
        self._data = {}
        own = {id(tensor) for tensor in self._of_models().values()}
        for name, tensor in visible_tensors(frame):
            if id(tensor) in own or not (everything or is_leaf(tensor)):
                continue
            table = self._leaves if is_leaf(tensor) and tensor.requires_grad else self._data
            table[name] = tensor

    def forget_data(self) -> None:
        """Hold no batch any more."""
        self._data = {}

    # -- tensors by name -----------------------------------------------------------------------

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
        """Of the models, leaves that the script's variables hold, and what else its optimizers update."""
        of_models = self._of_models()
        named = {**{name: leaf for name, leaf in self._leaves.items() if name not in of_models}, **of_models}
        known = {id(tensor) for tensor in named.values()}
        for optimizer in self.optimizers:
            for i, parameter in enumerate(_held_by(optimizer)):
                if id(parameter) not in known:
                    named[f"parameter {i} of {self._name_of_optimizer(optimizer)}"] = parameter
        return named

    def _name_of_optimizer(self, optimizer: torch.optim.Optimizer) -> str:
        """`Adam`; `Adam 2` of the second one of that class."""
        name = type(optimizer).__name__
        alike = [each for each in self.optimizers if type(each) is type(optimizer)]
        return name if alike[0] is optimizer else f"{name} {[each is optimizer for each in alike].index(True) + 1}"

    def named_tensors(self) -> dict[str, Any]:
        """Parameters, buffers, and the batch by its variables' names."""
        named = self.named_parameters()
        for prefix, model in self.models.items():
            named.update(model.named_buffers(prefix=prefix, remove_duplicate=False))
        return {**{name: tensor for name, tensor in self._data.items() if name not in named}, **named}

    def gradients(self) -> dict[str, Any]:
        """Parameter name → its gradient, of those that have one now."""
        return {name: leaf.grad for name, leaf in self.named_parameters().items() if leaf.grad is not None}

    def are_parameters(self, tensors: list[torch.Tensor]) -> bool:
        """Whether these are what is trained, so that their gradients are an iteration's."""
        known = {id(tensor) for tensor in self.named_parameters().values()}
        if known:
            return any(id(tensor) in known for tensor in tensors)
        return bool(tensors) and all(is_leaf(tensor) and tensor.requires_grad for tensor in tensors)

    def are_weights_of_a_model(self, tensors: list[torch.Tensor], frame: FrameType | None) -> bool:
        """Whether all `tensors` are parameters of a module that is visible at `frame`, and no method of a module is
        running there; or whether a module is being made."""
        if running := methods_running(frame):
            return "__init__" in running
        if not all(isinstance(tensor, nn.Parameter) for tensor in tensors):
            return False
        owned = {id(p) for model in visible_models(frame).values() for p in parameters_in(model)}
        return all(id(tensor) in owned for tensor in tensors)

    def gradients_are_zero(self) -> bool:
        """Whether nothing of an earlier backward is left in the gradients of what is trained."""
        held = [parameter for optimizer in self.optimizers for parameter in _held_by(optimizer)]
        with DisableTorchFunction(), isolated():
            return all(_is_zero(p.grad) for p in held or self.named_parameters().values())

    def parameters_of(self, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
        """Name → tensor, of those that one optimizer updates."""
        names: dict[int, str] = {}
        for name, tensor in self.named_parameters().items():
            names.setdefault(id(tensor), name)
        return {names[id(p)]: p for p in _held_by(optimizer) if id(p) in names}

    def _of_models(self) -> dict[str, torch.Tensor]:
        found: dict[str, torch.Tensor] = {}
        for prefix, model in self.models.items():
            named = nn.Module.named_parameters(model, prefix=prefix, remove_duplicate=False)
            # In a copy that meta-learning made of a model, parameters are results of ops.
            found.update((name, tensor) for name, tensor in named if is_leaf(tensor))
        return found

    @staticmethod
    def _name_of(model: nn.Module, visible: Mapping[str, nn.Module]) -> str:
        return next((name for name, other in visible.items() if other is model), type(model).__name__.lower())


def _held_by(optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [parameter for group in getattr(optimizer, "param_groups", ()) for parameter in group["params"]]


def parameters_in(model: nn.Module) -> list[nn.Parameter]:
    """Those of a model and all its modules; a model may have a `parameters()` of its own that gives something else."""
    return [parameter for _, parameter in nn.Module.named_parameters(model)]


def choice_of(optimizers: list[torch.optim.Optimizer]) -> OptimizerChoice:
    """How the script updates its parameters now: the first optimizer, with what differs from torch's defaults."""
    if not optimizers:
        return OptimizerChoice(MANUAL)
    optimizer = optimizers[0]
    name = type(optimizer).__name__
    group = optimizer.param_groups[0]
    options: dict[str, Value] = {}
    for record in option_records(name) if optimizer_classes().get(name) is type(optimizer) else ():
        value = option_value(group.get(record.name, record.default))
        if record.name == LEARNING_RATE or value != record.default:
            options[record.name] = value
    return OptimizerChoice(name, options)


def record_of(choice: OptimizerChoice) -> OptimizerRecord:
    """Return the only entry of the table of optimizers: nothing else can be chosen."""
    return OptimizerRecord(choice.name, option_records(choice.name) if choice.name in optimizer_classes() else ())


def _is_zero(gradient: torch.Tensor | None) -> bool:
    """Whether a gradient is none, or zero where that can be known without waiting for a device."""
    if gradient is None:
        return True
    return gradient.is_cpu and gradient.layout is torch.strided and not gradient.any()


def _everything(kind: type[_Kind]) -> list[_Kind]:
    """All objects of this class that the process holds."""
    # The class, not `isinstance`, which would ask the thing itself: some answer by importing something.
    return [thing for thing in gc.get_objects() if issubclass(type(thing), kind)]


def _apart(models: list[nn.Module]) -> list[nn.Module]:
    """Those that are no part of another one."""
    distinct = list({id(model): model for model in models}.values())
    inside = {id(part) for model in distinct for part in model.modules() if part is not model}
    return [model for model in distinct if id(model) not in inside]
