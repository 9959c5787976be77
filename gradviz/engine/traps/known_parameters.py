"""Keeps the names of parameters for some iterations: to find them takes longer than to look at their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_FOR_AS_LONG = 100


class KnownParameters:
    """The parameters by name, as they were found last."""

    def __init__(self) -> None:
        self._step = 0
        self._of: object = None
        self._named: dict[str, Any] = {}

    def named(self, step: int, of: object, find: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return the parameters of `of`, which `find` finds, in iteration `step`."""
        if self._of is not of or not self._step <= step < self._step + _FOR_AS_LONG:
            self._step, self._of, self._named = step, of, find()
        return self._named

    def gradients(self) -> dict[str, Any]:
        """Return the gradients of those that have one."""
        return {name: value.grad for name, value in self._named.items() if value.grad is not None}
