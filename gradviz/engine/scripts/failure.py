"""Finds out where a script raised while it ran freely: nothing was recorded then, but its frames are alive."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.frames.stack_frames import first_argument, owner_of, variables_of
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.loading.error_explanation import place_of
from gradviz.engine.scripts.discovery import ScriptFacts
from gradviz.engine.scripts.loss_roots import tensors_in
from gradviz.engine.tensors.saved_tensors import reader_of
from gradviz.engine.torch_compat import MODULE_CALLS
from gradviz.language import translatable
from gradviz.protocol.records import Phase, PointRecord

NOTHING_RECORDED = translatable(
    "Iteration {step} ran freely until it raised, so no graph of it was recorded. Run again to here for the operation"
    " itself."
)
# By which functions a backward is called, and the variable that holds what it starts from.
_ROOTS = {
    torch.Tensor.backward.__code__: "self",
    torch.autograd.backward.__code__: "tensors",
    torch.autograd.grad.__code__: "outputs",
}


@dataclass(frozen=True, slots=True)
class ScriptFailure:
    """An error that came out of an operation, a module, a backward or an optimizer, with what is left of it."""

    error: BaseException
    phase: Phase
    frame: FrameType
    """The innermost frame of the user's."""
    roots: list[torch.Tensor] = field(default_factory=list)
    """What the backward that raised started from."""
    nodes: list[Node] = field(default_factory=list)
    """The nodes that appear in the traceback, from the outermost inwards."""
    modules: list[nn.Module] = field(default_factory=list)
    """The modules that were called, from the outermost inwards."""

    def point(self, index: int, graph: CapturedGraph | None, facts: ScriptFacts) -> PointRecord:
        """Return where it was raised, as far as that is known. `graph` is that of the backward."""
        file, line = place_of(self.error)
        node_id = self._node(graph.live) if graph is not None else None
        node = next((n for n in graph.record.nodes if n.id == node_id), None) if graph is not None else None
        paths = facts.paths()
        module = next((paths[id(m)] for m in reversed(self.modules) if id(m) in paths), "")
        return PointRecord(
            index, self.phase, node_id, node.op if node else "", node.type_name if node else "", module,
            file=file, line=line,
        )  # fmt: skip

    def _node(self, live: Mapping[int, Node]) -> int | None:
        """Return the node that raised: one whose Python code did, or the only one that the message names."""
        of_code = [node_id for node in self.nodes for node_id, each in live.items() if each is node]
        named = [node_id for node_id, node in live.items() if node.name().rpartition("::")[2] in str(self.error)]
        if of_code:
            return of_code[-1]
        return named[0] if len(named) == 1 else reader_of(live, self.error)


def failure_of(error: BaseException, phase: str) -> ScriptFailure | None:
    """Return what is left of an iteration that ended by `error` while it ran freely, in `phase`.

    None if the script itself raised, between its operations: there is nothing to look at.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    users = [frame for frame in frames if owner_of(frame.f_code.co_filename) == "user"]
    if not users:
        return None
    backward = next((frame for frame in frames if frame.f_code in _ROOTS), None)
    if backward is not None:
        nodes = [owner for frame in frames if isinstance(owner := _owner(frame), Node)]
        caller = next(frame for frame in reversed(frames[: frames.index(backward)]) if frame in users)
        roots = tensors_in(variables_of(backward)[_ROOTS[backward.f_code]])
        return ScriptFailure(error, "backward", caller, roots, nodes)
    modules = [_owner(frame) for frame in frames if frame.f_code in MODULE_CALLS]
    in_torch = owner_of(frames[-1].f_code.co_filename) == "library"
    if not modules and not in_torch and not isinstance(error, RuntimeError):
        return None
    stopped: Phase = "update" if phase == "update" else "forward"
    return ScriptFailure(error, stopped, users[-1], modules=[m for m in modules if isinstance(m, nn.Module)])


def _owner(frame: FrameType) -> Any:
    """Return the first argument of the function in a frame: the object of a method, the node of a backward."""
    return first_argument(frame) if frame.f_code.co_argcount else None
