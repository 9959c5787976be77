"""One level as DOT source, and the answer read back: here alone Graphviz's points, y up, become pixels, y down."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import numpy as np
import pygraphviz
from pygraphviz import graphviz as engine

from gradviz.errors import LayoutError
from gradviz.language import tr
from gradviz.layout.geometry import bezier as curves
from gradviz.layout.geometry.placement import Points

# Graphviz's points are our pixels; sizes of nodes and gaps are asked in inches of 72 points.
_INCH = 72.0
_ALIGNED = 50
_LARGEST_CELL = 65_000
"""HTML-like labels hold sizes in 16 bits; larger boxes get no ports."""


@dataclass(slots=True)
class DotNode:
    """A rectangle to place. Ports are x offsets on its top and bottom, y offsets on its left and right sides."""

    width: float
    height: float
    top: list[float] = field(default_factory=list)
    bottom: list[float] = field(default_factory=list)
    left: dict[int, float] = field(default_factory=dict)
    right: dict[int, float] = field(default_factory=dict)

    @property
    def has_ports(self) -> bool:
        """Whether lines meet it at ports only."""
        ported = bool(self.top or self.bottom or self.left or self.right)
        return ported and max(self.width, self.height) < _LARGEST_CELL


@dataclass(slots=True)
class DotLine:
    """A link between two blocks; a port is `t0`, `b1`, `l0`, `r0`, a compass point `n`, `s`, or empty."""

    tail: int
    head: int
    tail_port: str = ""
    head_port: str = ""
    weight: int = 1
    reversed: bool = False
    """Written from head to tail, so that the head is placed above the tail."""


@dataclass(slots=True)
class Sheet:
    """All blocks and lines of one level."""

    blocks: list[DotNode] = field(default_factory=list)
    lines: list[DotLine] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    """Blocks that must be in the first rank: in-ports."""
    last: list[int] = field(default_factory=list)
    late: frozenset[int] = frozenset()
    """Blocks written after all others, which puts them to the left of what they feed."""
    aligned: list[tuple[int, int]] = field(default_factory=list)
    """Pairs of blocks, the upper one first, whose middles shall be over each other."""
    rank_gap: float = 34.0
    column_gap: float = 24.0
    hurried: bool = False


class _Object(msgspec.Struct):
    name: str
    pos: str = ""


class _Edge(msgspec.Struct):
    comment: str = ""
    pos: str = ""


class _Answer(msgspec.Struct):
    bb: str
    objects: list[_Object] = []
    edges: list[_Edge] = []


_decoder = msgspec.json.Decoder(_Answer)
calls = 0
"""How often Graphviz was called in this process, for tests and benchmarks."""


def lay_out(sheet: Sheet) -> tuple[Points, list[Points]]:
    """Return the blocks' centers (blocks, 2) and per line its Bézier points (3n + 1, 2), in pixels, y down.

    Raises:
        LayoutError: Graphviz could not place it.
    """
    global calls
    calls += 1
    answer = _decoder.decode(_run(source(sheet)))
    height = float(answer.bb.split(",")[3])
    centers = np.zeros((len(sheet.blocks), 2))
    for obj in answer.objects:
        if obj.name.isdigit():
            x, _, y = obj.pos.partition(",")
            centers[int(obj.name)] = float(x), height - float(y)
    # Where its router gives up on a line, Graphviz warns and leaves it out: those are drawn by ourselves.
    paths = [falling(sheet, centers, line) for line in sheet.lines]
    for edge in answer.edges:
        if edge.pos and edge.comment:
            number = int(edge.comment)
            points = np.array([pair.split(",") for pair in edge.pos.split()], dtype=np.float64)
            points[:, 1] = height - points[:, 1]
            paths[number] = points[::-1].copy() if sheet.lines[number].reversed else points
    return centers, paths


def falling(sheet: Sheet, centers: Points, line: DotLine) -> Points:
    """Draw a line without regard to boxes in its way, where Graphviz leaves it out."""
    (x0, y0), (x1, y1) = centers[line.tail], centers[line.head]
    down = 1 if y1 >= y0 else -1
    y0 += down * sheet.blocks[line.tail].height / 2
    y1 -= down * sheet.blocks[line.head].height / 2
    return curves.falling(x0, y0, x1, y1)


def _run(text: str) -> bytes:
    graph = pygraphviz.AGraph(string=text)
    context = engine.gvContextWithBuiltins()
    try:
        if engine.gvLayout(context, graph.handle, b"dot"):
            raise LayoutError(tr("Graphviz could not place this graph; fold some clusters and try again."))
        # Rendered at once to JSON: reading attributes one by one through pygraphviz takes ten times as long.
        _, answer = engine.gvRenderData(context, graph.handle, b"json0")
        engine.gvFreeLayout(context, graph.handle)
    finally:
        engine.gvFreeContext(context)
        graph.close()
    return answer if isinstance(answer, bytes) else answer.encode()


def source(sheet: Sheet) -> str:
    """Return the DOT source of one level. Nodes in order of execution alone make `dot` two to four times quicker."""
    parts = [
        "digraph {",
        f"graph [ranksep={sheet.rank_gap / _INCH:.4f},nodesep={sheet.column_gap / _INCH:.4f}"
        + (",nslimit=1,mclimit=0.1" if sheet.hurried else "")
        + "];",
        'node [shape=box,fixedsize=true,label=""];',
        "edge [dir=none];",
    ]
    for number in sorted(range(len(sheet.blocks)), key=lambda n: n in sheet.late):
        block = sheet.blocks[number]
        if block.has_ports:
            parts.append(f"{number} [shape=plain,fixedsize=false,width=0,height=0,label={_table(block)}];")
        else:
            parts.append(f"{number} [width={block.width / _INCH:.4f},height={block.height / _INCH:.4f}];")
    if sheet.first:
        parts.append(f"{{rank=source;{';'.join(map(str, sheet.first))}}}")
    if sheet.last:
        parts.append(f"{{rank=sink;{';'.join(map(str, sheet.last))}}}")
    for number, line in enumerate(sheet.lines):
        tail = _end(sheet.blocks[line.tail], line.tail_port)
        head = _end(sheet.blocks[line.head], line.head_port)
        ends = (
            (f"{line.head}{head}", f"{line.tail}{tail}")
            if line.reversed
            else (f"{line.tail}{tail}", f"{line.head}{head}")
        )
        parts.append(f"{ends[0]} -> {ends[1]} [comment={number},weight={line.weight}];")
    parts += [f"{upper}:s -> {lower}:n [style=invis,weight={_ALIGNED}];" for upper, lower in sheet.aligned]
    parts.append("}")
    return "\n".join(parts)


def _end(block: DotNode, port: str) -> str:
    if not port or port in "ns":
        return f":{port}" if port else ""
    if not block.has_ports:
        return ":n" if port[0] == "t" else ":s" if port[0] == "b" else ""
    return f":{port}:{ {'t': 'n', 'b': 's', 'l': 'w', 'r': 'e'}[port[0]] }".replace(" ", "")


_TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'


def _table(block: DotNode) -> str:
    # Cells of exact size: Graphviz knows no other way to say where on its border a box is entered.
    width, height = round(block.width), round(block.height)
    top = _strip("t", block.top, width)
    bottom = _strip("b", block.bottom, width)
    middle = _sides(block, width, height - 2)
    return f"<{_TABLE}<TR><TD>{top}</TD></TR><TR><TD>{middle}</TD></TR><TR><TD>{bottom}</TD></TR></TABLE>>"


def _strip(letter: str, offsets: list[float], width: int) -> str:
    cells, x = [], 0
    for at, number in sorted((round(offset) - 1, number) for number, offset in enumerate(offsets)):
        at = min(max(at, x), width - 2)
        if at > x:
            cells.append(_cell(at - x, 1))
        cells.append(_cell(2, 1, f"{letter}{number}"))
        x = at + 2
    if x < width:
        cells.append(_cell(width - x, 1))
    return f"{_TABLE}<TR>{''.join(cells)}</TR></TABLE>"


def _sides(block: DotNode, width: int, height: int) -> str:
    marks = {round(y) - 2: (f"l{number}", "") for number, y in block.left.items()}
    for number, y in block.right.items():
        left = marks.get(round(y) - 2, ("", ""))[0]
        marks[round(y) - 2] = (left, f"r{number}")
    rows, y = [], 0
    for at, (left, right) in sorted(marks.items()):
        if at > y:
            rows.append(f"<TR>{_cell(1, at - y)}{_cell(width - 2, at - y)}{_cell(1, at - y)}</TR>")
        rows.append(f"<TR>{_cell(1, 2, left)}{_cell(width - 2, 2)}{_cell(1, 2, right)}</TR>")
        y = at + 2
    if y < height:
        rows.append(f"<TR>{_cell(1, height - y)}{_cell(width - 2, height - y)}{_cell(1, height - y)}</TR>")
    return f"{_TABLE}{''.join(rows)}</TABLE>"


def _cell(width: int, height: int, port: str = "") -> str:
    name = f' PORT="{port}"' if port else ""
    return f'<TD{name} FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}"></TD>'
