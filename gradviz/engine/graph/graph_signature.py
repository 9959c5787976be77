"""The signature of a graph: equal for graphs with equal content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from gradviz.protocol.framing import pack
from gradviz.protocol.records import EdgeRecord, NodeRecord


def signature_of(kind: str, nodes: Sequence[NodeRecord], edges: Sequence[EdgeRecord], rest: object) -> str:
    """Return 32 hexadecimal digits, equal for equal graphs."""
    return hashlib.blake2b(pack((kind, nodes, edges, rest)), digest_size=16).hexdigest()
