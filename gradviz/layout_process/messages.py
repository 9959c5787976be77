"""What the window and the layout worker say to each other, and placements as bytes and back."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from gradviz.export.overlay_shading import Shading
from gradviz.export.picture_style import PictureStyle
from gradviz.layout.geometry.placement import Placement
from gradviz.protocol.framing import Decoder, encode
from gradviz.protocol.records import GraphRecord

__all__ = [
    "AnyAnswer",
    "AnyRequest",
    "PictureAnswer",
    "PictureRequest",
    "PlaceRequest",
    "PlacementAnswer",
    "RefusalAnswer",
    "SeenPlacement",
    "answer_decoder",
    "encode",
    "pack",
    "request_decoder",
    "unpack",
]


class LayoutRequest(Struct, frozen=True, tag=True):
    """The base of all requests; `generation` comes back in the answer, so that stale ones can be dropped."""

    generation: int
    signature: str
    graph: GraphRecord | None = None
    """None when this worker was sent the signature before; it remembers the last `REMEMBERED`."""
    open_clusters: tuple[int, ...] | None = None
    """None opens all."""


class PlaceRequest(LayoutRequest, frozen=True):
    """Place a graph. A later `PlaceRequest` supersedes this one if it has not begun; then nothing answers it."""

    max_seconds: float = 20.0


class SeenPlacement(Struct, frozen=True):
    """What the window shows of a graph, under an overlay or none; `placement` is for `unpack`."""

    placement: bytes
    shading: Shading | None = None


class PictureRequest(LayoutRequest, frozen=True):
    """Draw a graph as `svg`, `png`, `pdf`, `dot` or `json`; what is `seen`, the first three show as it is."""

    format: str = "svg"
    style: PictureStyle = PictureStyle()
    depth: int | None = None
    full: bool = False
    seen: SeenPlacement | None = None


class LayoutAnswer(Struct, frozen=True, tag=True):
    """The base of all answers."""

    generation: int


class PlacementAnswer(LayoutAnswer, frozen=True):
    """`placement` is for `unpack`; `seconds` is how long it took."""

    placement: bytes
    seconds: float = 0.0


class PictureAnswer(LayoutAnswer, frozen=True):
    """The bytes of a picture's file."""

    picture: bytes


class RefusalAnswer(LayoutAnswer, frozen=True):
    """A sentence saying why there is no answer. `unknown_graph`: ask again with the graph itself."""

    message: str
    unknown_graph: bool = False


REMEMBERED = 64
"""Graphs that a worker keeps."""

AnyRequest = PlaceRequest | PictureRequest
AnyAnswer = PlacementAnswer | PictureAnswer | RefusalAnswer

_ARRAYS = {
    "box_node": np.int32,
    "box_cluster": np.int32,
    "box_badge": np.bool_,
    "box_compact": np.bool_,
    "box_rect": np.float32,
    "box_count": np.int32,
    "box_group": np.int32,
    "node_box": np.int32,
    "node_cell": np.int32,
    "cluster_id": np.int32,
    "cluster_rect": np.float32,
    "cluster_depth": np.int32,
    "edge_source": np.int32,
    "edge_target": np.int32,
    "edge_index": np.int32,
    "edge_count": np.int32,
    "edge_start": np.int32,
    "points": np.float32,
    "label_position": np.float32,
}
_COLUMNS = {"box_rect": 4, "cluster_rect": 4, "points": 2, "label_position": 2}


class _Packed(Struct, frozen=True):
    signature: str
    width: float
    height: float
    arrays: dict[str, bytes]
    notes: tuple[str, ...]
    box_title: tuple[str, ...]
    box_subtitle: tuple[str, ...]
    cluster_title: tuple[str, ...]
    edge_label: tuple[str, ...]
    box_range: dict[int, tuple[str, str]]


_packer = msgspec.msgpack.Encoder()
_unpacker = msgspec.msgpack.Decoder(_Packed)


def pack(placement: Placement) -> bytes:
    """Return a placement as bytes."""
    arrays = {
        name: np.ascontiguousarray(getattr(placement, name), dtype=kind).tobytes() for name, kind in _ARRAYS.items()
    }
    return _packer.encode(
        _Packed(
            placement.signature,
            placement.width,
            placement.height,
            arrays,
            placement.notes,
            placement.box_title,
            placement.box_subtitle,
            placement.cluster_title,
            placement.edge_label,
            placement.box_range,
        )
    )


def unpack(data: bytes) -> Placement:
    """Return the placement that `pack` made bytes of. Its arrays are read-only: they show the bytes themselves.

    Raises:
        msgspec.DecodeError: these are not the bytes of a placement.
    """
    packed = _unpacker.decode(data)
    arrays: dict[str, Any] = {}
    for name, kind in _ARRAYS.items():
        flat: np.ndarray = np.frombuffer(packed.arrays[name], dtype=kind)
        arrays[name] = flat.reshape(-1, _COLUMNS[name]) if name in _COLUMNS else flat
    return Placement(
        signature=packed.signature,
        width=packed.width,
        height=packed.height,
        notes=packed.notes,
        box_title=_shared(packed.box_title),
        box_subtitle=_shared(packed.box_subtitle),
        cluster_title=_shared(packed.cluster_title),
        edge_label=_shared(packed.edge_label),
        box_range=packed.box_range,
        **arrays,
    )


def _shared(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the same texts, equal ones as one object: most boxes are called like many others."""
    known: dict[str, str] = {}
    return tuple([known.setdefault(text, text) for text in texts])


def request_decoder() -> Decoder[AnyRequest]:
    """Return the decoder of the worker's requests."""
    return Decoder(AnyRequest)


def answer_decoder() -> Decoder[AnyAnswer]:
    """Return the decoder of the worker's answers."""
    return Decoder(AnyAnswer)
