"""One link of a chain: where it is, why it is there, what went in and came out, which rows of the batch carry it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

import torch
from msgspec.structs import replace

from gradviz.engine.blame.backward_causes import why_gradient_not_finite
from gradviz.engine.blame.cases import Case, first
from gradviz.engine.blame.extents import bad_rows, extent_of
from gradviz.engine.blame.forward_causes import why_not_finite, writes_itself
from gradviz.engine.blame.lineage import BAD, Lineage, Place, state_of
from gradviz.engine.blame.op_names import op_of, op_of_node
from gradviz.engine.tensors.tensor_reader import isolated_no_grad
from gradviz.engine.tensors.tensor_summary import real_numbers
from gradviz.engine.tensors.value_cache import Key
from gradviz.language import tr
from gradviz.protocol.cause_records import BlameLink, ExtentRecord
from gradviz.protocol.records import EdgeRecord

_MOST_INPUTS = 4
_CHOOSERS = ("where", "masked_fill", "maximum", "minimum", "clamp", "nan_to_num")
_REAL = ("float", "bfloat", "complex")


class LinkMaker:
    """Explains the places of one iteration."""

    def __init__(self, lineage: Lineage, edges: Iterable[EdgeRecord], batch: int) -> None:
        """`batch`: how many rows the batch has."""
        self._lineage = lineage
        self._edges = tuple(edges)
        self._batch = batch

    def link(self, place: Place, before: Place | None) -> BlameLink:
        """Return the link of a place; `before`: the place that its NaN or Inf came from, None for the origin."""
        if place.index is None:
            return self._outside(place)
        point, lineage = self._lineage.point(place.index), self._lineage
        role = lineage.role(place.index)
        bad = [key for key in lineage.results(place.index) if lineage.state(key) in BAD]
        link = BlameLink(
            reason="",
            phase=point.phase,
            point=place.index,
            node=point.node,
            name=self._name(place.index),
            op=point.op,
            grad_fn=point.grad_fn,
            module=point.module,
            use=point.use,
            file=point.file,
            line=point.line,
            outputs=self._extents(bad, role),
        )
        if role == "update":
            return replace(link, reason=self._why_update(before), inputs=())
        given = self._extents(
            lineage.keys(place.index, lineage.given_role(place.index)), lineage.given_role(place.index)
        )
        forward = lineage.history.forward_point(point.node) if role == "grad_input" and point.node is not None else None
        if before is None and forward is not None:
            given += self._extents(lineage.keys(forward, "input"), "input")
        link = replace(link, inputs=given)
        if point.node is None or point.node >= 0:
            rows, count = bad_rows(lineage.value(bad[0]) if bad else None, self._batch)
            link = replace(link, rows=rows, row_count=count, batch=self._batch if count else 0)
        if role == "grad_input":
            return replace(link, reason=self._why_node(place.index, before))
        return replace(link, reason=self._why_op(place.index, before))

    def is_written(self, place: Place) -> bool:
        """Return whether the code itself writes the Inf of an op, as `masked_fill` with −∞ does."""
        if place.index is None or self._lineage.role(place.index) in ("grad_input", "update"):
            return False
        with isolated_no_grad():
            return bool(first([writes_itself], self._case(place.index, op_of(self._lineage.point(place.index).op))))

    def _name(self, index: int) -> str:
        point = self._lineage.point(index)
        if point.parameter:
            return point.parameter
        node = self._lineage.nodes.get(point.node) if point.node is not None else None
        if node is not None and (point.phase == "backward" or node.kind in ("custom", "opaque")):
            return node.name
        return point.op.rpartition(".")[2].strip("_") or (node.name if node is not None else point.grad_fn)

    def _extents(self, keys: list[Key], role: str) -> tuple[ExtentRecord, ...]:
        found = []
        for key in keys[:_MOST_INPUTS]:
            record = extent_of(role, self._lineage.value(key))
            if record is not None and record.dtype.startswith(_REAL):
                found.append(record)
        return tuple(found)

    def _outside(self, place: Place) -> BlameLink:
        known = self._lineage.nodes.get(place.node) if place.node is not None else None
        extent = extent_of("output", place.value)
        is_parameter = known is not None and known.kind == "parameter"
        rows, count = ((), 0) if is_parameter else bad_rows(place.value, self._batch)
        if is_parameter:
            reason = tr(
                "It was not finite when this iteration began: an earlier update wrote it. Reset, and run again with the"
                " trap on NaN and Inf: it stops in that iteration."
            )
        elif place.name:
            reason = tr("It came with the data: no op of this iteration made it.")
        else:
            reason = tr("A tensor without a name that was there before this forward holds it.")
        name = place.name or tr("a tensor without a name")
        return BlameLink(reason, "forward", None, place.node, name, outputs=(extent,) if extent is not None else (),
                         rows=rows, row_count=count, batch=self._batch if count else 0)  # fmt: skip

    # -- why ----------------------------------------------------------------------------------------------------------

    def _why_op(self, index: int, before: Place | None) -> str:
        lineage, point = self._lineage, self._lineage.point(index)
        worst = lineage.worst(index)
        if before is not None and worst == "nan" and self._state_of(before) == "nan":
            return self._passed_on(index, "nan")
        with isolated_no_grad():
            reason = why_not_finite(self._case(index, op_of(point.op)))
        if reason:
            return reason
        if before is not None:
            return self._passed_on(index, worst)
        if any(lineage.state(key) == "unknown" for key in lineage.keys(index, "input")):
            return tr("What went into it is not kept. A larger memory for looking back (Run menu) keeps it.")
        if not lineage.keys(index, "input") and index not in self._lineage.history.given:
            return tr("This function's own code made it, of finite inputs.")
        return tr("All that went into it is finite, its result is not.")

    def _why_node(self, index: int, before: Place | None) -> str:
        lineage, point = self._lineage, self._lineage.point(index)
        came = {lineage.state(key) for key in lineage.keys(index, "grad_output")}
        if before is not None and came & set(BAD):
            if lineage.worst(index) == "nan" and "nan" not in came:
                return tr("∞ came in as a gradient: times 0, or minus ∞, that is NaN.")
            return self._passed_on(index, lineage.worst(index))
        with isolated_no_grad():
            reason = why_gradient_not_finite(self._case(index, op_of_node(point.grad_fn)), self._chooser(point.node))
        if before is not None:
            return reason or tr("What the forward made here is not finite, and the derivative multiplies by it.")
        if point.node is not None and point.node < 0:
            return tr("Its terms are finite, and their sum is not.")
        if came & set(BAD):
            return tr("The gradient that backward began with, or the sum of its terms, is not finite.")
        return reason or tr("All that came into it is finite, what it made is not.")

    def _why_update(self, before: Place | None) -> str:
        if before is None:
            return tr("Parameter and gradient were finite: the optimizer's step is beyond the largest number.")
        if before.index is None:
            return tr("The parameter was not finite before the update either.")
        return tr("The optimizer put the gradient into the parameter.")

    def _passed_on(self, index: int, state: str) -> str:
        bad = [key for key in self._lineage.results(index) if self._lineage.state(key) in BAD]
        numbers = self._lineage.numbers(bad[0]) if bad else None
        if numbers is None:
            return tr("It passes on what came in.")
        with isolated_no_grad():
            count = int((~torch.isfinite(numbers)).sum())
        text = tr("It passes on the NaN that came in: {count} of {total} values.")
        if state == "inf":
            text = tr("It passes on the Inf that came in: {count} of {total} values.")
        return text.format(count=f"{count:,}", total=f"{numbers.numel():,}")

    def _state_of(self, place: Place) -> str:
        return state_of(place.value) if place.index is None else self._lineage.worst(place.index)

    def _case(self, index: int, op: str) -> Case:
        """Return what an op computed; of a node, what the op that made it did, with the gradients."""
        lineage, history = self._lineage, self._lineage.history
        point = lineage.point(index)
        backward = lineage.role(index) == "grad_input"
        forward = history.forward_point(point.node) if backward and point.node is not None else index
        operands: tuple[Any, ...] = ()
        output = None
        if forward is not None and (not backward or op_of(lineage.point(forward).op) in (op, "r" + op)):
            tensors = iter(lineage.keys(forward, "input"))
            given = history.given.get(forward)
            arguments = given.arguments if given is not None else (...,) * history.count(forward, "input")
            operands = tuple(self._real(next(tensors, None)) if a is ... else a for a in arguments)
            if op_of(lineage.point(forward).op) == "rdiv" and backward:
                operands = operands[1::-1]
        if forward is not None:
            output = self._real(next(iter(lineage.results(forward)), None))
        results = [key for key in lineage.results(index) if lineage.state(key) in BAD] or lineage.results(index)
        made = lineage.numbers(results[0]) if results else None
        dtype = made.dtype if made is not None else torch.get_default_dtype()
        if not backward:
            return Case(op, operands, output, dtype)
        came = next(iter(lineage.keys(index, "grad_output")), None)
        return Case(op, operands, output, dtype, self._real(came), real_numbers(made) if made is not None else None)

    def _real(self, key: Any) -> torch.Tensor | None:
        numbers = self._lineage.numbers(key) if key is not None else None
        return None if numbers is None else real_numbers(numbers) if numbers.dtype != torch.bool else numbers

    def _chooser(self, node: int | None) -> str:
        """Return the next op behind a node that may take another value than the node's, with its line."""
        seen, waiting = {node}, deque([(node, 0)])
        while waiting:
            at, depth = waiting.popleft()
            for edge in self._edges:
                if edge.source != at or edge.target in seen:
                    continue
                seen.add(edge.target)
                target = self._lineage.nodes.get(edge.target)
                if target is not None and (op_of(target.op) in _CHOOSERS or target.name in _CHOOSERS):
                    place = tr("line {line}").format(line=target.line)
                    return f"“{op_of(target.op) or target.name}” ({place})"
                if depth < 8:
                    waiting.append((edge.target, depth + 1))
        return ""
