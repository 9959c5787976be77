"""Convert values of the form between text and numbers; each refusal is a sentence."""

from __future__ import annotations

import math
import re

from gradviz.errors import InvalidValueError
from gradviz.language import tr, translatable
from gradviz.protocol.records import OptionRecord, Value

_TITLES = {
    "lr": translatable("Learning rate"),
    "eps": translatable("Epsilon"),
    "lr_decay": translatable("Rate decay"),
    "weight_decay": translatable("Weight decay"),
    "initial_accumulator_value": translatable("Initial sum"),
    "momentum_decay": translatable("Mom. decay"),
    "decoupled_weight_decay": translatable("Decoupled"),
    "beta2_decay": translatable("Beta 2 decay"),
    "max_iter": translatable("Max. iterations"),
    "max_eval": translatable("Max. evaluations"),
    "tolerance_grad": translatable("Gradient tol."),
    "tolerance_change": translatable("Change tol."),
    "history_size": translatable("History"),
    "line_search_fn": translatable("Line search"),
    "clipping_threshold": translatable("Clip above"),
    "step_sizes": translatable("Step sizes"),
    "amsgrad": translatable("AMSGrad"),
    "adjust_lr_fn": translatable("Adjust rate"),
    "ns_coefficients": translatable("N-S factors"),
    "ns_steps": translatable("N-S steps"),
    "differentiable": translatable("Differentiable"),
}


def option_title(name: str) -> str:
    """Return the name of an option in the form: `weight_decay` is Weight decay."""
    return tr(_TITLES.get(name) or name.replace("_", " ").capitalize())


def words_naming(name: str, sentence: str) -> int:
    """Return of how many words the name is by which a sentence of torch names an option, in code, in singular or as
    `learning rate`; 0 if it does not."""
    words = _words(sentence)
    names = (_words(name), _words(_TITLES.get(name, name)))
    return max(len(each) if each <= words else 0 for each in names)


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"[a-z]+", text.lower())}


def value_text(value: Value) -> str:
    """`1e-6`, `0.9, 0.999`; empty for None."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(value_text(number) for number in value)
    if isinstance(value, float):
        text = f"{value:.12g}"
        if 0 < abs(value) < 1e-3 and "e" not in text:  # 1e-4 is read at a glance, 0.0001 is counted
            mantissa, _, exponent = f"{value:.11e}".partition("e")
            text = f"{mantissa.rstrip('0').rstrip('.')}e{exponent}"
        return re.sub(r"e([+-])0*(\d)", lambda m: "e" + m[1].replace("+", "") + m[2], text)
    return str(value)


def read_value(option: OptionRecord, text: str) -> Value:
    """Return the value that the user typed for an option.

    Raises:
        InvalidValueError: it is not of the option's kind.
    """
    text = text.strip().replace("−", "-")
    if not text or text.lower() == "none":
        if option.optional:
            return None
        raise InvalidValueError(tr("%s needs a value.") % option_title(option.name))
    if option.kind == "int":
        return _whole(option, text)
    if option.kind == "float":
        number = _number(option, text)
        if option.name == "lr" and not number > 0:
            raise InvalidValueError(tr("The learning rate must be more than 0."))
        return number
    if option.kind == "floats":
        return _numbers(option, text)
    return text


def read_whole(title: str, text: str, least: int, most: int) -> int:
    """Return a whole number between `least` and `most`.

    Raises:
        InvalidValueError: it is not one.
    """
    cleaned = text.strip().replace(",", "").replace("\u202f", "").replace(" ", "")
    try:
        number = int(cleaned)
    except ValueError:
        raise InvalidValueError(tr("%s must be a whole number.") % title) from None
    if not least <= number <= most:
        raise InvalidValueError(tr("%s must be between %s and %s.") % (title, f"{least:,}", f"{most:,}"))
    return number


def _whole(option: OptionRecord, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidValueError(tr("%s must be a whole number.") % option_title(option.name)) from None


def _number(option: OptionRecord, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isnan(number) or math.isinf(number):
        raise InvalidValueError(tr("%s must be a number, like 0.01 or 1e-4.") % option_title(option.name))
    return number


def _numbers(option: OptionRecord, text: str) -> list[float]:
    wanted = len(option.default) if isinstance(option.default, list) else 2
    parts = [part for part in re.split(r"[,;\s()\[\]]+", text) if part]
    if len(parts) != wanted:
        raise InvalidValueError(tr("%s must be %d numbers with a comma between.") % (option_title(option.name), wanted))
    return [_number(option, part) for part in parts]
