"""The signature of a graph: equal for graphs that say the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from gradviz.protocol.records import EdgeRecord, NodeRecord

_encode = msgspec.msgpack.Encoder().encode


def signature_of(kind: str, nodes: Sequence[NodeRecord], edges: Sequence[EdgeRecord], rest: object) -> str:
    """32 hexadecimal digits, equal for equal graphs."""
    return hashlib.blake2b(_encode((kind, nodes, edges, rest)), digest_size=16).hexdigest()
