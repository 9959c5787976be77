"""What the user's code logs by `gradviz.log`: taken at once, sent in batches, each point once."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from threading import Lock
from time import perf_counter
from typing import Any

import numpy as np
import torch

from gradviz.engine.torch_compat import DisableTorchFunction
from gradviz.language import tr
from gradviz.protocol.events import Event
from gradviz.protocol.metric_events import MetricsLogged

_PERIOD = 0.1
"""Seconds between two batches, if nothing else is sent, which takes them along."""


class _Known:
    """The points of a metric, as long as its steps only grow; those of an iteration that runs again are among them."""

    def __init__(self) -> None:
        self.steps, self.values = array("q"), array("d")

    def has(self, step: int, value: float) -> bool:
        """Return whether the point is known, bit for bit."""
        if not self.steps or step > self.steps[-1]:
            return False
        first, end = bisect_left(self.steps, step), bisect_right(self.steps, step)
        bits = np.frombuffer(self.values, np.uint64)[first:end]
        return bool((bits == np.float64(value).view(np.uint64)).any())

    def add(self, step: int, value: float) -> None:
        """Note a point."""
        place = bisect_right(self.steps, step)
        self.steps.insert(place, step)
        self.values.insert(place, value)


class MetricLog:
    """The points of the current run that wait to be sent. `add` is called by the user's code, in its threads."""

    def __init__(self, post: Callable[[Event], None], place: Callable[[], tuple[int, int]]) -> None:
        """`place` returns the number of the run, and the iteration that is under way."""
        self._post, self._place = post, place
        self._lock = Lock()
        self._run = 0
        self._known: dict[str, _Known] = defaultdict(_Known)
        self._waiting: dict[str, list[tuple[int, float]]] = {}
        self._sent_at = perf_counter()
        self._reported: set[str] = set()

    def add(self, metrics: Mapping[str, Any], step: int | None) -> None:
        """Take in numbers by name, of an iteration or of the one that is under way."""
        run, current = self._place()
        at = current if step is None else int(step)
        for name, given in metrics.items():
            if (value := number_in(given)) is None:
                self._report(str(name))
            else:
                self._add(run, str(name), at, value)
        if perf_counter() - self._sent_at >= _PERIOD:
            self.send()

    def post(self, event: Event) -> None:
        """Send what waits, and then `event`."""
        if self._waiting:
            self.send()
        self._post(event)

    def send(self) -> None:
        """Send what waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            self._sent_at = perf_counter()
            for name, points in waiting.items():
                steps, values = zip(*points, strict=True)
                packed = np.array(steps, "<i8").tobytes(), np.array(values, "<f8").tobytes()
                self._post(MetricsLogged(self._run, name, *packed))

    def _add(self, run: int, name: str, step: int, value: float) -> None:
        if run != self._run:
            self.send()
            self._run = run
            self._known.clear()
        with self._lock:
            known = self._known[name]
            if not known.has(step, value):
                known.add(step, value)
                self._waiting.setdefault(name, []).append((step, value))

    def _report(self, name: str) -> None:
        if name not in self._reported:
            self._reported.add(name)
            print(tr("gradviz.log: {name} is no number, and is left out.").format(name=name), file=sys.stderr)


def number_in(given: Any) -> float | None:
    """Return a number of Python or NumPy, or a tensor's only one; None if it is none. No op of it is recorded."""
    with DisableTorchFunction():
        try:
            return float(given.detach() if isinstance(given, torch.Tensor) else given)
        except (TypeError, ValueError, RuntimeError):
            return None
