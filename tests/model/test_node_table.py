"""The nodes as a table: order, filter, and the file of all columns."""

from __future__ import annotations

import csv
import io
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.model.graph.graph import Graph
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.node_table import FIELDS, MEASURES, NodeTable, as_csv, order_of
from gradviz.protocol.records import ClusterRecord, GraphRecord, NodeRecord

NODES = (
    NodeRecord(-1, "parameter", "h.10.weight", names=("h.10.weight", "wte.weight"), shape=(4, 4), dtype="float32"),
    NodeRecord(0, "function", "mm", "MmBackward0", "torch.Tensor.mm", 0, "/code/net.py", 15, (64, 100), "float32"),
    NodeRecord(1, "function", "h.2.add", "AddBackward0", "torch.add", 1, "/code/net.py", 9, (64, 5), "float16"),
    NodeRecord(2, "function", "sum", "SumBackward0", "torch.Tensor.sum", -1, "", 0, None),
)


def table() -> NodeTable:
    clusters = (ClusterRecord("h.0.attn", "Attention"), ClusterRecord("cell", "LSTMCell", use=3, uses=9))
    return NodeTable(Graph(GraphRecord("t", "autograd", NODES, (), clusters)))


def column(*values: float | None) -> Column:
    array = np.array([math.nan if value is None else value for value in values], float)
    return Column(array, np.array([value is not None for value in values], bool))


def test_cells_say_what_is_known_of_a_node() -> None:
    shown = table()
    assert [shown.text(field, 1) for field in FIELDS] == [
        "0", "mm", "function", "MmBackward0", "torch.Tensor.mm", "h.0.attn", "net.py:15", "64 × 100", "float32",
    ]  # fmt: skip
    assert shown.text("module", 2) == "cell #3" and shown.text("name", 0) == "h.10.weight = wte.weight"
    assert shown.text("shape", 3) == "" and shown.text("line", 3) == ""


def test_numbers_in_names_are_ordered_as_numbers() -> None:
    names = [NODES[row].name for row in table().order("name")]
    assert names == ["h.2.add", "h.10.weight", "mm", "sum"]


def test_shapes_are_ordered_by_size_and_ids_as_numbers() -> None:
    shown = table()
    assert shown.order("shape").tolist() == [3, 0, 2, 1]
    assert shown.order("id", descending=True).tolist() == [3, 2, 1, 0]


@pytest.mark.parametrize(
    ("text", "rows"),
    [("mm", [1]), ("64x100", [1]), ("64 × 5", [2]), ("attn tensor", [1]), ("WTE", [0]), ("", [0, 1, 2, 3]), ("zz", [])],
)
def test_the_filter_takes_every_word_in_any_column(text: str, rows: list[int]) -> None:
    assert np.flatnonzero(table().matching(text)).tolist() == rows


def test_what_was_not_measured_is_last_either_way_and_nan_counts_as_largest() -> None:
    values = column(1.0, None, math.nan, -2.0, math.inf, 0.0)
    assert order_of(values).tolist() == [3, 5, 0, 4, 2, 1]
    assert order_of(values, descending=True).tolist() == [2, 4, 0, 5, 3, 1]


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=True)), max_size=50))
def test_an_order_is_a_permutation_and_equal_values_stay_in_the_graphs_order(values) -> None:
    for descending in (False, True):
        order = order_of(column(*values), descending=descending).tolist()
        assert sorted(order) == list(range(len(values)))
        for first, second in itertools.pairwise(order):
            if values[first] is not None and values[first] == values[second]:
                assert first < second


def test_the_file_reads_back_to_the_same_values_and_nothing_is_not_zero() -> None:
    columns = {kind: column(None, None, None, None) for kind in MEASURES}
    columns["grad_norm"] = column(1 / 3, 0.0, None, math.nan)
    columns["saved_bytes"] = column(None, 25_600.0, None, None)
    rows = list(csv.DictReader(io.StringIO(as_csv(table(), columns))))
    assert list(rows[0]) == [*FIELDS, "time_forward_s", "time_backward_s", *MEASURES[2:]]
    assert [row["grad_norm"] for row in rows] == [repr(1 / 3), "0", "", "nan"]
    assert rows[1]["saved_bytes"] == "25600" and rows[1]["line"] == "/code/net.py:15" and rows[1]["shape"] == "64x100"


def test_a_name_with_a_comma_or_a_quote_stays_one_cell() -> None:
    node = NodeRecord(0, "function", 'a, "b"\nc')
    text = as_csv(NodeTable(Graph(GraphRecord("q", "autograd", (node,), ()))), {})
    assert next(csv.DictReader(io.StringIO(text)))["name"] == 'a, "b"\nc'
