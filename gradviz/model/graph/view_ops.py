"""Which ops only look at their input in another way, without computing with it."""

from __future__ import annotations

from gradviz.protocol.records import NodeRecord

_VIEWS = """
    t T mT transpose permute movedim swapaxes view view_as unsafe_view reshape flatten expand expand_as squeeze
    unsqueeze select slice narrow alias as_strided detach diagonal unfold contiguous to_copy
"""
VIEWS = frozenset(_VIEWS.split())


def is_view(node: NodeRecord) -> bool:
    """True for an op of which one line says enough: it moves or views a tensor."""
    return node.kind in ("function", "op") and node.name.lstrip("_") in VIEWS
