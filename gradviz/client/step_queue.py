"""Lets one step be under way at a time, so that keys pressed faster than the engine answers pile nothing up."""

from __future__ import annotations

from gradviz.protocol.commands import Command, Run, RunOne


class StepQueue:
    """The command that is under way, and at most one that a person asked for meanwhile."""

    def __init__(self) -> None:
        self.waiting: Command | None = None
        """What the engine has been sent and has not answered by a stop."""
        self._next: Command | None = None

    def ask(self, command: Command) -> bool:
        """True if `command` is to be sent now. While a step is under way the newest wish waits for its answer;
        nothing waits for the end of a run."""
        if self.waiting is None:
            self.waiting = command
            return True
        if not isinstance(self.waiting, (Run, RunOne)):
            self._next = command
        return False

    def answered(self) -> Command | None:
        """The engine stands still again; what is to be sent next, if anything is."""
        self.waiting, self._next = self._next, None
        return self.waiting

    def clear(self) -> None:
        """Nothing is under way, and nothing waits."""
        self.waiting = self._next = None
