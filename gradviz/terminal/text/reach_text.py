"""Which parameters the gradient reaches, as a table; those that it does not reach come first, with the reason."""

from __future__ import annotations

from gradviz.model.graph.graph import line_text
from gradviz.protocol.records import GraphRecord, ReachRecord
from gradviz.terminal.text.screen import Line, columns_of, ending, shape_words, table, wrapped

_MARKS = {True: ("update", "✓"), False: ("error", "✗"), None: ("dim", "?")}


def reach_lines(graph: GraphRecord, width: int) -> list[Line]:
    """One line for each tensor, and what could not be explained."""
    if not graph.reach:
        return [[("dim", "No parameter is known of, or this network computes its gradients by hand.")]]
    order = sorted(graph.reach, key=lambda record: (record.reached is True, record.reached is None))
    reached = sum(record.reached is True for record in order)
    lines: list[Line] = [[("", f"{reached} of {len(order)} parameters get a gradient")]]
    shapes = [shape_words(r.shape) for r in order]
    room = width - 6 - max(map(columns_of, shapes))
    rows = [[ending(" = ".join(r.names), room), shape, _why(r)] for r, shape in zip(order, shapes, strict=True)]
    for record, line in zip(order, table(rows, ["", "dim", "dim"]), strict=True):
        style, mark = _MARKS[record.reached]
        lines.append([("", "  "), (style, mark), ("", " "), *line[1:]])
    for item in graph.unexplained:
        text = f"not explained: {item.what} of #{item.node}: {item.text}"
        lines += [[("dim", f"  {part}")] for part in wrapped(text, width - 2)]
    return lines


def _why(record: ReachRecord) -> str:
    if record.reached:
        return ""
    reason = record.text or record.reason or ("only backward can tell" if record.reached is None else "")
    return " ".join(filter(None, (reason, line_text(record.file, record.line))))
