"""Torch's own error texts that are about reach: each with what it means here, and the parameters that it is about."""

from __future__ import annotations

from typing import NamedTuple

from gradviz.language import tr, translatable

_LOST = ("unused", "detached", "integer", "no_grad", "hidden", "unknown")
_LEAST = 12
"""Letters of a text from which on a part of an error counts as the error."""


class ReachError(NamedTuple):
    """One error of torch's."""

    text: str
    """A part of its message."""
    meaning: str
    reasons: tuple[str, ...]
    """The reasons of `ReachRecord`, or `no_optimizer`, `two_optimizers`, of the parameters that it is about."""


ERRORS = (
    ReachError(
        "Expected to have finished reduction in the prior iteration",
        translatable(
            "DistributedDataParallel waits for the gradient of every parameter, and some get none. Use them for the"
            " loss, freeze them, or pass find_unused_parameters=True."
        ),
        _LOST,
    ),
    ReachError(
        "element 0 of tensors does not require grad and does not have a grad_fn",
        translatable(
            "What backward starts from has no graph: no gradient goes to any parameter. The reasons below say where it"
            " is lost."
        ),
        (*_LOST, "frozen"),
    ),
    ReachError(
        "One of the differentiated Tensors appears to not have been used in the graph",
        translatable(
            "torch.autograd.grad was asked for a tensor that the loss does not come from. Use it, leave it out, or pass"
            " allow_unused=True."
        ),
        _LOST,
    ),
    ReachError(
        "One of the differentiated Tensors does not require grad",
        translatable("torch.autograd.grad was asked for a tensor that is frozen; set requires_grad_(True) before."),
        ("frozen",),
    ),
    ReachError(
        "optimizer got an empty parameter list",
        translatable("No parameter was given to the optimizer; give it model.parameters()."),
        ("no_optimizer",),
    ),
    ReachError(
        "some parameters appear in more than one parameter group",
        translatable("A parameter may be in one group only: leave it out of the others."),
        ("two_optimizers",),
    ),
    ReachError(
        "can't optimize a non-leaf Tensor",
        translatable("An optimizer takes leaves: give it the parameter itself, not what was computed from it."),
        ("no_optimizer",),
    ),
    ReachError(
        "None of the inputs have requires_grad=True. Gradients will be None",
        translatable(
            "A reentrant checkpoint passes no gradient on where no input wants one; pass use_reentrant=False."
        ),
        ("no_grad",),
    ),
    ReachError(
        "No inf checks were recorded for this optimizer",
        translatable("GradScaler met no gradient in this optimizer: none of its parameters gets one."),
        (*_LOST, "frozen"),
    ),
    ReachError(
        "Only Tensors of floating point and complex dtype can require gradients",
        translatable("Integers have no gradient; the parameters below are lost behind some."),
        ("integer",),
    ),
)


def error_for(text: str) -> ReachError | None:
    """Return the error that a text quotes, or a longer part of it; None for any other text."""
    wanted = " ".join(text.split()).lower()
    for error in ERRORS:
        known = error.text.lower()
        if known in wanted or (len(wanted) >= _LEAST and wanted in known):
            return error
    return None


def meaning_of(error: ReachError) -> str:
    """Return what an error means, in the user's language."""
    return tr(error.meaning)


def explained(message: str, said: str) -> str:
    """Return what an error means whose own words are `said`, where that is known and its `message` is no sentence of
    ours already; else the message."""
    error = error_for(said)
    is_raw = " " not in message.partition(": ")[0]
    return meaning_of(error) if error is not None and is_raw else message
