"""Which op made which autograd node."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch.autograd.graph import Node


class Births:
    """Which op made which autograd node. Holds every node's Python wrapper, since `id` alone is reused."""

    def __init__(self) -> None:
        self.made_by: dict[Node, Any] = {}
        """Node → its `Op`; None until one is found."""

    def note(self, roots: Iterable[Any], op: Any) -> list[Node]:
        """Bind all unseen nodes behind `roots` (tensors) to `op`; return them, in no order of meaning.

        Without recursion: a chain of thousands of ops is common.
        """
        made_by = self.made_by
        new: list[Node] = []
        stack = [root.grad_fn for root in roots if isinstance(root, torch.Tensor)]
        while stack:
            node = stack.pop()
            if node is None or node in made_by:
                continue
            made_by[node] = op
            new.append(node)
            stack.extend(following for following, _ in node.next_functions)
        return new


def sequence_number(node: Node) -> int:
    """The order of creation; `AccumulateGrad`, which is made for a leaf and not by an op, comes after all others."""
    return node._sequence_nr()
