"""Changes a value while stopped: a parameter, or the gradient that is about to be passed to a node."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from gradviz.engine.tensors.tensor_reader import isolated_no_grad, read, unreadable_error
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.language import tr
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
        raise InvalidValueError(
            tr("{expression!r} gives {unfit}").format(expression=edit.expression, unfit=unfit)
        ) from None
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # the door for the user's own code
        said = str(error).rstrip(".!") if isinstance(error, Exception) else ""
        said = said or type(error).__name__
        raise InvalidValueError(
            tr("{expression!r} cannot be computed: {said}.").format(expression=edit.expression, said=said)
        ) from None


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
        raise _UnfitError(tr("a {name}; a tensor or a number is needed.").format(name=type(new).__name__))
    if new.shape != old.shape:
        made, needed = ("×".join(map(str, shape)) or tr("a scalar") for shape in (new.shape, old.shape))
        text = tr("{shape} instead of {needed}; the shape must stay.")
        raise _UnfitError(text.format(shape=made, needed=needed))
    if new.layout != old.layout:
        raise _UnfitError(tr("the layout {layout}; {needed} is needed.").format(layout=new.layout, needed=old.layout))
    if new.is_complex() and not old.is_complex():
        raise _UnfitError(tr("complex numbers; take .real or .imag of them."))
    return new.detach().to(dtype=old.dtype, device=old.device)


def _with_element(old: torch.Tensor, element: tuple[int, ...], text: str) -> torch.Tensor:
    if old.layout != torch.strided or old.is_nested:
        layout = str(old.layout).removeprefix("torch.")
        raise InvalidValueError(
            tr("One element of a {layout} tensor cannot be set; write what g becomes.").format(layout=layout)
        )
    if len(element) != old.dim() or any(not 0 <= i < size for i, size in zip(element, old.shape, strict=False)):
        raise InvalidValueError(
            tr("There is no element {element} in a tensor of {shape}.").format(
                element=list(element), shape=list(old.shape)
            )
        )
    try:
        number: Any = (complex if old.is_complex() else float)(text.replace("−", "-").replace(" ", ""))
    except ValueError:
        raise InvalidValueError(tr("{text!r} is not a number.").format(text=text)) from None
    new = old.clone()
    try:
        new[element] = number
    except Exception as error:  # a type that holds no such number, or a class that refuses
        said = str(error).partition("\n")[0].rstrip(".")
        raise InvalidValueError(tr("{text!r} cannot be set: {said}.").format(text=text, said=said)) from None
    return new


def copy_of(value: Any) -> torch.Tensor:
    """Return a copy of a parameter's values, for `write_parameter` to put back."""
    return _as_tensor(value).clone()


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
        raise GradvizError(tr("The parameter cannot be changed: {error}.").format(error=error)) from None
