"""Turns a target into an experiment. A target is the id of a built-in network; files come through this door later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import PurePath

from gradviz.engine.seeding import check_seed, seed_everything
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.networks.catalogue import NETWORKS, Network, network
from gradviz.protocol.records import OptimizerChoice, SourceRecord, Value


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run is made from; the same setup makes the same run."""

    target: str
    hyperparameters: Mapping[str, Value] = field(default_factory=dict)
    seed: int = 0
    device: str = "cpu"
    optimizer: OptimizerChoice | None = None
    """None takes the network's own."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target that was found and whose values were checked; nothing is built yet."""

    id: str
    title: str
    default: OptimizerChoice
    cpu_only: str
    source: SourceRecord
    _network: Network
    _hyperparameters: dict[str, int]

    def build(self, seed: int) -> Experiment:
        """Seed the generators, then make x, y and the weights or the model."""
        module = import_module(f"gradviz.networks.{self._network.id}")
        seed_everything(seed)
        return module.build(**self._hyperparameters)


def find_target(setup: Setup) -> Target:
    """The target of `setup`.

    Raises:
        UnknownNameError: no such network, or no such hyperparameter.
        InvalidValueError: a hyperparameter or the seed out of range.
        GradvizError: a file or a module, which cannot be opened yet.
    """
    name = setup.target
    if _is_place(name):
        known = ", ".join(entry.id for entry in NETWORKS)
        raise GradvizError(f"{name} looks like a file or a module; what can be opened is a built-in network: {known}.")
    entry = network(name)
    check_seed(setup.seed)
    options: dict[str, Value] = {"lr": entry.learning_rate, **dict(entry.options)}
    return Target(
        entry.id,
        entry.summary,
        OptimizerChoice(entry.optimizer, options),
        entry.cpu_only,
        SourceRecord(str(entry.file)),
        entry,
        entry.parse(dict(setup.hyperparameters)),
    )


def _is_place(name: str) -> bool:
    """Whether `name` can only be meant as a file or a module: `model.py`, `package.module:make`, `./here`."""
    return any(mark in name for mark in (":", "/", "\\")) or PurePath(name).suffix != ""
