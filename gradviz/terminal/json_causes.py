"""Causes as plain values of JSON lines: chains, proofs of errors, hooks, spikes."""

from __future__ import annotations

from collections.abc import Iterable

from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.cause_records import BlameLink, ExtentRecord, ProofRecord
from gradviz.protocol.events import Blamed, SpikeExplained, Stopped
from gradviz.protocol.records import PassedRecord
from gradviz.terminal.json_numbers import Values, json_number


class PassedReports:
    """Which points of an iteration were not reported yet."""

    def __init__(self) -> None:
        self._reported = -1, 0

    def fresh(self, timeline: Timeline | None) -> list[PassedRecord]:
        """Return the points that ran since the last call."""
        if timeline is None:
            return []
        step, count = self._reported
        self._reported = timeline.step, len(timeline.passed)
        return timeline.passed[count if step == timeline.step else 0 :]


def blame_event(event: Blamed) -> Values:
    """Return where a NaN or Inf comes from, the origin first."""
    return {"event": "blame", "step": event.step, **_chain(event.title, event.chain)}


def spike_event(event: SpikeExplained) -> Values:
    """Return what moved more than it used to: the modules, farthest above their own history first, and the rows."""
    return {
        "event": "spike",
        "step": event.step,
        "modules": [
            {
                "module": module.path or None,
                "gradient": json_number(module.gradient),
                "usual_gradient": json_number(module.usual_gradient),
                "ratio": json_number(module.ratio),
                "usual_ratio": json_number(module.usual_ratio),
            }
            for module in event.modules
        ],
        "rows": [
            {"row": row.row, "loss": json_number(row.loss), "gradient": json_number(row.gradient)} for row in event.rows
        ],
        "note": event.note or None,
    }


def hook_values(ran: Iterable[PassedRecord]) -> Values:
    """Return which hooks changed a gradient, with its norm before and after."""
    found = [
        {
            "kind": hook.kind,
            "name": hook.name,
            "function": hook.function,
            "file": hook.file or None,
            "line": hook.line or None,
            "norm_before": json_number(hook.before.norm),
            "norm_after": json_number(hook.after.norm),
            "node": passed.point.node,
        }
        for passed in ran
        for hook in passed.hooks
    ]
    return {"hooks": found} if found else {}


def proof_values(event: Stopped) -> Values:
    """Return what is said of an error: all that torch said, and where it comes from."""
    if event.reason != "exception":
        return {}
    proof = event.proof or ProofRecord("", ())
    return {
        "error": event.said.strip() or None,
        **_chain(proof.title, proof.chain),
        "earlier": list(proof.earlier),
        "run_again": event.unrecorded,
    }


def _chain(title: str, links: Iterable[BlameLink]) -> Values:
    """Return what is wrong, and the places that led to it; of a NaN or Inf, which has no title, and of an error."""
    return {"title": title or None, "chain": [_link(link) for link in links]}


def _link(link: BlameLink) -> Values:
    return {
        "phase": link.phase,
        "point": link.point,
        "node": link.node,
        "name": link.name or None,
        "op": link.op or None,
        "grad_fn": link.grad_fn or None,
        "module": link.module or None,
        "use": link.use,
        "file": link.file or None,
        "line": link.line or None,
        "reason": link.reason,
        "inputs": [_extent(extent) for extent in link.inputs],
        "outputs": [_extent(extent) for extent in link.outputs],
        "rows": list(link.rows),
        "row_count": link.row_count,
        "batch": link.batch or None,
        **({"role": link.role} if link.role is not None else {}),
    }


def _extent(extent: ExtentRecord) -> Values:
    return {
        "what": extent.name,
        "shape": None if extent.shape is None else list(extent.shape),
        "dtype": extent.dtype,
        "min": json_number(extent.minimum),
        "max": json_number(extent.maximum),
        "nans": extent.nans,
        "infs": extent.infs,
        "count": extent.count,
        "headroom": json_number(extent.headroom),
        "subnormal": extent.subnormal,
    }
