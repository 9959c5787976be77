"""Match breakpoints against points and values, and decide how much of an iteration must be watched for them.

One function for each kind that stops before a point; those that watch values are in `value_conditions`. Forms and
sentences of a kind are its row in `model/stepping/breakpoint_kinds`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gradviz.engine.gate.quick_conditions import QuickConditions
from gradviz.engine.gate.value_conditions import ON_VALUES
from gradviz.engine.tensors.tensor_summary import is_finite, summarize, why_no_figures
from gradviz.engine.traps.trap_kinds import TRAPS, is_trap
from gradviz.errors import InvalidValueError
from gradviz.language import tr
from gradviz.protocol.node_location import module_of, places
from gradviz.protocol.records import BreakpointRecord, GraphRecord, PlaceRecord, PointRecord

_MAX_GRAPHS = 64


@dataclass(frozen=True, slots=True)
class Arrival:
    """The engine is about to run `point`. `place`: where its node lies in the code; `enters`: paths of the module calls
    that begin here."""

    point: PointRecord
    place: PlaceRecord | None
    enters: Sequence[str]


# Each kind that stops before a point: whether it stops here.


def _at_node(record: BreakpointRecord, here: Arrival) -> bool:
    return here.place is not None and here.place == record.place


def _at_op(record: BreakpointRecord, here: Arrival) -> bool:
    """`text` is what a user may call an op: its full name, its last part, the autograd class, or its short form."""
    point = here.point
    if record.text in (point.op, point.op.rsplit(".", 1)[-1]):
        return True
    base = point.grad_fn.split("Backward")[0]
    return bool(point.grad_fn) and record.text in (point.grad_fn, base, base.lower())


def _at_module(record: BreakpointRecord, here: Arrival) -> bool:
    """`text` is the path of the module that is entered."""
    return record.text in here.enters


def _at_line(record: BreakpointRecord, here: Arrival) -> bool:
    """Match the line; `number` other than 0 means that use of it alone."""
    point = here.point
    return int(record.number) in (0, point.use) and (point.file, point.line) == (record.file, record.line)


AT_POINTS = {"node": _at_node, "op": _at_op, "module": _at_module, "line": _at_line}
AT_STARTS = {"phase", "iteration"}
"""Kinds that stop at the first point of the phase `text`, or of the iteration `number`."""


class BreakpointSet:
    """The enabled breakpoints, by what they need. Counts the hits of each."""

    def __init__(self, records: Sequence[BreakpointRecord] = ()) -> None:
        if unknown := {r.kind for r in records} - {*AT_POINTS, *AT_STARTS, *ON_VALUES, *TRAPS}:
            raise InvalidValueError(
                tr("There is no kind of breakpoint {kinds}.").format(kinds=", ".join(sorted(unknown)))
            )
        self.records = tuple(records)
        self.hits: Counter[int] = Counter()
        self._at_points = [r for r in records if r.kind in AT_POINTS]
        self.asks_modules = any(r.kind == "module" for r in records)
        """Whether it needs the module calls that begin at a point."""
        self._at_phases = [r for r in records if r.kind == "phase"]
        self._at_iterations = [r for r in records if r.kind == "iteration"]
        self._on_values = [r for r in records if r.kind in ON_VALUES and not is_trap(r)]
        self._as_traps = [r for r in records if r.kind == "nonfinite"]
        self._at_the_gate = [r for r in records if not is_trap(r)]
        self._unknowable = [
            r for r in self._at_the_gate if not (r.kind in AT_POINTS or (r.kind in ON_VALUES and not r.within))
        ]
        """What may stop anywhere, whatever has run before."""
        self._watched: dict[str, bool] = {}
        self._narrowed = any(r.within for r in records)
        self._watching: dict[str, list[BreakpointRecord]] = {}
        self._reached: dict[str, bool] = {}
        self.unchecked: list[str] = []
        """Sentences on values that no condition could be tried on; the step controller sends and empties them."""
        self._reasons: set[str] = set()
        self._skips_finite = not any(ON_VALUES[r.kind].finite for r in self._on_values)

    def wants(self, step: int) -> bool:
        """Return whether iteration `step` must pass the gate."""
        return any(r.kind != "iteration" or int(r.number) == step for r in self._at_the_gate)

    def stops_as_known(self, step: int) -> bool:
        """Return whether nothing can stop iteration `step` that cannot be known before it comes there, or be looked at
        quickly: no start of a phase, and no value of a certain module."""
        return all(r.kind == "iteration" and int(r.number) != step for r in self._unknowable)

    def quickly(self, phase: str) -> QuickConditions | None:
        """Return the conditions on the values of a phase, to look at them without the gate; None if there is none."""
        asked = [record for record in self._on_values if _looks_at(record, phase)]
        return QuickConditions(asked) if asked else None

    def watches(self, phase: str) -> bool:
        """Return whether the points of a phase must be looked at."""
        if phase not in self._watched:
            self._watched[phase] = self._watches(phase)
        return self._watched[phase]

    def _watches(self, phase: str) -> bool:
        return any(
            (r.kind == "phase" and r.text == phase)
            or (r.kind == "iteration" and phase == "forward")
            or (r.kind in AT_POINTS and (r.phase == phase or (r.phase == "" and phase != "update")))
            or (r.kind in ON_VALUES and _looks_at(r, phase))
            for r in self._at_the_gate
        )

    def may_stop_backward(self, graph: GraphRecord) -> bool:
        """Return whether anything in the backward of `graph` can be stopped at."""
        on_values = any(_looks_at(r, "backward") for r in self._on_values)
        return on_values or any(r.text == "backward" for r in self._at_phases) or self.may_stop_at_nodes(graph)

    def may_stop_at_nodes(self, graph: GraphRecord) -> bool:
        """Return whether the backward of `graph` has a node that can be stopped at, whatever the values are.
        Graphs of one signature are checked once."""
        known = self._reached.get(graph.signature)
        if known is None:
            if len(self._reached) >= _MAX_GRAPHS:
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
            here = Arrival(point, where[node.id], ())
            if any(AT_POINTS[r.kind](r, here) for r in records):
                return True
        return False

    @property
    def asks_values(self) -> bool:
        """Return whether there are conditions on values."""
        return bool(self._on_values)

    @property
    def watches_values(self) -> bool:
        """Return whether results must be looked at."""
        return bool(self._on_values or self._as_traps)

    def asks_more_than(self, before: BreakpointSet) -> bool:
        """Return whether there are conditions on the values of a forward that were not there before."""
        return any(_looks_at(r, "forward") and r not in before.records for r in self._on_values)

    def count(self, records: Iterable[BreakpointRecord]) -> None:
        """Count a hit of each."""
        for record in records:
            self.hits[record.id] += 1

    def at_iteration(self, step: int) -> BreakpointRecord | None:
        """Return the breakpoint at the start of iteration `step`."""
        return self._first([r for r in self._at_iterations if int(r.number) == step])

    def at_phase(self, phase: str) -> BreakpointRecord | None:
        """Return the breakpoint at the start of a phase."""
        return self._first([r for r in self._at_phases if r.text == phase])

    def at_point(self, point: PointRecord, place: PlaceRecord | None, enters: Sequence[str]) -> BreakpointRecord | None:
        """Return the breakpoint at `point`. `enters`: paths of the module calls that begin here."""
        if not self._at_points:
            return None
        here, phase = Arrival(point, place, enters), point.phase
        return self._first([r for r in self._at_points if _runs_in(r, phase) and AT_POINTS[r.kind](r, here)])

    def on_values(
        self, phase: str, results: Iterable[tuple[str, Any]], what: str = "", module: str = "", *, traps: bool = False
    ) -> tuple[BreakpointRecord, str] | None:
        """Return the breakpoint whose condition one of the results meets, and what it found, as a sentence.

        `results`: names and tensors; `what`: the op or node that gave them; `module`: the path of its module. `traps`:
        the iteration cannot be run again, so that traps are tried here. Only what the conditions need is computed.
        """
        watching = self._watching.get(phase)
        if watching is None:
            watching = self._watching[phase] = [record for record in self._on_values if _looks_at(record, phase)]
        if traps:
            watching = [*watching, *(record for record in self._as_traps if _looks_at(record, phase))]
        for name, tensor in results if watching else ():
            asked = [record for record in watching if _is_of(record, module, name)] if self._narrowed else watching
            if not asked:
                continue
            if tensor is None or (self._skips_finite and is_finite(tensor)):
                continue
            try:
                value = summarize(name, tensor)
                if value.norm is None:
                    self._note_unchecked(asked, name, tensor, what)
                for record in asked:
                    found = ON_VALUES[record.kind].finds(record, value, tensor, what)
                    if found:
                        self.count([record])
                        return record, found
            except Exception as error:  # raised on, it would be the user's line that fails
                self._note_failure(error, name)
        return None

    def _note_failure(self, error: Exception, name: str) -> None:
        """Note that a condition itself raised; conditions are gradviz's own, so it is no fault of the user's code."""
        reason = f"{type(error).__name__}: {error}"
        if reason not in self._reasons:
            self._reasons.add(reason)
            text = tr("The condition of a breakpoint failed on the {result} ({reason}): a fault of gradviz.")
            self.unchecked.append(text.format(result=name, reason=reason))

    def _note_unchecked(self, watching: Iterable[BreakpointRecord], name: str, tensor: Any, what: str) -> None:
        """Note what a condition on numbers could not be tried on; once for each reason."""
        reason = why_no_figures(tensor) if any(ON_VALUES[r.kind].numbers for r in watching) else ""
        if reason and reason not in self._reasons:
            self._reasons.add(reason)
            named = tr("{result} of {node}").format(result=name, node=what) if what and what not in name else name
            text = tr("No condition of a breakpoint could be tried on the {result}. {reason}")
            self.unchecked.append(text.format(result=named, reason=reason))

    def _first(self, hits: list[BreakpointRecord]) -> BreakpointRecord | None:
        if not hits:
            return None
        self.count(hits)
        return hits[0]


def _looks_at(record: BreakpointRecord, phase: str) -> bool:
    """Return whether a condition on values is tried in a phase: gradients pass in backward, and an update has no
    results."""
    condition = ON_VALUES[record.kind]
    asked = {"forward": not condition.gradients, "backward": condition.backward}
    return _runs_in(record, phase) and asked.get(phase, False)


def _is_of(record: BreakpointRecord, module: str, name: str) -> bool:
    """Return whether a result of an op or node in `module` is what the breakpoint is narrowed to: that module, what is
    in it, or the gradient of a parameter."""
    within = record.within
    return not within or f"{module}.".startswith(f"{within}.") or name == f"{within}.grad"


def _runs_in(record: BreakpointRecord, phase: str) -> bool:
    return record.phase in ("", phase)
