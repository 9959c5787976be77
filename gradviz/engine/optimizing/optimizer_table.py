"""The table of optimizers: which can serve a network, and why the others cannot."""

from __future__ import annotations

import msgspec
import torch
from torch import nn

from gradviz.engine.optimizing.optimizer_options import (
    LEARNING_RATE,
    MANUAL,
    OWN,
    as_arguments,
    optimizer_classes,
    option_records,
    option_value,
    read_choice,
)
from gradviz.errors import GradvizError, InvalidValueError, UnknownNameError
from gradviz.experiment import Experiment
from gradviz.protocol.records import OptimizerChoice, OptimizerRecord, OptionRecord

# Their step is the learning rate times the gradient, so its scale belongs to the network's loss, not to the method:
# they start from the network's own learning rate. All others scale the gradient and start from torch's default.
_PLAIN_STEPS = (MANUAL, "SGD", "ASGD")
_NO_MANUAL = "this network has no update written by hand"
_BY_HAND = "this network derives its gradients by hand, without autograd: only Manual can serve"


def all_optimizers() -> tuple[OptimizerRecord, ...]:
    """Every optimizer of this torch, whatever the network."""
    return tuple(OptimizerRecord(name, option_records(name)) for name in optimizer_classes())


class OptimizerTable:
    """The optimizers of one experiment: one table for the window, the command line, and the run itself."""

    def __init__(self, experiment: Experiment, default: OptimizerChoice) -> None:
        self._experiment = experiment
        self._own = default
        self.parameters: list[torch.Tensor] = trained_parameters(experiment)
        own = (OWN,) if default.name == OWN else ()
        names = (*own, MANUAL, *optimizer_classes())
        self.records = tuple(OptimizerRecord(name, self._options(name), self._reason(name)) for name in names)

    @property
    def default(self) -> OptimizerChoice:
        """The network's own optimizer."""
        return self.normal(self._own)

    def record(self, name: str) -> OptimizerRecord:
        """Return the row of an optimizer; raise UnknownNameError if torch has no such one."""
        for record in self.records:
            if record.name.lower() == name.lower():
                return record
        raise UnknownNameError("optimizer", name, [record.name for record in self.records])

    def normal(self, choice: OptimizerChoice) -> OptimizerChoice:
        """`choice` with checked values, and with the options that differ from a default; `lr` always.

        Raises:
            UnknownNameError: no such optimizer or option.
            InvalidValueError: an option's value cannot be.
            GradvizError: the optimizer cannot serve this network.
        """
        record = self.record(choice.name)
        if record.reason:
            raise GradvizError(f"{record.name} cannot serve: {record.reason}.")
        options = read_choice(choice, record)
        if record.name in (MANUAL, OWN):
            return OptimizerChoice(record.name, options)
        build_optimizer(OptimizerChoice(record.name, options), self.parameters)
        # Two defaults: torch's, and where it is another one, this network's own.
        defaults = [{o.name: o.default for o in source} for source in (option_records(record.name), record.options)]
        kept = {k: v for k, v in options.items() if k == LEARNING_RATE or any(v != d[k] for d in defaults)}
        return OptimizerChoice(record.name, kept)

    def _options(self, name: str) -> tuple[OptionRecord, ...]:
        own = self._own.options if name == self._own.name else {}
        learning_rate = self._own.options.get(LEARNING_RATE)
        if name == OWN:
            return ()
        if name == MANUAL:
            options: tuple[OptionRecord, ...] = (OptionRecord(LEARNING_RATE, "float", learning_rate or 1e-3),)
        else:
            options = option_records(name)
        if name in _PLAIN_STEPS and isinstance(learning_rate, float):
            own = {LEARNING_RATE: learning_rate, **own}
        return tuple(msgspec.structs.replace(o, default=own[o.name]) if o.name in own else o for o in options)

    def _reason(self, name: str) -> str:
        experiment = self._experiment
        if name == OWN:
            return ""
        if name == MANUAL:
            # Where nothing wants a gradient, no update at all is the only one.
            serves = experiment.has_manual_update or (experiment.has_autograd and not self.parameters)
            return "" if serves else _NO_MANUAL
        if not experiment.has_autograd:
            return _BY_HAND
        if not self.parameters:
            return "nothing here wants a gradient"
        if name == "SparseAdam":
            return "" if _all_sparse(experiment.module) else "it needs sparse gradients, and this network's are dense"
        if name == "Muon":
            odd = next((p for p in self.parameters if p.ndim != 2), None)
            if odd is not None:
                return f"it takes 2-D parameters only, and {self._name_of(odd)} is {odd.ndim}-D"
        # Building each one to ask it would import torch's compiler, which takes longer than all the rest of opening.
        return ""

    def _name_of(self, parameter: torch.Tensor) -> str:
        return next(n for n, p in self._experiment.named_parameters().items() if p is parameter)


def own_choice(experiment: Experiment) -> OptimizerChoice:
    """Return the optimizer that an experiment of the user's asks for.

    Raises:
        GradvizError: its function made no optimizer. What the function raises comes through.
    """
    parameters = trained_parameters(experiment)
    if experiment.has_autograd and not parameters and not experiment.has_manual_update:
        return OptimizerChoice(MANUAL)
    if not callable(experiment.optimizer):
        name, options = experiment.default_optimizer
        return OptimizerChoice(name, {key: option_value(value) for key, value in options.items()})
    made = experiment.optimizer(parameters)
    if not isinstance(made, torch.optim.Optimizer):
        raise GradvizError(
            f"The optimizer's function gave a {type(made).__name__}; let it return an optimizer, as"
            " lambda parameters: torch.optim.AdamW(parameters, lr=3e-4) does."
        )
    name = type(made).__name__
    if optimizer_classes().get(name) is not type(made) or len(made.param_groups) > 1:
        return OptimizerChoice(OWN)
    known = {option.name for option in option_records(name)}
    options = {key: option_value(value) for key, value in made.param_groups[0].items() if key in known}
    return OptimizerChoice(name, options)


def trained_parameters(experiment: Experiment) -> list[torch.Tensor]:
    """Return the tensors that an optimizer of torch could update, each once, in the order of their names."""
    # A parameter that is trained by hand, without autograd, is none of an optimizer's.
    parameters = {id(p): p for p in experiment.named_parameters().values() if isinstance(p, torch.Tensor)}
    return [p for p in parameters.values() if p.requires_grad]


def build_optimizer(choice: OptimizerChoice, parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
    """Build a fresh optimizer over `parameters`.

    Raises:
        InvalidValueError: torch refuses the options; its own words are in the message.
    """
    arguments = as_arguments(dict(choice.options), choice.name)
    try:
        return optimizer_classes()[choice.name](parameters, **arguments)
    except (ValueError, TypeError, RuntimeError) as error:
        raise InvalidValueError(f"{choice.name} refuses: {error}") from error


def _all_sparse(module: nn.Module | None) -> bool:
    """Whether every parameter belongs to an embedding with sparse gradients."""
    if module is None:
        return False
    owners = [m for m in module.modules() if any(True for _ in m.parameters(recurse=False))]
    return bool(owners) and all(getattr(owner, "sparse", False) for owner in owners)
