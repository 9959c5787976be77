"""Events of a run's past: the way back to one of its iterations, and states that are kept of it."""

from __future__ import annotations

from gradviz.protocol.events import Event
from gradviz.protocol.records import BreakpointRecord

ASKED, INTERVAL = "asked", "interval"
"""Why a checkpoint was made: it was asked for, or is one of those each N iterations."""


class Repeated(Event, frozen=True):
    """Iterations that ran before have run again, each with the loss that it had, so that it is not sent again. Sent ten
    times a second, on the way back to an iteration, and where the user goes on from there."""

    run: int
    step: int
    """The next iteration."""
    to: int
    """The iteration that is gone back to, or the first that has not run."""
    loss: float | None = None
    """The last one."""
    back: bool = True
    """Whether it is on the way back."""


class Branched(Event, frozen=True):
    """The run `of` was gone back in, and is another run from iteration `step` on. Its losses before are those of `of`,
    which is over and stays as it is; all that follows is of `run`."""

    run: int
    of: int
    step: int
    message: str = ""
    """What differed, where the user changed nothing: a sentence. Empty after a change."""


class CheckpointMade(Event, frozen=True):
    """The state of a run before iteration `step`, from which it can go on; a large one comes in several events."""

    run: int
    step: int
    kind: str
    size: int
    """Bytes of the whole."""
    data: bytes
    """A part of a safetensors file. Empty where it was recorded before the client has the event."""
    more: bool = False
    """Whether another part follows."""
    kept_in: str = ""
    """The id of the recorded run that it was put into, once it was."""


class FirstFound(Event, frozen=True):
    """The answer to `FindFirst`, sent before the run stops there."""

    run: int
    condition: BreakpointRecord
    step: int | None
    """The iteration; None if there is none among those that were looked at."""
    message: str
    """What was found: a sentence without its full stop."""
    before: float | None
    """The value nearest to the limit in the iterations before, where the condition has one."""
    first: int
    end: int
    """Iterations `first` to before `end` were looked at."""
    interrupted: bool = False
    """Whether the search was ended before the last iteration, by a pause or an error."""


AnyPastEvent = Repeated | Branched | CheckpointMade | FirstFound
