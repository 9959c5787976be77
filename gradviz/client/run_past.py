"""How far a run has come, and how much of that runs again."""

from __future__ import annotations

from gradviz.protocol.events import Event, LossBatch, Raised, StateChanged, Stopped
from gradviz.protocol.past_events import Branched, Repeated


class RunPast:
    """The past of one run, changed by events alone."""

    def __init__(self) -> None:
        self.reached = 0
        """How many iterations have losses: what can be gone back to."""
        self.repeated: Repeated | None = None
        """How far iterations have come that ran before and run again; None where new ones run."""
        self.raised: Raised | None = None
        """What ended the run outside of a stop; None once one has gone back and on."""

    def apply(self, event: Event) -> None:
        """Read one event of the run."""
        match event:
            case Repeated():
                self.repeated = event
            case LossBatch(first=first, losses=losses) if losses:
                self.reached = max(self.reached, first + len(losses) // 8)
                if self.repeated is not None and self.reached >= self.repeated.to:
                    self.repeated = None  # else it is a script, whose losses are sent again, too
            case Branched(step=step):
                self.reached, self.repeated = step, None
            case Stopped():
                self.repeated = None
            case Raised():
                self.raised = event
            case StateChanged(state="running"):
                self.raised = None
            case StateChanged():
                self.repeated = None


def run_of(event: Event, current: int) -> int:
    """Return the run that an event is of; that of a branch is the run that it begins from, others are of `current`."""
    return event.of if isinstance(event, Branched) else getattr(event, "run", current)
