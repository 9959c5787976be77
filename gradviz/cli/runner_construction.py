"""The arguments of `run` and `render`, made into a run: target, hyperparameters, device, optimizer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gradviz.errors import GradvizError, InvalidValueError, UnknownNameError
from gradviz.language import tr
from gradviz.networks.catalogue import network
from gradviz.targets.target_spec import TargetSpec

if TYPE_CHECKING:
    from gradviz.engine.loading.target import TargetSetup
    from gradviz.engine.training.runner import Runner
    from gradviz.protocol.records import Value


def open_runner(arguments: argparse.Namespace) -> Runner:
    """Build what the arguments describe. A file is executed for it: to name it on the command line is the consent.

    A `--set` means a hyperparameter if the target has one of that name, else an option of the optimizer.

    Raises:
        UnknownNameError: neither has it; the message lists both.
        InvalidValueError: a setting that is not KEY=VALUE, or a value that cannot be.
        GradvizError: the target cannot be opened. What the user's code raises comes through.
    """
    from gradviz.engine.training.runner import Runner

    if arguments.target.kind == "network":
        return Runner(_setup_of_network(arguments))
    return _open_code(arguments)


def _open_code(arguments: argparse.Namespace) -> Runner:
    """Open a factory or a program; its optimizer is known when it has run, so that options are read after it."""
    from gradviz.engine.loading.target import TargetSetup, find_target
    from gradviz.engine.training.runner import Runner
    from gradviz.protocol.records import OptimizerChoice

    settings = _settings(arguments.settings)
    wanted = _optimizer_name(arguments)
    _refuse_weights(arguments.target)
    setup = TargetSetup(arguments.target, {}, arguments.seed, arguments.device)
    target = find_target(setup)
    names = [record.name for record in target.hyperparameters]
    hyperparameters, options = _split(settings, names)
    target.choose(hyperparameters)
    runner = Runner(setup, target)
    _add_rate(arguments, options)
    if wanted or options:
        own = runner.updater.choice
        name = wanted or own.name
        _check_options(target.title, names, name, options)
        kept = own.options if name == own.name else {}
        runner.set_optimizer(OptimizerChoice(name, {**kept, **options}))
    for note in target.notes:
        print(f"gradviz: {note}", file=sys.stderr)
    return runner


def _setup_of_network(arguments: argparse.Namespace) -> TargetSetup:
    from gradviz.engine.loading.target import TargetSetup
    from gradviz.protocol.records import OptimizerChoice

    entry = network(arguments.target.name)
    names = [h.name for h in entry.hyperparameters]
    hyperparameters, options = _split(_settings(arguments.settings), names)
    entry.parse(dict(hyperparameters))
    _add_rate(arguments, options)
    name = _optimizer_name(arguments) or entry.optimizer
    _check_options(entry.id, sorted(names), name, options)
    choice = OptimizerChoice(name, options)
    return TargetSetup(arguments.target, hyperparameters, arguments.seed, arguments.device, choice)


def split_settings(texts: Iterable[str], names: list[str] | None) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return hyperparameters, and options of the optimizer; without `names` (a factory that was not executed yet)
    all are hyperparameters.

    Raises:
        InvalidValueError: a setting that is not KEY=VALUE.
    """
    settings = _settings(texts)
    return (dict(settings), {}) if names is None else _split(settings, names)


def _settings(texts: Iterable[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InvalidValueError(tr("--set takes KEY=VALUE, not {text!r}.").format(text=text))
        found[key] = value
    return found


def _split(settings: dict[str, str], names: list[str]) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return hyperparameters, and what must be options then. `N` means `n`, as the window writes it."""
    hyperparameters: dict[str, Value] = {}
    options: dict[str, Value] = {}
    for key, value in settings.items():
        name = key if key in names else key.lower()
        if name in names:
            hyperparameters[name] = value
        else:
            options[key] = value
    return hyperparameters, options


def _add_rate(arguments: argparse.Namespace, options: dict[str, Value]) -> None:
    rate = getattr(arguments, "lr", None)
    if rate is not None:
        options["lr"] = rate


def _optimizer_name(arguments: argparse.Namespace) -> str:
    """Return the optimizer that was asked for, in torch's spelling (`adam` is Adam); empty if none was."""
    from gradviz.engine.optimizing.optimizer_table import MANUAL, optimizer_classes

    name = getattr(arguments, "optimizer", None)
    if not name:
        return ""
    known = [MANUAL, *optimizer_classes()]
    for candidate in known:
        if candidate.lower() == name.lower():
            return candidate
    raise UnknownNameError(tr("optimizer"), name, known)


def _check_options(target: str, hyperparameters: list[str], optimizer: str, options: dict[str, Value]) -> None:
    from gradviz.engine.optimizing.optimizer_table import MANUAL, OWN, option_records

    if optimizer == OWN:
        known = []
    else:
        known = ["lr"] if optimizer == MANUAL else [option.name for option in option_records(optimizer)]
    for key in options:
        if key not in known:
            raise UnknownNameError(
                tr("hyperparameter of {target} or option of {optimizer}").format(target=target, optimizer=optimizer),
                key,
                hyperparameters + known,
            )


def _refuse_weights(target: TargetSpec) -> None:
    """Refuse a file of weights, which is no network: list its tensors first.

    Raises:
        GradvizError: it is a file of weights.
    """
    if target.kind != "weights":
        return
    from gradviz.engine.loading.weight_files import read_weights

    file = read_weights(target.path)
    width = max((len(record.name) for record in file.records), default=0)
    for record in file.records:
        shape = " × ".join(map(str, record.shape)) or tr("one number")
        print(f"{record.name:<{width}}  {record.dtype:<9} {shape}", file=sys.stderr)
    raise GradvizError(file.why_not_opened())
