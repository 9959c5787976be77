"""Hints on torch's most common errors: torch's message, related to the user's model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import torch

from gradviz.engine.capture.in_place_writes import CHANGED
from gradviz.experiment import Experiment
from gradviz.pytree import leaves

_OUTPUT = re.compile(r"\[([\d, ]*)\]\](?:, which is output \d+ of ([\w:]+))?")
_FORWARD = re.compile(r'Module \[(\w+)\] is missing the required "forward" function')
_TYPES = re.compile(r"same dtype|expected scalar type|Input type .* and (weight|bias) type")


def hint_of(error: BaseException, experiment: Experiment | None) -> str:
    """Return one sentence on `error`, which an iteration raised; empty where no hint is known."""
    said = text_of(error)
    if isinstance(error, NotImplementedError) and (found := _FORWARD.search(said)):
        return f"{found[1]} has no method forward(self, …), which is what a module does when it is called; write one."
    if isinstance(error, TypeError) and "ndarray" in said:
        return _array(experiment) if experiment is not None else ""
    if not isinstance(error, RuntimeError):
        return ""
    if CHANGED in said:
        return _changed(said)
    if "backward through the graph a second time" in said:
        return (
            "Backward came to a part of the graph whose backward has run: a tensor was kept from the iteration before"
            " (keep it .detach()ed), or backward() runs twice in one iteration (the first with retain_graph=True)."
        )
    if "leaf Variable that requires grad" in said and "in-place" in said:
        return (
            "A parameter, or a view of one, is changed in place where autograd records; change it under"
            " torch.no_grad(), or make a new tensor of it."
        )
    return _types(experiment) if experiment is not None and _TYPES.search(said) else ""


def text_of(error: BaseException) -> str:
    """Return an error's message; empty where it raises instead."""
    try:
        return str(error)
    except Exception:
        return ""


def _changed(said: str) -> str:
    found = _OUTPUT.search(said)
    name = (found[2] or "").rpartition("::")[2] if found else ""
    shape = f" of shape {found[1].replace(', ', ' × ')}" if found and found[1] else ""
    # A tensor changed through a view is an output of that change ever since.
    what = f"An output of {name}{shape}" if name and name != "CopySlices" else f"A tensor{shape}"
    return (
        f"{what} was changed in place although its backward still needs it; use what makes a new tensor"
        " (x = x + 1 for x += 1, relu for relu_), or .clone() it before the change."
    )


def _types(experiment: Experiment) -> str:
    """Return a hint where the inputs are of another type than all the parameters."""
    of_model = _dtypes(experiment.named_parameters().values())
    of_data = _dtypes(leaf for _, leaf in leaves("", experiment.inputs))
    if len(of_model) != 1 or not of_data or of_model & of_data:
        return ""
    kind = next(iter(of_model))
    return (
        f"The model's parameters are {kind} and its inputs {' and '.join(sorted(of_data))}; make the inputs"
        f" .to(torch.{kind})."
    )


def _dtypes(values: Iterable[Any]) -> set[str]:
    return {str(value.dtype).removeprefix("torch.") for value in values if isinstance(value, torch.Tensor)}


def _array(experiment: Experiment) -> str:
    if not any(type(leaf).__name__ == "ndarray" for _, leaf in leaves("", experiment.inputs)):
        return ""
    return "The inputs hold a NumPy array, which torch's modules do not take; give torch.from_numpy(…) of it."
