"""Stitched layout against plain `dot` with one DOT cluster per module: graphs of 100, 1,000 and 10,000 nodes."""

from __future__ import annotations

import multiprocessing

import pygraphviz
import pytest

from gradviz.layout.compute import place
from gradviz.layout.sources import digraph
from gradviz.model.graph import Graph
from tests.benchmarks.ratios import seconds
from tests.helpers.graphs import repeated_blocks

_PATIENCE = 60.0
"""Seconds after which plain `dot` is given up on."""


def _plain(source: str) -> None:
    pygraphviz.AGraph(string=source).layout("dot")


def _seconds_of_plain(graph: Graph) -> float:
    # In a process that can be killed: Graphviz cannot be interrupted.
    process = multiprocessing.get_context("spawn").Process(target=_plain, args=(digraph(graph).source,))

    def run() -> None:
        process.start()
        process.join(_PATIENCE)
        if process.is_alive():
            process.kill()
            process.join()

    return seconds(run)


@pytest.mark.timeout(200)
@pytest.mark.parametrize("blocks", [5, 50, 500])
def test_stitched_over_plain_dot(blocks: int):
    graph = repeated_blocks(blocks, 20)
    place(graph)
    ours = min(seconds(lambda: place(Graph(graph.record))) for _ in range(3))
    start = _seconds_of_plain(repeated_blocks(1, 1))
    plain = max(_seconds_of_plain(graph) - start, 1e-3)
    given_up = " (given up)" if plain > _PATIENCE - start else ""
    print(f"\nlayout of {len(graph):,} nodes, stitched over plain dot: {ours / plain:.4f}", end="")
    print(f" ({ours * 1e3:.0f} ms over {plain * 1e3:.0f} ms{given_up})")
    assert ours < 5
