"""Checks the arguments of an `Experiment`; each refusal is a sentence with what to do instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from gradviz.errors import GradvizError
from gradviz.language import tr

Batches = Callable[[], Iterator[tuple[Any, Any]]]


def check_optimizer(optimizer: Any) -> None:
    """Raise GradvizError for an instance: it would keep the parameters of an earlier run."""
    if isinstance(optimizer, tuple) and not (len(optimizer) == 2 and isinstance(optimizer[1], Mapping)):
        raise GradvizError(
            tr(
                'The optimizer is a tuple, but not of a name and its options, such as ("AdamW", {"lr": 3e-4}); let'
                " it be that, or a function of the parameters."
            )
        )
    if optimizer is not None and not isinstance(optimizer, str | tuple) and not callable(optimizer):
        made = type(optimizer).__name__
        raise GradvizError(
            tr(
                "The optimizer is a {made} that is made already; pass how to make it: optimizer=lambda parameters:"
                " {made}(parameters, …), or its name and options."
            ).format(made=made)
        )


def attribute_names(model: Any, names: Iterable[Any]) -> tuple[str, ...]:
    """Return the names as a tuple.

    Raises:
        GradvizError: one of them is not the name of an attribute of the model.
    """
    found = tuple(names)
    for name in found:
        if not isinstance(name, str):
            raise GradvizError(tr("`parameters` holds no names; pass a dict of name and tensor: parameters={'w': w}."))
        if not hasattr(model, name):
            raise GradvizError(tr("The model has no attribute {name!r}, which `parameters` names.").format(name=name))
    return found


def check_inputs(inputs: Any) -> None:
    """Raise GradvizError for what gives batches: a model takes none of them as it is."""
    if isinstance(inputs, Iterator) or type(inputs).__name__ == "DataLoader":
        raise GradvizError(
            tr(
                "The inputs are a {name}, which gives batches; pass it, or a function that makes one, as `batches`:"
                " gradviz.Experiment(model, batches=…)."
            ).format(name=type(inputs).__name__)
        )


def check_loss_function(loss: Any) -> None:
    """Raise GradvizError for anything that is not a function or instance to call with the output."""
    if isinstance(loss, type):
        raise GradvizError(
            tr("The loss is the class {name}; pass an instance of it: loss={name}(…).").format(name=loss.__name__)
        )
    if loss is not None and not callable(loss):
        raise GradvizError(
            tr(
                "The loss is a {name}; pass a function of the output (and of the targets, if there are"
                " some) that returns one number."
            ).format(name=type(loss).__name__)
        )


def batch_maker(batches: Any) -> Batches | None:
    """Return a function that returns a new iterator at each call.

    Raises:
        GradvizError: `batches` is an iterator, which cannot be restarted.
    """
    if batches is None:
        return None
    if callable(batches):
        return cast(Batches, batches)
    if isinstance(batches, Iterator) or not (hasattr(batches, "__iter__") or hasattr(batches, "__getitem__")):
        raise GradvizError(
            tr(
                "`batches` is a {name}, which cannot be begun again; pass the DataLoader or list itself,"
                " or a function that makes such an iterator."
            ).format(name=type(batches).__name__)
        )
    return lambda: iter(batches)
