"""Counts units that never fire: those of a ReLU-like output that were zero for every input seen so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import Node

from gradviz.engine.tensors.reductions import can_be_read, is_floating, untracked
from gradviz.protocol.records import PlaceRecord

_ALWAYS = frozenset(("relu", "relu_", "relu6"))
_FLOOR_SECOND = frozenset(("clamp", "clamp_", "clip", "clip_", "clamp_min", "clamp_min_"))
# How far back to look for what says in which dimension units lie.
_HOPS = 8
_CHANNELS_SECOND = ("Convolution", "BatchNorm", "GroupNorm", "MaxPool", "AvgPool", "Upsample", "PixelShuffle")
_FEATURES_LAST = ("Addmm", "Mm", "Bmm", "Linear", "LayerNorm", "Embedding")


def is_rectifier(name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    """Whether a call puts zero in place of whatever is below zero: relu, relu6, clamp, threshold and hardtanh at 0."""
    short = name.rpartition(".")[2]
    if short in _ALWAYS:
        return name.startswith("torch.")
    if short in _FLOOR_SECOND:
        return _is_zero(_given(args, kwargs, 1, "min"))
    if short in ("threshold", "threshold_"):
        return _is_zero(_given(args, kwargs, 1, "threshold")) and _is_zero(_given(args, kwargs, 2, "value"))
    if short in ("hardtanh", "hardtanh_"):
        return _is_zero(_given(args, kwargs, 1, "min_val"))
    return name == "numpy.maximum" and any(_is_zero(arg) for arg in args)


def unit_dimension(output: Any, node: Node | None) -> int | None:
    """The dimension in which the units of a ReLU-like output lie; None if it has none, or cannot be read.

    Channels behind a convolution, features behind a product of matrices; where neither is near, dimension 1 of an
    output with four or more dimensions, and the last of any other. `node`: what made the output, if autograd knows.
    """
    if not can_be_read(output) or not is_floating(output) or not output.ndim:
        return None
    return 1 if output.ndim > 2 and _channels_second(node, output.ndim) else output.ndim - 1


def firing(output: Any, unit: int) -> torch.Tensor:
    """Which units, along dimension `unit`, are not zero for at least one input."""
    others = [dim for dim in range(output.ndim) if dim != unit]
    if not isinstance(output, torch.Tensor):
        return torch.from_numpy(np.array((output != 0).any(axis=tuple(others))))
    with untracked():
        fires = output.detach() != 0
        return fires.any(dim=others) if others else fires


class Firing:
    """Which units fired in any of the iterations that were measured, by the places of nodes in the code: a place keeps
    its count when the graph changes around it, and loses it when its number of units does."""

    def __init__(self) -> None:
        self._fired: dict[PlaceRecord, torch.Tensor] = {}

    def add(self, place: PlaceRecord, fires: torch.Tensor) -> Any:
        """Take in one iteration. Returns the share of units that never fired, as a tensor; None if there are none."""
        before = self._fired.get(place)
        with untracked():
            if before is not None and before.shape == fires.shape and before.device == fires.device:
                fires = before | fires
            self._fired[place] = fires
            return 1 - fires.double().mean() if fires.device.type != "mps" else 1 - fires.float().mean()

    def forget(self) -> None:
        self._fired.clear()


def _given(args: Sequence[Any], kwargs: dict[str, Any], position: int, name: str) -> Any:
    return args[position] if len(args) > position else kwargs.get(name)


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def _channels_second(node: Node | None, dimensions: int) -> bool:
    for _ in range(_HOPS):
        if node is None:
            break
        name = node.name()
        if any(part in name for part in _CHANNELS_SECOND):
            return True
        if name.startswith(_FEATURES_LAST):
            return False
        following = [source for source, _ in node.next_functions if source is not None]
        node = following[0] if following else None
    return dimensions > 3
