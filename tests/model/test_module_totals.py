"""Totals by module: counted once, summed upward, in the order of the model."""

from __future__ import annotations

import csv
import io

import numpy as np

from gradviz.model.graph.graph import Graph
from gradviz.model.overlay.overlay_values import Column
from gradviz.model.tables.module_totals import Totals, as_csv
from gradviz.protocol.records import ClusterRecord, EdgeRecord, GraphRecord, NodeRecord, ParameterRecord

PARAMETERS = (
    ParameterRecord(("wte.weight", "head.weight"), (10, 4), "float32"),
    ParameterRecord(("h.0.fc.weight",), (4, 4), "float32"),
    ParameterRecord(("h.0.fc.bias",), (4,), "float32", False),
    ParameterRecord(("h.10.fc.weight",), (4, 4), "float16"),
    ParameterRecord(("h.2.fc.weight",), (4, 4), "float32"),
    ParameterRecord(("unused.weight",), (3,), "float32"),
    ParameterRecord(("gain",), (), "float32"),
)


def graph() -> Graph:
    clusters = (
        ClusterRecord("wte", "Embedding"),
        ClusterRecord("h.0", "Block"),
        ClusterRecord("h.0.fc", "Linear", 1),
        ClusterRecord("h.2", "Block"),
        ClusterRecord("h.2.fc", "Linear", 3),
        ClusterRecord("h.10", "Block"),
        ClusterRecord("h.10.fc", "Linear", 5),
        ClusterRecord("head", "Linear", uses=2),
        ClusterRecord("head", "Linear", use=2, uses=2),
        ClusterRecord("checkpoint", "", kind="region"),
    )
    homes = [0, 2, 1, 4, 6, 7, 8, -1, 9]
    nodes = tuple(NodeRecord(i, "function", f"op{i}", cluster=home, shape=(i,)) for i, home in enumerate(homes))
    edges = tuple(EdgeRecord(i, i + 1) for i in range(len(nodes) - 1))
    return Graph(GraphRecord("t", "autograd", nodes, edges, clusters))


def totals() -> Totals:
    return Totals(graph(), PARAMETERS, "Tiny")


def row(known: Totals, path: str):
    return known.rows[known.index[path]]


def test_the_whole_counts_a_tied_weight_once_and_each_of_its_modules_has_it() -> None:
    known = totals()
    assert row(known, "").total == 40 + 16 + 4 + 16 + 16 + 3 + 1
    assert row(known, "wte").total == row(known, "head").total == 40
    assert known.tied == (("wte.weight", "head.weight"),)


def test_own_parameters_are_not_those_of_the_modules_inside() -> None:
    known = totals()
    assert (row(known, "h.0").own, row(known, "h.0").total) == (0, 20)
    assert (row(known, "").own, row(known, "h").total) == (1, 52)


def test_frozen_parameters_are_counted_but_are_not_trainable_and_bytes_go_by_type() -> None:
    known = totals()
    assert (row(known, "h.0").total, row(known, "h.0").trainable, row(known, "h.0").size) == (20, 16, 80)
    assert row(known, "h.10").size == 32


def test_rows_come_in_the_order_of_calls_blocks_by_number_and_what_is_never_called_last() -> None:
    known = totals()
    top = [known.rows[child].path for child in known.children[0]]
    assert top == ["wte", "h", "head", "unused"]
    assert [known.rows[child].path for child in known.children[known.index["h"]]] == ["h.0", "h.2", "h.10"]
    for number, module in enumerate(known.rows):
        assert module.parent < number


def test_a_module_called_twice_is_one_row_with_the_output_of_its_first_call() -> None:
    head = row(totals(), "head")
    assert (head.uses, head.class_name, head.output, len(head.clusters)) == (2, "Linear", (5,), 2)
    assert row(totals(), "h").uses == 0 and row(totals(), "h").class_name == ""


def test_the_output_is_of_the_last_node_that_is_used_outside() -> None:
    assert row(totals(), "h.0").output == (2,)
    assert row(totals(), "h.0.fc").output == (1,)


def test_what_was_measured_is_summed_by_module_and_a_region_belongs_to_what_is_around_it() -> None:
    known, count = totals(), 9
    sums = known.sums(Column(np.arange(count, dtype=float), np.ones(count, np.bool_)))
    assert sums.values[0] == 36
    assert sums.values[known.index["head"]] == 5 + 6
    assert sums.values[known.index["h"]] == 1 + 2 + 3 + 4
    assert not sums.measured[known.index["unused"]]
    assert "checkpoint" not in known.index


def test_without_a_graph_parameters_are_known_all_the_same() -> None:
    known = Totals(None, PARAMETERS, "Tiny")
    assert row(known, "").total == 96 and row(known, "wte").output is None


def test_a_model_without_parameters_and_modules_is_one_row() -> None:
    known = Totals(None, (), "Nothing")
    assert [module.total for module in known.rows] == [0] and known.children[-1] == [0]


def test_the_file_has_every_row_in_full_and_what_was_not_measured_empty() -> None:
    known = totals()
    values = np.full(9, np.nan)
    values[1] = 1 / 3
    text = as_csv(known, {"time_forward": Column(values, ~np.isnan(values))})
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(known.rows)
    by_path = {found["module"]: found for found in rows}
    assert float(by_path["h.0.fc"]["time_forward_s"]) == 1 / 3
    assert by_path["wte"]["time_forward_s"] == "" and by_path["head"]["calls"] == "2"
    assert by_path["h.0"]["output"] == "2" and by_path[""]["parameters"] == "96"
