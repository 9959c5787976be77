"""What differs between runs: each field by its name, and those that are the same in all."""

from __future__ import annotations

from msgspec.structs import replace

from gradviz.client.runs import default_setup
from gradviz.protocol.records import OptimizerChoice
from gradviz.runs.differences import differences
from gradviz.runs.run_records import RunSummary

NN = default_setup("nn")


def run(**facts: object) -> RunSummary:
    return RunSummary(id="a", began=0, path="", size=0, title="nn", **facts)  # type: ignore[arg-type]


def test_only_what_differs_is_a_row() -> None:
    differing, same = differences([run(setup=NN, device="cpu"), run(setup=replace(NN, seed=4), device="cpu")])
    assert differing == {"Seed": ("0", "4")}
    assert same["Device"] == "cpu" and same["Network"] == "nn"


def test_an_option_that_one_run_has_not_is_a_dash() -> None:
    adam = replace(NN, optimizer=OptimizerChoice("Adam", {"lr": 0.1, "eps": 1e-8}))
    differing, _ = differences([run(setup=adam), run(setup=replace(adam, optimizer=OptimizerChoice("SGD", {"lr": 1})))])
    assert differing == {"Optimizer": ("Adam", "SGD"), "lr": ("0.1", "1"), "eps": ("1e-08", "–")}


def test_an_imported_run_has_no_setup_to_compare() -> None:
    differing, _ = differences([run(), run(setup=NN)])
    assert differing["Seed"] == ("–", "0")
