"""Notices which hooks of tensors, parameters and modules change a gradient, by what they are given and give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node, leaf_of
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.tensors.tensor_summary import summarize
from gradviz.engine.torch_compat import (
    GRADIENT_HOOKS,
    MODULE_HOOK_NODE,
    MODULE_HOOKS,
    POST_GRADIENT_HOOKS,
    function_class,
    isolated,
    never_compiled,
)
from gradviz.protocol.node_location import module_of
from gradviz.protocol.records import HookRecord

Gradients = tuple[torch.Tensor | None, ...]


class GradientHooks:
    """The hooks of one backward."""

    def __init__(
        self,
        graph: CapturedGraph,
        live: Mapping[int, Node],
        registered: Mapping[Node, Any],
        ran: Callable[[], None] = lambda: None,
    ) -> None:
        """`live`: node id → autograd node, the leaves' among them; `registered`: node → hooks of what it made. `ran` is
        called when code of the user's has run in a hook or node, which may have written to any tensor."""
        self._live = live
        self._ran = ran
        self._in_python = {node_id for node_id, node in live.items() if function_class(type(node)) is not None}
        self._nodes = {node.id: node for node in graph.record.nodes}
        self._record = graph.record
        self._module = graph.overwrites.module if graph.overwrites is not None else None
        self._registered = registered
        self._changed: dict[int, list[HookRecord]] = {}
        """Node → the hooks of tensors and parameters that have run there and changed the gradient."""

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While this lasts, each hook of a tensor or parameter is called by one that compares what it was given with
        what it gives."""
        watchers: list[tuple[Any, Any, _Watcher]] = []
        try:
            for node_id, hooks, holder in self._dictionaries():
                for key, hook in list(hooks.items()):
                    hooks[key] = watcher = _Watcher(hook, holder, partial(self._note, node_id, hook), self._ran)
                    watchers.append((hooks, key, watcher))
            yield
        finally:
            for hooks, key, watcher in watchers:
                if hooks.get(key) is watcher:
                    hooks[key] = watcher.hook

    def came(self, node_id: int) -> list[HookRecord]:
        """Return which hooks changed what comes to a node."""
        return self._changed.pop(node_id, [])

    def left(self, node_id: int, came: Gradients, made: Gradients) -> list[HookRecord]:
        """Return which hooks changed what a node has made: those of a module at its border, and those that run once a
        parameter has its gradient."""
        if is_leaf_node(self._live[node_id]):
            return self._changed.pop(node_id, [])
        if node_id not in self._in_python:
            return []
        self._ran()
        if self._module is None or not self._nodes[node_id].type_name.startswith(MODULE_HOOK_NODE):
            return []
        path, _ = module_of(self._record, self._nodes[node_id])
        hooks = _module_hooks(self._module, path)
        for before, after in zip(came, made, strict=False):
            if hooks and before is not None and after is not None and _differs(before, after):
                return [_record("module", path, hooks, before, after)]
        return []

    def _dictionaries(self) -> Iterator[tuple[int, Any, Any]]:
        """Yield the hooks of tensors and parameters by their keys, with the node that they run at; and the parameter
        where they run once it has its gradient, else None."""
        for node_id, node in self._live.items():
            leaf = leaf_of(node) if is_leaf_node(node) else None
            before = self._registered.get(node) if leaf is None else getattr(leaf, GRADIENT_HOOKS, None)
            if before:
                yield node_id, before, None
            if after := getattr(leaf, POST_GRADIENT_HOOKS, None):
                yield node_id, after, leaf

    def _note(self, node_id: int, hook: Callable[..., Any], before: torch.Tensor, after: torch.Tensor) -> None:
        node = self._nodes[node_id]
        kind, name = ("parameter", node.name) if node.id < 0 else ("tensor", node.variable or node.name)
        if _differs(before, after):
            self._changed.setdefault(node_id, []).append(_record(kind, name, [hook], before, after))


class _Watcher:
    """Calls a hook, and `note` with the gradient before and after it."""

    def __init__(
        self,
        hook: Callable[..., Any],
        holder: Any,
        note: Callable[[torch.Tensor, torch.Tensor], None],
        ran: Callable[[], None],
    ) -> None:
        """`holder`: the parameter whose gradient the hook may change; None for one that is given a gradient. `ran` is
        called once the hook has run."""
        self.hook, self._holder, self._note, self._ran = hook, holder, note, ran

    @never_compiled
    def __call__(self, given: torch.Tensor) -> Any:
        with isolated():
            before = self._gradient(given, None)
            before = before.detach().clone() if before is not None else None
        result = self.hook(given)
        self._ran()
        with isolated():
            after = self._gradient(given, result)
            if before is not None and after is not None:
                self._note(before, after.detach())
        return result

    def _gradient(self, given: torch.Tensor, result: Any) -> torch.Tensor | None:
        if self._holder is not None:
            found: torch.Tensor | None = self._holder.grad
            return found
        return given if result is None else result


def _module_hooks(model: nn.Module, path: str) -> list[Callable[..., Any]]:
    """Return the backward hooks of a module."""
    try:
        module = model.get_submodule(path)
    except AttributeError:
        return []
    return [hook for attribute in MODULE_HOOKS for hook in getattr(module, attribute, {}).values()]


def _differs(before: torch.Tensor, after: torch.Tensor) -> bool:
    """Return whether anything is different; sparse gradients, and classes of the user's own, may not be comparable."""
    if before.shape != after.shape:
        return True
    try:
        return not torch.allclose(before, after.detach().to(before.dtype), rtol=0, atol=0, equal_nan=True)
    except (RuntimeError, TypeError):
        return False


def _record(
    kind: str, name: str, hooks: Iterable[Callable[..., Any]], before: torch.Tensor, after: torch.Tensor
) -> HookRecord:
    functions = list(hooks)
    code = next((found for each in functions if (found := getattr(each, "__code__", None)) is not None), None)
    names = ", ".join(getattr(each, "__name__", type(each).__name__) for each in functions)
    file, line = (code.co_filename, code.co_firstlineno) if code is not None else ("", 0)
    return HookRecord(kind, name, names, file, line, summarize("before", before), summarize("after", after.detach()))
