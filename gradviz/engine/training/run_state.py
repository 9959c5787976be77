"""How far a run is meant to go: which iteration it stands in, whether it runs, and when it holds."""

from __future__ import annotations

from gradviz.errors import GradvizError
from gradviz.protocol.events import State


class Course:
    """What runs of networks and of scripts have in common. `step` is the iteration that it stands in, or before."""

    def __init__(self, state: State) -> None:
        self.state: State = state
        self.step = 0
        self.until: int | None = None
        """It is finished before this iteration; None for no end."""

    def begin(self, until: int | None) -> None:
        """Go on until iteration `until`, or until told otherwise.

        Raises:
            GradvizError: there is nothing to do, or the run has failed.
        """
        self.refuse_failed()
        if until is not None and until <= self.step:
            raise GradvizError(f"{self.step} iterations are done already; ask for more than {until}.")
        self.until = until
        self.state = "running"

    def pause(self) -> None:
        """Hold between two iterations."""
        if self.state == "running":
            self.state = "paused"

    def refuse_failed(self) -> None:
        """Raises GradvizError if the run has failed."""
        if self.state == "failed":
            raise GradvizError("This run has failed; reset it to begin a new one.")

    def _count_iteration(self) -> None:
        """One more is done."""
        self.step += 1
        if self.state == "running" and self.until is not None and self.step >= self.until:
            self.state = "finished"
