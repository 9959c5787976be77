"""Collects losses and sends them at the screen's rate, every one of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch

from gradviz.protocol.events import Event, LossBatch
from gradviz.protocol.records import EvaluationsRecord

# A screen shows 60 pictures a second; more batches would only cost.
PERIOD = 0.1
# The rate is an average over about this many seconds.
_MEMORY = 0.5


class LossBatcher:
    """Batches the losses of one run for the client.

    Numbers are copied from a GPU a batch at a time: each copy waits for the device.
    """

    def __init__(self, run: int, post: Callable[[Event], None]) -> None:
        self._run = run
        self._post = post
        self._waiting: list[Any] = []
        self._evaluations: list[EvaluationsRecord] = []
        self._first = 0
        self._sent_at = perf_counter()
        self._rate = 0.0
        self.last: float | None = None

    def resume(self) -> None:
        """Start the clock of the rate: time spent waiting is not training."""
        self._sent_at = perf_counter()

    def add(self, step: int, loss: Any, evaluations: EvaluationsRecord | None = None) -> None:
        """Add the loss of iteration `step`, a number or a tensor."""
        if evaluations is not None:
            self._evaluations.append(evaluations)
        if not self._waiting:
            self._first = step
        self._waiting.append(loss if _is_elsewhere(loss) else float(loss))

    def send_if_due(self, now: float) -> None:
        """Send the batch if the screen's next picture is due."""
        if now - self._sent_at >= PERIOD:
            self.send()

    def send(self) -> None:
        """Send the batch."""
        if not self._waiting:
            return
        losses = _numbers(self._waiting)
        self._waiting = []
        now = perf_counter()
        self._measure(len(losses), now - self._sent_at)
        self._sent_at = now
        self.last = losses[-1]
        evaluations, self._evaluations = tuple(self._evaluations), []
        self._post(LossBatch(self._run, self._first, losses.tobytes(), self._rate, evaluations))

    def _measure(self, count: int, seconds: float) -> None:
        rate = count / max(seconds, 1e-9)
        weight = min(1.0, seconds / _MEMORY)
        self._rate = rate if self._rate == 0.0 else self._rate + weight * (rate - self._rate)


def _is_elsewhere(loss: Any) -> bool:
    return isinstance(loss, torch.Tensor) and loss.device.type != "cpu"


def _numbers(losses: list[Any]) -> array[float]:
    """Return losses as float64; tensors on a device are copied in one piece."""
    if all(isinstance(loss, torch.Tensor) for loss in losses):
        losses = torch.stack([loss.reshape(()) for loss in losses]).cpu().double().tolist()
    numbers = array("d", (float(loss) for loss in losses))
    # The protocol is little-endian, whatever this machine is.
    if _BIG_ENDIAN:
        numbers.byteswap()
    return numbers


_BIG_ENDIAN = array("H", [1]).tobytes()[0] == 0
