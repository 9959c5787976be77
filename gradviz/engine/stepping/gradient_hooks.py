"""Notices which hooks of tensors, parameters and modules change a gradient, by what was sent and what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node, leaf_of
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.tensors.tensor_summary import summarize
from gradviz.engine.torch_compat import GRADIENT_HOOKS, MODULE_HOOK_NODE, MODULE_HOOKS, POST_GRADIENT_HOOKS
from gradviz.protocol.node_location import module_of
from gradviz.protocol.records import HookRecord

Gradients = tuple[torch.Tensor | None, ...]


class GradientHooks:
    """The hooks of one backward. What is sent to a node that has none is not kept."""

    def __init__(self, graph: CapturedGraph, live: Mapping[int, Node], registered: Mapping[Node, Any]) -> None:
        """`live`: node id → autograd node, the leaves' among them; `registered`: node → hooks of what it made."""
        self._live = live
        self._nodes = {node.id: node for node in graph.record.nodes}
        self._record = graph.record
        self._module = graph.overwrites.module if graph.overwrites is not None else None
        self._hooks: dict[int, list[Callable[..., Any]]] = {}
        """Node → the hooks of the tensor that it made."""
        for node_id, node in live.items():
            hooks = getattr(leaf_of(node), GRADIENT_HOOKS, None) if is_leaf_node(node) else registered.get(node)
            if hooks:
                self._hooks[node_id] = list(hooks.values())
        self._edges: dict[tuple[int, int], tuple[int, int]] = {
            (edge.target, edge.input_nr): (edge.source, edge.output_nr)
            for edge in graph.record.edges
            if edge.source in self._hooks
        }
        self._sent: dict[tuple[int, int], torch.Tensor] = {}

    def sent(self, node_id: int, gradients: Gradients) -> None:
        """Note what a node has made, where a hook may change it before it arrives."""
        for i, gradient in enumerate(gradients) if self._edges else ():
            to = self._edges.get((node_id, i))
            if to is not None and gradient is not None:
                known = self._sent.get(to)
                self._sent[to] = gradient.detach().clone() if known is None else known + gradient.detach()

    def came(self, node_id: int, gradients: Gradients) -> list[HookRecord]:
        """Return which hooks changed what comes to a node."""
        hooks = self._hooks.get(node_id)
        if not hooks:
            return []
        node = self._nodes[node_id]
        kind = "parameter" if node.id < 0 else "tensor"
        name = node.name if node.id < 0 else node.variable or node.name
        for output_nr, gradient in enumerate(gradients):
            before = self._sent.get((node_id, output_nr))
            if before is not None and gradient is not None and _differs(before, gradient):
                return [_record(kind, name, hooks, before, gradient)]
        return []

    def left(self, node_id: int, came: Gradients, made: Gradients) -> list[HookRecord]:
        """Return which hooks changed what a node has made: those of a module at its border, and those that run once a
        parameter has its gradient."""
        node = self._live[node_id]
        if is_leaf_node(node):
            leaf = leaf_of(node)
            hooks = getattr(leaf, POST_GRADIENT_HOOKS, None)
            before = came[0] if came else None
            if hooks and before is not None and leaf.grad is not None and _differs(before, leaf.grad):
                return [_record("parameter", self._nodes[node_id].name, hooks.values(), before, leaf.grad)]
            return []
        if self._module is None or not self._nodes[node_id].type_name.startswith(MODULE_HOOK_NODE):
            return []
        path, _ = module_of(self._record, self._nodes[node_id])
        hooks = _module_hooks(self._module, path)
        for before, after in zip(came, made, strict=False):
            if hooks and before is not None and after is not None and _differs(before, after):
                return [_record("module", path, hooks, before, after)]
        return []


def _module_hooks(model: nn.Module, path: str) -> list[Callable[..., Any]]:
    """Return the backward hooks of a module."""
    try:
        module = model.get_submodule(path)
    except AttributeError:
        return []
    return [hook for attribute in MODULE_HOOKS for hook in getattr(module, attribute, {}).values()]


def _differs(before: torch.Tensor, after: torch.Tensor) -> bool:
    """Return whether more than the order of a sum may be different."""
    if before.shape != after.shape:
        return True
    return not torch.allclose(before, after.detach().to(before.dtype), rtol=1e-4, atol=0, equal_nan=True)


def _record(
    kind: str, name: str, hooks: Iterable[Callable[..., Any]], before: torch.Tensor, after: torch.Tensor
) -> HookRecord:
    functions = list(hooks)
    code = next((found for each in functions if (found := getattr(each, "__code__", None)) is not None), None)
    names = ", ".join(getattr(each, "__name__", type(each).__name__) for each in functions)
    file, line = (code.co_filename, code.co_firstlineno) if code is not None else ("", 0)
    return HookRecord(kind, name, names, file, line, summarize("before", before), summarize("after", after.detach()))
