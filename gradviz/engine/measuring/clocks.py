"""Clocks of devices: marks are set without waiting, and read once, after the device has been waited for."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import Any, Protocol

import torch

Span = tuple[Any, Any]
"""Two marks of one clock."""


class Clock(Protocol):
    """Marks moments of one iteration."""

    def mark(self) -> Any:
        """Return a mark of the moment at which the device comes to it."""

    def settle(self) -> None:
        """Wait until all marks can be read."""

    def seconds(self, begin: Any, end: Any) -> float:
        """Return the time between two marks, once settled."""


class HostClock:
    """Clock of the CPU, where an op has run when its call returns."""

    def mark(self) -> float:
        """Return the time."""
        return perf_counter()

    def settle(self) -> None:
        """Do nothing: there is nothing to wait for."""

    def seconds(self, begin: float, end: float) -> float:
        """Return the difference."""
        return end - begin


class CudaClock:
    """Clock of a CUDA device, which works off a queue: events in the queue record when it came to them."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def mark(self) -> torch.cuda.Event:
        """Queue an event."""
        event: torch.cuda.Event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call,unused-ignore]
        event.record(torch.cuda.current_stream(self._device))
        return event

    def settle(self) -> None:
        """Wait until the queue is worked off."""
        torch.cuda.synchronize(self._device)

    def seconds(self, begin: torch.cuda.Event, end: torch.cuda.Event) -> float:
        """Return the time between two events."""
        return float(begin.elapsed_time(end)) / 1e3


def clock_for(values: Iterable[Any]) -> Clock | None:
    """Return the clock of the device that the parameters `values` are on, CUDA if any of them is.

    None where there is no clock that would not make every op wait: on other accelerators.
    """
    devices = {value.device for value in values if isinstance(value, torch.Tensor)}
    for device in devices:
        if device.type == "cuda":
            return CudaClock(device)
    return HostClock() if all(device.type == "cpu" for device in devices) else None
