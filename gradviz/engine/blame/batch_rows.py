"""Run each row of the batch alone, and leave everything as it was: its own loss, and the norm of its gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from time import monotonic
from typing import Any

import torch
from torch import nn

from gradviz.engine.replay.iteration_start import IterationStart
from gradviz.engine.tensors.reductions import norm, read
from gradviz.engine.torch_compat import preserve_version
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.language import join_sentences, tr
from gradviz.protocol.cause_records import RowFigures
from gradviz.pytree import mapped, named_leaves

MOST = 512
_LONGEST = 20.0
"""Seconds that the rows may take together."""


def weigh_rows(experiment: Experiment, start: IterationStart) -> tuple[tuple[RowFigures, ...], str]:
    """Return the figures of the rows, and a sentence where not all is as in the batch. `start` has noted how the
    iteration began.

    The passes run in a thread of their own: modes, grad mode and the recording of calls of the iteration that is
    stopped are those of its thread.

    Raises:
        GradvizError: the batch has no rows, or a row alone cannot be run.
    """
    count = batch_size(experiment)
    if count < 2:
        raise GradvizError(tr("The batch has no rows that could be run alone."))
    rows: list[RowFigures] = []
    notes: list[str] = []
    values = experiment.named_parameters().values()
    leaves = [value for value in values if isinstance(value, torch.Tensor) and value.requires_grad]
    until = monotonic() + _LONGEST

    def weigh() -> None:
        with torch.enable_grad(), _fixed_norms(experiment.module) as fixed:
            if fixed:
                notes.append(tr("Batch norm used its running figures: a row alone has no others."))
            for row in range(min(count, MOST)):
                if monotonic() > until:
                    break
                start.put_back()
                with _alone(experiment, row, count):
                    rows.append(_figures(experiment, leaves, row))

    _aside(experiment, start, weigh)
    if len(rows) < count:
        notes.append(tr("The first {count} of {total} rows.").format(count=len(rows), total=count))
    return tuple(rows), join_sentences(notes)


def gradient_norms(experiment: Experiment, start: IterationStart) -> dict[str, float]:
    """Return the norms of the gradients of the whole batch, from a pass of its own. Raises as `weigh_rows`."""
    found: dict[str, float] = {}
    parameters = {
        name: value
        for name, value in experiment.named_parameters().items()
        if isinstance(value, torch.Tensor) and value.requires_grad
    }

    def differentiate() -> None:
        with torch.enable_grad():
            loss = experiment.compute_loss(experiment.forward())
            gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
            pairs = zip(parameters, gradients, strict=True)
            found.update(read({name: norm(gradient) for name, gradient in pairs if gradient is not None}))

    _aside(experiment, start, differentiate)
    return found


def batch_size(experiment: Experiment) -> int:
    """Return how many rows the batch has: as many as the first of its tensors."""
    tensors = named_leaves("x", experiment.inputs).values()
    return next((int(tensor.shape[0]) for tensor in tensors if getattr(tensor, "ndim", 0)), 0)


def _figures(experiment: Experiment, leaves: list[torch.Tensor], row: int) -> RowFigures:
    loss = experiment.compute_loss(experiment.forward())
    gradients = torch.autograd.grad(loss, leaves, allow_unused=True) if leaves else ()
    found = read({str(i): norm(gradient) for i, gradient in enumerate(gradients) if gradient is not None})
    return RowFigures(row, float(loss.detach()), math.hypot(*found.values()) if found else 0.0)


@contextmanager
def _alone(experiment: Experiment, row: int, count: int) -> Iterator[None]:
    """Context manager: the batch is one row of it."""
    whole = experiment.inputs, experiment.targets

    def cut(value: Any) -> Any:
        has_rows = getattr(value, "ndim", 0) and value.shape[0] == count
        return value[row : row + 1] if has_rows else value

    experiment.inputs, experiment.targets = (mapped(cut, part) for part in whole)
    try:
        yield
    finally:
        experiment.inputs, experiment.targets = whole


@contextmanager
def _fixed_norms(module: nn.Module | None) -> Iterator[bool]:
    """Context manager: batch norms use their running figures; a single value has no variance."""
    norms = [m for m in module.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)] if module else []
    training = [m for m in norms if m.training and m.track_running_stats]
    for each in training:
        each.training = False
    try:
        yield bool(training)
    finally:
        for each in training:
            each.training = True


def _aside(experiment: Experiment, start: IterationStart, work: Callable[[], None]) -> None:
    """Do `work` from the start of the iteration, and put everything back."""
    with ExitStack() as kept:
        # A backward that is under way would take what is put back for an overwritten value.
        for buffer in experiment.module.buffers() if experiment.module is not None else ():
            kept.enter_context(preserve_version(buffer))
        kept.enter_context(start.aside(experiment.named_parameters()))
        _in_thread(work)


def _in_thread(work: Callable[[], None]) -> None:
    """Do `work` in another thread, and wait for it; what it raises is raised as a GradvizError."""
    raised: list[Exception] = []

    def guarded() -> None:
        try:
            work()
        except Exception as error:  # the door for the network's own code
            raised.append(error)

    thread = Thread(target=guarded, name="rows")
    thread.start()
    thread.join()
    if raised:
        error = raised[0]
        if isinstance(error, GradvizError):
            raise error
        text = tr("A row alone cannot be run: {error}.")
        raise GradvizError(text.format(error=f"{type(error).__name__}: {error}".partition("\n")[0].rstrip(".")))
