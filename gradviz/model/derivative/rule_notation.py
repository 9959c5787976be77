"""The notation of derivative rules: one row, and the forms of rows that many operations share.

Words are variables in italics, except the names of functions; `^{…}` is raised, `_{…}` lowered, `·` is a matrix
product, `⊙` an element-wise one. In the shapes, `{x}` is the shape of x and `{xᵀ}` the same with the last two
dimensions exchanged.
"""

from __future__ import annotations

from typing import NamedTuple


class Gradient(NamedTuple):
    """The gradient of one input, and the same formula with shapes in place of names."""

    input: str
    formula: str
    shapes: str = ""


class DerivativeRule(NamedTuple):
    """One operation: its inputs in the order of `next_functions`, its forward, and the gradient of each input."""

    inputs: tuple[str, ...]
    forward: str
    gradients: tuple[Gradient, ...]
    shapes: str = ""
    note: str = ""


def elementwise(forward: str, derivative: str, note: str = "") -> DerivativeRule:
    """Return the rule of out = f(x): the gradient is grad, times the derivative at each element."""
    return DerivativeRule(("x",), forward, (Gradient("x", derivative, "{grad} → {x}"),), "{x} → {out}", note)


def moves(forward: str, backward: str, note: str = "") -> DerivativeRule:
    """Return the rule of an operation that only moves elements: backward moves them back."""
    return DerivativeRule(("x",), forward, (Gradient("x", backward, "{grad} → {x}"),), "{x} → {out}", note)


def loss(forward: str, backward: str, note: str = "") -> DerivativeRule:
    """Return the rule of a loss of an input and a target."""
    return DerivativeRule(
        ("input", "target"),
        forward,
        (Gradient("input", backward, "{grad} → {input}"),),
        "{input}, {target} → {out}",
        note,
    )


BROADCAST = "Where an input was broadcast, its gradient is summed over the dimensions it was repeated along."
SAVED_RESULT = "Backward uses the result of forward, so only that is saved."
