"""Runs as TensorBoard's event files: one folder a run, a scalar for each point, metrics' names as tags."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gradviz.errors import GradvizError
from gradviz.files import check_replaceable, open_regular
from gradviz.language import tr
from gradviz.runs.exchange.rows import Metrics
from gradviz.runs.run_records import Points

MARK = "tfevents"
"""What is in the name of every event file."""
_VERSION = "brain.Event:2"
_LENGTH = struct.Struct("<Q")
_CHECKSUM = struct.Struct("<I")
_LARGEST_RECORD = 2**30
_TENSORS = {1: ("float_val", "<f4"), 2: ("double_val", "<f8"), 3: ("int_val", "<i4"), 9: ("int64_val", "<i8")}
"""By the number of the data type in `types.proto`: the field with the values, and how they are packed."""


def write(metrics: Metrics, to: Path) -> None:
    """Write the folder of one run, points in the order of their times. TensorBoard keeps scalars in single precision.
    Raises OSError."""
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import RecordWriter

    to.mkdir(parents=True, exist_ok=True)
    points = [
        (time, step, name, value)
        for name, series in metrics.items()
        for step, time, value in zip(*(each.tolist() for each in series), strict=True)
    ]
    points.sort(key=lambda point: point[0])
    began = points[0][0] if points else 0.0
    path = to / f"events.out.{MARK}.{int(began):010d}.gradviz"
    check_replaceable(path)
    writer = RecordWriter(str(path))
    try:
        writer.write(Event(wall_time=began, file_version=_VERSION).SerializeToString())
        for time, step, name, value in points:
            event = Event(wall_time=time, step=step)
            event.summary.value.add(tag=name, simple_value=value)
            writer.write(event.SerializeToString())
    finally:
        writer.close()


def read(path: Path) -> Iterator[tuple[str, dict[str, Points], list[str]]]:
    """Yield the name of each run below a folder (or of the one in a file), its metrics, and sentences about what is
    left out. Raises OSError.

    Raises:
        GradvizError: there is no event file in the folder.
    """
    files = sorted(path.rglob(f"*{MARK}*")) if path.is_dir() else [path]
    if not files:
        text = tr("{name} has no event files; name the folder that TensorBoard is given.")
        raise GradvizError(text.format(name=path))
    folders: dict[Path, list[Path]] = defaultdict(list)
    for file in files:
        if file.is_file():
            folders[file.parent].append(file)
    for folder, inside in folders.items():
        series: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
        notes: list[str] = []
        others = 0
        for file in inside:
            for event in _events(file, notes):
                for value in event.summary.value:
                    if (number := _number(value)) is None:
                        others += 1
                    else:
                        series[value.tag].append((event.step, event.wall_time, number))
        if others:
            text = tr("{name}: {count} entries that are no scalars are left out.")
            notes.append(text.format(name=folder.name, count=others))
        name = folder.name if folder == path or not path.is_dir() else folder.relative_to(path).as_posix()
        yield name, {tag: _points(rows) for tag, rows in series.items()}, notes


def _points(rows: list[tuple[int, float, float]]) -> Points:
    steps, times, values = zip(*rows, strict=True)
    return Points(np.array(steps, np.int64), np.array(times, float), np.array(values, float))


def _events(path: Path, notes: list[str]) -> Iterator[Any]:
    """Yield the events of a file. Where it is damaged or has no end yet, note that and end."""
    from google.protobuf.message import DecodeError
    from tensorboardX.proto.event_pb2 import Event

    text = tr("{name} is damaged from byte {place} on; what is before is read.")
    with open_regular(path) as stream:
        place = 0
        while head := stream.read(_LENGTH.size + _CHECKSUM.size):
            try:
                body = _record(head, stream)
                if body is None:
                    return  # its last record is being written, or its writer was killed
                yield Event.FromString(body)
                place += len(head) + len(body) + _CHECKSUM.size
            except (ValueError, DecodeError):
                notes.append(text.format(name=path.name, place=place))
                return


def _record(head: bytes, stream: Any) -> bytes | None:
    """Return the body of a record; None if the file ends in it. Raise ValueError if its head is damaged."""
    from tensorboardX.record_writer import masked_crc32c

    if len(head) < _LENGTH.size + _CHECKSUM.size:
        return None
    (length,), (checksum,) = _LENGTH.unpack_from(head), _CHECKSUM.unpack_from(head, _LENGTH.size)
    if length > _LARGEST_RECORD or masked_crc32c(head[: _LENGTH.size]) != checksum:
        raise ValueError("not the head of a record")
    body: bytes = stream.read(length + _CHECKSUM.size)
    return body[:length] if len(body) == length + _CHECKSUM.size else None


def _number(value: Any) -> float | None:
    """Return a scalar, as it is written by PyTorch or by TensorFlow 2; None if it is something else."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return float(value.simple_value)
    if kind != "tensor" or value.tensor.tensor_shape.dim or value.tensor.dtype not in _TENSORS:
        return None
    if value.metadata.plugin_data.plugin_name not in ("", "scalars"):
        return None
    field, packed = _TENSORS[value.tensor.dtype]
    if content := value.tensor.tensor_content:
        return float(np.frombuffer(content, packed)[0]) if len(content) == np.dtype(packed).itemsize else None
    values = getattr(value.tensor, field)
    return float(values[0]) if len(values) == 1 else None
