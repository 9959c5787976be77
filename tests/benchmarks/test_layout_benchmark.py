"""Layout of real graphs, folded and open, beside plain `dot` with one DOT cluster per module in the same run."""

from __future__ import annotations

import multiprocessing
from itertools import count
from multiprocessing.connection import Connection

import pygraphviz
import pytest

from gradviz.export.dot_source import digraph
from gradviz.export.render import draw
from gradviz.layout.layout import place
from gradviz.layout_process.messages import pack, unpack
from gradviz.model.graph.folding import open_by_default
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import GraphRecord
from tests.benchmarks.large_models import record_of
from tests.benchmarks.ratios import seconds
from tests.helpers.graphs import repeated_blocks

_PATIENCE = 60.0
"""Seconds after which plain `dot` is given up on."""


def _plain(source: str, fmt: str, told: Connection) -> None:
    drawing = pygraphviz.AGraph(string=source)
    work = (lambda: drawing.draw(format=fmt, prog="dot")) if fmt else (lambda: drawing.layout("dot"))
    told.send(seconds(work))


def _seconds_of_plain(source: str, fmt: str = "") -> float:
    """What `dot` itself takes, in a process that can be killed: Graphviz cannot be interrupted."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_plain, args=(source, fmt, there))
    process.start()
    found = here.recv() if here.poll(_PATIENCE) else _PATIENCE
    process.kill()
    process.join()
    return found


def _tell(title: str, ours: float, plain: float) -> None:
    given_up = ", given up" if plain >= _PATIENCE else ""
    print(f"\n{title}: {ours / plain:.4f} ({ours * 1e3:.0f} ms over {plain * 1e3:.0f} ms{given_up})")


@pytest.mark.timeout(200)
@pytest.mark.parametrize("blocks", [5, 50, 500])
def test_stitched_over_plain_dot(blocks: int):
    graph = repeated_blocks(blocks, 20)
    place(graph)
    ours = min(seconds(lambda: place(Graph(graph.record))) for _ in range(3))
    _tell(f"layout of {len(graph):,} nodes, stitched over plain dot", ours, _seconds_of_plain(digraph(graph).source))


@pytest.mark.timeout(200)
@pytest.mark.parametrize(("name", "limit"), [("decoder", 0.5), ("densenet", 1.0), ("lstm", 1.5)])
def test_everything_open_over_plain_dot(name: str, limit: float):
    record = record_of(name)
    ours = min(seconds(lambda: unpack(pack(place(Graph(record))))) for _ in range(3))
    plain = _seconds_of_plain(digraph(Graph(record)).source)
    _tell(f"{name}, {len(record.nodes):,} nodes, all open (wanted: {limit} s)", ours, plain)


@pytest.mark.timeout(200)
@pytest.mark.parametrize(("name", "limit"), [("decoder", 0.2), ("lstm", 0.5), ("100,000 nodes", 3.0)])
def test_folded_as_it_is_first_shown(name: str, limit: float):
    record = record_of(name)

    def fold() -> None:
        graph = Graph(record)
        unpack(pack(place(graph, open_clusters=open_by_default(graph))))

    ours = min(seconds(fold) for _ in range(3))
    print(f"\n{name}, {len(record.nodes):,} nodes, folded: {ours * 1e3:.0f} ms (wanted: {limit} s)")


@pytest.mark.timeout(200)
def test_full_picture_of_the_decoder_over_one_box_for_each_autograd_node_drawn_by_dot():
    record = record_of("decoder")
    ours = min(seconds(lambda: draw(Graph(record), "svg", full=True)) for _ in range(3))
    plain = _seconds_of_plain(_flat_source(record), "svg")
    _tell("full picture of the decoder over flat dot", ours, plain)


def _flat_source(record: GraphRecord) -> str:
    """The autograd graph as tools without modules write it: from the loss down, depth first, each node a box where it
    is met first, each leaf with its accumulator."""
    graph = Graph(record)
    numbers = count()
    names = {node.id: f"n{next(numbers)}" for node in graph.nodes}
    style = "node [align=left fontname=monospace fontsize=10 height=0.2 ranksep=0.1 shape=box style=filled]"
    lines = ["digraph {", 'graph [size="12,12"]', style]
    seen: set[int] = set()
    stack = [next(node.id for node in graph.nodes if node.kind == "loss")]
    while stack:
        node = graph.node(stack.pop())
        if node.id in seen:
            continue
        seen.add(node.id)
        if node.kind == "parameter":
            shape = ", ".join(map(str, node.shape or ()))
            lines.append(f'{names[node.id]}v [label="{node.name}\\n ({shape})" fillcolor=lightblue]')
            lines.append(f"{names[node.id]}v -> {names[node.id]}")
        lines.append(f'{names[node.id]} [label="{node.type_name or node.name}"]')
        sources = [edge.source for edge in graph.incoming[node.id]]
        sources = [i for i in sources if graph.node(i).kind in ("parameter", "function", "custom")]
        lines += [f"{names[source]} -> {names[node.id]}" for source in sources]
        stack.extend(reversed(sources))
    return "\n".join([*lines, "}"])
