"""Ends a script from within its own calls, also one that catches what it is ended by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gradviz.engine.gate.gate import AbandonedError

# How often a script that catches everything is told again that it is to end.
_PATIENCE = 3


class ScriptEnding:
    """Remembers that the script was told to end, and tells it again wherever it calls."""

    def __init__(self, stuck: Callable[[], None]) -> None:
        """`stuck` is called once it was told often enough."""
        self._stuck = stuck
        self._told = 0

    def refuse(self) -> None:
        """Raises AbandonedError in a script that went on although it was told to end."""
        if not self._told:
            return
        self._told += 1
        if self._told > _PATIENCE:
            self._stuck()
        raise AbandonedError

    @contextmanager
    def noticed(self) -> Iterator[None]:
        """Whoever is called in here may tell the script to end, by AbandonedError."""
        self.refuse()
        try:
            yield
        except AbandonedError:
            self._told = max(self._told, 1)
            raise
