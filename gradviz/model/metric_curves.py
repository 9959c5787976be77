"""All that is recorded of runs beside the loss: one curve a run for each metric, made when it is first looked at."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from gradviz.model.growing_series import Floats, Indices
from gradviz.model.layer_table import LayerTable, layer_table
from gradviz.model.loss_curves import Curve, Scalars
from gradviz.protocol.metric_events import FiguresSampled, MetricsLogged


class Metrics:
    """The metrics of all runs of a session by their names; runs are those of the losses."""

    def __init__(self, losses: Scalars) -> None:
        self._losses = losses
        self._scalars: dict[str, Scalars] = defaultdict(Scalars)
        self._waiting: dict[str, list[tuple[int, Indices, Floats, Floats]]] = {}
        """What came of metrics that nobody looked at since."""
        self.names: dict[str, None] = {}
        """Of all that the runs of this session have, in the order in which they came."""
        self.version = 0
        """Incremented by all that comes."""
        self.every, self.share = 0, 0.0
        """Iterations between samples, and what one takes of an iteration, as they came last."""

    def add(self, run: int, name: str, steps: Indices, values: Floats, times: Floats) -> None:
        """Add points, shape (points,) each, of a run of this session."""
        self.names[name] = None
        self.version += 1
        self._waiting.setdefault(name, []).append((run, steps, values, times))

    def add_logged(self, event: MetricsLogged, now: float) -> None:
        """Add what the user's code logged."""
        steps, values = np.frombuffer(event.steps, "<i8"), np.frombuffer(event.values, "<f8")
        self.add(event.run, event.name, steps, values, np.full(len(steps), now))

    def add_sampled(self, event: FiguresSampled) -> None:
        """Add what was sampled."""
        self.every, self.share = event.every, event.share
        steps, times, rows = table_of(event)
        for name, values in zip(event.names, rows.T, strict=True):
            self.add(event.run, name, steps, values, times)

    def scalars(self, name: str) -> Scalars:
        """Return the curves of one metric; a curve of a run is called as that of its loss is."""
        scalars = self._scalars[name]
        for run, steps, values, times in self._waiting.pop(name, ()):
            if run not in scalars:
                number, title = self._losses.following, ""
                if run in self._losses:
                    number, title = self._losses.curve(run).number, self._losses.curve(run).title
                scalars.put(Curve(run, number, title, steps=np.empty(0, np.int64)))
            scalars.curve(run).add(steps, values, times)
            scalars.version += 1
        return scalars

    def branch(self, of: int, run: int, step: int) -> None:
        """Let a run begin with what the run `of` had before iteration `step`."""
        for name in list(self.names):
            scalars = self.scalars(name)
            if of in scalars:
                before = scalars.curve(of)
                stop = int(np.searchsorted(before.raw.steps, step)) if before.raw.steps is not None else 0
                if stop and before.raw.steps is not None:
                    points = before.raw.steps[:stop], before.losses[:stop], before.times.view[:stop]
                    self.add(run, name, *points)

    def modules(self, figure: str, run: int) -> LayerTable:
        """Return what a figure was in the modules of a run, in the order of the network."""
        names = [name for name in dict.fromkeys((*self.names, *self._scalars)) if name.startswith(f"{figure}/")]
        found = [(name, self.scalars(name)) for name in names]
        pairs = [(name.partition("/")[2], scalars.curve(run)) for name, scalars in found if run in scalars]
        return layer_table([name for name, _ in pairs], [curve for _, curve in pairs])


def table_of(event: FiguresSampled) -> tuple[Indices, Floats, Floats]:
    """Return steps and times, shape (steps,), and the values, shape (steps, names)."""
    steps, times = np.frombuffer(event.steps, "<i8"), np.frombuffer(event.times, "<f8")
    return steps, times, np.frombuffer(event.values, "<f8").reshape(len(steps), len(event.names))
