"""A grid has each combination once, and names what differs."""

from __future__ import annotations

import pytest

from gradviz.errors import GradvizError
from gradviz.protocol.commands import Open
from gradviz.protocol.records import OptimizerChoice
from gradviz.race.entries import MOST, grid, parse_optimizer

OPTIM = Open(1, "optim", optimizer=OptimizerChoice("Adam", {"lr": "1e-4"}))


def test_an_optimizer_is_read_with_its_options() -> None:
    assert parse_optimizer("SGD") == OptimizerChoice("SGD")
    assert parse_optimizer("Adam:betas=0.9,0.99:amsgrad=true") == OptimizerChoice(
        "Adam", {"betas": "0.9,0.99", "amsgrad": "true"}
    )


@pytest.mark.parametrize("text", ["", ":lr=1", "SGD:", "SGD:momentum", "SGD:=1", "SGD:momentum="])
def test_what_is_no_optimizer_is_refused(text: str) -> None:
    with pytest.raises(GradvizError, match="write NAME or NAME:OPTION=VALUE"):
        parse_optimizer(text)


def test_a_grid_has_each_combination_once_with_its_seeds_together() -> None:
    entries = grid([OPTIM], [parse_optimizer("SGD"), parse_optimizer("SGD")], ["1e-3", "1e-4"], [0, 1, 0])
    assert [(entry.number, entry.configuration, entry.open.seed) for entry in entries] == [
        (0, "SGD lr=1e-3", 0),
        (1, "SGD lr=1e-3", 1),
        (2, "SGD lr=1e-4", 0),
        (3, "SGD lr=1e-4", 1),
    ]
    assert entries[3].open.optimizer == OptimizerChoice("SGD", {"lr": "1e-4"})


def test_an_optimizer_keeps_a_rate_of_its_own() -> None:
    entries = grid([OPTIM], [parse_optimizer("SGD:lr=0.1"), parse_optimizer("Adam")], ["1e-3", "1e-4"], [0])
    assert [each.configuration for each in entries] == ["SGD lr=0.1", "Adam lr=1e-3", "Adam lr=1e-4"]


def test_each_configuration_has_a_color_for_all_its_seeds() -> None:
    entries = grid([OPTIM], [], [f"{rate}e-3" for rate in range(1, 13)], [0, 1])
    colors = {each.configuration: each.color for each in entries}
    assert len(set(colors.values())) == len(colors) == 12
    assert all(each.color == colors[each.configuration] for each in entries)


@pytest.mark.parametrize("rate", ["x", "-1", "0", "nan", "inf"])
def test_a_rate_that_is_none_is_refused_before_anything_runs(rate: str) -> None:
    with pytest.raises(GradvizError, match="must be a positive number"):
        grid([OPTIM], [], [rate], [0])


def test_without_a_choice_there_is_what_was_opened() -> None:
    (entry,) = grid([OPTIM], [], [], [3])
    assert entry.open == Open(1, "optim", seed=3, optimizer=OPTIM.optimizer) and entry.title == "Adam lr=1e-4, seed 3"


def test_several_targets_are_named() -> None:
    assert [each.configuration for each in grid([OPTIM, Open(1, "nn")], [], [], [0])] == ["optim Adam lr=1e-4", "nn"]


def test_a_grid_that_is_too_large_is_refused() -> None:
    with pytest.raises(GradvizError, match="choose at most"):
        grid([OPTIM], [], [], range(MOST + 1))
