"""Lists what of a graph could not be explained, so that nobody takes it for known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradviz.protocol.records import NodeRecord, UnexplainedRecord


def unexplained_of(nodes: Sequence[NodeRecord]) -> tuple[UnexplainedRecord, ...]:
    """Opaque regions, nodes whose op nobody saw, nodes without a line of the person's code, leaves without a name."""
    return tuple(_records(nodes))


def _records(nodes: Sequence[NodeRecord]) -> Iterator[UnexplainedRecord]:
    for node in nodes:
        if node.kind == "opaque":
            yield UnexplainedRecord(node.id, "region", f"{node.name} is one node: {node.note}")
        elif node.kind == "parameter" and not node.names:
            yield UnexplainedRecord(node.id, "input", node.note or "it is no parameter of the model and has no name")
        elif node.kind in ("function", "custom", "op"):
            if not node.op:
                yield UnexplainedRecord(node.id, "op", f"{node.name} was made by a call that nobody saw")
            elif not node.line:
                yield UnexplainedRecord(node.id, "source line", f"{node.name} comes from no line of your code")
