"""The most common errors become one sentence with a hint, in the engine and on the command line."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gradviz.engine.frames.tracebacks import traceback_text
from gradviz.engine.loading.error_explanation import explain
from gradviz.experiment import Experiment, check_loss


class Forgotten(nn.Module):
    """Without forward."""


class Keeping(nn.Module):
    """Keeps a hidden state that hangs on the iteration before."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)
        self.hidden = torch.zeros(2, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.hidden = self.layer(x + self.hidden)
        return self.hidden


class Changing(nn.Module):
    """Changes a parameter in its forward."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.scale.mul_(2) * x


def raised_by(experiment: Experiment) -> Exception:
    """What two iterations raise."""
    try:
        for _ in range(2):
            experiment.next_batch()
            loss = experiment.compute_loss(experiment.forward())
            check_loss(experiment, loss)
            experiment.backward(loss)
    except Exception as error:  # whatever it is
        return error
    raise AssertionError("nothing was raised")


def linear(inputs: Any = None, **options: Any) -> Experiment:
    return Experiment(nn.Linear(3, 2), torch.ones(2, 3) if inputs is None else inputs, **options)


@pytest.mark.parametrize(
    ("experiment", "said"),
    [
        (
            lambda: linear(torch.ones(2, 3).long()),
            r"float32 and its inputs int64; make the inputs \.to\(torch.float32\)",
        ),
        (lambda: linear(torch.ones(2, 3).double()), "float32 and its inputs float64"),
        (lambda: linear(np.ones((2, 3), np.float32)), "torch.from_numpy"),
        (lambda: linear(loss=lambda o: o.sigmoid_().add_(1).sum()), "An output of Sigmoid of shape 2 × 2 was changed"),
        (lambda: linear(loss=lambda o, t: o.sum()), r"loss\(o, t\) was called with the output: .* give targets"),
        (lambda: linear(loss=lambda o: o.sum(), targets=1), "with the output and the targets: .* let it take both"),
        (lambda: Experiment(Forgotten(), torch.ones(2)), "Forgotten has no method forward"),
        (lambda: Experiment(Keeping(), torch.ones(2, 3)), "kept from the iteration before"),
        (
            lambda: Experiment(Changing(), torch.ones(3)),
            r"under torch.no_grad\(\), or .* \(test_error_messages.py:\d+\)\.$",
        ),
    ],
)
def test_a_known_error_becomes_a_sentence_with_the_hint(experiment: Any, said: str) -> None:
    made = experiment()
    sentence = explain(raised_by(made), made)
    assert sentence.endswith(".")
    assert re.search(said, sentence), sentence


def test_an_error_of_the_loss_itself_is_not_taken_for_a_wrong_number_of_arguments() -> None:
    def loss(output: torch.Tensor) -> torch.Tensor:
        return output + "text"  # type: ignore[operator]

    made = linear(loss=loss)
    assert explain(raised_by(made), made) == ""


def test_integers_for_an_embedding_are_not_blamed() -> None:
    made = Experiment(nn.Sequential(nn.Embedding(5, 3), nn.Linear(4, 2)), torch.tensor([1, 2]))
    assert explain(raised_by(made), made) == ""


def test_of_a_traceback_that_nobody_could_read_the_beginning_and_the_end_are_kept() -> None:
    short = traceback_text(ValueError("no more"))
    assert short == "ValueError: no more\n"
    long = traceback_text(ValueError("begin" + "y" * 50_000_000 + "end"))
    assert len(long) < 101_000 and long.startswith("ValueError: beginyy") and long.endswith("yyend\n")
    assert "… 49,900,0" in long
