"""Finds modules, ops, shapes and parameters of a graph by a part of their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import NodeRecord

Scope = Literal["module", "op", "shape", "parameter"]
SCOPES: tuple[Scope, ...] = ("module", "op", "shape", "parameter")

_LEAVES = ("parameter", "leaf", "data", "stub")


class Found(NamedTuple):
    """A match: a node's id, or a cluster's for a module."""

    is_module: bool
    id: int


class SearchIndex:
    """Search index of one graph. Most nodes share their texts with many others: each text is searched once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        nodes = graph.nodes
        self._ids = np.fromiter((node.id for node in nodes), np.int64, len(nodes))
        self._tables: dict[Scope, tuple[list[str], npt.NDArray[np.int32]]] = {
            "op": _table(map(_op_text, nodes)),
            "shape": _table("x".join(map(str, node.shape)) if node.shape else "" for node in nodes),
            "parameter": _table(
                _plain("\n".join((node.name, *node.names))) if node.kind in ("parameter", "leaf") else ""
                for node in nodes
            ),
        }

    def search(self, text: str, scope: Scope) -> list[Found]:
        """Return the matches in order of execution; none for an empty text.

        A module matches by its class, or by its path if the match reaches into the last part: `attn` finds each
        attention, and not all that is inside of it.
        """
        wanted = _plain(text)
        if not wanted:
            return []
        if scope == "module":
            clusters = self._graph.clusters
            return [Found(True, i) for i, c in enumerate(clusters) if c.path and _fits(wanted, c.path, c.class_name)]
        texts, codes = self._tables[scope]
        hits = _shapes(texts, wanted) if scope == "shape" else [k for k, known in enumerate(texts) if wanted in known]
        if not hits:
            return []
        return [Found(False, node) for node in self._ids[np.isin(codes, hits)].tolist()]


def _table(texts: Iterable[str]) -> tuple[list[str], npt.NDArray[np.int32]]:
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.int32)
    return list(numbers), codes


def _plain(text: str) -> str:
    return text.strip().lower().replace("×", "x").replace(" ", "")


def _op_text(node: NodeRecord) -> str:
    return "" if node.kind in _LEAVES else _plain(f"{node.name}\n{node.op}\n{node.type_name}")


def _shapes(texts: list[str], wanted: str) -> list[int]:
    # Whole dimensions, so that 64x100 is not 64x1000; while the last is being typed, its beginning.
    whole = [k for k, known in enumerate(texts) if known and f"x{wanted}x" in f"x{known}x"]
    return whole or [k for k, known in enumerate(texts) if known and f"x{wanted}" in f"x{known}"]


def _fits(wanted: str, path: str, class_name: str) -> bool:
    path = path.lower()
    at = path.rfind(wanted)
    return (at >= 0 and at + len(wanted) > path.rfind(".")) or wanted in class_name.lower()


def search_of(graph: Graph) -> SearchIndex:
    """Return the index of a graph, built once."""
    return graph.derive(SearchIndex)
