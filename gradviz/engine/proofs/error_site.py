"""Where an error was raised, with all that is known of its iteration; and the links of a proof."""

from __future__ import annotations

import linecache
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any
from weakref import ReferenceType

import torch
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node
from gradviz.engine.capture.ops import Op
from gradviz.engine.frames.stack_frames import owner_of
from gradviz.engine.gate.gate import Gate
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.torch_compat import sequence_number
from gradviz.language import tr
from gradviz.protocol.cause_records import BlameLink, LinkRole
from gradviz.protocol.node_location import module_of
from gradviz.protocol.records import NodeRecord, Phase


@dataclass(frozen=True, slots=True)
class OptimizerStep:
    """The last step that an optimizer took."""

    optimizer: ReferenceType[torch.optim.Optimizer]
    number: int
    """The number that autograd gave the next node after it."""
    step: int
    """In which iteration."""
    file: str = ""
    line: int = 0

    def updates(self, parameter: Any) -> bool:
        """Return whether it updates `parameter`."""
        optimizer = self.optimizer()
        groups = optimizer.param_groups if optimizer is not None else []
        return any(each is parameter for group in groups for each in group["params"])


@dataclass(frozen=True)
class ErrorSite:
    """An error, and the iteration that it ended."""

    error: BaseException
    node: int | None
    """The node that raised, where it was one."""
    graph: CapturedGraph
    gate: Gate | None
    module: nn.Module | None
    step: int
    """The iteration."""
    optimizer_steps: Sequence[OptimizerStep] = ()
    backward_number: int = 0
    """The number of the first node that was made after the last backward that has run; 0 where none has."""

    @cached_property
    def nodes(self) -> dict[int, NodeRecord]:
        """The records of the graph by their ids."""
        return {node.id: node for node in self.graph.record.nodes}

    @cached_property
    def ids(self) -> dict[Node, int]:
        """The ids of the nodes that still exist."""
        return {node: node_id for node_id, node in self.graph.live.items()}

    @cached_property
    def earlier(self) -> set[int]:
        """The nodes that were made before the backward that has run already."""
        return {
            node_id
            for node_id, node in self.graph.live.items()
            if not is_leaf_node(node) and sequence_number(node) < self.backward_number
        }

    @cached_property
    def frames(self) -> list[FrameType]:
        """The user's frames that the error passed, or is still in, the innermost last."""
        walked = [frame for frame, _ in traceback.walk_tb(self.error.__traceback__)]
        around = [frame for frame, _ in traceback.walk_stack(sys._getframe()) if frame not in walked]
        walked = [*reversed(around), *walked]
        return [frame for frame in walked if owner_of(frame.f_code.co_filename) == "user"]

    def called(self, node_id: int) -> str:
        """Return a node as the user can type it: `#2 sigmoid`."""
        node = self.nodes.get(node_id)
        return f"#{node_id} {node.name}" if node is not None and node_id >= 0 else node.name if node is not None else ""

    def link(self, node_id: int, role: LinkRole, reason: str, phase: Phase = "forward") -> BlameLink:
        """Return the link of a node of the graph."""
        node = self.nodes[node_id]
        module, use = module_of(self.graph.record, node)
        return BlameLink(
            reason, phase, self._point(node_id, phase), node_id, node.name, node.op, node.type_name, module, use,
            node.file, node.line, role=role,
        )  # fmt: skip

    def link_of_op(self, op: Op, role: LinkRole, reason: str) -> BlameLink:
        """Return the link of an op; of its node where it made one that is drawn."""
        made = next((i for node, i in self.ids.items() if self.graph.maker(node) is op), None)
        if made is not None and made in self.nodes:
            return self.link(made, role, reason)
        name = op.name.rpartition(".")[2]
        return BlameLink(reason, op.phase, name=name, op=op.name, file=op.file, line=op.line, role=role)

    def link_of_line(self, file: str, line: int, name: str, role: LinkRole, reason: str, phase: Phase) -> BlameLink:
        """Return the link of a line that is no op."""
        return BlameLink(reason, phase, name=name, file=file, line=line, role=role)

    def _point(self, node_id: int, phase: Phase) -> int | None:
        if self.gate is None:
            return None
        history = self.gate.history
        return history.backward_point(node_id) if phase == "backward" else history.forward_point(node_id)


def place_text(file: str, line: int) -> str:
    """Return `model.py:16`; empty if that is not known."""
    return f"{Path(file).name}:{line}" if file and line else ""


def code_at(file: str, line: int) -> str:
    """Return a line of the user's code."""
    return linecache.getline(file, line).strip() if file else ""


def shape_text(shape: Sequence[int] | None) -> str:
    """Return `8 × 16`."""
    if shape is None:
        return ""
    return " × ".join(map(str, shape)) or tr("a scalar")


def is_of(error: BaseException, *texts: str) -> bool:
    """Return whether an error is one of torch's whose message has one of `texts`."""
    return isinstance(error, RuntimeError) and any(text in str(error) for text in texts)
