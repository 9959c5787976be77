"""Times what runs on a device: marks are set without waiting, and read once, after the device has been waited for."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import Any, Protocol

import torch


class Clock(Protocol):
    """Marks moments of one iteration."""

    def mark(self) -> Any:
        """A moment, as the device comes to it."""

    def settle(self) -> None:
        """Wait until all marks can be read."""

    def seconds(self, begin: Any, end: Any) -> float:
        """Between two marks, once settled."""


class HostClock:
    """For the CPU, where an op has run when its call returns."""

    def mark(self) -> float:
        return perf_counter()

    def settle(self) -> None:
        """There is nothing to wait for."""

    def seconds(self, begin: float, end: float) -> float:
        return end - begin


class CudaClock:
    """For a CUDA device, which works off what was queued for it: events in the queue tell when it came to them."""

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def mark(self) -> torch.cuda.Event:
        event = torch.cuda.Event(enable_timing=True)
        event.record(torch.cuda.current_stream(self._device))
        return event

    def settle(self) -> None:
        torch.cuda.synchronize(self._device)

    def seconds(self, begin: torch.cuda.Event, end: torch.cuda.Event) -> float:
        return begin.elapsed_time(end) / 1e3


def clock_for(values: Iterable[Any]) -> Clock | None:
    """The clock of the device that the parameters `values` are on, CUDA if any of them is.

    None where there is no clock that could tell without making every op wait: on other accelerators.
    """
    devices = {value.device for value in values if isinstance(value, torch.Tensor)}
    for device in devices:
        if device.type == "cuda":
            return CudaClock(device)
    return HostClock() if all(device.type == "cpu" for device in devices) else None
