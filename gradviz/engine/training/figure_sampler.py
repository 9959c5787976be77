"""Samples figures of some iterations of a run: learning rates, norms of gradients, ratios of updates, statistics of
activations. What is not sampled runs as if nobody had asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from threading import get_ident
from time import perf_counter, time
from typing import Any

import numpy as np
import torch

from gradviz.engine.capture.ops import flatten
from gradviz.engine.replay.kept_values import Budget
from gradviz.engine.replay.weights import WeightCopies
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.tensors.reductions import NO_FIGURES, is_floating, mean_and_std, read
from gradviz.engine.tensors.tensor_reader import is_plain, isolated_no_grad
from gradviz.engine.torch_compat import DisableTorchFunction, has_compiled, module_forward_hook
from gradviz.engine.training.grouped_norms import grouped
from gradviz.engine.training.iteration_policy import Manner
from gradviz.engine.traps.iteration_figures import differences, norms_of
from gradviz.engine.traps.known_parameters import KnownParameters
from gradviz.protocol.commands import SetFigures
from gradviz.protocol.events import Event
from gradviz.protocol.metric_events import GRADIENT_NORM, MODULE_FIGURES, RATE, UPDATE_RATIO, FiguresSampled

SHARE = 0.02
"""Of the time of the iterations, what sampling may take where the user chooses no other distance."""
FIRST = 10
"""Iterations between samples until it is known what one takes: the first takes longer than all that follow."""
_TRIALS = 3
_WEIGHTS = 512 * 2**20
"""Bytes that copies of the weights may take."""
_NICE = (1, 2, 5)
_NONE = float("nan")

Norms = dict[str, Any]


class _Sample:
    """The figures of one iteration, by parameter and by module; tensors stay on their device until they are sent."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.time = 0.0
        self.rates: list[float] = []
        self.gradients: Norms = {}
        self.weights: Norms = {}
        self.moves: Norms = {}
        self.activations: dict[tuple[str, str], Any] = {}

    def row(self) -> dict[str, float]:
        """Return name of the metric → value."""
        parts: dict[str, Mapping[Any, Any]] = {
            "gradient": self.gradients,
            "weight": self.weights,
            "move": self.moves,
            "": self.activations,
        }
        found = read({(kind, key): value for kind, part in parts.items() for key, value in part.items()})
        row = {RATE if len(self.rates) == 1 else f"{RATE}/{i}": rate for i, rate in enumerate(self.rates)}
        if self.gradients:
            row |= grouped(GRADIENT_NORM, {name: found["gradient", name] for name in self.gradients})
        if self.moves:
            row |= grouped(UPDATE_RATIO, {name: found["move", name] for name in self.moves},
                           {name: found["weight", name] for name in self.moves})  # fmt: skip
        return row | {f"{figure}/{path}": found["", (figure, path)] for figure, path in self.activations}


class FigureSampler:
    """Samples for one client, over iterations and runs. What is wanted stays wanted when another run begins."""

    def __init__(self, post: Callable[[Event], None], run: Callable[[], int]) -> None:
        self._post, self._run = post, run
        self._thread = get_ident()
        self._kinds: frozenset[str] = frozenset()
        self._chosen = 0
        self.every = FIRST
        """Iterations from one sample to the next."""
        self._waiting: list[_Sample] = []
        self._current: _Sample | None = None
        self._parameters = KnownParameters()
        self._copies = WeightCopies(Budget(_WEIGHTS))
        self._copied = False
        self._hook: Any = None
        self.begin_run(0)

    # -- what is wanted ------------------------------------------------------------------------------------------------

    def set(self, command: SetFigures) -> None:
        """Sample other figures, or at another distance, from now on."""
        self._kinds, self._chosen = frozenset(command.kinds), command.every
        self.every = self._chosen or self.every
        if "update_ratio" not in self._kinds:
            self._copies = WeightCopies(Budget(_WEIGHTS))

    def begin_run(self, step: int) -> None:
        """Begin another run, whose next iteration is `step`."""
        self.drop()
        self.send()
        self._next = step
        self._costs: list[float] = []
        self._plain = 0.0
        self.every = self._chosen or FIRST

    # -- iterations ----------------------------------------------------------------------------------------------------

    @property
    def next_step(self) -> float:
        """The iteration that is to be sampled next."""
        return self._next if self._kinds else inf

    def begin(self, run: AnyRun, manner: Manner) -> bool:
        """Return whether the iteration that begins is sampled. One whose forward was held is not: the next is."""
        if run.step < self.next_step or manner == "resumed":
            return False
        self._began, self._cost = perf_counter(), 0.0
        self._timed = manner == "free"
        self._current, self._copied = _Sample(run.step), False
        module = getattr(run.tensors, "module", None)
        if module is not None and "activations" in self._kinds and not has_compiled():
            paths = {id(each): path for path, each in module.named_modules() if path}
            self._hook = module_forward_hook(lambda each, _inputs, output: self._note(paths.get(id(each)), output))
        self._spend(self._began)
        return True

    def gradients_ready(self, run: AnyRun) -> None:
        """Look at the gradients, and copy the weights: an update comes next. Of several in an iteration, each looks."""
        if (sample := self._current) is None:
            return
        began = perf_counter()
        self._unhook()
        parameters = self._parameters.named(run.step, run.tensors, run.tensors.named_parameters)
        if "grad_norm" in self._kinds:
            has_autograd = run.tensors.has_autograd
            sample.gradients = norms_of(self._parameters.gradients() if has_autograd else run.tensors.gradients())
        if "learning_rate" in self._kinds:
            sample.rates = _rates(run)
        if "update_ratio" in self._kinds and not self._copied:
            self._copied = self._copies.note(parameters, None)
        self._spend(began)

    def end(self, run: AnyRun) -> None:
        """Look at the update of the iteration, which is over."""
        if (sample := self._current) is None:
            return
        self._current = None
        began = perf_counter()
        if self._copied:
            before = self._copies.before()
            # A network by hand may have put others in their place.
            now = self._parameters.named(run.step, run.tensors, run.tensors.named_parameters)
            now = now if run.tensors.has_autograd else run.tensors.named_parameters()
            sample.weights = norms_of(before)
            sample.moves = norms_of(differences(now, before))
        sample.time = time()
        self._waiting.append(sample)
        self._spend(began)
        if self._timed:
            self._learn(perf_counter() - self._began)
        self._next = (sample.step // self.every + 1) * self.every

    def drop(self) -> None:
        """Give up the sample of an iteration that raised, or was given up."""
        self._current = None
        self._unhook()

    def _note(self, path: str | None, output: Any) -> None:
        """Note what a module returned."""
        if path is None or get_ident() != self._thread or self._current is None:
            return
        began = perf_counter()
        value = next((each for each in flatten(output) if is_floating(each)), None)
        if value is not None:
            found = self._current.activations
            for figure, number in zip(MODULE_FIGURES, _statistics(value), strict=True):
                found[figure, path] = number
        self._spend(began)

    def _unhook(self) -> None:
        if self._hook is not None:
            self._hook.remove()
            self._hook = None

    # -- what it costs -------------------------------------------------------------------------------------------------

    def _spend(self, began: float) -> None:
        self._cost += perf_counter() - began

    def _learn(self, seconds: float) -> None:
        """Choose the distance from what the last samples took, and the iterations without."""
        self._costs = [*self._costs[-7:], self._cost]
        plain = max(seconds - self._cost, 1e-7)
        self._plain += (plain - self._plain) * (0.2 if self._plain else 1.0)
        if not self._chosen and len(self._costs) >= _TRIALS:
            needed = self._share / SHARE
            if not self.every / 3 < needed <= self.every:
                self.every = next(m * p for p in (10**e for e in range(12)) for m in _NICE if m * p >= needed)

    @property
    def _share(self) -> float:
        """Return what a sample takes, as a share of an iteration."""
        return sorted(self._costs)[len(self._costs) // 2] / self._plain if self._costs else 0.0

    # -- sending -------------------------------------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Send what waits, and then `event`."""
        if self._waiting and get_ident() == self._thread:
            self.send()
        self._post(event)

    def send(self) -> None:
        """Send what waits."""
        waiting, self._waiting = self._waiting, []
        rows = [(sample, sample.row()) for sample in waiting]
        while rows:
            names = tuple(rows[0][1])
            alike = next((i for i, (_, row) in enumerate(rows) if tuple(row) != names), len(rows))
            part, rows = rows[:alike], rows[alike:]
            self._post(
                FiguresSampled(
                    self._run(),
                    names,
                    np.array([sample.step for sample, _ in part], "<i8").tobytes(),
                    np.array([sample.time for sample, _ in part], "<f8").tobytes(),
                    np.array([list(row.values()) for _, row in part], "<f8").tobytes(),
                    self.every,
                    self._share,
                )
            )


def _rates(run: AnyRun) -> list[float]:
    found = [group.get("lr") for optimizer in run.optimizers for group in optimizer.param_groups]
    found = found or [run.choice.options.get("lr")]
    return [float(rate) for rate in found if isinstance(rate, int | float | torch.Tensor)]


def _statistics(value: Any) -> tuple[Any, Any, Any]:
    """Return mean, deviation and share of zeros of a tensor; NaN of what it has not, or that cannot be read."""
    with DisableTorchFunction(), isolated_no_grad():  # a capture does not record it
        try:
            found = mean_and_std(value)
            zeros = 1 - value.detach().count_nonzero() / value.numel() if is_plain(value) and value.numel() else _NONE
        except NO_FIGURES:
            return _NONE, _NONE, _NONE
    mean, deviation = found if found is not None else (_NONE, _NONE)
    return mean, _NONE if deviation is None else deviation, zeros
