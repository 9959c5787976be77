"""The queue of commands: those that were postponed, then those that were not received yet."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from gradviz.protocol.commands import Command
from gradviz.protocol.events import Event


class Peer(Protocol):
    """The other end, as the server needs it; `serving.connection.Connection` is one."""

    def post(self, event: Event) -> None:
        """Send `event`."""

    def has_command(self) -> bool:
        """Return whether there is a command."""

    def next_command(self, seconds: float | None) -> Command | None:
        """Return the next command; None if there is none for `seconds`. With None, wait for it."""


class Commands:
    """The commands of one peer, in the order they are to be served."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._postponed: deque[Command] = deque()

    @property
    def waiting(self) -> bool:
        """Return whether there is a command to serve, postponed or new."""
        return bool(self._postponed) or self._peer.has_command()

    @property
    def has_new(self) -> bool:
        """Return whether there is a command that was not received yet."""
        return self._peer.has_command()

    def next(self, timeout: float | None = None) -> Command | None:
        """Return the next command, postponed ones first; None if there is none for `timeout` seconds."""
        return self._postponed.popleft() if self._postponed else self._peer.next_command(timeout)

    def take(self) -> Command:
        """Return the next command; wait for it."""
        command = self.next()
        assert command is not None  # without a timeout, it waits
        return command

    def receive(self) -> Command:
        """Return the first command that was not received yet; wait for it."""
        command = self._peer.next_command(None)
        assert command is not None  # without a timeout, it waits
        return command

    def postpone(self, command: Command) -> None:
        """Serve `command` when the iteration is over, or paused."""
        self._postponed.append(command)
