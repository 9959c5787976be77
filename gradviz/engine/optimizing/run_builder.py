"""Builds what a run trains: the experiment on its device, the optimizers that can serve it, and the one that does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn.parameter import is_lazy

from gradviz.engine.loading.devices import devices_of_data, devices_of_model
from gradviz.engine.loading.process_state import existing_folder
from gradviz.engine.loading.target import LoadedTarget
from gradviz.engine.optimizing.optimizer_table import OptimizerTable, own_choice
from gradviz.engine.optimizing.parameter_update import Updater
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.language import tr
from gradviz.protocol.records import OptimizerChoice

_DISTRIBUTED = {"DistributedDataParallel", "FullyShardedDataParallel"}


@dataclass(frozen=True, slots=True)
class Built:
    """One build of a target."""

    experiment: Experiment
    table: OptimizerTable
    updater: Updater


def build(target: LoadedTarget, seed: int, device: str, choice: OptimizerChoice | None) -> Built:
    """Build `target` from `seed` on `device`. Without a choice, its own optimizer updates it.

    Raises:
        GradvizError: what came out cannot be trained so. What the user's code raises comes through.
    """
    experiment = target.build(seed)
    _put_on(experiment, device)
    if _materialized(experiment):
        target.notes += (tr("One forward gave the lazy modules their parameters before the optimizer was made."),)
    for note in _distributed(experiment):
        target.notes += (note,)
    with existing_folder():
        table = OptimizerTable(experiment, target.default or own_choice(experiment))
    if target.kind == "factory" and not table.parameters:
        target.notes += (_nothing_trained(experiment),)
    with existing_folder():
        return Built(experiment, table, Updater(experiment, table, choice or table.default))


def _distributed(experiment: Experiment) -> Iterator[str]:
    """Yield a sentence for each module that shares its work with other processes, of which this engine is only one."""
    modules = experiment.module.modules() if experiment.module is not None else ()
    for name in sorted({type(module).__name__ for module in modules} & _DISTRIBUTED):
        text = tr("{name} speaks with other processes, which are not shown here; open the module inside it.")
        yield text.format(name=name)


def _nothing_trained(experiment: Experiment) -> str:
    if experiment.module is None and experiment.has_autograd and not experiment.named_parameters():
        # Of a function nobody can know which tensors it holds.
        return tr(
            "No parameter wants a gradient, so nothing is updated; name the tensors that the function holds:"
            " gradviz.Experiment(…, parameters={'w': w})."
        )
    return tr("No parameter wants a gradient, so nothing is updated.")


def _materialized(experiment: Experiment) -> bool:
    """Give lazy modules their parameters as torch asks for: by a forward, before the optimizer is made. False where
    there are none."""
    module = experiment.module
    if module is None or not any(is_lazy(tensor) for tensor in (*module.parameters(), *module.buffers())):
        return False
    with torch.no_grad():
        experiment.forward()
    return True


def _put_on(experiment: Experiment, device: str) -> None:
    """Put all of it on `device`. On the CPU, what the user's code spread over several is left so: it may be meant."""
    found = devices_of_model(experiment) | devices_of_data(experiment)
    if found == {"meta"}:
        raise GradvizError(tr("The model is on the meta device, which holds no values; build it on the cpu."))
    if device != "cpu" or (len(found) == 1 and found != {"cpu"}):
        experiment.move_to(device)
