"""The norms of parameters made into those of modules and of all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def grouped(figure: str, norms: Mapping[str, float], others: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the metrics of all, of each module and of each parameter, of norms by parameter; over `others`, if given.

    A norm of several is the root of the sum of squares. NaN and Inf stay what they are.
    """
    names, members, groups = _groups(figure, tuple(norms))
    with np.errstate(all="ignore"):
        totals = _totals(norms, members, groups, len(names))
        if others is not None:
            totals /= _totals(others, members, groups, len(names))
    return dict(zip(names, totals.tolist(), strict=True))


def _totals(norms: Mapping[str, float], members: Indices, groups: Indices, count: int) -> Floats:
    known = np.fromiter(norms.values(), np.float64, len(norms))
    scale = np.zeros(count)
    np.fmax.at(scale, groups, known[members])  # squares of what is tiny or large would leave floating point
    scale[~np.isfinite(scale) | (scale == 0)] = 1.0
    totals = np.zeros(count)
    np.add.at(totals, groups, np.square(known[members] / scale[groups]))
    return np.sqrt(totals) * scale


@lru_cache(maxsize=16)
def _groups(figure: str, parameters: tuple[str, ...]) -> tuple[tuple[str, ...], Indices, Indices]:
    """Return names of groups, and pairs of a parameter and a group that it is in, by their places."""
    places: dict[str, int] = {figure: 0}
    pairs = []
    for i, name in enumerate(parameters):
        parts = name.split(".")
        paths = (".".join(parts[: end + 1]) for end in range(len(parts)))
        pairs += [(i, 0), *((i, places.setdefault(f"{figure}/{path}", len(places))) for path in paths)]
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return tuple(places), table[:, 0], table[:, 1]
