"""Equal texts of a graph's records become one object, and nothing else changes."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gradviz.model.graph.graph import EdgeTable, Graph, share_texts
from gradviz.protocol.records import EdgeRecord, GraphRecord
from tests.helpers.graphs import dynamic


def arrived(graph: Graph) -> GraphRecord:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(graph.record), type=GraphRecord)


def test_shared_records_are_equal_to_what_came() -> None:
    graph = dynamic(3)
    record = arrived(graph)
    share_texts(record)
    assert record == graph.record


def test_equal_texts_and_shapes_are_one_object() -> None:
    record = arrived(dynamic(3))
    share_texts(record)
    for field in ("name", "type_name", "shape"):
        values = [getattr(node, field) for node in record.nodes if getattr(node, field)]
        assert len({id(value) for value in values}) == len(set(values)), field


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)), max_size=30))
def test_a_table_of_edges_has_each_edge_at_its_node_in_order(ends: list[tuple[int, int, int]]) -> None:
    import numpy as np

    edges = [EdgeRecord(a, b, 0, slot) for a, b, slot in ends]
    index = {node: node for node in range(6)}
    places = np.array([edge.target for edge in edges], np.int64)
    ranks = np.array([edge.input_nr for edge in edges], np.int64)
    table = EdgeTable(index, edges, places, ranks)
    for node in index:
        expected = sorted((edge for edge in edges if edge.target == node), key=lambda edge: edge.input_nr)
        assert table[node] == expected
