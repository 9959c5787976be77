"""Turn a target into an experiment: a built-in network, a user's factory or module, an exported program (`.pt2`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Literal
from zipfile import BadZipFile, ZipFile, is_zipfile

import torch

from gradviz.engine.loading.allowed_code import ALLOWED
from gradviz.engine.loading.error_explanation import explain_load_errors
from gradviz.engine.loading.factories import NO_LOSS, Factory, find_factory
from gradviz.engine.loading.module_loader import LoadedFile, Loader, refuse_training
from gradviz.engine.loading.process_state import TorchSettings, check_seed, seed_everything
from gradviz.engine.loading.weight_files import read_weights, utf8_path
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.language import tr
from gradviz.networks.catalogue import Network, network
from gradviz.protocol.records import HyperparameterRecord, OptimizerChoice, SourceRecord, Value
from gradviz.pytree import Arguments
from gradviz.targets.target_spec import TargetSpec, check_presence


def open_program(path: Path) -> tuple[Experiment, tuple[str, ...]]:
    """Return the program as an experiment, and sentences on what was decided for the user.

    Raises:
        GradvizError: it is no exported program, or was saved without inputs.
    """
    try:
        # torch reads parts of it with pickle, so that it can run code.
        with ALLOWED.open_copy(path) as file:
            if not _holds_program(file):
                # torch would log pages of it.
                raise GradvizError(
                    tr("{name} is no exported program; save it with torch.export.save.").format(name=path.name)
                )
            if not isinstance(file, Path):
                file.seek(0)
            with utf8_path(file) if isinstance(file, Path) else nullcontext(file) as readable:
                program = torch.export.load(readable)
    except (BadZipFile, OSError, RuntimeError, ValueError, KeyError, AssertionError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise GradvizError(
            tr("{name} cannot be read as an exported program ({reason}); save it with torch.export.save.").format(
                name=path.name, reason=reason
            )
        ) from error
    if program.example_inputs is None:
        raise GradvizError(
            tr(
                "{name} was saved without example inputs; export it again with torch.export.export(model, inputs)."
            ).format(name=path.name)
        )
    positional, keywords = program.example_inputs
    return Experiment(program.module(), Arguments(tuple(positional), dict(keywords))), (
        tr(
            "An exported program: its modules are as they were when it was exported, and so are dropout and batch norm."
        ),
        tr(NO_LOSS),
    )


def _holds_program(file: Path | BinaryIO) -> bool:
    """Return whether the archive has what torch.export.save puts into it; a file of weights is an archive, too."""
    if not is_zipfile(file):
        return False
    with ZipFile(file) as archive:
        return any(name.endswith(("archive_format", "exported_program.json")) for name in archive.namelist())


@dataclass(frozen=True, slots=True)
class TargetSetup:
    """What a run is made from; the same setup makes the same run."""

    target: TargetSpec
    hyperparameters: Mapping[str, Value] = field(default_factory=dict)
    seed: int = 0
    device: str = "cpu"
    optimizer: OptimizerChoice | None = None
    """None uses the network's own."""


Notes = tuple[str, ...]


@dataclass(slots=True)
class LoadedTarget:
    """A target that was found; nothing of it is built yet, although its file was executed."""

    id: str
    title: str
    source: SourceRecord | None
    kind: Literal["network", "factory", "program", "script"]
    _parse: Callable[[Mapping[str, Value]], dict[str, Any]]
    _make: Callable[[dict[str, Any]], tuple[Experiment, Notes]]
    hyperparameters: tuple[HyperparameterRecord, ...] = ()
    """Of a factory; those of a built-in network are in the catalogue."""
    default: OptimizerChoice | None = None
    """Of a built-in network; that of a factory is known when it is built."""
    cpu_only: str = ""
    notes: Notes = ()
    """Of the last build: what was decided for the user."""
    _values: dict[str, Any] = field(default_factory=dict)

    def choose(self, hyperparameters: Mapping[str, Value]) -> None:
        """Choose the hyperparameters to build with. Raises UnknownNameError and InvalidValueError."""
        self._values = self._parse(hyperparameters)

    def build(self, seed: int) -> Experiment:
        """Seed the generators, then make data and model. What the user's code raises comes through.

        Raises:
            GradvizError: what was built cannot be opened.
        """
        seed_everything(seed)
        with explain_load_errors(self.title):
            experiment, self.notes = self._make(self._values)
        return experiment


_LOADER = Loader()
_SETTINGS: list[TorchSettings] = []
"""torch's settings before the user's first code ran, if any did."""


def find_target(setup: TargetSetup) -> LoadedTarget:
    """Return the target of `setup`. A file or a module is executed: the caller has the user's consent.

    Raises:
        UnknownNameError: no such network, or no such hyperparameter.
        InvalidValueError: a hyperparameter or the seed out of range.
        GradvizError: a file or a module that cannot be opened. What its own code raises comes through.
    """
    check_seed(setup.seed)
    if _SETTINGS:
        _SETTINGS[0].restore()
    _LOADER.leave()
    spec = setup.target
    if spec.kind == "network":
        target = _load_network(network(spec.name))
    else:
        check_presence(spec)
        target = _load_code(setup)
    target.choose(setup.hyperparameters)
    return target


def _load_network(entry: Network) -> LoadedTarget:
    options: dict[str, Value] = {"lr": entry.learning_rate, **dict(entry.options)}

    def make(values: dict[str, Any]) -> tuple[Experiment, Notes]:
        """Make a built-in network."""
        # Looked up when it is built, since tests put another factory in its spec.
        return import_module(f"gradviz.networks.{entry.id}").build(**values), ()

    return LoadedTarget(
        entry.id,
        tr(entry.summary),
        SourceRecord(str(entry.file)),
        "network",
        lambda values: dict(entry.parse(dict(values))),
        make,
        default=OptimizerChoice(entry.optimizer, options),
        cpu_only=tr(entry.cpu_only),
    )


def _load_code(setup: TargetSetup) -> LoadedTarget:
    spec = setup.target
    if spec.kind == "weights":
        raise GradvizError(read_weights(spec.path).why_not_opened())
    if spec.kind == "program":
        return _load_program(spec)
    if spec.runs_as_script(has_arguments=False):
        raise GradvizError(
            tr("{title} trains by itself; give it a function build() that returns (model, inputs).").format(
                title=spec.title
            )
        )
    if not _SETTINGS:
        _SETTINGS.append(TorchSettings.remember())
    # Weights drawn while the file is executed come from the seed as well.
    seed_everything(setup.seed)
    with explain_load_errors(spec.title):
        is_file = spec.kind == "file"
        with refuse_training(spec):
            loaded = _LOADER.file(spec.path) if is_file else LoadedFile(_LOADER.module(spec.name), None)
        name = spec.path.name if is_file else spec.name
        factory = find_factory(loaded.module, spec.attribute, name)
    return _load_factory(spec, name, loaded, factory)


def _load_factory(spec: TargetSpec, name: str, loaded: LoadedFile, factory: Factory) -> LoadedTarget:
    fresh = [factory]

    def make(values: dict[str, Any]) -> tuple[Experiment, Notes]:
        """Make a fresh experiment of a file or a module."""
        # What the file made while it was executed was trained, or moved, by the run before.
        made = fresh.pop() if fresh else find_factory(loaded.again(), spec.attribute, name)
        return made.call(values)

    return LoadedTarget(
        spec.text, factory.title, factory.source, "factory", factory.parse, make, factory.hyperparameters
    )


def _load_program(spec: TargetSpec) -> LoadedTarget:
    def parse(values: Mapping[str, Value]) -> dict[str, Any]:
        """Refuse hyperparameters: an exported program has none."""
        if values:
            raise GradvizError(
                tr("{title} is an exported program, which has no hyperparameters.").format(title=spec.title)
            )
        return {}

    def make(values: dict[str, Any]) -> tuple[Experiment, Notes]:
        """Make the program anew."""
        return open_program(spec.path)

    return LoadedTarget(spec.text, spec.title, None, "program", parse, make)
