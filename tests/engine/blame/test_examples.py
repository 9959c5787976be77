"""The bugs in `resources/examples` are explained: where each begins, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.engine.blame.batch_rows import weigh_rows
from gradviz.engine.blame.chain import Chain
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.targets.target_spec import read_target
from tests.engine.blame.graphs import gated

EXAMPLES = Path("resources/examples")


@pytest.mark.parametrize(
    ("name", "origin", "reason"),
    [
        ("nan_in_backward", ("backward", "sqrt", (1, 2, 3, 4, 5, 6, 7)), "infinite where x is 0"),
        ("nan_in_forward", ("forward", "log", (3,)), "−∞ where x is 0"),
        ("nan_behind_where", ("forward", "log", (2,)), "−∞ where x is 0"),
    ],
)
def test_a_nan_is_followed_to_its_origin(name: str, origin: tuple[str, str, tuple[int, ...]], reason: str) -> None:
    runner = Runner(TargetSetup(read_target(str(EXAMPLES / f"{name}.py"))))
    gate = gated(runner)
    assert runner.graph is not None
    named = runner.experiment.named_tensors()
    first = Chain(gate, runner.graph.record, named, {"x": named["x"]}).links()[0]
    assert (first.phase, first.name, first.rows) == origin
    assert reason in first.reason


def test_the_row_that_made_the_loss_leap_has_nearly_all_of_it() -> None:
    runner = Runner(TargetSetup(read_target(str(EXAMPLES / "spike.py"))))
    losses = [float(runner.iterate()) for _ in range(200)]
    runner.notes_start = True
    runner.forward()
    loss = float(runner.held_loss.detach())
    assert loss > 100 * losses[-1]
    rows, _ = weigh_rows(runner.experiment, runner.start)
    worst = max(rows, key=lambda row: row.loss)
    assert worst.row == 5
    assert worst.loss > 0.99 * sum(row.loss for row in rows)
