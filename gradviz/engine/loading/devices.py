"""The devices of this machine, as torch reports them."""

from __future__ import annotations

import torch

from gradviz.errors import GradvizError, UnknownNameError
from gradviz.experiment import Experiment
from gradviz.language import tr
from gradviz.protocol.records import DeviceRecord
from gradviz.pytree import leaves


def devices() -> tuple[DeviceRecord, ...]:
    """Return `cpu` first, then every accelerator that torch can use, each with its name."""
    found = [DeviceRecord("cpu", "CPU")]
    if torch.cuda.is_available():
        count = torch.cuda.device_count()
        found += [DeviceRecord(f"cuda:{i}", torch.cuda.get_device_name(i)) for i in range(count)]
    if torch.backends.mps.is_available():
        found.append(DeviceRecord("mps", "Apple GPU (Metal)"))
    if hasattr(torch, "xpu") and torch.xpu.is_available():
        count = torch.xpu.device_count()
        found += [DeviceRecord(f"xpu:{i}", torch.xpu.get_device_name(i)) for i in range(count)]
    return tuple(found)


def devices_for(cpu_only: str) -> tuple[DeviceRecord, ...]:
    """Return the devices with the reason of a network that cannot leave the CPU; an empty reason means it can."""
    return tuple(DeviceRecord(d.id, d.title, "" if d.id == "cpu" else cpu_only) for d in devices())


def resolve_device(name: str, network: str = "", cpu_only: str = "") -> str:
    """Return the id of the device that `name` means: `cuda` is `cuda:0`, `cpu` is `cpu`.

    Raises:
        GradvizError: the network cannot leave the CPU.
        UnknownNameError: this machine has no such device.
    """
    if cpu_only and name != "cpu":
        raise GradvizError(tr("{network} runs on the cpu alone: {reason}.").format(network=network, reason=cpu_only))
    known = [device.id for device in devices()]
    for candidate in (name, f"{name}:0"):
        if candidate in known:
            return candidate
    raise UnknownNameError(tr("device"), name, known)


def devices_of_model(experiment: Experiment) -> set[str]:
    """Return the devices of parameters and buffers; none for arrays."""
    module = experiment.module
    buffers = list(module.buffers()) if module is not None else []
    tensors = [*experiment.named_parameters().values(), *buffers]
    return {str(t.device) for t in tensors if isinstance(t, torch.Tensor)}


def devices_of_data(experiment: Experiment) -> set[str]:
    """Return the devices of inputs and targets."""
    data = [leaf for tree in (experiment.inputs, experiment.targets) for _, leaf in leaves("", tree)]
    return {str(leaf.device) for leaf in data if isinstance(leaf, torch.Tensor)}
