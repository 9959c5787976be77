"""The events that carry what the user's code logs, and what is sampled while it trains."""

from __future__ import annotations

from gradviz.protocol.events import Event

RATE, GRADIENT_NORM, UPDATE_RATIO = "lr", "grad_norm", "update_ratio"
MODULE_FIGURES = ("activation_mean", "activation_std", "activation_zeros")
"""Of the output of each module."""


class MetricsLogged(Event, frozen=True):
    """Points of one metric that the user's code logged, in its order: none is left out."""

    run: int
    name: str
    steps: bytes
    """Little-endian int64."""
    values: bytes
    """As many little-endian float64."""


class FiguresSampled(Event, frozen=True):
    """Figures of some iterations. They are called `grad_norm` of all, `grad_norm/fc1` of a module,
    `grad_norm/fc1.weight` of a parameter."""

    run: int
    names: tuple[str, ...]
    steps: bytes
    """Little-endian int64, ascending."""
    times: bytes
    """As many little-endian float64, in seconds since 1970."""
    values: bytes
    """Little-endian float64, as many of each step as there are names. NaN: not known."""
    every: int
    """Iterations from one sample to the next."""
    share: float
    """What a sample takes, as a share of the time of an iteration without."""


AnyMetricEvent = MetricsLogged | FiguresSampled
