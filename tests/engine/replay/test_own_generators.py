"""Generators that a target makes for itself are found wherever it may keep them, and nothing of a library's is."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.replay.own_generators import OwnGenerators
from gradviz.engine.replay.random_states import RandomStates
from gradviz.engine.training.runner import Runner
from gradviz.targets.target_spec import read_target

PLACES = {
    "an attribute of the model": "model.rng = g",
    "an object of the model's": "model.data = Holder(g)",
    "a loader": "batches = loader(x, shuffle=True, generator=g)",
    "a sampler": "batches = loader(x, sampler=torch.utils.data.RandomSampler(x, generator=g))",
    "a closure": "batches = lambda: iter([(torch.rand(4, 3, generator=g), None)])",
    "a loss": "loss = functools.partial(noisy, g)",
    "a generator that runs": "batches = drawn(g)",
    "a global of the file": "GLOBAL.append(g)",
}
FACTORY = """
import functools, random
import gradviz
import numpy as np
import torch
from torch import nn

GLOBAL = []

class Holder:
    def __init__(self, kept):
        self.kept = {"deep": [kept]}

def noisy(g, output):
    return output.square().mean()

def loader(x, **options):
    it = torch.utils.data.DataLoader(x, batch_size=4, **options)
    return lambda: ((row, len(GLOBAL)) for row in it)

def drawn(g):
    def rows():
        while True:
            yield torch.rand(4, 3, generator=g), None
    made = rows()
    next(made)
    return lambda: made

def build():
    model, x, batches, loss = nn.Linear(3, 2), torch.ones(8, 3), None, lambda out, *y: out.square().mean() + len(GLOBAL)
    g = torch.Generator().manual_seed(5)
    PLACE
    return gradviz.Experiment(model, x, batches=batches, loss=loss)
"""


@pytest.mark.parametrize("place", PLACES)
def test_a_generator_is_found(tmp_path: Path, place: str) -> None:
    path = tmp_path / "model.py"
    path.write_text(FACTORY.replace("PLACE", PLACES[place]))
    runner = Runner(TargetSetup(read_target(str(path))))
    assert [generator.initial_seed() for generator in runner.generators.found] == [5]


def test_the_networks_have_none_and_global_generators_are_no_own_ones() -> None:
    assert Runner(TargetSetup(read_target("digits"))).generators.found == ()
    assert OwnGenerators([random._inst, torch.default_generator, random.SystemRandom()]).found == ()


def test_every_kind_is_put_back_and_it_is_seen_that_it_drew() -> None:
    kinds = {
        torch.Generator(): lambda g: float(torch.rand((), generator=g)),
        np.random.default_rng(3): lambda g: float(g.normal()),
        np.random.Generator(np.random.MT19937(3)): lambda g: float(g.random()),
        np.random.Generator(np.random.Philox(3)): lambda g: float(g.random()),
        np.random.RandomState(3): lambda g: float(g.rand()),
        random.Random(3): lambda g: g.gauss(0, 1),
    }
    own = OwnGenerators(list(kinds))
    assert set(map(id, own.found)) == set(map(id, kinds))
    for generator, draw in kinds.items():
        states = RandomStates(own)
        states.note()
        assert states.are_present
        first = draw(generator)
        assert not states.are_present
        states.put_back()
        assert draw(generator) == first
        again = RandomStates.from_parts(*states.to_parts(), own)
        again.put_back()
        assert draw(generator) == first
