"""The facts of explanations that clients ask for: an optimizer's step."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gradviz.protocol.records import Shape


class UpdateTermRecord(Struct, frozen=True):
    """One term of an optimizer's step: what it comes from, its formula, and the 2-norm of it."""

    part: Literal["gradient", "momentum", "decay"]
    formula: str
    norm: float


class UpdateValueRecord(Struct, frozen=True):
    """One tensor of an optimizer's formula, in numbers."""

    symbol: str
    """As the formulas call it; empty for one that they do not have."""
    name: str
    """`weight`, `gradient`, or the name of what the optimizer keeps (`exp_avg`)."""
    shape: Shape = ()
    before: float | None = None
    """The 2-norm before the step; None where it was not kept, or made by the step."""
    after: float | None = None


class UpdateRecord(Struct, frozen=True):
    """The step of one parameter as its optimizer computes it."""

    parameter: str
    optimizer: str
    formulas: tuple[str, ...] = ()
    """In the notation of the derivative rules; the last gives the new parameter. Empty where none is known."""
    numbers: tuple[str, ...] = ()
    """The same with the options' values in place of their symbols."""
    scalars: tuple[tuple[str, str, float], ...] = ()
    """Symbol, name and value of each number in the formulas."""
    terms: tuple[UpdateTermRecord, ...] = ()
    """Their sum is the step."""
    values: tuple[UpdateValueRecord, ...] = ()
    step: float | None = None
    """The 2-norm of the whole step: as it was taken, or before that, as the formula gives it."""
    ran: bool = False
    rounding: float | None = None
    """By how much the sum of the terms differs from the step that was taken, as a share of it."""
    note: str = ""
    """Why there is no formula, or what else must be known."""
