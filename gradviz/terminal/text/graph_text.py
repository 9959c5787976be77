"""Nodes as text: with their neighbors, their derivative, the sum of a gradient; and what the gradient reaches."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gradviz.language import tr
from gradviz.model.derivative.derivatives import derivative, formula_text, passes_elements_on, wants_gradient
from gradviz.model.derivative.gradient_terms import Term, TermSum, sums_fed_by, terms
from gradviz.model.graph.graph import Graph, line_text
from gradviz.model.stepping.timeline import Timeline
from gradviz.model.tables.reach_table import missing_text
from gradviz.model.tables.update_reach import UpdateProblem
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord, PointRecord, ReachRecord
from gradviz.terminal.text.line_writer import (
    Line,
    columns_of,
    fit,
    keep_end,
    number,
    shape_text,
    table,
    width_of,
    wrap_text,
)
from gradviz.terminal.text.name_grammar import node_label

_MOST = 8
"""Neighbors drawn on either side."""
_WIDEST = 64


def graph_lines(graph: Graph, node_id: int, timeline: Timeline | None, width: int) -> list[Line]:
    """Return a node and its neighbors; edges carry the norm of their gradient once it has passed."""
    node = graph.node(node_id)
    into = _rows(graph, graph.incoming[node_id], timeline, incoming=True)
    out = _rows(graph, graph.outgoing[node_id], timeline, incoming=False)
    box = _box(graph, node, max(20, min(_WIDEST, width - 4)))
    return [*_above(into, width), *box, *_below(out, node)]


def _rows(graph: Graph, edges: list[EdgeRecord], timeline: Timeline | None, *, incoming: bool) -> list[list[str]]:
    rows = []
    for edge in edges[:_MOST]:
        other = graph.node(edge.source if incoming else edge.target)
        rows.append(
            [
                str(edge.input_nr) if incoming else "",
                _word(graph, other) if incoming else f"{node_label(other)}{_which(graph, edge)}",
                shape_text(edge.shape if edge.shape is not None else graph.node(edge.source).shape),
                _gradient(graph, edge, timeline),
            ]
        )
    if len(edges) > _MOST:
        rows.append(["", f"… {len(edges) - _MOST} more", "", ""])
    return rows


def _word(graph: Graph, node: NodeRecord) -> str:
    """Return a neighbor's name; of a view, also what it is a view of."""
    word = node_label(node)
    origin = node
    while passes_elements_on(origin) and len(graph.incoming[origin.id]) == 1:
        origin = graph.node(graph.incoming[origin.id][0].source)
    return word if origin is node else tr("{word} of {origin}").format(word=word, origin=node_label(origin))


def _which(graph: Graph, edge: EdgeRecord) -> str:
    target = graph.node(edge.target)
    cluster = graph.clusters[target.cluster] if target.cluster != -1 else None
    use = tr(", use {use}").format(use=cluster.use) if cluster is not None and cluster.uses > 1 else ""
    several = len(graph.incoming[edge.target]) > 1
    number_ = tr(", output {output_nr}").format(output_nr=edge.output_nr) if graph.node(edge.source).outputs > 1 else ""
    return f"{use}{number_}" + (tr(", as input {input_nr}").format(input_nr=edge.input_nr) if several else "")


def _gradient(graph: Graph, edge: EdgeRecord, timeline: Timeline | None) -> str:
    if timeline is None:
        return ""
    if not wants_gradient(graph.node(edge.source)):
        return tr("no gradient")
    if timeline.ran("backward", edge.target) is None:
        return ""
    summary = timeline.gradient(edge.target, edge.input_nr)
    return "none" if summary is None or summary.norm is None else f"∇ {number(summary.norm)}"


def _columns(rows: list[list[str]]) -> list[int]:
    return [max((columns_of(row[i]) for row in rows), default=0) for i in range(4)]


def _line(row: list[str], widths: list[int]) -> Line:
    cells = [cell + " " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=True)]
    line: Line = [("dim", f"  {cells[0]}{' ' if widths[0] else ''}"), ("", cells[1])]
    for cell, style, width in zip(cells[2:], ("dim", "backward"), widths[2:], strict=True):
        if width:
            line.append((style, f"  {cell}"))
    return line


def _above(rows: list[list[str]], width: int) -> list[Line]:
    if not rows:
        return []
    widths = _columns(rows)
    lines = [fit(_line(row, widths), width - 4) for row in rows]
    edge = max(width_of(line) for line in lines) + 1
    for i, line in enumerate(lines):
        corner = "╮" if i == 0 else "┤"
        line.append(("dim", f"{' ' * (edge - width_of(line))}─{corner}"))
    return [*lines, [("dim", " " * (edge + 1) + "▼")]]


def _box(graph: Graph, node: NodeRecord, width: int) -> list[Line]:
    top: Line = [
        ("bold", node_label(node)),
        ("dim", f"  {node.type_name or node.kind}"),
        ("", f"  {shape_text(node.shape)}"),
    ]
    module = graph.clusters[node.cluster].path if node.cluster != -1 else ""
    low = " · ".join(filter(None, (module, line_text(node.file, node.line), node.dtype, node.device)))
    rows: list[Line] = [top, *([[("dim", low)]] if low else [])]
    inner = min(width - 4, max(width_of(row) for row in rows))
    body: list[Line] = []
    for row in rows:
        row = fit(row, inner)
        body.append([("dim", "  │ "), *row, ("dim", " " * (inner - width_of(row)) + " │")])
    return [[("dim", f"  ╭{'─' * (inner + 2)}╮")], *body, [("dim", f"  ╰{'─' * (inner + 2)}╯")]]


def _below(rows: list[list[str]], node: NodeRecord) -> list[Line]:
    if not rows:
        return [[("dim", tr("     the end of the graph"))]] if node.kind in ("loss", "output") else []
    widths = _columns(rows)
    lines = []
    for i, row in enumerate(rows):
        corner = "╰─▶" if i == len(rows) - 1 else "├─▶"
        lines.append([("dim", f"     {corner}"), *_line(row, widths)[0:]])
    return lines


_MARKS = {True: ("update", "✓"), False: ("error", "✗"), None: ("dim", "?")}


def update_problem_lines(problems: Sequence[UpdateProblem], width: int) -> list[Line]:
    """Return one line for each parameter that no update changes as one would expect."""
    rows = [[keep_end(" = ".join(p.names), width // 2), p.text] for p in problems]
    return table(rows, ["", "dim"])


def reach_lines(graph: GraphRecord, width: int, shown: Collection[tuple[str, ...]] | None = None) -> list[Line]:
    """Return one line for each tensor, those that no gradient reaches first, and what could not be explained. `shown`:
    the names of those that are meant."""
    if not graph.reach:
        return [[("dim", tr("No parameter is known of, or this network computes its gradients by hand."))]]
    order = sorted(graph.reach, key=lambda record: (record.reached is True, record.reached is None))
    reached = sum(record.reached is True for record in order)
    lines: list[Line] = [
        [("", tr("{reached} of {order} parameters get a gradient").format(reached=reached, order=len(order)))]
    ]
    order = [record for record in order if shown is None or record.names in shown]
    if not order:
        return lines
    shapes = [shape_text(r.shape) for r in order]
    room = width - 6 - max(map(columns_of, shapes))
    rows = [[keep_end(" = ".join(r.names), room), shape, _why(r)] for r, shape in zip(order, shapes, strict=True)]
    for record, line in zip(order, table(rows, ["", "dim", "dim"]), strict=True):
        style, mark = _MARKS[record.reached]
        lines.append([("", "  "), (style, mark), ("", " "), *line[1:]])
    for item in graph.unexplained:
        text = tr("not explained: {what} of #{node}: {text}").format(
            what=missing_text(item), node=item.node, text=item.text
        )
        lines += [[("dim", f"  {part}")] for part in wrap_text(text, width - 2)]
    return lines


def _why(record: ReachRecord) -> str:
    if record.reached:
        return ""
    reason = record.text or record.reason or (tr("only backward can tell") if record.reached is None else "")
    return " ".join(filter(None, (reason, line_text(record.file, record.line))))


_STYLES = ["dim", "", "dim"]


def rule_lines(graph: Graph, node_id: int, width: int) -> list[Line]:
    """Return the derivative of a node: forward, and the gradient of each input."""
    node = graph.node(node_id)
    card = derivative(graph, node_id)
    head: Line = [("bold", node_label(node)), ("dim", f"  {node.type_name or node.op or node.kind}")]
    if not card.known:
        if card.note:
            return [head, [("dim", f"  {card.note}")]]
        return [head, [("dim", tr("  No rule is written down for it; its gradients can be looked at all the same."))]]
    rows = [["forward", formula_text(card.forward), card.forward_shapes, ""]]
    for line in card.gradients:
        goes = graph.node(line.target) if line.target is not None else None
        number, count = line.term
        term = tr(", term {number} of {count}").format(number=number, count=count) if count > 1 else ""
        to = tr("wants no gradient") if goes is None else tr("to {goes}{term}").format(goes=node_label(goes), term=term)
        if len(line.route) > 1:
            last = line.route[-1]
            to += tr(", on to {name}").format(name=last.name) + (
                tr(", term {value} of {value_2}").format(value=last.term[0], value_2=last.term[1])
                if last.term[1] > 1
                else ""
            )
        rows.append([tr("grad of {input}").format(input=line.input), formula_text(line.formula), line.shapes, to])
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
    head: Line = [("", tr("  gradient of ")), ("bold", node_label(graph.node(sum_.node)))]
    head.append(
        ("dim", tr(": a sum of {terms} terms, {arrived} in").format(terms=len(sum_.terms), arrived=sum_.arrived))
    )
    shown = sum_.terms if len(sum_.terms) <= most else _around(sum_, most)
    rows = [_term_row(graph, term) for term in shown]
    lines = [head]
    for line, term in zip(table(rows, ["dim", "", "dim", "backward"], indent=4), shown, strict=True):
        mark = ("backward", "  ▶ ") if term.state == "next" else ("", "    ")
        lines.append([mark, *line[1:]])
    if len(shown) < len(sum_.terms):
        lines.append([("dim", f"    … {len(sum_.terms) - len(shown)} more")])
    if sum_.norm is not None:
        lines.append(
            [
                ("", tr("    ")),
                ("dim", tr("their sum  ")),
                ("backward", tr("norm {norm}").format(norm=number(sum_.norm))),
                ("dim", tr(" (norms of terms do not add)") if len(sum_.terms) > 1 else ""),
            ]
        )
    return lines


def _around(sum_: TermSum, most: int) -> tuple[Term, ...]:
    first = min(max(0, sum_.arrived - most // 2), len(sum_.terms) - most)
    return sum_.terms[first : first + most]


def _term_row(graph: Graph, term: Term) -> list[str]:
    use = tr("use {use}").format(use=term.use) if term.use else ""
    given = {
        "in": tr("norm {norm}").format(norm=number(term.norm)),
        "none": tr("none came"),
        "next": tr("comes next"),
        "pending": "",
    }[term.state]
    behind = sorted(term.givers - {term.consumer})
    by = f"{node_label(graph.node(term.consumer))}" + (
        tr(" from {node_label}").format(node_label=node_label(graph.node(behind[0]))) if behind else ""
    )
    return [str(term.number), by, use, given]
