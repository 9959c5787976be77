"""Changes a value while stopped: a parameter, or the gradient that is about to be passed to a node."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from gradviz.engine.tensors.tensor_reader import isolated_no_grad, read, unreadable_error
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.protocol.commands import Edit


def evaluate_edit(edit: Edit, old: Any) -> torch.Tensor:
    """Return the new value: `expression` of the old tensor `g`, or the old one with one element replaced.

    Raises:
        InvalidValueError: the expression cannot be evaluated, or gives another shape.
        GradvizError: the old value cannot be read.
    """
    old = _as_tensor(old)
    if edit.element is not None:
        return _with_element(old, edit.element, edit.expression)
    try:
        # The expression is the user's own, and runs where the user's model runs.
        with torch.no_grad():
            return _fitted(eval(edit.expression, {"torch": torch, "np": np, "g": old.clone()}), old)
    except _UnfitError as unfit:
        raise InvalidValueError(f"{edit.expression!r} gives {unfit}") from None
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # the door for the user's own code
        said = str(error).rstrip(".!") if isinstance(error, Exception) else ""
        said = said or type(error).__name__
        raise InvalidValueError(f"{edit.expression!r} cannot be computed: {said}.") from None


def _as_tensor(value: Any) -> torch.Tensor:
    """Return a tensor as it is, outside of autograd; of an array, one of its numbers."""
    if not isinstance(value, torch.Tensor):
        with isolated_no_grad():
            return read(value).whole
    try:
        return value.detach()
    except Exception as error:  # of a class that answers no function
        raise unreadable_error(value, error) from None


class _UnfitError(Exception):
    """What was computed cannot take the old value's place; the text is what it is, and what is needed."""


def _fitted(new: Any, old: torch.Tensor) -> torch.Tensor:
    if isinstance(new, bool | int | float | (complex if old.is_complex() else bool)):
        return torch.full_like(old, new)
    if isinstance(new, np.ndarray):
        new = torch.from_numpy(new)
    if not isinstance(new, torch.Tensor):
        raise _UnfitError(f"a {type(new).__name__}; a tensor or a number is needed.")
    if new.shape != old.shape:
        shapes = " instead of ".join("×".join(map(str, s)) or "a scalar" for s in (new.shape, old.shape))
        raise _UnfitError(f"{shapes}; the shape must stay.")
    if new.layout != old.layout:
        raise _UnfitError(f"the layout {new.layout}; {old.layout} is needed.")
    if new.is_complex() and not old.is_complex():
        raise _UnfitError("complex numbers; take .real or .imag of them.")
    return new.detach().to(dtype=old.dtype, device=old.device)


def _with_element(old: torch.Tensor, element: tuple[int, ...], text: str) -> torch.Tensor:
    if old.layout != torch.strided or old.is_nested:
        layout = str(old.layout).removeprefix("torch.")
        raise InvalidValueError(f"One element of a {layout} tensor cannot be set; write what g becomes.")
    if len(element) != old.dim() or any(not 0 <= i < size for i, size in zip(element, old.shape, strict=False)):
        raise InvalidValueError(f"There is no element {list(element)} in a tensor of {list(old.shape)}.")
    try:
        number: Any = (complex if old.is_complex() else float)(text.replace("−", "-").replace(" ", ""))
    except ValueError:
        raise InvalidValueError(f"{text!r} is not a number.") from None
    new = old.clone()
    try:
        new[element] = number
    except Exception as error:  # a type that holds no such number, or a class that refuses
        said = str(error).partition("\n")[0].rstrip(".")
        raise InvalidValueError(f"{text!r} cannot be set: {said}.") from None
    return new


def write_parameter(parameter: Any, new: torch.Tensor) -> None:
    """Put `new` into a parameter, in place: optimizers and names still know it. Autograd does not notice, so that a
    backward which is under way goes on, with the new value.

    Raises:
        GradvizError: the value cannot be written.
    """
    try:
        if isinstance(parameter, np.ndarray):
            parameter[...] = new.numpy()
        else:
            parameter.data.copy_(new)
    except (RuntimeError, ValueError, TypeError) as error:
        raise GradvizError(f"The parameter cannot be changed: {error}.") from None
