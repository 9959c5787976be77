"""Events of a run that goes back to an iteration of its past."""

from __future__ import annotations

from gradviz.protocol.events import Event


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


AnyPastEvent = Repeated | Branched
