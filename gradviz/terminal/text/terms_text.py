"""The sum that a shared gradient is, term by term: which have come, which comes next."""

from __future__ import annotations

from gradviz.model.derivative.gradient_terms import Term, TermSum, sums_fed_by, terms
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import PointRecord
from gradviz.terminal.text.name_grammar import called
from gradviz.terminal.text.screen import Line, number, table

_MOST = 6


def sums_at(graph: Graph, timeline: Timeline, point: PointRecord) -> list[TermSum]:
    """The sums that the node at the stop adds to, or, of a shared leaf, is."""
    if graph.record.kind == "recorded" or point.phase != "backward":
        return []  # what is derived by hand adds up its gradients in its own code
    if point.node is None or point.node not in graph:
        return []
    nodes = sums_fed_by(graph, point.node)
    if len(graph.outgoing[point.node]) > 1 and graph.node(point.node).outputs == 1:
        nodes = [point.node, *nodes]
    found = [terms(graph, timeline, node) for node in nodes]
    return [sum_ for sum_ in found if len(sum_.terms) > 1]


def sum_lines(graph: Graph, sum_: TermSum, most: int = _MOST) -> list[Line]:
    """A head line and one for each term; terms that wait beyond `most` are counted."""
    head: Line = [("", "  gradient of "), ("bold", called(graph.node(sum_.node)))]
    head.append(("dim", f": a sum of {len(sum_.terms)} terms, {sum_.arrived} in"))
    shown = sum_.terms if len(sum_.terms) <= most else _around(sum_, most)
    rows = [_row(graph, term) for term in shown]
    lines = [head]
    for line, term in zip(table(rows, ["dim", "", "dim", "backward"], indent=4), shown, strict=True):
        mark = ("backward", "  ▶ ") if term.state == "next" else ("", "    ")
        lines.append([mark, *line[1:]])
    if len(shown) < len(sum_.terms):
        lines.append([("dim", f"    … {len(sum_.terms) - len(shown)} more")])
    if sum_.norm is not None:
        lines.append([("", "    "), ("dim", "their sum  "), ("backward", f"norm {number(sum_.norm)}")])
    return lines


def _around(sum_: TermSum, most: int) -> tuple[Term, ...]:
    first = min(max(0, sum_.arrived - most // 2), len(sum_.terms) - most)
    return sum_.terms[first : first + most]


def _row(graph: Graph, term: Term) -> list[str]:
    use = f"use {term.use}" if term.use else ""
    given = {"in": f"norm {number(term.norm)}", "none": "none came", "next": "comes next", "pending": ""}[term.state]
    behind = sorted(term.givers - {term.consumer})
    by = f"{called(graph.node(term.consumer))}" + (f" from {called(graph.node(behind[0]))}" if behind else "")
    return [str(term.number), by, use, given]
