"""Placements made by hand: functions on a grid, each fed by the one before it."""

from __future__ import annotations

import numpy as np

from gradviz.layout.geometry.placement import Placement
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord

WIDTH, HEIGHT, ACROSS, DOWN = 120, 44, 160, 80


def grid(count: int, columns: int = 0) -> tuple[Graph, Placement]:
    """`count` functions in rows of `columns` (about a square, if 0), chained in order."""
    columns = columns or max(int(count**0.5), 1)
    nodes = tuple(
        NodeRecord(i, "function", f"op{i % 40}", type_name=f"Op{i % 40}Backward0", shape=(4, 4)) for i in range(count)
    )
    edges = tuple(EdgeRecord(i - 1, i, shape=(4, 4)) for i in range(1, count))
    graph = Graph(GraphRecord(f"grid-{count}", "autograd", nodes, edges))
    at = np.arange(count)
    rect = np.stack(
        [at % columns * ACROSS, at // columns * DOWN, np.full(count, WIDTH), np.full(count, HEIGHT)], axis=1
    ).astype(np.float32)
    start = rect[:-1, :2] + (WIDTH / 2, HEIGHT) if count else np.zeros((0, 2))
    end = rect[1:, :2] + (WIDTH / 2, 0) if count else np.zeros((0, 2))
    reach = np.array([0, 20])
    points = np.stack([start, start + reach, end - reach, end], axis=1).reshape(-1, 2).astype(np.float32)
    links = max(count - 1, 0)
    return graph, Placement(
        signature=graph.signature,
        width=float(columns * ACROSS),
        height=float((count // columns + 1) * DOWN),
        box_node=at.astype(np.int32),
        box_cluster=np.full(count, -1, np.int32),
        box_badge=np.zeros(count, np.bool_),
        box_compact=np.zeros(count, np.bool_),
        box_rect=rect,
        cluster_id=np.zeros(0, np.int32),
        cluster_rect=np.zeros((0, 4), np.float32),
        cluster_depth=np.zeros(0, np.int32),
        edge_source=np.arange(links, dtype=np.int32),
        edge_target=np.arange(1, links + 1, dtype=np.int32),
        edge_index=np.arange(links, dtype=np.int32),
        edge_count=np.ones(links, np.int32),
        edge_start=(np.arange(links + 1) * 4).astype(np.int32),
        points=points,
        label_position=((start + end) / 2 + (9, 0)).astype(np.float32),
    )
