"""Find what keeps a tensor alive from one iteration to the next: an attribute of a module, or a variable."""

from __future__ import annotations

import inspect
import linecache
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch import nn
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import node_of
from gradviz.engine.frames.stack_frames import variables_of
from gradviz.engine.proofs.assignments import line_that_keeps
from gradviz.language import tr

_OWN = frozenset(vars(nn.Module()))
_MOST = 1000
_WITHOUT_GRAPH = (
    (re.compile(r"([\w.]+) \+= ([\w.]+)"), r"\1 += \2.item()"),
    (re.compile(r"([\w.]+) = ([\w.]+)"), r"\1 = \2.detach()"),
    (re.compile(r"([\w.]+)\.(append|add)\(([\w.]+)\)"), r"\1.\2(\3.detach())"),
)
"""Lines that keep a tensor, and the same without its graph."""


@dataclass(frozen=True, slots=True)
class KeptTensor:
    """Where a tensor is kept."""

    name: str
    """As the code has it that keeps it: `self.hidden`, `total`, `states[-1]`."""
    node: Node
    file: str = ""
    line: int = 0


def kept_in_module(module: nn.Module, nodes: Mapping[Node, int]) -> Iterator[KeptTensor]:
    """Yield the tensors that one of `nodes` made and that an attribute of the model, or of a part of it, keeps."""
    for each in module.modules():
        file = file_of(each)
        for attribute, value in list(vars(each).items()):
            if attribute in _OWN:
                continue
            for name, node in _nodes_in(f"self.{attribute}", value):
                if node in nodes:
                    yield kept_at(name, node, file)


def kept_in_frames(frames: list[FrameType], nodes: Mapping[Node, int]) -> Iterator[KeptTensor]:
    """Yield the tensors that one of `nodes` made and that a variable keeps, the innermost frame first."""
    for frame in reversed(frames):
        for variable, value in variables_of(frame).items():
            if isinstance(value, nn.Module):
                continue
            for name, node in _nodes_in(variable, value):
                if node in nodes:
                    yield kept_at(name, node, frame.f_code.co_filename, frame.f_lineno)


def kept_at(name: str, node: Node, file: str, before: int = 0) -> KeptTensor:
    """Return what `node` made as `name` in `file` keeps it; `before`: the line that runs."""
    return KeptTensor(name, node, file, line_that_keeps(file, name, before))


def file_of(module: nn.Module) -> str:
    """Return the file of a module's class; empty if it has none."""
    try:
        return inspect.getsourcefile(type(module)) or ""
    except (TypeError, OSError):
        return ""


def _nodes_in(name: str, value: Any) -> Iterator[tuple[str, Node]]:
    """Yield the nodes of the tensors in lists, dicts and the like, with where they are. Without recursion."""
    stack, left = [(name, value)], _MOST
    while stack and left:
        left -= 1
        path, item = stack.pop()
        if isinstance(item, torch.Tensor):
            if (node := node_of(item)) is not None:
                yield path, node
        elif isinstance(item, dict) and len(item) <= _MOST:
            stack += [(f"{path}[{key!r}]", child) for key, child in reversed(list(item.items()))]
        elif isinstance(item, list | tuple) and len(item) <= _MOST:
            stack += [(f"{path}[{i}]", child) for i, child in reversed(list(enumerate(item)))]


def remedy_of(kept: KeptTensor) -> str:
    """Return how to keep a value without its graph, in the words of the line that keeps it."""
    code = linecache.getline(kept.file, kept.line).strip() if kept.line else ""
    for pattern, replacement in _WITHOUT_GRAPH:
        if found := pattern.fullmatch(code):
            return tr("Write {code} instead.").format(code=found.expand(replacement))
    return tr("Keep it .detach()ed.")
