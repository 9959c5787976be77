"""Where one stands in the code: the modules around the stop, and the lines around its line."""

from __future__ import annotations

from pathlib import Path

from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import PointRecord
from gradviz.terminal.text.code_text import excerpt
from gradviz.terminal.text.screen import Line, wrapped
from gradviz.terminal.text.stop_text import module_words, name_of

AROUND = 5
"""Lines of code before and after."""


def where_lines(point: PointRecord, graph: Graph | None, width: int, *, coloured: bool) -> list[Line | str]:
    """Module path, file and line, and the code around. The path is plain text, so that it is not cut."""
    lines: list[Line | str] = [[("bold", name_of(point, graph)), ("dim", f"  {point.op or point.grad_fn}")]]
    lines += _modules(point, graph)
    if not point.file:
        lines += [[("dim", f"  {part}")] for part in wrapped(_without_line(point), width - 2)]
        return lines
    lines.append(f"  {point.file}:{point.line}")
    code = excerpt(point.file, point.line, AROUND, coloured=coloured)
    if not code:
        lines.append([("dim", f"  {Path(point.file).name} cannot be read.")])
    digits = len(str(code[-1][0])) if code else 0
    for number, text in code:
        here = number == point.line
        mark = (point.phase, "▶ ") if here else ("", "  ")
        lines.append([("", "  "), mark, ("bold" if here else "dim", f"{number:>{digits}}  "), *text])
    return lines


def _without_line(point: PointRecord) -> str:
    if point.phase == "update":
        return "The optimizer does this by itself, not a line of yours."
    if point.op:
        return f"{point.op} was called by torch, not from a line of yours."
    return "Autograd does this by itself, not a line of yours."


def _modules(point: PointRecord, graph: Graph | None) -> list[Line]:
    if not point.module:
        return [[("dim", "  in no module")]]
    line: Line = [("dim", "  in "), ("", module_words(point, graph))]
    if graph is not None and point.node is not None and point.node in graph:
        cluster_id = graph.node(point.node).cluster
        if cluster_id != -1:
            line.append(("dim", f"  {graph.clusters[cluster_id].class_name}"))
            region = next((graph.clusters[i] for i in graph.cluster_path(cluster_id) if graph.clusters[i].note), None)
            if region is not None:
                return [line, [("dim", f"  {region.note}")]]
    return [line]
