"""Find the op that overwrote a tensor that a node had saved, by the versions that torch counts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.autograd.graph import Node

from gradviz.engine.capture.autograd_nodes import is_leaf_node, leaf_of
from gradviz.engine.capture.named_tensors import NamedTensor, TensorNames, storage_pointer
from gradviz.engine.capture.ops import Op
from gradviz.engine.capture.tensor_flow import Value, memory_of
from gradviz.engine.torch_compat import DisableTorchFunction, version_of
from gradviz.language import tr

CHANGED = "modified by an inplace operation"
"""Part of torch's message about a saved tensor that was overwritten."""
_PLAIN = frozenset({torch.Tensor, torch.nn.Parameter})
_SHAPE = re.compile(r"\[[\w.]+ \[([\d, ]*)\]\]")
_VERSIONS = re.compile(r"is at version (\d+); expected version (\d+)")


@dataclass(frozen=True, slots=True)
class Write:
    """`op` changed what lies in `memory`; then a tensor there had `version`."""

    op: Op
    memory: int
    version: int


def versions_of(tensors: Sequence[torch.Tensor]) -> list[int]:
    """Return how often each was changed in place, views and bases together; -1 where that is not counted."""
    if _PLAIN.issuperset(map(type, tensors)):
        try:
            return list(map(version_of, tensors))
        except RuntimeError:  # inference tensors have no version
            pass
    with DisableTorchFunction():
        return [-1 if tensor.is_inference() else version_of(tensor) for tensor in tensors]


def writes_by(op: Op, tensors: Sequence[torch.Tensor], before: Sequence[int]) -> list[Write]:
    """Return what `op` changed of the tensors that it was given, which had the versions `before`."""
    after = versions_of(tensors)
    if after == before:
        return []
    with DisableTorchFunction():
        return [
            Write(op, memory_of(tensor), version)
            for tensor, version, old in zip(tensors, after, before, strict=True)
            if version != old
        ]


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A tensor that a node saved, and that was changed in place since."""

    value: Value | None
    """What was saved; None where that is not known."""
    writer: Op | None
    """The op that wrote first; None where none was recorded."""
    shape: tuple[int, ...] | None
    version: int
    """That it has now."""
    expected: int
    """That it had when it was saved."""


class Overwrites:
    """Explains why a node cannot read what it saved. Lives as long as its graph."""

    def __init__(self, made_by: Mapping[Node, Op | None], writes: Iterable[Write], names: TensorNames) -> None:
        self._made_by = made_by
        self._writes = list(writes)
        self._names = names

    def writer(self, node: Node, error: BaseException) -> str:
        """Return `mul_ (model.py:16)`, of the op that overwrote what `node` saved; empty if it was not recorded."""
        found = self.find(node, error)
        return describe_op(found.writer) if found is not None and found.writer is not None else ""

    @property
    def module(self) -> torch.nn.Module | None:
        """The model, where it is known."""
        return self._names.module

    def maker(self, node: Node) -> Op | None:
        """Return the op that made a node, where one was recorded."""
        return self._made_by.get(node)

    def find(self, node: Node, error: BaseException) -> Overwritten | None:
        """Return what `node` saved and could not read; None for another error."""
        said = str(error)
        versions = _VERSIONS.search(said) if CHANGED in said else None
        if versions is None:
            return None
        value, writer = self._found(node, said)
        current, expected = map(int, versions.groups())
        return Overwritten(value, writer, _shape(said), current, expected)

    def parameter(self, node: Node, found: Overwritten) -> NamedTensor | None:
        """Return the named tensor whose memory was written; where nothing was recorded, the leaf near `node` that has
        such a size and version."""
        if found.value is not None:
            return self._of_memory(found.value)
        near = [following for each, _ in node.next_functions if each is not None
                for following in (each, *(n for n, _ in each.next_functions if n is not None))]  # fmt: skip
        for leaf in (leaf_of(each) for each in near if is_leaf_node(each)):
            if version_of(leaf) == found.version and leaf.numel() == _size(found.shape):
                return self._names.of(leaf)
        return None

    def sentence(self, node: Node, error: BaseException, called: Callable[[Node], str], step: str = "") -> str:
        """Return which tensor that `node` saved was overwritten, by which op, and the remedy; empty for another error.

        `called`: returns the name of a node as the user can type it. `step`: the optimizer's step that wrote, where it
        was one.
        """
        said = str(error)
        if CHANGED not in said:
            return ""
        value, writer = self._found(node, said)
        saver = _at(called(node), self._made_by.get(node))
        if step and writer is None:
            text = tr(
                "{tensor} was saved by {saver} for its backward, and was modified in place since, by {step}. Run this"
                " backward before that step, or compute what leads to it anew behind the step."
            )
            return text.format(tensor=self._name(value, said, called), saver=saver, step=step)
        if writer is not None:
            by = tr("by {op}").format(op=describe_op(writer))
        else:
            by = tr(
                "by no op that was recorded: an optimizer's step, another iteration or another thread may have done it"
            )
        text = tr(
            "{tensor} was saved by {saver} for its backward, and was modified in place since, {by}. Use what makes a"
            " new tensor (x = x + 1 for x += 1, relu for relu_), or .clone() it before that."
        )
        return text.format(tensor=self._name(value, said, called), saver=saver, by=by)

    def _found(self, node: Node, said: str) -> tuple[Value | None, Op | None]:
        """Return the value that was saved and overwritten, and the op that overwrote it first."""
        op, versions = self._made_by.get(node), _VERSIONS.search(said)
        if op is None or versions is None:
            return None, None
        current, expected = map(int, versions.groups())
        shape = _shape(said)
        # By its shape first: an op mostly saves what it was given or returned, but it may save a view of that.
        values = [v for v in (*op.inputs, *op.outputs) if isinstance(v, Value) and v.version <= expected]
        values.sort(key=lambda value: (value.shape != shape, value.version != expected))
        for value in values:
            for write in self._writes:
                if value.memory and write.memory == value.memory and expected < write.version <= current:
                    return value, write.op
        # A value may be older than what was saved: initializing a leaf does not make another value of it.
        changed = [v for v in values if (now := _version_now(v)) == current or (now is None and v.version == expected)]
        return next((v for v in changed if v.shape == shape or _size(v.shape) == _size(shape)), None), None

    def _of_memory(self, value: Value | None) -> NamedTensor | None:
        if value is None or not value.memory:
            return None
        return next((named for named in self._names.all() if storage_pointer(named.value) == value.memory), None)

    def _name(self, value: Value | None, said: str, called: Callable[[Node], str]) -> str:
        shape = " × ".join(map(str, _shape(said) or ())) or tr("a scalar")
        if value is None:
            return tr("A tensor ({shape})").format(shape=shape)
        named = self._of_memory(value)
        if named is not None:
            itself = named.value is value.tensor() and value.shape == _shape(said)
            name = named.names[0]
            return f"{name} ({shape})" if itself else tr("A view of {name} ({shape})").format(name=name, shape=shape)
        if value.node is not None:
            node = _at(called(value.node), self._made_by.get(value.node))
            return tr("The result of {node}, {shape},").format(node=node, shape=shape)
        if isinstance(value.op, Op):
            return tr("What {op} gave, {shape},").format(op=describe_op(value.op), shape=shape)
        return tr("A tensor ({shape})").format(shape=shape)


def describe_op(op: Op) -> str:
    """Return `mul_ (model.py:16)`."""
    return _at(op.name.rpartition(".")[2], op)


def _at(name: str, op: Op | None) -> str:
    return f"{name} ({Path(op.file).name}:{op.line})" if op is not None and op.file else name


def _version_now(value: Value) -> int | None:
    tensor = value.tensor()
    return None if tensor is None else versions_of([tensor])[0]


def _size(shape: tuple[int, ...] | None) -> int | None:
    return None if shape is None else math.prod(shape)


def _shape(said: str) -> tuple[int, ...] | None:
    found = _SHAPE.search(said)
    return tuple(int(size) for size in found[1].split(",") if size.strip()) if found is not None else None
