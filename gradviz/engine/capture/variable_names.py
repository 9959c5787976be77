"""What the user's code calls the tensors that go into an op."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    wanted = {}
    for position, value in enumerate(inputs):
        tensor = value.tensor() if isinstance(value, Value) else value
        if isinstance(tensor, torch.Tensor | np.ndarray):
            wanted[id(tensor)] = position
    found: dict[int, str] = {}
    for name, held in _variables(frame) if wanted else ():
        if id(held) in wanted:
            found.setdefault(wanted[id(held)], name)
    return found


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


def _variables(frame: FrameType) -> Iterator[tuple[str, Any]]:
    variables = variables_of(frame)
    yield from variables.items()
    yield from list(getattr(variables.get("self"), "__dict__", {}).items())
