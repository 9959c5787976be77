"""Which breakpoints a point or a value hits, and how much an iteration must be watched for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from gradviz.engine.tensors.tensor_summary import is_finite, summarize, why_no_figures
from gradviz.protocol.node_location import module_of, places
from gradviz.protocol.records import BreakpointRecord, GraphRecord, PlaceRecord, PointRecord, SummaryRecord

_AT_POINTS = frozenset(("node", "op", "module", "line"))
_ON_VALUES = frozenset(("nan", "inf", "norm_above", "norm_below", "zero_grad", "shape"))
_ON_GRADIENTS = frozenset(("norm_above", "norm_below", "zero_grad"))

_REMEMBERED = 64


class BreakpointSet:
    """The enabled breakpoints, by what they need. Counts the hits of each."""

    def __init__(self, records: Sequence[BreakpointRecord] = ()) -> None:
        self.records = tuple(records)
        self.hits: Counter[int] = Counter()
        self._at_points = [r for r in records if r.kind in _AT_POINTS]
        self.asks_modules = any(r.kind == "module" for r in records)
        """Whether it counts which module calls begin at a point."""
        self._at_phases = [r for r in records if r.kind == "phase"]
        self._at_iterations = [r for r in records if r.kind == "iteration"]
        self._on_values = [r for r in records if r.kind in _ON_VALUES]
        self._watching: dict[str, list[BreakpointRecord]] = {}
        self._reached: dict[str, bool] = {}
        self.unchecked: list[str] = []
        """Sentences on values that no condition could be tried on, for whoever tells of them and empties it."""
        self._reasons: set[str] = set()
        self._only_finite = all(r.kind in ("nan", "inf") for r in self._on_values)

    def wants(self, step: int) -> bool:
        """Whether iteration `step` must pass the gate."""
        return any(r.kind != "iteration" or int(r.number) == step for r in self.records)

    def watches(self, phase: str) -> bool:
        """Whether the points of a phase must be looked at."""
        return any(
            (r.kind == "phase" and r.text == phase)
            or (r.kind == "iteration" and phase == "forward")
            or (r.kind in _AT_POINTS and (r.phase == phase or (r.phase == "" and phase != "update")))
            or (r.kind in _ON_VALUES and _looks_at(r, phase))
            for r in self.records
        )

    def may_stop_backward(self, graph: GraphRecord) -> bool:
        """Whether anything in the backward of `graph` can be stopped at. Graphs of one signature are asked once."""
        if any(_looks_at(r, "backward") for r in self._on_values) or any(r.text == "backward" for r in self._at_phases):
            return True
        known = self._reached.get(graph.signature)
        if known is None:
            if len(self._reached) >= _REMEMBERED:
                self._reached.clear()
            known = self._reached[graph.signature] = self._reaches(graph)
        return known

    def _reaches(self, graph: GraphRecord) -> bool:
        records = [r for r in self._at_points if _runs_in(r, "backward")]
        if any(r.kind == "module" and any(c.path == r.text for c in graph.clusters) for r in records):
            return True
        where = places(graph) if records else {}
        for node in graph.nodes if records else ():
            _, use = module_of(graph, node)
            point = PointRecord(
                0, "backward", node.id, node.op, node.type_name, use=use, file=node.file, line=node.line
            )
            if any(_stands_at(r, point, where[node.id], ()) for r in records):
                return True
        return False

    @property
    def watches_values(self) -> bool:
        """Whether results must be looked at."""
        return bool(self._on_values)

    def count(self, records: Iterable[BreakpointRecord]) -> None:
        for record in records:
            self.hits[record.id] += 1

    def at_iteration(self, step: int) -> BreakpointRecord | None:
        return self._first([r for r in self._at_iterations if int(r.number) == step])

    def at_phase(self, phase: str) -> BreakpointRecord | None:
        return self._first([r for r in self._at_phases if r.text == phase])

    def at_point(self, point: PointRecord, place: PlaceRecord | None, enters: Sequence[str]) -> BreakpointRecord | None:
        """The breakpoint that stands before `point`. `enters`: paths of the module calls that begin here."""
        if not self._at_points:
            return None
        phase = point.phase
        return self._first([r for r in self._at_points if _runs_in(r, phase) and _stands_at(r, point, place, enters)])

    def on_values(
        self, phase: str, results: Iterable[tuple[str, Any]], what: str = ""
    ) -> tuple[BreakpointRecord, str] | None:
        """The breakpoint whose condition one of the results meets, and what it found, as a sentence.

        `results`: names and tensors; `what`: the op or node that gave them. Of a tensor, only what the conditions ask
        about is computed.
        """
        watching = self._watching.get(phase)
        if watching is None:
            watching = self._watching[phase] = [record for record in self._on_values if _looks_at(record, phase)]
        for name, tensor in results if watching else ():
            if tensor is None or (self._only_finite and is_finite(tensor)):
                continue
            value = summarize(name, tensor)
            if value.norm is None:
                self._note_unchecked(watching, name, tensor, what)
            for record in watching:
                found = _finds(record, value)
                if found:
                    self.count([record])
                    return record, found
        return None

    def _note_unchecked(self, watching: Iterable[BreakpointRecord], name: str, tensor: Any, what: str) -> None:
        """Note what a condition on numbers could not be tried on; once for each reason."""
        reason = why_no_figures(tensor) if any(record.kind != "shape" for record in watching) else ""
        if reason and reason not in self._reasons:
            self._reasons.add(reason)
            of_what = f"{name} of {what}" if what and what not in name else name
            self.unchecked.append(f"No condition of a breakpoint could be tried on the {of_what}. {reason}")

    def _first(self, hits: list[BreakpointRecord]) -> BreakpointRecord | None:
        if not hits:
            return None
        self.count(hits)
        return hits[0]


def _looks_at(record: BreakpointRecord, phase: str) -> bool:
    """Whether a condition on values is tried in a phase: gradients pass in backward, and an update has no results."""
    return _runs_in(record, phase) and (
        phase == "backward" or (phase == "forward" and record.kind not in _ON_GRADIENTS)
    )


def _runs_in(record: BreakpointRecord, phase: str) -> bool:
    return record.phase in ("", phase)


def _stands_at(record: BreakpointRecord, point: PointRecord, place: PlaceRecord | None, enters: Sequence[str]) -> bool:
    match record.kind:
        case "node":
            return place is not None and place == record.place
        case "op":
            return record.text in _names(point)
        case "module":
            return record.text in enters
        case "line":
            use = int(record.number) in (0, point.use)
            return use and (point.file, point.line) == (record.file, record.line)
    return False


def _names(point: PointRecord) -> tuple[str, ...]:
    """All that a person may call an op: its full name, its last part, the autograd class, the class's short form."""
    short = point.op.rsplit(".", 1)[-1]
    base = point.grad_fn.split("Backward")[0]
    return (point.op, short, point.grad_fn, base, base.lower()) if point.grad_fn else (point.op, short)


def _finds(record: BreakpointRecord, value: SummaryRecord) -> str:
    norm = value.norm
    match record.kind:
        case "nan" if value.nans:
            return f"{value.nans} NaN in {value.name}"
        case "inf" if value.infs:
            return f"{value.infs} Inf in {value.name}"
        case "norm_above" if norm is not None and not norm <= record.number:
            return f"norm {norm:.4g} of {value.name} is above {record.number:g}"
        case "norm_below" if norm is not None and norm < record.number:
            return f"norm {norm:.4g} of {value.name} is below {record.number:g}"
        case "zero_grad" if norm == 0.0:
            return f"{value.name} is exactly zero"
        case "shape" if value.shape is not None and "x".join(map(str, value.shape)) == record.text:
            shape = record.text.replace("x", " × ")
            return f"{value.name} has the shape {shape}" if shape else f"{value.name} is a scalar"
    return ""
