"""The events of `gradviz debug --json` as plain values, which are written one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from gradviz.client.debug_state import losses_of
from gradviz.model.derivative.derivatives import plain_formula
from gradviz.model.explanation.check_text import check_text, notes_of
from gradviz.model.explanation.past_text import found_text
from gradviz.model.explanation.reach_errors import error_for, meaning_of
from gradviz.model.graph.graph import Graph
from gradviz.model.graph.graph_json import as_json, reach_as_json, unexplained_as_json
from gradviz.model.tables.reach_table import reach_table
from gradviz.model.tables.update_reach import matching, update_problems
from gradviz.protocol.answers import DerivativeChecked, HoldersListed, UpdateExplained
from gradviz.protocol.events import (
    Busy,
    LossBatch,
    Opened,
    Raised,
    Ready,
    Stopped,
    TensorAnswered,
    Trapped,
)
from gradviz.protocol.metric_events import MetricsLogged
from gradviz.protocol.past_events import Branched, CheckpointMade, FirstFound, Repeated
from gradviz.protocol.records import BreakpointRecord, PassedRecord, StatisticsRecord, StoredRecord
from gradviz.terminal.json_causes import hook_values, proof_values
from gradviz.terminal.json_numbers import Values, json_number

PROTOCOL = 1
"""Version of the JSON lines; it grows when a script that reads them could break."""


def ready_event(event: Ready, version: str) -> Values:
    """Return the first event: versions and devices."""
    return {
        "event": "ready",
        "protocol": PROTOCOL,
        "gradviz": version,
        "torch": event.torch,
        "python": event.python,
        "devices": [device.id for device in event.devices],
    }


def opened_event(event: Opened) -> Values:
    """Return what was opened."""
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


def trapped_event(event: Trapped) -> Values:
    """Return that a script met a trap, behind which it is paused."""
    return {"event": "trapped", "step": event.step, "breakpoint": event.breakpoint, "message": event.message}


def repeated_event(event: Repeated) -> Values:
    """Return how far iterations that run again have come; their losses are those that they had."""
    return {"event": "repeated", "step": event.step, "to": event.to, "back": event.back}


def checkpoint_event(event: CheckpointMade) -> Values:
    """Return that the state of the run was kept; `run` is null where runs are not recorded."""
    return {"event": "checkpoint", "step": event.step, "size": event.size, "run": event.kept_in or None}


def found_event(event: FirstFound) -> Values:
    """Return in which iteration a condition was met first; `step` is null if in none."""
    return {
        "event": "first",
        "step": event.step,
        "message": event.message,
        "before": None if event.before is None else json_number(event.before),
        "since": event.first,
        "end": event.end,
        "interrupted": event.interrupted,
        "text": found_text(event),
    }


def branched_event(event: Branched) -> Values:
    """Return that what follows is another run than the one that was gone back in."""
    return {
        "event": "branched",
        "run": event.run,
        "of": event.of,
        "step": event.step,
        "message": event.message or None,
    }


def stopped_event(event: Stopped, ran: Iterable[PassedRecord] = (), held: int = 0) -> Values:
    """Return a stop inside an iteration. `ran`: the points since the stop before; `held`: bytes kept for traps."""
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
        "held": held,
        **hook_values(ran),
        **proof_values(event),
    }


def busy_event(event: Busy) -> Values:
    """Return what the engine has been in for some seconds."""
    return {
        "event": "busy",
        "step": event.step,
        "phase": event.phase,
        "seconds": round(event.seconds, 1),
        "file": event.file or None,
        "line": event.line or None,
        "stack": event.stack or None,
        "ops": event.ops,
        "native": event.native,
    }


def stop_between_iterations(reason: str, step: int) -> Values:
    """Return a stop between two iterations, at which no op or node waits."""
    empty = ("phase", "node", "op", "grad_fn", "module", "use", "file", "line", "parameter")
    return {"event": "stopped", "reason": reason, "step": step, **dict.fromkeys(empty)}


def number_events(batch: LossBatch | MetricsLogged) -> Iterator[Values]:
    """Yield one event for each iteration of a batch of losses; one for points that the user's code logged."""
    if isinstance(batch, MetricsLogged):
        steps = np.frombuffer(batch.steps, "<i8").tolist()
        values = [json_number(value) for value in np.frombuffer(batch.values, "<f8").tolist()]
        yield {"event": "metrics", "name": batch.name, "steps": steps, "values": values}
        return
    several = {record.step: record for record in batch.evaluations}
    for step, value in enumerate(losses_of(batch), start=batch.first):
        event: Values = {"event": "loss", "step": step, "loss": json_number(value)}
        if step in several:
            event |= {"evaluations": several[step].count, "last_loss": json_number(several[step].last)}
        yield event


def output_event(stream: str, text: str) -> Values:
    """Return what the user's code wrote to stdout or stderr."""
    return {"event": "output", "stream": stream, "text": text}


def failed_event(message: str, command: str | None = None) -> Values:
    """Return why a request could not be done."""
    return {"event": "failed", "command": command, "message": message}


def raised_event(event: Raised) -> Values:
    """Return the error that ended the run."""
    return {
        **failed_event(event.message),
        "step": event.step,
        "phase": event.phase,
        "file": event.file or None,
        "line": event.line or None,
        "traceback": event.traceback,
        "meaning": _meaning(event.said),
    }


def _meaning(text: str) -> str | None:
    """Return what an error text of torch's that is about reach means; None for any other text."""
    error = error_for(text)
    return meaning_of(error) if error is not None else None


def breakpoints_event(records: Iterable[BreakpointRecord], notes: Iterable[str], held: int) -> Values:
    """Return the ids of the breakpoints that were set, with what is odd about each, and the bytes kept for traps."""
    rows = [
        {"id": record.id, "kind": record.kind, **({"note": note} if note else {})}
        for record, note in zip(records, notes, strict=True)
    ]
    return {"event": "breakpoints", "breakpoints": rows, "held": held}


def reach_event(graph: Graph, event: HoldersListed, search: str) -> Values:
    """Return which parameters the gradient reaches and what updates them, and what could not be explained; with a
    `search`, those that it means, and what an error text of torch's means."""
    table, holders = reach_table(graph), {name: holder for holder in event.holders for name in holder.names}
    problems = update_problems(event.holders, table.records)
    troubles = {name: problem for problem in problems for name in problem.names}
    records, some = matching(table, problems, search)
    wanted = {name for names in (*records, *some) for name in names}
    rows = []
    for row in reach_as_json(graph.record):
        if search and not wanted.intersection(row["names"]):
            continue
        holder = next((holders[name] for name in row["names"] if name in holders), None)
        trouble = next((troubles[name] for name in row["names"] if name in troubles), None)
        rows.append({
            **row,
            "optimizers": [{"name": n, "lr": lr} for n, lr in holder.groups] if holder is not None else [],
            "changed": holder.changed if holder is not None else None,
            "update": trouble.text if trouble is not None else None,
        })  # fmt: skip
    return {
        "event": "reach",
        "parameters": rows,
        "unexplained": unexplained_as_json(graph.record),
        "meaning": _meaning(search),
    }


def graph_event(known: Graph) -> Values:
    """Return the graph, as `gradviz render -o x.json` writes it."""
    return {"event": "graph", **as_json(known)}


def tensor_event(event: TensorAnswered, node: int | None, what: str, index: int, name: str) -> Values:
    """Return a tensor, with `values` as nested lists as far as they were sent.

    Of complex numbers these are magnitudes, and `complex_values` holds [real, imaginary] in place of each; of a sparse
    tensor, `stored_values` has the values at `indices`.
    """
    found: Values = {
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
        found |= _values(shape, data, event.imaginary, "values", "complex_values")
        found["values_shape"] = list(shape)
    if event.stored is not None:
        found |= _stored_values(event.stored)
    return found


def check_event(event: DerivativeChecked) -> Values:
    """Return analytic and numeric derivatives of a node, those that differ most first; or why they are not known."""
    check = event.check
    if check is None:
        return failed_event(event.message, "check")
    return {
        "event": "check",
        "node": check.node,
        "op": check.op,
        "agrees": not check.cause,
        "cause": check.cause or None,
        "text": check_text(check),
        "inputs": [{"name": i.name or None, "index": i.position, "shape": list(i.shape), "compared": i.compared,
                    "wrong": i.wrong, "wrong_extent": i.wrong_extent, "right_extent": i.right_extent}
                   for i in check.inputs],
        "elements": [{"input": check.inputs[e.input].position, "element": list(e.index),
                      "analytic": _parts(e.analytic), "numeric": _parts(e.numeric),
                      "difference": json_number(e.difference), "agrees": e.agrees} for e in check.elements],
        "factor": None if check.factor is None else _parts(check.factor),
        "dtype": check.dtype,
        "random": check.random,
        "gradcheck": check.torch_agrees,
        "rounding": json_number(check.rounding),
        "notes": notes_of(check),
    }  # fmt: skip


def _parts(parts: tuple[float, ...]) -> Any:
    """Return a real number as it is, a complex one as [real, imaginary]."""
    found = [json_number(part) for part in parts]
    return found[0] if len(found) == 1 else found


def update_event(event: UpdateExplained) -> Values:
    """Return the optimizer's step of a parameter, formulas as plain text; or why it is not known."""
    update = event.update
    if update is None:
        return failed_event(event.message, "update")
    return {
        "event": "update",
        "parameter": update.parameter,
        "optimizer": update.optimizer,
        "formulas": [plain_formula(formula) for formula in update.formulas],
        "numbers": [plain_formula(formula) for formula in update.numbers],
        "scalars": [{"symbol": plain_formula(symbol), "name": name, "value": json_number(value)}
                    for symbol, name, value in update.scalars],
        "terms": [{"part": term.part, "formula": plain_formula(term.formula), "norm": json_number(term.norm)}
                  for term in update.terms],
        "values": [{"name": value.name, "symbol": value.symbol or None, "shape": list(value.shape),
                    "norm_before": json_number(value.before), "norm_after": json_number(value.after)}
                   for value in update.values],
        "step_norm": json_number(update.step),
        "ran": update.ran,
        "rounding": json_number(update.rounding),
        "note": update.note or None,
    }  # fmt: skip


def _values(shape: tuple[int, ...], data: bytes, imaginary: bytes, plain: str, complex_: str) -> Values:
    """Return the values as `plain`; of complex numbers their magnitudes, and the numbers as `complex_`."""
    real = np.frombuffer(data, dtype="<f8").reshape(shape)
    if not imaginary:
        return {plain: _json_values(real.tolist())}
    parts = np.stack([real, np.frombuffer(imaginary, dtype="<f8").reshape(shape)], -1)
    return {
        plain: _json_values(np.hypot(parts[..., 0], parts[..., 1]).tolist()),
        complex_: _json_values(parts.tolist()),
    }


def _stored_values(record: StoredRecord) -> Values:
    found: Values = {"nnz": record.entries, "stored": record.places}
    sent, each = record.values_shape
    if each:  # values were asked for
        found["indices"] = np.frombuffer(record.indices, dtype="<i8").reshape(sent, -1).tolist() if sent else []
        found |= _values(record.values_shape, record.values, record.imaginary, "stored_values", "complex_stored_values")
    return found


def _statistics(record: StatisticsRecord) -> Values:
    return {
        "min": json_number(record.minimum),
        "max": json_number(record.maximum),
        "mean": json_number(record.mean),
        "std": json_number(record.std),
        "norm": json_number(record.norm),
        "zeros": record.zeros,
        "nans": record.nans,
        "infs": record.infs,
        "count": record.count,
    }


def _json_values(values: Any) -> Any:
    # At most 4,096 numbers, in as many levels as the slice has dimensions.
    return [_json_values(value) for value in values] if isinstance(values, list) else json_number(values)
