"""The examples that can be opened: each trains, and its graph is the one that its file promises."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.targets.target_spec import read_target

EXAMPLES = Path(__file__).parents[3] / "resources" / "examples"
# Which packages an example needs beside torch: none of them is a dependency, also not of the tests.
NEEDS = {
    "bert": ("transformers",),
    "gpt2": ("transformers",),
    "t5": ("transformers",),
    "vit": ("transformers",),
    "vit_of_patches": ("torchvision", "vit_pytorch"),
    "x_decoder": ("x_transformers",),
}
SMALLER = {"decoder": {"blocks": 3, "width": 16}, "lstm_cells": {"steps": 20}, "densenet": {"growth": 4, "size": 32}}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads, path = torch.get_num_threads(), list(sys.path)
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    sys.path[:] = path


def opened(name: str, **values: int) -> Runner:
    runner = Runner(TargetSetup(read_target(str(EXAMPLES / f"{name}.py")), values))
    runner.hold()
    return runner


@pytest.mark.filterwarnings("ignore")  # of third-party packages
@pytest.mark.parametrize(
    "name",
    sorted(
        path.stem for path in EXAMPLES.glob("*.py") if not read_target(str(path)).runs_as_script(has_arguments=False)
    ),
)
def test_every_example_opens_and_trains(name: str) -> None:
    for package in NEEDS.get(name, ()):
        pytest.importorskip(package)
    runner = opened(name, **SMALLER.get(name, {}))
    assert runner.graph is not None
    record = runner.graph.record
    assert sum(node.kind == "loss" for node in record.nodes) == 1
    assert any(node.kind == "parameter" for node in record.nodes)
    losses = list(runner.losses(3))
    assert len(losses) == 3 and math.isfinite(losses[0]) == (name != "nan_in_forward")
    assert math.isnan(losses[2]) == (name in ("nan_in_backward", "nan_in_forward"))


def test_the_decoder_loses_gradients_as_its_file_states() -> None:
    runner = opened("decoder", **SMALLER["decoder"])
    assert runner.graph is not None
    record = runner.graph.record
    why = {names: reach.reason for reach in record.reach for names in reach.names if not reach.reached}
    assert why == {
        "wpe.weight": "frozen",
        "router.weight": "integer",
        "router.bias": "integer",
        "probe.weight": "detached",
        "aux_head.weight": "unused",
    }
    tied = next(node for node in record.nodes if "wte.weight" in node.names)
    assert tied.names == ("wte.weight", "lm_head.weight")


def test_the_cells_of_the_loop_are_uses_of_one_module() -> None:
    runner = opened("lstm_cells", steps=20)
    assert runner.graph is not None
    cells = [cluster for cluster in runner.graph.record.clusters if cluster.class_name == "LSTMCell"]
    assert [cell.use for cell in cells] == list(range(1, 21))
    assert {cell.uses for cell in cells} == {20}
