"""What a recorded run is: its facts, its summary, and the rows of its file, as others read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np
from msgspec import Struct

from gradviz.client.runs import RunSetup
from gradviz.language import translatable
from gradviz.model.growing_series import Floats, Indices

LOSS = "loss"
"""The metric that every run has which was recorded here."""
STATE = "state"
"""The kind of checkpoint that is made without being asked for; it does not keep a run from being let go."""

RunEnd = Literal["running", "finished", "failed", "ended", "died", "killed"]
"""running: not over yet · finished: the iterations that were set are done, or the script has ended · failed: the user's
code raised · ended: closed, or followed by another run, before its end · died: its engine did · killed: the program
that recorded it did."""
Origin = Literal["window", "run", "debug", "race", "import"]
COLORS: tuple[tuple[str, str], ...] = (
    (translatable("Blue"), "#4a8ee0"),
    (translatable("Green"), "#3a9c78"),
    (translatable("Orange"), "#d9772b"),
    (translatable("Pink"), "#d0609c"),
    (translatable("Teal"), "#2f9fb0"),
    (translatable("Yellow"), "#b08c20"),
)
"""Each differs enough from panel and canvas in both themes, and none is the accent, which is the current run."""


class RunFacts(Struct, frozen=True, kw_only=True):
    """All that is known of a run beside its numbers."""

    id: str
    began: float
    """Seconds since 1970, as all times here."""
    origin: Origin = "window"
    title: str = ""
    """The target as the user calls it: `nn`, `gpt.py:build`."""
    setup: RunSetup | None = None
    """As it was opened; what was changed later is among the events. None for an imported run."""
    arguments: tuple[str, ...] = ()
    """Of a script, what followed its name."""
    device: str = ""
    python: str = ""
    torch: str = ""
    gradviz: str = ""
    source: str = ""
    """The file that was executed."""
    digest: str = ""
    """The SHA-256 of that file; empty if it changed between its opening and the first loss."""
    parent: str = ""
    """The id of the run that this one is a branch of, at `parent_step`; empty for none."""
    parent_step: int | None = None
    state: RunEnd = "running"
    ended: float | None = None
    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    color: str = ""
    """`#rrggbb`; empty for the one that the plot gives it."""


class RunSummary(RunFacts, frozen=True, kw_only=True):
    """A row of the list of runs."""

    path: str
    size: int
    """Bytes on disk."""
    iterations: int = 0
    """How many points its main metric has; of a branch, with those before it."""
    last: float | None = None
    best: float | None = None
    """The least finite value of the main metric."""
    metrics: tuple[str, ...] = ()
    """In the order in which they began."""
    checkpoints: int = 0
    """Those that were asked for: all kinds but `STATE`."""
    checkpoint_step: int | None = None
    """The iteration of the last checkpoint; None without any."""
    live: bool = False
    """Whether a program records it now."""

    @property
    def optimizer(self) -> str:
        """The optimizer that it was opened with; empty where that is not known."""
        return self.setup.optimizer.name if self.setup is not None and self.setup.optimizer is not None else ""

    @property
    def is_kept(self) -> bool:
        """Whether it has what keeps it from being let go by age and size: a tag, a note, a checkpoint, a writer."""
        return bool(self.live or self.tags or self.note or self.checkpoints)


def main_metric(names: Iterable[str]) -> str:
    """Return the metric that represents a run: the loss, or of an imported one what is called most like it; empty if
    there is none."""
    names = list(names)
    likely = (name for name in names if "loss" in name.casefold())
    return LOSS if LOSS in names else next(likely, names[0] if names else "")


class Points(NamedTuple):
    """Points of one metric, in the order in which they were recorded."""

    steps: Indices
    """Shape (n,), int64."""
    times: Floats
    """Shape (n,), float64."""
    values: Floats
    """Shape (n,), float64; NaN and the infinities are what they were."""

    @classmethod
    def none(cls) -> Points:
        """Return no points."""
        return cls(np.empty(0, np.int64), np.empty(0), np.empty(0))


class RunEvent(Struct, frozen=True):
    """Something that happened to a run."""

    step: int
    time: float
    kind: str
    """`optimizer`, `learning_rate`, `device`, `edit`, `weights`, `evaluations`, `trap`, `branch`, `error`, `death`,
    `end`."""
    text: str
    data: str = "{}"
    """JSON: of a change of the configuration, the whole `optimizer` and `device` from there on."""


class CheckpointRow(Struct, frozen=True):
    """A checkpoint without its bytes."""

    number: int
    step: int
    time: float
    kind: str
    size: int
