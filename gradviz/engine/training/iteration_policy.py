"""Decides how the next iteration of a run is run: stepped, measured, sampled or free. Networks and scripts share it."""

from __future__ import annotations

from math import inf
from time import perf_counter
from typing import Literal

from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.stepping.step_controller import StepController
from gradviz.engine.tensors.saved_tensors import Inspections
from gradviz.engine.training.measure_scheduler import MeasureScheduler

Manner = Literal["stepped", "measured", "sampled", "free", "resumed"]
"""Through the gate, captured and measured, captured, neither, or the rest of an iteration that was begun before."""
# At most five looks a second, and at most one hundredth of the time.
SHORTEST_PAUSE = 0.2
SHARE = 0.01
_SMOOTHING = 0.1


class IterationPolicy:
    """Decides for one run. `begin` comes before each iteration, `end` after it."""

    def __init__(
        self, run_number: int, stepping: StepController, measuring: MeasureScheduler, inspections: Inspections
    ) -> None:
        self.run_number = run_number
        self._stepping = stepping
        self._measuring = measuring
        self._inspections = inspections
        self._sampling = Sampling()
        self._manner: Manner = "free"
        self._began = 0.0

    def begin(self, run: AnyRun, *, always_step: bool = False, every_node: bool = False) -> Manner:
        """Return how the iteration of `run` that is next is run, whose gate and meter are then ready.

        `always_step`: it is stepped whatever the user wants, as if it were watched. `every_node` as in `open_gate`.
        """
        self._began = perf_counter()
        self._manner = self._choose(run, always_step, every_node)
        return self._manner

    def _choose(self, run: AnyRun, always_step: bool, every_node: bool) -> Manner:
        stepping, measuring = self._stepping, self._measuring
        stepped = always_step or stepping.one_iteration or stepping.wants(run.step)
        if run.holds_forward:
            return "stepped" if stepped else "resumed"
        if stepped:
            gate = stepping.open_gate(run, every_node=every_node)
            gate.is_recorded |= self._inspections.waiting
            measuring.attend(run, watched=always_step or stepping.watched)
            return "stepped"
        stepping.close_gate(run)
        if measuring.due(self._began):
            measuring.attend(run, watched=False)
            return "measured"
        return "sampled" if self._sampling.due(self._began, wanted=self._inspections.waiting) else "free"

    @property
    def free_until(self) -> float:
        """Until when iterations go on as the one that has begun, if no command comes: longer than it for a free one."""
        if self._manner != "free" or self._stepping.attentive:
            return 0.0
        return min(self._measuring.due_at, self._sampling.due_at(wanted=self._inspections.waiting))

    def begin_held(self, run: AnyRun) -> None:
        """Make gate and meter ready for a forward that is run to be held."""
        self._stepping.open_gate(run)
        self._measuring.attend(run, watched=True)

    def forward_held(self, run: AnyRun) -> None:
        """Report what passed and was measured in a forward that has run and is held."""
        self._measuring.held(self.run_number, run)
        self._stepping.held(run)

    def note_replay(self) -> None:
        """Note that the iteration was run again, through the gate: it is reported as one that was stepped."""
        self._manner = "stepped"

    def end(self, run: AnyRun, iterations: int = 1) -> None:
        """Report what passed and was measured in the iteration that is over, and account for the time it took; of free
        `iterations`, which one took on average."""
        now = perf_counter()
        seconds = (now - self._began) / iterations
        match self._manner:
            case "stepped":
                self._stepping.iterated(run)
            case "sampled":
                self._sampling.looked(now, seconds)
            case "free":
                self._sampling.passed(seconds)
        self._stepping.took(seconds)
        self._measuring.over(self.run_number, run)


class Sampling:
    """Chooses the iterations of a free run that are captured, so that this costs the training next to nothing.

    Times are in seconds, of a monotonic clock.
    """

    def __init__(self) -> None:
        self._next = 0.0
        self._last = 0.0
        self._plain = 0.0

    def due_at(self, *, wanted: bool = False) -> float:
        """Return when to capture an iteration. If that is `wanted`, the shortest pause alone must be over."""
        if not self._plain:
            return inf  # what a look costs can only be computed from what an iteration costs without
        return self._last + SHORTEST_PAUSE if wanted else self._next

    def due(self, now: float, *, wanted: bool = False) -> bool:
        """Return whether to capture the next iteration."""
        return now >= self.due_at(wanted=wanted)

    def passed(self, seconds: float) -> None:
        """Note that whole iterations took `seconds` each without being captured."""
        self._plain += (seconds - self._plain) * (_SMOOTHING if self._plain else 1.0)

    def looked(self, now: float, seconds: float) -> None:
        """Note that an iteration that ended at `now` took `seconds`, being captured."""
        cost = max(0.0, seconds - self._plain)
        self._last = now
        self._next = now + max(SHORTEST_PAUSE, cost / SHARE)
