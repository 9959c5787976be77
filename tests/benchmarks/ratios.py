"""Times two things in turn, and prints the ratio of their medians: machines are noisy, ratios are less so."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

Clock = Callable[[], float]


def seconds(action: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Time of one call; with the clock `time.process_time` that of the processor, whatever else the machine does."""
    start = clock()
    action()
    return clock() - start


def ratio(
    title: str,
    ours: Callable[[], object],
    plain: Callable[[], object],
    rounds: int = 7,
    clock: Clock = time.perf_counter,
) -> float:
    """Median of ours over plain, taken pair by pair so that a drifting machine drifts under both; prints it."""
    ours()
    plain()
    return told(title, [(seconds(ours, clock), seconds(plain, clock)) for _ in range(rounds)])


def told(title: str, pairs: Sequence[tuple[float, float]]) -> float:
    """Median of a / b over pairs (a, b) of seconds that were taken one after the other; prints it."""
    value = statistics.median(a / b for a, b in pairs)
    a, b = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"\n{title}: {value:.3f} ({a * 1e3:.2f} ms over {b * 1e3:.2f} ms)")
    return value
