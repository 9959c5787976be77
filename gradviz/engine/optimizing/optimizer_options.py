"""Reads each optimizer's options from its signature, and the user's values into what the optimizer takes."""

from __future__ import annotations

import inspect
import math
import re
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from gradviz.errors import InvalidValueError, UnknownNameError
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
        raise InvalidValueError(f"{option.name} needs a value.")
    read = _READERS[option.kind](option, value)
    if option.name == LEARNING_RATE and not (isinstance(read, float) and math.isfinite(read) and read > 0):
        raise InvalidValueError(f"The learning rate must be a positive number, not {value}.")
    return read


def _bool(option: OptionRecord, value: object) -> Value:
    if isinstance(value, bool):
        return value
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    word = str(value).strip().lower()
    if word not in words:
        raise InvalidValueError(f"{option.name} must be true or false, not {value!r}.")
    return words[word]


def _int(option: OptionRecord, value: object) -> Value:
    try:
        return int(str(value).strip())
    except ValueError:
        raise InvalidValueError(f"{option.name} must be a whole number, not {value!r}.") from None


def _float(option: OptionRecord, value: object) -> Value:
    try:
        return float(str(value).strip())
    except ValueError:
        raise InvalidValueError(f"{option.name} must be a number, not {value!r}.") from None


def _floats(option: OptionRecord, value: object) -> Value:
    parts = value if isinstance(value, list | tuple) else str(value).strip().strip("()[]").split(",")
    wanted = len(option.default) if isinstance(option.default, list) else len(parts)
    try:
        numbers = [float(str(part).strip()) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != wanted:
        raise InvalidValueError(f"{option.name} must be {wanted} numbers with commas between, not {value!r}.")
    return numbers


def _choice(option: OptionRecord, value: object) -> Value:
    if str(value) not in option.choices:
        raise UnknownNameError(f"value of {option.name}", str(value), list(option.choices))
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
            raise UnknownNameError(f"option of {record.name}", name, list(known))
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
