"""The event that carries what the user's code logs."""

from __future__ import annotations

from gradviz.protocol.events import Event


class MetricsLogged(Event, frozen=True):
    """Points of one metric that the user's code logged, in its order: none is left out."""

    run: int
    name: str
    steps: bytes
    """Little-endian int64."""
    values: bytes
    """As many little-endian float64."""
