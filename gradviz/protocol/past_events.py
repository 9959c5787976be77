"""Events of a run that goes back to an iteration of its past."""

from __future__ import annotations

from gradviz.protocol.events import Event


class Returning(Event, frozen=True):
    """The run is on the way back to iteration `to`: it runs again, freely, and has come to `step`."""

    run: int
    step: int
    to: int


class Branched(Event, frozen=True):
    """The run `of` was gone back in, and is another run from iteration `step` on. Its losses before are those of `of`,
    which is over and stays as it is; all that follows is of `run`."""

    run: int
    of: int
    step: int
    message: str = ""
    """What differed, where the user changed nothing: a sentence. Empty after a change."""


AnyPastEvent = Returning | Branched
