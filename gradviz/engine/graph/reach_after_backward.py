"""Fills in what only a backward could tell: which parameters of hidden regions it gave a gradient."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from gradviz.engine.capture.tensor_ids import Names
from gradviz.engine.graph.graph_signature import signature_of
from gradviz.protocol.records import GraphRecord, ReachRecord

_NONE = "backward has run and gave it no gradient"


def resolved(record: GraphRecord, names: Names) -> GraphRecord:
    """`record` after its backward; the same object if that told nothing new. `names` remembers it for later graphs."""
    if not record.reach:
        return record
    parameters = {named.id: named.value for named in names.parameters()}
    reach = tuple(_resolved(told, parameters.get(told.node), names) for told in record.reach)
    if reach == record.reach:
        return record
    signature = signature_of(record.kind, record.nodes, record.edges, (record.clusters, reach))
    return replace(record, signature=signature, reach=reach)


def _resolved(told: ReachRecord, parameter: Any, names: Names) -> ReachRecord:
    # A hook that runs once the gradient is there may have used it up.
    if parameter is None or told.reached is False or getattr(parameter, "_post_accumulate_grad_hooks", None):
        return told
    given = parameter.grad is not None
    if told.reached is None:
        names.reached[id(parameter)] = given
        if given:
            return replace(told, reached=True, reason="", text="", file="", line=0)
        return replace(told, reached=False, text=_NONE)
    return told if given else replace(told, reached=False, reason="unknown", text=_NONE)
