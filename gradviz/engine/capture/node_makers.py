"""Record which op made which autograd node."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch.autograd.graph import Node

NOT_RECORDED = "made before this forward, or in another thread, where nothing was recorded"


class NodeMakers:
    """Maps each autograd node to the op that made it. Holds every node's Python wrapper, since an `id` is reused."""

    def __init__(self) -> None:
        self.made_by: dict[Node, Any] = {}
        """Node → its `Op`; None until one is found."""
        self.earlier: set[Node] = set()
        """Nodes that were made before the present forward began. They are numbered after its own."""

    def note(self, roots: Iterable[Node | None], op: Any) -> list[Node]:
        """Bind `roots` and all nodes behind them that are not known yet to `op`; return these, in arbitrary order.

        Without recursion: a chain of thousands of ops is common.
        """
        made_by = self.made_by
        new: list[Node] = []
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node is None or node in made_by:
                continue
            made_by[node] = op
            new.append(node)
            stack.extend(following for following, _ in node.next_functions)
        return new

    def hold(self, made_by: dict[Node, Any]) -> None:
        """Keep these nodes alone; the present forward is over, so they are earlier ones."""
        self.made_by = made_by
        self.earlier = set(made_by)

    @property
    def has_own(self) -> bool:
        """Return whether the present forward has made a node."""
        return len(self.made_by) > len(self.earlier)
