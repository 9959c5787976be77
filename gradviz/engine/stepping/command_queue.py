"""What was said and not yet done: commands that were postponed, then those that are still to be heard."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from gradviz.protocol.commands import Command
from gradviz.protocol.events import Event


class Peer(Protocol):
    """The other end, as the server needs it; `engine.connection.Connection` is one."""

    def post(self, event: Event) -> None: ...
    def has_command(self) -> bool: ...
    def next_command(self, seconds: float | None) -> Command | None: ...


class Commands:
    """The commands of one peer, in the order they are to be served."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._postponed: deque[Command] = deque()

    @property
    def waiting(self) -> bool:
        """Whether there is a command to serve, postponed or new."""
        return bool(self._postponed) or self._peer.has_command()

    @property
    def heard(self) -> bool:
        """Whether somebody has said something new."""
        return self._peer.has_command()

    def next(self, timeout: float | None = None) -> Command | None:
        """The next command, postponed ones first; None if there is none for `timeout` seconds."""
        return self._postponed.popleft() if self._postponed else self._peer.next_command(timeout)

    def take(self) -> Command:
        """The next command; waits for it."""
        command = self.next()
        assert command is not None  # without a timeout, it waits
        return command

    def hear(self) -> Command:
        """What was said first of all that was not heard yet."""
        command = self._peer.next_command(None)
        assert command is not None  # without a timeout, it waits
        return command

    def postpone(self, command: Command) -> None:
        """Serve `command` when the iteration is over, or stands."""
        self._postponed.append(command)
