"""The facts of explanations that clients ask for: an optimizer's step, the check of a derivative, what updates a
parameter."""

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


class CheckedElementRecord(Struct, frozen=True):
    """The derivative by one element: real numbers as a tuple of one, complex ones of two."""

    input: int
    """Position in `CheckRecord.inputs`."""
    index: tuple[int, ...]
    analytic: tuple[float, ...]
    numeric: tuple[float, ...]
    difference: float
    agrees: bool


class CheckedInputRecord(Struct, frozen=True):
    """One input that was differentiated by."""

    name: str
    """Of a tensor that has one; else empty."""
    position: int
    """Among the tensors of the call."""
    shape: Shape
    compared: int
    """How many of its elements were compared one by one; of more, all were at once along a random direction."""
    wrong: int
    """How many of these differ."""
    wrong_extent: tuple[float, float] | None = None
    """The least and the largest value of those."""
    right_extent: tuple[float, float] | None = None
    """Of those that agree in a derivative that is not 0; None if none does, or if the input is complex."""


class CheckRecord(Struct, frozen=True):
    """The derivative of a node as its backward gives it, beside differences of its forward."""

    node: int
    op: str
    cause: Literal[
        "",
        "wrong_formula",
        "kink",
        "kink_near",
        "low_precision",
        "nondeterministic",
        "saved_changed",
        "nonfinite",
        "raised",
    ]
    """Why the two differ; empty where they agree."""
    inputs: tuple[CheckedInputRecord, ...] = ()
    elements: tuple[CheckedElementRecord, ...] = ()
    """Those that differ most first; not all that were compared."""
    factor: tuple[float, ...] | None = None
    """What the analytic derivatives are times the numeric ones, where that is one number."""
    nodes: int = 1
    """How many nodes the op made, which are checked as one."""
    dtype: str = ""
    random: bool = False
    """Whether it draws random numbers; they were the same at each evaluation."""
    own_gradient: bool = False
    """Whether the outputs were weighed with the gradient that came in; else with random numbers."""
    alike: tuple[tuple[int, int], ...] = ()
    """Positions of inputs that share memory: in the copy each was changed alone."""
    torch_agrees: bool | None = None
    """What `torch.autograd.gradcheck` finds; None where it was not asked."""
    torch_message: str = ""
    rounding: float | None = None
    """By what share the gradient in the run's own type differs from that in double precision."""
    evaluations: int = 0
    message: str = ""
    """What its backward raised."""


class HolderRecord(Struct, frozen=True):
    """What updates one parameter."""

    names: tuple[str, ...]
    groups: tuple[tuple[str, float], ...] = ()
    """Class of the optimizer and learning rate of each group that has it."""
    changed: bool | None = None
    """Whether the last update changed it; None where its step was not held."""
