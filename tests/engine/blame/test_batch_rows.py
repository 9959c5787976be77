"""Rows of a batch run alone: their losses and gradients, and that nothing of the iteration changes."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch import nn

from gradviz.engine.blame.batch_rows import weigh_rows
from gradviz.engine.replay.iteration_start import IterationStart
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from tests.engine.blame.graphs import runner_of


def experiment_of(model: nn.Module, rows: int = 4) -> Experiment:
    torch.manual_seed(0)
    return Experiment(model, torch.randn(rows, 3), targets=torch.randn(rows, 2), loss=nn.functional.mse_loss)


def state_of(experiment: Experiment) -> list[object]:
    module = experiment.module
    assert module is not None
    values = [*module.parameters(), *module.buffers(), *(p.grad for p in module.parameters() if p.grad is not None)]
    generators = [random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()]
    return [*(value.tolist() for value in values), *generators, [m.training for m in module.modules()]]


def test_the_rows_average_to_the_batch() -> None:
    experiment = experiment_of(nn.Linear(3, 2))
    start = IterationStart(experiment)
    start.note(0)
    rows, note = weigh_rows(experiment, start)
    assert note == ""
    whole = float(experiment.compute_loss(experiment.forward()).detach())
    assert [row.row for row in rows] == [0, 1, 2, 3]
    assert sum(row.loss for row in rows) / 4 == pytest.approx(whole)
    assert all(row.gradient > 0 for row in rows)


def test_an_outlier_has_the_greatest_loss_and_gradient() -> None:
    experiment = experiment_of(nn.Linear(3, 2))
    with torch.no_grad():
        experiment.targets[2] = 100.0
    start = IterationStart(experiment)
    start.note(0)
    rows, _ = weigh_rows(experiment, start)
    assert max(rows, key=lambda row: row.loss).row == max(rows, key=lambda row: row.gradient).row == 2


def test_nothing_of_the_iteration_changes() -> None:
    def iterate(weighed: bool) -> list[object]:
        torch.manual_seed(3)
        model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.ReLU(), nn.Linear(8, 2))
        runner = runner_of(experiment_of(model))
        for step in range(3):
            runner.start.note(step)
            runner.forward(captured=True)
            if weighed:
                _, note = weigh_rows(runner.experiment, runner.start)
                assert note == "Batch norm used its running figures: a row alone has no others."
            runner.backward()
            if weighed:
                weigh_rows(runner.experiment, runner.start)
            runner.update()
            runner.finish()
        return state_of(runner.experiment)

    assert iterate(weighed=True) == iterate(weighed=False)


def test_a_row_alone_that_raises_is_a_sentence() -> None:
    class Whole(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if len(x) < 2:
                raise ValueError("needs two rows.")
            return super().forward(x)

    experiment = experiment_of(Whole(3, 2))
    start = IterationStart(experiment)
    start.note(0)
    with pytest.raises(GradvizError, match=r"A row alone cannot be run: ValueError: needs two rows\."):
        weigh_rows(experiment, start)


def test_a_single_row_cannot_be_taken_apart() -> None:
    experiment = experiment_of(nn.Linear(3, 2), rows=1)
    with pytest.raises(GradvizError, match="no rows"):
        weigh_rows(experiment, IterationStart(experiment))
