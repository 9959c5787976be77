"""The measure of units that never fire: those of a ReLU-like output that were zero for every input seen so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import Node

from gradviz.engine.measuring.measure import Clock, Measure, OpCall, Span
from gradviz.engine.tensors.reductions import can_be_read, is_floating, untracked
from gradviz.protocol.records import MeasureKind, NodeRecord, PlaceRecord

_ALWAYS = frozenset(("relu", "relu_", "relu6"))
_FLOOR_SECOND = frozenset(("clamp", "clamp_", "clip", "clip_", "clamp_min", "clamp_min_"))
# How far back to look for what decides in which dimension units lie.
_HOPS = 8
_CHANNELS_SECOND = ("Convolution", "BatchNorm", "GroupNorm", "MaxPool", "AvgPool", "Upsample", "PixelShuffle")
_FEATURES_LAST = ("Addmm", "Mm", "Bmm", "Linear", "LayerNorm", "Embedding")


class DeadUnits(Measure):
    """Measures the share of units that fired in none of the iterations that were measured, by the places of nodes in
    the code: a place keeps its count when the graph changes around it, and loses it when its number of units does."""

    kinds = ("dead_units",)
    notes_always = True  # which ops are ReLU-like cannot be seen in the cached values

    def __init__(self, clock: Clock | None, memory: dict[PlaceRecord, torch.Tensor]) -> None:
        """`memory`: which units of a place have fired so far."""
        super().__init__(clock, memory)
        self._units: dict[int, tuple[PlaceRecord, int]] = {}
        """Node id of a ReLU-like op → its place, and the dimension in which its output's units lie."""

    def begin_op(self, call: OpCall) -> bool:
        """Note whether an op is ReLU-like."""
        return is_rectifier(call.name, call.args, call.kwargs)

    def end_op(self, note: Any, output: Any, node: Node | None) -> tuple[int, torch.Tensor | None] | None:
        """Note the dimension of the units of a ReLU-like op, and which of them fired."""
        unit = unit_dimension(output, node) if note else None
        return None if unit is None else (unit, firing(output, unit) if self.wanted else None)

    def end_function(self, note: Any, output: Any, *, same: bool) -> Any:
        """Note that a custom Function which returns what its last op made is ReLU-like if that op is."""
        return note if same else None

    def add_op(self, node: NodeRecord, place: PlaceRecord, note: Any, span: Span | None) -> None:
        """Add what a ReLU-like op showed."""
        if note is not None:
            unit, fires = note
            self._units[node.id] = place, unit
            if fires is not None:
                self._add(node.id, place, fires)

    def of_output(self, node_id: int, output: Any) -> Mapping[MeasureKind, Any]:
        """Add which units fired in a cached output."""
        if node_id in self._units:
            place, unit = self._units[node_id]
            self._add(node_id, place, firing(output, unit))
        return {}

    def _add(self, node_id: int, place: PlaceRecord, fires: torch.Tensor) -> None:
        before = self._memory.get(place)
        with untracked():
            if before is not None and before.shape == fires.shape and before.device == fires.device:
                fires = before | fires
            self._memory[place] = fires
            mean = fires.double().mean() if fires.device.type != "mps" else fires.float().mean()
            self._put("dead_units", node_id, 1 - mean)


def is_rectifier(name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    """Return whether a call puts zero in place of negatives: relu, relu6, clamp, threshold and hardtanh at 0."""
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
    """Return the dimension in which the units of a ReLU-like output lie; None if it has none, or cannot be read.

    Channels behind a convolution, features behind a product of matrices; where neither is near, dimension 1 of an
    output with four or more dimensions, and the last of any other. `node`: what made the output, if autograd knows.
    """
    if not can_be_read(output) or not is_floating(output) or not output.ndim:
        return None
    return 1 if output.ndim > 2 and _channels_second(node, output.ndim) else output.ndim - 1


def firing(output: Any, unit: int) -> torch.Tensor:
    """Return which units, along dimension `unit`, are not zero for at least one input."""
    others = [dim for dim in range(output.ndim) if dim != unit]
    if not isinstance(output, torch.Tensor):
        return torch.from_numpy(np.array((output != 0).any(axis=tuple(others))))
    with untracked():
        fires = output.detach() != 0
        return fires.any(dim=others) if others else fires


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
