"""The table of optimizers: which can serve a network, why the others cannot, and which options they take."""

from __future__ import annotations

import inspect
import math
import re
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import torch
from torch import nn

from gradviz.errors import GradvizError, InvalidValueError, UnknownNameError
from gradviz.experiment import Experiment
from gradviz.language import tr
from gradviz.protocol.encodable import plain_value
from gradviz.protocol.records import OptimizerChoice, OptimizerRecord, OptionRecord, Value

MANUAL = "Manual"
OWN = "Own"
"""What the user's function made and no options describe: a class of their own, or several groups of parameters."""
LEARNING_RATE = "lr"
# Settings of the implementation, which leave the method as it is.
_UNCOMMON = {"foreach", "maximize", "capturable", "differentiable", "fused"}
# Signatures only say `str`; these are the words that the optimizers' documentation allows.
_CHOICES = {"line_search_fn": ("strong_wolfe",), "adjust_lr_fn": ("original", "match_rms_adamw")}
_FIRST = ("SGD", "Adam", "AdamW")
# In place of None inside a pair: Adafactor's first epsilon is the parameter's own precision, float32 as a rule.
_PRECISION = torch.finfo(torch.float32).eps


@lru_cache(maxsize=1)
def optimizer_classes() -> dict[str, type[torch.optim.Optimizer]]:
    """Every optimizer of this torch by name, the best known first."""
    found = {
        name: value
        for name, value in vars(torch.optim).items()
        if isinstance(value, type) and issubclass(value, torch.optim.Optimizer) and value is not torch.optim.Optimizer
    }
    names = [name for name in _FIRST if name in found] + sorted(found.keys() - set(_FIRST), key=str.lower)
    return {name: found[name] for name in names}


@lru_cache(maxsize=64)
def option_records(name: str) -> tuple[OptionRecord, ...]:
    """Return the options of an optimizer of torch, in its signature's order, with torch's own defaults."""
    signature = inspect.signature(optimizer_classes()[name].__init__)
    options = (_option(p) for p in signature.parameters.values() if p.name not in ("self", "params"))
    return tuple(option for option in options if option is not None)


def _option(parameter: inspect.Parameter) -> OptionRecord | None:
    name, default = parameter.name, parameter.default
    if default is inspect.Parameter.empty:
        return None
    annotation = inspect.formatannotation(parameter.annotation)
    common = name not in _UNCOMMON
    optional = default is None
    if isinstance(default, bool) or re.search(r"\bbool\b", annotation):
        return OptionRecord(name, "bool", default, optional, common=common)
    if isinstance(default, tuple | list):
        numbers = [_PRECISION if number is None else float(number) for number in default]
        return OptionRecord(name, "floats", numbers, common=common)
    if re.search(r"\bstr\b", annotation):
        choices = _CHOICES.get(name, ())
        return OptionRecord(name, "choice" if choices else "text", default, optional, choices, common)
    if re.search(r"\bint\b", annotation) and not re.search(r"\bfloat\b", annotation):
        return OptionRecord(name, "int", default, optional, common=common)
    if isinstance(default, int | float) or re.search(r"\bfloat\b", annotation):
        number = None if default is None else float(default)
        return OptionRecord(name, "float", number, optional, common=common)
    return None


def read_option(option: OptionRecord, value: object) -> Value:
    """`value`, or the text of one, as `option` takes it.

    Raises:
        InvalidValueError: it is of the wrong kind, or a learning rate that is not positive.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() == "none"):
        if option.optional:
            return None
        raise InvalidValueError(tr("{name} needs a value.").format(name=option.name))
    read = _READERS[option.kind](option, value)
    if option.name == LEARNING_RATE and not (isinstance(read, float) and math.isfinite(read) and read > 0):
        raise InvalidValueError(tr("The learning rate must be a positive number, not {value}.").format(value=value))
    return read


def _bool(option: OptionRecord, value: object) -> Value:
    if isinstance(value, bool):
        return value
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    word = str(value).strip().lower()
    if word not in words:
        raise InvalidValueError(
            tr("{name} must be true or false, not {value!r}.").format(name=option.name, value=value)
        )
    return words[word]


def _int(option: OptionRecord, value: object) -> Value:
    try:
        return int(str(value).strip())
    except ValueError:
        raise InvalidValueError(
            tr("{name} must be a whole number, not {value!r}.").format(name=option.name, value=value)
        ) from None


def _float(option: OptionRecord, value: object) -> Value:
    try:
        return float(str(value).strip())
    except ValueError:
        raise InvalidValueError(
            tr("{name} must be a number, not {value!r}.").format(name=option.name, value=value)
        ) from None


def _floats(option: OptionRecord, value: object) -> Value:
    parts = value if isinstance(value, list | tuple) else str(value).strip().strip("()[]").split(",")
    wanted = len(option.default) if isinstance(option.default, list) else len(parts)
    try:
        numbers = [float(str(part).strip()) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != wanted:
        raise InvalidValueError(
            tr("{name} must be {wanted} numbers with commas between, not {value!r}.").format(
                name=option.name, wanted=wanted, value=value
            )
        )
    return numbers


def _choice(option: OptionRecord, value: object) -> Value:
    if str(value) not in option.choices:
        what = tr("value of {option}").format(option=option.name)
        raise UnknownNameError(what, str(value), list(option.choices))
    return str(value)


def _text(option: OptionRecord, value: object) -> Value:
    return str(value)


_READERS = {"bool": _bool, "int": _int, "float": _float, "floats": _floats, "choice": _choice, "text": _text}


def option_value(value: object) -> Value:
    """Return the value of an optimizer's option as a message carries it; None for what is no number, text or pair."""
    if isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim):
        numbers = [_PRECISION if number is None else option_value(number) for number in value]
        return [float(number) for number in numbers if isinstance(number, int | float)]
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        value = value.item()
    plain = plain_value(value)
    return plain if isinstance(plain, bool | int | float | str) else None


def read_choice(choice: OptimizerChoice, record: OptimizerRecord) -> dict[str, Value]:
    """Every option of `record`, from `choice` or its default.

    Raises:
        UnknownNameError: the optimizer has no such option.
        InvalidValueError: a value that the option does not take.
    """
    known = {option.name: option for option in record.options}
    for name in choice.options:
        if name not in known:
            raise UnknownNameError(tr("option of {optimizer}").format(optimizer=record.name), name, list(known))
    return {
        name: read_option(option, choice.options[name]) if name in choice.options else option.default
        for name, option in known.items()
    }


def as_arguments(options: dict[str, Value], name: str) -> dict[str, Any]:
    """`options` as the constructor of torch's optimizer `name` takes them; what equals its default is left to it."""
    defaults = {option.name: option.default for option in option_records(name)}
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in options.items()
        if value != defaults[key]
    }


def number_text(value: Value) -> str:
    """`1e-6`, `0.9`, `true`: as a user writes it."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(number_text(number) for number in value)
    if isinstance(value, float):
        return re.sub(r"e([+-])0*(\d)", lambda m: "e" + m[1].replace("+", "") + m[2], f"{value:g}")
    return str(value)


# Their step is the learning rate times the gradient, so its scale belongs to the network's loss, not to the method:
# they start from the network's own learning rate. All others scale the gradient and start from torch's default.
_PLAIN_STEPS = (MANUAL, "SGD", "ASGD")


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
        raise UnknownNameError(tr("optimizer"), name, [record.name for record in self.records])

    def normal(self, choice: OptimizerChoice) -> OptimizerChoice:
        """`choice` with checked values, and with the options that differ from a default; `lr` always.

        Raises:
            UnknownNameError: no such optimizer or option.
            InvalidValueError: an option's value cannot be.
            GradvizError: the optimizer cannot serve this network.
        """
        record = self.record(choice.name)
        if record.reason:
            raise GradvizError(tr("{name} cannot serve: {reason}.").format(name=record.name, reason=record.reason))
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
            return "" if serves else tr("this network has no update written by hand")
        if not experiment.has_autograd:
            return tr("this network derives its gradients by hand, without autograd: only Manual can serve")
        if not self.parameters:
            return tr("nothing here wants a gradient")
        if name == "SparseAdam":
            sparse = _all_sparse(experiment.module)
            return "" if sparse else tr("it needs sparse gradients, and this network's are dense")
        if name == "Muon":
            odd = next((p for p in self.parameters if p.ndim != 2), None)
            if odd is not None:
                text = tr("it takes 2-D parameters only, and {name} is {dimensions}-D")
                return text.format(name=self._name_of(odd), dimensions=odd.ndim)
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
            tr(
                "The optimizer's function gave a {name}; let it return an optimizer, as"
                " lambda parameters: torch.optim.AdamW(parameters, lr=3e-4) does."
            ).format(name=type(made).__name__)
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
        raise InvalidValueError(tr("{name} refuses: {error}").format(name=choice.name, error=error)) from error


def _all_sparse(module: nn.Module | None) -> bool:
    """Whether every parameter belongs to an embedding with sparse gradients."""
    if module is None:
        return False
    owners = [m for m in module.modules() if any(True for _ in m.parameters(recurse=False))]
    return bool(owners) and all(getattr(owner, "sparse", False) for owner in owners)
