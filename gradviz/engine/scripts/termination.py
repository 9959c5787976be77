"""Ends a script from within its own calls, also one that catches what it is ended by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gradviz.engine.gate.gate import AbandonedError

# How often a script that catches everything is ended again.
_PATIENCE = 3


class ScriptEnding:
    """Remembers that the script is to end, and ends it again wherever it calls."""

    def __init__(self, stuck: Callable[[], None]) -> None:
        """`stuck` is called once it was ended often enough."""
        self._stuck = stuck
        self._refusals = 0

    def refuse(self) -> None:
        """Raise AbandonedError in a script that went on although it was ended."""
        if not self._refusals:
            return
        self._refusals += 1
        if self._refusals > _PATIENCE:
            self._stuck()
        raise AbandonedError

    @contextmanager
    def noticed(self) -> Iterator[None]:
        """While this lasts, an AbandonedError ends the script."""
        self.refuse()
        try:
            yield
        except AbandonedError:
            self._refusals = max(self._refusals, 1)
            raise
