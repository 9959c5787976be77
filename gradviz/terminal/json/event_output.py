"""What a script is told: events as plain values, which are written one JSON object a line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from gradviz.model.graph.graph import Graph
from gradviz.model.graph.graph_json import as_json, reach_as_json, unexplained_as_json
from gradviz.protocol.events import LossBatch, Opened, Raised, Ready, Stopped, TensorAnswered
from gradviz.protocol.records import BreakpointRecord, GraphRecord, StatisticsRecord, StoredRecord

PROTOCOL = 1
"""Version of the JSON lines; it grows when a script that reads them could break."""

Values = dict[str, Any]


def number(value: float | None) -> float | str | None:
    """A number as JSON can hold it: NaN and the infinities are strings."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def ready(event: Ready, version: str) -> Values:
    return {
        "event": "ready",
        "protocol": PROTOCOL,
        "gradviz": version,
        "torch": event.torch,
        "python": event.python,
        "devices": [device.id for device in event.devices],
    }


def opened(event: Opened) -> Values:
    return {
        "event": "opened",
        "target": event.target,
        "title": event.title,
        "kind": event.kind,
        "device": event.device,
        "optimizer": {"name": event.optimizer.name, "options": event.optimizer.options},
        "parameters": [
            {"names": list(p.names), "shape": list(p.shape), "dtype": p.dtype, "requires_grad": p.requires_grad}
            for p in event.parameters
        ],
        "notes": list(event.notes),
    }


def stopped(event: Stopped) -> Values:
    point = event.point
    return {
        "event": "stopped",
        "reason": event.reason,
        "step": event.step,
        "phase": point.phase,
        "node": point.node,
        "op": point.op or None,
        "grad_fn": point.grad_fn or None,
        "module": point.module or None,
        "use": point.use,
        "file": point.file or None,
        "line": point.line or None,
        "parameter": point.parameter or None,
        "after": event.after,
        "breakpoint": event.breakpoint,
        "message": event.message or None,
        "position": event.of_phase[0] or None,
        "points": event.of_phase[1] or None,
    }


def between(reason: str, step: int) -> Values:
    """A stop between two iterations, where nothing stands at the gate."""
    empty = ("phase", "node", "op", "grad_fn", "module", "use", "file", "line", "parameter")
    return {"event": "stopped", "reason": reason, "step": step, **dict.fromkeys(empty)}


def losses(batch: LossBatch, values: Iterable[float]) -> Iterator[Values]:
    """One event for each iteration of a batch, whose losses are `values`."""
    several = {record.step: record for record in batch.evaluations}
    for step, value in enumerate(values, start=batch.first):
        event: Values = {"event": "loss", "step": step, "loss": number(value)}
        if step in several:
            event |= {"evaluations": several[step].count, "last_loss": number(several[step].last)}
        yield event


def output(stream: str, text: str) -> Values:
    return {"event": "output", "stream": stream, "text": text}


def failed(message: str, command: str | None = None) -> Values:
    return {"event": "failed", "command": command, "message": message}


def raised(event: Raised) -> Values:
    return {
        **failed(event.message),
        "step": event.step,
        "phase": event.phase,
        "file": event.file or None,
        "line": event.line or None,
        "traceback": event.traceback,
    }


def breakpoints(records: tuple[BreakpointRecord, ...]) -> Values:
    return {"event": "breakpoints", "breakpoints": [{"id": record.id, "kind": record.kind} for record in records]}


def reach(graph: GraphRecord) -> Values:
    return {"event": "reach", "parameters": reach_as_json(graph), "unexplained": unexplained_as_json(graph)}


def graph(known: Graph) -> Values:
    return {"event": "graph", **as_json(known)}


def tensor(event: TensorAnswered, node: int | None, what: str, index: int, name: str) -> Values:
    """`values` as nested lists, as far as they were sent. Of complex numbers they are magnitudes, and `complex_values`
    holds [real, imaginary] in place of each; of a sparse tensor, `stored_values` has what stands at `indices`."""
    told: Values = {
        "event": "tensor",
        "node": node,
        "what": what,
        "index": index,
        "name": name or None,
        "shape": None if event.shape is None else list(event.shape),
        "dtype": event.dtype,
        "device": event.device,
        "requires_grad": event.requires_grad,
        "statistics": None if event.statistics is None else _statistics(event.statistics),
        "slice": event.slice or None,
        "layout": event.layout,
        "note": event.note or None,
    }
    if event.values is not None:
        shape, data = event.values
        told |= _values(shape, data, event.imaginary, "values", "complex_values")
        told["values_shape"] = list(shape)
    if event.stored is not None:
        told |= _stored(event.stored)
    return told


def _values(shape: tuple[int, ...], data: bytes, imaginary: bytes, plain: str, complex_: str) -> Values:
    """Values under the name `plain`; of complex numbers their magnitudes, and the numbers under `complex_`."""
    real = np.frombuffer(data, dtype="<f8").reshape(shape)
    if not imaginary:
        return {plain: _listed(real.tolist())}
    parts = np.stack([real, np.frombuffer(imaginary, dtype="<f8").reshape(shape)], -1)
    return {plain: _listed(np.hypot(parts[..., 0], parts[..., 1]).tolist()), complex_: _listed(parts.tolist())}


def _stored(record: StoredRecord) -> Values:
    told: Values = {"nnz": record.entries, "stored": record.places}
    sent, each = record.values_shape
    if each:  # values were asked for
        told["indices"] = np.frombuffer(record.indices, dtype="<i8").reshape(sent, -1).tolist() if sent else []
        told |= _values(record.values_shape, record.values, record.imaginary, "stored_values", "complex_stored_values")
    return told


def _statistics(record: StatisticsRecord) -> Values:
    return {
        "min": number(record.minimum),
        "max": number(record.maximum),
        "mean": number(record.mean),
        "std": number(record.std),
        "norm": number(record.norm),
        "zeros": record.zeros,
        "nans": record.nans,
        "infs": record.infs,
        "count": record.count,
    }


def _listed(values: Any) -> Any:
    # At most 4,096 numbers, in as many levels as the slice has dimensions.
    return [_listed(value) for value in values] if isinstance(values, list) else number(values)
