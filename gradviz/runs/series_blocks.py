"""Points as a run file stores them: blocks of packed little-endian numbers, not a row for each point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gradviz.model.growing_series import Floats
from gradviz.runs.run_records import Points

BLOCK = 1024
"""Points in a full block. The last one is written again with each batch, so that larger blocks would cost more."""


class Block(NamedTuple):
    """One row of the table `block`."""

    first: int
    """The step of the first point."""
    size: int
    """How many points it has."""
    steps: bytes | None
    """Little-endian int64; None where they are consecutive."""
    times: bytes
    values: bytes


def pack(points: Points) -> Block:
    """Return the points, at least one, as a row."""
    first, count = int(points.steps[0]), len(points.steps)
    consecutive = bool((np.diff(points.steps) == 1).all())
    steps = None if consecutive else np.asarray(points.steps, "<i8").tobytes()
    return Block(first, count, steps, np.asarray(points.times, "<f8").tobytes(), packed(points.values))


def unpack(blocks: Sequence[Block]) -> Points:
    """Return the points of the rows, one after the other.

    Raises:
        ValueError: a row is not what `pack` returns.
    """
    if not blocks:
        return Points.none()
    if any(block.size * 8 != len(block.values) for block in blocks):
        raise ValueError("a block has another length than it is noted with")
    times = np.frombuffer(b"".join(block.times for block in blocks), "<f8")
    values = np.frombuffer(b"".join(block.values for block in blocks), "<f8")
    steps = np.concatenate([_steps(block) for block in blocks])
    if not len(times) == len(values) == len(steps):
        raise ValueError("a block has parts of different lengths")
    return Points(steps, times, values)


def joined(pieces: Sequence[Points]) -> Points:
    """Return the points of all pieces, at least one."""
    steps, times, values = zip(*pieces, strict=True)
    return Points(np.concatenate(steps), np.concatenate(times), np.concatenate(values))


def cut(points: Points) -> list[Points]:
    """Return the points in pieces that fill blocks, the last one as far as they go."""
    starts = range(0, len(points.steps), BLOCK)
    ends = [slice(start, start + BLOCK) for start in starts]
    return [Points(points.steps[end], points.times[end], points.values[end]) for end in ends]


def packed(values: Floats) -> bytes:
    """Return numbers as little-endian float64. SQLite itself would make NULL of a NaN."""
    return np.asarray(values, "<f8").tobytes()


def _steps(block: Block) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    if block.steps is None:
        return np.arange(block.first, block.first + block.size, dtype=np.int64)
    return np.frombuffer(block.steps, "<i8").astype(np.int64, copy=False)
