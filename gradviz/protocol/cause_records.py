"""The facts of a cause: the places that a NaN or Inf passed, what the tensors there held; the proof of an error."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gradviz.protocol.records import Phase, Shape


class ExtentRecord(Struct, frozen=True, omit_defaults=True):
    """What a tensor holds, against the limits of its type."""

    name: str
    shape: Shape | None = None
    dtype: str = ""
    minimum: float | None = None
    """Of the finite values."""
    maximum: float | None = None
    nans: int = 0
    infs: int = 0
    count: int = 0
    headroom: float | None = None
    """How many times larger the largest could be before it overflows."""
    subnormal: float = 0.0
    """The share that is not zero and below the smallest normal number."""


LinkRole = Literal["saved", "written", "read", "kept", "used", "lost", "started", "recomputed", "meant"]


class BlameLink(Struct, frozen=True, omit_defaults=True):
    """One place that a NaN or Inf passed, on the way from where it began to where it was noticed."""

    reason: str
    """Sentences: why it was made here, or what brought it."""
    phase: Phase
    point: int | None = None
    """Position of the point in the iteration; None for what the iteration began with."""
    node: int | None = None
    name: str = ""
    """As the user calls it: the op, the parameter."""
    op: str = ""
    grad_fn: str = ""
    module: str = ""
    use: int = 1
    file: str = ""
    line: int = 0
    inputs: tuple[ExtentRecord, ...] = ()
    outputs: tuple[ExtentRecord, ...] = ()
    rows: tuple[int, ...] = ()
    """Rows of the batch that carry it; the first of them, if they are many."""
    row_count: int = 0
    batch: int = 0
    """How many rows the batch has; 0 where no row can be named."""
    role: LinkRole | None = None
    """Of an error's proof: what happened there. `meant`: an Inf that is there on purpose, as in a mask."""


class ProofRecord(Struct, frozen=True, omit_defaults=True):
    """Where one of autograd's own errors comes from: the places that led to it, in the order of what happened."""

    title: str
    """What is wrong, in a few words."""
    chain: tuple[BlameLink, ...]
    earlier: tuple[int, ...] = ()
    """Nodes that were made before the backward that has run already."""
    sentence: str = ""
    """What is wrong and how to mend it; empty where the message of the error is enough."""


class ModuleFigures(Struct, frozen=True, omit_defaults=True):
    """How much a module moves, beside its own history."""

    path: str
    """Of the module that holds the parameters itself; empty for the whole model."""
    gradient: float | None = None
    """The norm of the gradients of its parameters."""
    usual_gradient: float | None = None
    """The median of the iterations before."""
    ratio: float | None = None
    """Step over weight, by norms, in the last update."""
    usual_ratio: float | None = None


class RowFigures(Struct, frozen=True, omit_defaults=True):
    """One row of the batch, run alone."""

    row: int
    loss: float
    gradient: float
    """The norm of the gradients of all parameters."""
