"""Forget what earlier forwards recorded, except what a later backward can still reach: what living tensors lead to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node, reachable
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.ops import Op
from gradviz.engine.capture.tensor_flow import TensorFlow, Value, makers_of
from gradviz.engine.torch_compat import sequence_number

_Key = tuple[int, type]
"""Identifies a node while no reference to it exists: its number, and its class."""


def forget_dead(capture: Capture, *, whole: bool) -> None:
    """Keep only what a later backward can need: the nodes that a living tensor leads to and what made them; and, unless
    each forward was recorded as a `whole`, for one forward more the other ops that living tensors depend on."""
    made_by = _living_nodes(capture)
    makers = {op for op in made_by.values() if op is not None}
    makers |= {op.within for op in makers if op.within is not None}
    own, ops = set(capture.ops), set(makers)
    stack = [*makers, *(() if whole else capture.flow.living_makers())]
    while stack:
        op = stack.pop()
        if op in own or op in makers:
            own.discard(op)
            ops.add(op)
            stack += [maker for maker in makers_of(op, made_by) if maker in own]
    capture.earlier = [op for op in (*capture.earlier, *capture.ops) if op in ops]
    capture.ops = []
    capture.writes = [write for write in capture.writes if write.op in ops]
    capture.flow.keep(made_by, ops)
    for value in _values_of(ops):
        value.cut(made_by, ops)
    remembered = {*ops, *capture.unrecorded.keep(ops)}
    moved = capture.modules.keep(op.call for op in remembered)
    for op in remembered:
        op.call = moved[op.call]


def _living_nodes(capture: Capture) -> dict[Node, Any]:
    """Return the nodes that others hold, and what made each.

    A node holds the tensors that it saved, so these seem to be alive as long as the capture holds the node. So all
    nodes are released, and those that still exist are looked up.
    """
    nodes, flow = capture.makers, capture.flow
    ops = _all_ops(capture)
    makers = {_key(node): op for node, op in nodes.made_by.items() if not is_leaf_node(node)}
    links = [(value, _key(value.node)) for value in (*_values_of(ops), *flow.values()) if value.node is not None]
    for value, _ in links:
        value.node = None
    flow.forget_nodes()
    nodes.hold({})
    found = _find_again(flow, [value for value, _ in links], makers)
    for value, key in links:
        value.node = found.get(key)
    flow.restore(value for value, _ in links)
    nodes.hold({node: makers[key] for key, node in found.items()})
    return nodes.made_by


def _all_ops(capture: Capture) -> set[Op]:
    ops = {*capture.earlier, *capture.ops, *(op for op in capture.makers.made_by.values() if op is not None)}
    return ops | {op.within for op in ops if op.within is not None}


def _find_again(flow: TensorFlow, values: Iterable[Value], known: dict[_Key, Any]) -> dict[_Key, Node]:
    """Return the nodes behind those tensors of `values` that are still alive, as far as they are `known`."""
    tensors = [tensor for value in values if (tensor := value.tensor()) is not None]
    roots = [node for tensor in tensors if (node := flow.node_of(tensor, recorded=False)) is not None]
    return {key: node for node in reachable(roots) if (key := _key(node)) in known and not is_leaf_node(node)}


def _values_of(ops: Iterable[Op]) -> list[Value]:
    return [value for op in ops for value in (*op.inputs, *op.outputs) if isinstance(value, Value)]


def _key(node: Node) -> _Key:
    return sequence_number(node), type(node)
