"""What the user's code calls the tensors that go into an op."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import node_of
from gradviz.engine.capture.ops import Op
from gradviz.engine.capture.tensor_flow import Value
from gradviz.engine.frames.stack_frames import variables_of
from gradviz.pytree import leaves


def name_inputs(frame: FrameType | None, inputs: Sequence[Any]) -> dict[int, str]:
    """Return position in `inputs` → the variable of `frame`, or the attribute of its `self`, that is this tensor."""
    if frame is None:
        return {}
    wanted: dict[int, int] = {}
    others: set[int] = set()
    for position, value in enumerate(inputs):
        tensor = value.tensor() if type(value) is Value else value
        if isinstance(tensor, (torch.Tensor, np.ndarray)):  # quicker than a union
            wanted[id(tensor)] = position
            if type(tensor) is not torch.nn.Parameter:
                others.add(position)
    found: dict[int, str] = {}
    if not wanted:
        return found
    variables = variables_of(frame)
    _find(variables, wanted, found)
    owner = variables.get("self")
    # A module keeps its parameters elsewhere than among its attributes.
    missing = len(found) < len(wanted) if not isinstance(owner, torch.nn.Module) else not others <= found.keys()
    if missing and owner is not None:
        _find(getattr(owner, "__dict__", {}), wanted, found)
    return found


def _find(variables: Mapping[str, Any], wanted: Mapping[int, int], found: dict[int, str]) -> None:
    for name, held in list(variables.items()):
        position = wanted.get(id(held))
        if position is not None and position not in found:
            found[position] = name
            if len(found) == len(wanted):
                return


def name_nodes(ops: Iterable[Op], output: Any) -> dict[Node, str]:
    """Return node → what the code calls its first output where that is used first; `output` that of the model."""
    found: dict[Node, str] = {}
    for op in ops:
        for position, name in op.variables.items():
            value = op.inputs[position]
            if isinstance(value, Value) and value.node is not None and not value.output_nr:
                found.setdefault(value.node, name)
    for path, tensor in leaves("output", output):
        if isinstance(tensor, torch.Tensor) and (node := node_of(tensor)) is not None:
            found.setdefault(node, path)
    return found
