"""The derivative of a node, and the sum that a shared gradient is, as text."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz.model.derivative.derivatives import Token, derivative
from gradviz.model.derivative.gradient_terms import Term, TermSum, sums_fed_by, terms
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.records import PointRecord
from gradviz.terminal.text.line_writer import Line, columns_of, number, table, width_of, wrap_text
from gradviz.terminal.text.name_grammar import node_label

_RAISED = dict(zip("0123456789+-−=()niTᵀxyabcdk", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵀᵀˣʸᵃᵇᶜᵈᵏ", strict=True))
_LOWERED = dict(zip("0123456789+-=()aeijknoxt", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₙₒₓₜ", strict=True))


_STYLES = ["dim", "", "dim"]


def formula_text(tokens: Sequence[Token]) -> str:
    """Return a formula in one line: with raised and lowered letters where they exist, else `^(…)` and `_(…)`."""
    return "".join(_set(token) for token in tokens)


def _set(token: Token) -> str:
    if token.style == "raised":
        return _small(token.text, _RAISED, "^")
    if token.style == "lowered":
        return _small(token.text, _LOWERED, "_")
    return token.text


def _small(text: str, letters: dict[str, str], mark: str) -> str:
    if all(c in letters for c in text):
        return "".join(letters[c] for c in text)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"


def rule_lines(graph: Graph, node_id: int, width: int) -> list[Line]:
    """Return the derivative of a node: forward, and the gradient of each input."""
    node = graph.node(node_id)
    card = derivative(graph, node_id)
    head: Line = [("bold", node_label(node)), ("dim", f"  {node.type_name or node.op or node.kind}")]
    if not card.known:
        return [head, [("dim", "  No rule is written down for it; its gradients can be looked at all the same.")]]
    rows = [["forward", formula_text(card.forward), card.forward_shapes, ""]]
    for line in card.gradients:
        goes = graph.node(line.target) if line.target is not None else None
        number, count = line.term
        term = f", term {number} of {count}" if count > 1 else ""
        to = "wants no gradient" if goes is None else f"to {node_label(goes)}{term}"
        if len(line.route) > 1:
            last = line.route[-1]
            to += f", on to {last.name}" + (f", term {last.term[0]} of {last.term[1]}" if last.term[1] > 1 else "")
        rows.append([f"grad of {line.input}", formula_text(line.formula), line.shapes, to])
    lines = [head]
    wide = max(map(width_of, table([row[:3] for row in rows], ["", "", ""]))) <= width
    margin = max(columns_of(row[0]) for row in rows)
    cells = [row[:3] if wide else row[:2] for row in rows]
    for row, aligned in zip(rows, table(cells, _STYLES[: 2 + wide]), strict=True):
        lines.append(aligned)
        for words in filter(None, row[3:] if wide else row[2:]):
            below = wrap_text(words, width - margin - 4)
            lines += [[("dim", f"  {' ' * margin}  {text}")] for text in below]
    if card.note:
        lines.append([("dim", f"  {card.note}")])
    return lines


_MOST_TERMS = 6


def sums_at(graph: Graph, timeline: Timeline, point: PointRecord) -> list[TermSum]:
    """Return the sums that the node at the stop adds to; of a shared leaf, its own."""
    if graph.record.kind == "recorded" or point.phase != "backward":
        return []  # what is derived by hand adds up its gradients in its own code
    if point.node is None or point.node not in graph:
        return []
    nodes = sums_fed_by(graph, point.node)
    if len(graph.outgoing[point.node]) > 1 and graph.node(point.node).outputs == 1:
        nodes = [point.node, *nodes]
    found = [terms(graph, timeline, node) for node in nodes]
    return [sum_ for sum_ in found if len(sum_.terms) > 1]


def sum_lines(graph: Graph, sum_: TermSum, most: int = _MOST_TERMS) -> list[Line]:
    """Return a head line and one for each term; terms beyond `most` are counted."""
    head: Line = [("", "  gradient of "), ("bold", node_label(graph.node(sum_.node)))]
    head.append(("dim", f": a sum of {len(sum_.terms)} terms, {sum_.arrived} in"))
    shown = sum_.terms if len(sum_.terms) <= most else _around(sum_, most)
    rows = [_term_row(graph, term) for term in shown]
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


def _term_row(graph: Graph, term: Term) -> list[str]:
    use = f"use {term.use}" if term.use else ""
    given = {"in": f"norm {number(term.norm)}", "none": "none came", "next": "comes next", "pending": ""}[term.state]
    behind = sorted(term.givers - {term.consumer})
    by = f"{node_label(graph.node(term.consumer))}" + (f" from {node_label(graph.node(behind[0]))}" if behind else "")
    return [str(term.number), by, use, given]
