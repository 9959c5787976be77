"""The measure of bytes that nodes hold for backward: it looks at what autograd saved without unpacking it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import torch
from torch.autograd.graph import Node

from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.measuring.measure import Measure
from gradviz.engine.tensors.reductions import untracked
from gradviz.engine.torch_compat import RAW_SAVED, storage_id


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
