"""All that is recorded of runs beside the loss: one curve a run for each metric, made when it is first looked at."""

from __future__ import annotations

import numpy as np

from gradviz.model.growing_series import Floats, Indices
from gradviz.protocol.metric_events import FiguresSampled


def table_of(event: FiguresSampled) -> tuple[Indices, Floats, Floats]:
    """Return steps and times, shape (steps,), and the values, shape (steps, names)."""
    steps, times = np.frombuffer(event.steps, "<i8"), np.frombuffer(event.times, "<f8")
    return steps, times, np.frombuffer(event.values, "<f8").reshape(len(steps), len(event.names))
