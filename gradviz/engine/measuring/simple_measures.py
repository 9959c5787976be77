"""The measures that need little: times, means and deviations of activations, norms of gradients, bytes saved
for backward, ratios of updates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import Node

from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.measuring.measure import Clock, Measure, Span
from gradviz.engine.tensors.reductions import can_be_read, mean_and_std, norm, untracked
from gradviz.engine.torch_compat import RAW_SAVED, storage_id
from gradviz.protocol.records import MeasureKind, NodeRecord, PlaceRecord

_Values = Mapping[MeasureKind, Any]


class Times(Measure):
    """Measures the seconds of each op, and of each node in backward."""

    kinds = ("time_forward", "time_backward")
    fleeting = timed = True

    def __init__(self, clock: Clock | None, memory: dict[Any, Any]) -> None:
        super().__init__(clock, memory)
        self._spans: dict[MeasureKind, dict[int, Span]] = {kind: {} for kind in self.kinds}

    def add_op(self, node: NodeRecord, place: PlaceRecord, note: Any, span: Span | None) -> None:
        """Add the time of an op. An op of a backward derived by hand is one of backward."""
        if span is not None:
            self._spans["time_backward" if node.phase == "backward" else "time_forward"][node.id] = span

    def times_nodes(self) -> bool:
        """Return whether the time of backward is wanted; the hooks of its nodes cost as much as the marks of ops."""
        return "time_backward" in self.wanted

    def add_node(self, node_id: int, span: Span) -> None:
        """Add the time of a node of backward."""
        self._spans["time_backward"][node_id] = span

    def values(self, kind: MeasureKind) -> dict[int, float]:
        """Return node id → seconds."""
        clock, spans = self._clock, self._spans[kind]
        if clock is None or not spans:
            return {}
        clock.settle()
        return {node_id: clock.seconds(*span) for node_id, span in spans.items()}


class Activations(Measure):
    """Measures mean and standard deviation of what each op returned."""

    kinds = ("activation_mean", "activation_std")

    def end_op(self, note: Any, output: Any, node: Any) -> Any:
        """Note mean and deviation of an op's output."""
        return mean_and_std(output) if self.wanted and output is not None else None

    def end_function(self, note: Any, output: Any, *, same: bool) -> Any:
        """Note mean and deviation of a custom Function's own output."""
        return mean_and_std(output) if self.wanted else None

    def add_op(self, node: NodeRecord, place: PlaceRecord, note: Any, span: Span | None) -> None:
        """Add both."""
        for kind, value in zip(self.kinds, note or (), strict=False):
            self._put(kind, node.id, value)

    def of_output(self, node_id: int, output: Any) -> _Values:
        """Return both of a cached output."""
        return dict(zip(self.kinds, mean_and_std(output) or (), strict=False))


class GradientNorm(Measure):
    """Measures the 2-norm of the gradient that comes to each node's first output, and that a leaf has."""

    kinds = ("grad_norm",)

    def gradient_hook(self, node_id: int) -> Callable[[tuple[Any, ...]], None] | None:
        """Measure what comes to a node; a leaf is measured once its gradient is whole."""
        if node_id < 0:
            return None

        def measure(gradients: tuple[Any, ...]) -> None:
            if gradients and gradients[0] is not None:
                self._put("grad_norm", node_id, norm(gradients[0]))

        return measure

    def end_backward(self, gradients: Mapping[int, Any]) -> None:
        """Measure the gradients of leaves."""
        for node_id, gradient in gradients.items():
            self._put("grad_norm", node_id, norm(gradient))

    def of_gradient(self, node_id: int, gradient: Any) -> _Values:
        """Return the norm of a cached gradient."""
        return {"grad_norm": norm(gradient)}


class SavedBytes(Measure):
    """Measures the bytes that each node holds for backward."""

    kinds = ("saved_bytes",)

    def look_at_graph(self, graph: CapturedGraph, held_anyway: Iterable[Any]) -> None:
        """Measure all nodes."""
        with untracked():
            self._values["saved_bytes"] = saved_bytes(graph.live, held_anyway)


def saved_bytes(live: Mapping[int, Node], held_anyway: Iterable[Any]) -> dict[int, int]:
    """Return node id → bytes, of the graph of an iteration whose backward has not begun.

    A storage that several nodes hold counts at the first of them, whole, however small the view that was saved. The
    storages of `held_anyway` (parameters, buffers, data) count nowhere: they would be there without the graph. A node
    is left out where a hook packed what it saved, since only unpacking would show what is held, and where a tensor has
    no storage of its own. What a custom Function put on its `ctx` by hand is not seen.
    """
    seen = {key for value in held_anyway if (key := _storage(value)) is not None}
    found: dict[int, int] = {}
    for node_id in sorted(live):
        size = 0
        for tensor in _held(live[node_id]):
            storage = None if tensor is None else _storage(tensor)
            if storage is None:
                break
            if storage not in seen:
                seen.add(storage)
                size += storage[1]
        else:
            found[node_id] = size
    return found


def _held(node: Node) -> Iterator[torch.Tensor | None]:
    """Yield each tensor that the node saved; None for one that cannot be seen without unpacking."""
    for name in _raw_names(type(node)):
        raw = getattr(node, name)
        for saved in raw if isinstance(raw, tuple | list) else (raw,):
            if saved is None:
                continue
            if getattr(saved, "unpack_hook", saved) is not None:
                yield None  # a hook packed it, or this torch is too old to show it
            elif saved.data is not None:
                yield saved.data


@lru_cache(maxsize=1024)
def _raw_names(node_type: type) -> tuple[str, ...]:
    return tuple(name for name in dir(node_type) if name.startswith(RAW_SAVED))


def _storage(value: Any) -> tuple[int, int] | None:
    """Return identity and bytes of the memory under a tensor; None for what has none of its own (sparse, nested)."""
    if not isinstance(value, torch.Tensor) or value.layout != torch.strided:
        return None
    try:
        storage = value.untyped_storage()
        return storage_id(storage), storage.nbytes()
    except (RuntimeError, NotImplementedError):
        return None


# What may be copied for one update; parameters that do not fit, the largest, are not measured.
BUDGET = 512 * 2**20


class UpdateRatio(Measure):
    """Measures the 2-norm of the change of each parameter over the 2-norm of what was changed; for a parameter of zeros
    that is Inf, or NaN if it did not move.

    An optimizer changes all parameters in one call, so all that fit the budget are copied, the small ones first.
    """

    kinds = ("update_ratio",)

    def __init__(self, clock: Clock | None, memory: dict[Any, Any]) -> None:
        super().__init__(clock, memory)
        self._before: dict[int, Any] = {}

    def begin_update(self, parameters: Mapping[int, Any]) -> None:
        """Copy the parameters."""
        budget = BUDGET
        for node_id, value in sorted(parameters.items(), key=lambda item: _size(item[1])):
            budget -= _size(value)
            if budget < 0:
                break
            if can_be_read(value) and getattr(value, "layout", torch.strided) == torch.strided:
                self._before[node_id] = _copy(value)

    def end_update(self, parameters: Mapping[int, Any]) -> None:
        """Compare the parameters with their copies."""
        before, self._before = self._before, {}
        for node_id, old in before.items():
            new = parameters.get(node_id)
            if _are_alike(old, new):
                with untracked():
                    change = (new.detach() if isinstance(new, torch.Tensor) else new) - old
                    self._put("update_ratio", node_id, norm(change) / norm(old))

    def of_update(self, node_id: int, before: Any, change: Any) -> Mapping[MeasureKind, Any]:
        """Return the ratio of cached values."""
        of_change, of_before = norm(change), norm(before)
        if of_change is None or of_before is None:
            return {}
        with untracked():
            return {"update_ratio": of_change / of_before}


def _are_alike(before: Any, after: Any) -> bool:
    if type(before) is np.ndarray:
        return isinstance(after, np.ndarray) and before.shape == after.shape
    return isinstance(after, torch.Tensor) and before.shape == after.shape and before.device == after.device


def _size(value: Any) -> int:
    if isinstance(value, torch.Tensor):
        return value.numel() * value.element_size()
    return int(getattr(value, "nbytes", 0))


def _copy(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, torch.Tensor) else np.array(value)
