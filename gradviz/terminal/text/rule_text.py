"""The derivative of a node as plain text: forward and the gradient of each input, with the shapes put in."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz.model.derivative.derivatives import Token, derivative
from gradviz.model.graph.graph import Graph
from gradviz.terminal.text.name_grammar import called
from gradviz.terminal.text.screen import Line, columns_of, table, width_of, wrapped

_RAISED = dict(zip("0123456789+-−=()niTᵀxyabcdk", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵀᵀˣʸᵃᵇᶜᵈᵏ", strict=True))
_LOWERED = dict(zip("0123456789+-=()aeijknoxt", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₙₒₓₜ", strict=True))


_STYLES = ["dim", "", "dim"]


def formula_text(tokens: Sequence[Token]) -> str:
    """A formula in one line: raised and lowered letters where there are any, else `^(…)` and `_(…)`."""
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
    """The derivative's card of a node."""
    node = graph.node(node_id)
    card = derivative(graph, node_id)
    head: Line = [("bold", called(node)), ("dim", f"  {node.type_name or node.op or node.kind}")]
    if not card.known:
        return [head, [("dim", "  No rule is written down for it; its gradients can be looked at all the same.")]]
    rows = [["forward", formula_text(card.forward), card.forward_shapes, ""]]
    for line in card.gradients:
        goes = graph.node(line.target) if line.target is not None else None
        number, count = line.term
        term = f", term {number} of {count}" if count > 1 else ""
        to = "wants no gradient" if goes is None else f"to {called(goes)}{term}"
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
            below = wrapped(words, width - margin - 4)
            lines += [[("dim", f"  {' ' * margin}  {text}")] for text in below]
    if card.note:
        lines.append([("dim", f"  {card.note}")])
    return lines
