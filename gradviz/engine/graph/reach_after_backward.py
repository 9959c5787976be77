"""Complete the reach of parameters after backward: which ones of hidden regions it gave a gradient."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from gradviz.engine.capture.tensor_ids import TensorNames
from gradviz.engine.graph.graph_signature import signature_of
from gradviz.engine.torch_compat import POST_GRADIENT_HOOKS
from gradviz.protocol.records import GraphRecord, ReachRecord

_NONE = "backward has run and gave it no gradient"


def resolve_reach(record: GraphRecord, names: TensorNames) -> GraphRecord:
    """Return `record` after its backward; the same object if that added nothing. `names` remembers it for later
    graphs."""
    if not record.reach:
        return record
    parameters = {named.id: named.value for named in names.parameters()}
    reach = tuple(_resolve(known, parameters.get(known.node), names) for known in record.reach)
    if reach == record.reach:
        return record
    signature = signature_of(record.kind, record.nodes, record.edges, (record.clusters, reach))
    return replace(record, signature=signature, reach=reach)


def _resolve(known: ReachRecord, parameter: Any, names: TensorNames) -> ReachRecord:
    # A hook that runs once the gradient is there may have used it up.
    if parameter is None or known.reached is False or getattr(parameter, POST_GRADIENT_HOOKS, None):
        return known
    given = parameter.grad is not None
    if known.reached is None:
        names.reached[id(parameter)] = given
        if given:
            return replace(known, reached=True, reason="", text="", file="", line=0)
        return replace(known, reached=False, text=_NONE)
    return known if given else replace(known, reached=False, reason="unknown", text=_NONE)
