"""Searching a graph: by module, op, shape and parameter, in the order of execution."""

from __future__ import annotations

import pytest

from gradviz.model.graph.graph import Graph
from gradviz.model.graph.search import SCOPES, search_of
from tests.helpers.graphs import GraphBuilder, dynamic, two_layers


def nested() -> Graph:
    b = GraphBuilder()
    for block in range(3):
        outer = b.cluster(f"h.{block}", "Block")
        attn = b.cluster(f"h.{block}.attn", "Attention", outer)
        b.cluster(f"h.{block}.attn.c_proj", "Linear", attn)
        b.node(f"mm#{block}", cluster=attn)
    return b.build("nested")


def names(graph: Graph, text: str, scope: str) -> list[str]:
    found = search_of(graph).search(text, scope)
    return [graph.clusters[f.id].path if f.is_module else graph.node(f.id).name for f in found]


@pytest.mark.parametrize("text", ["64x100", "64 × 100", " 64 X 100 "])
def test_a_shape_is_found_however_it_is_typed(text: str) -> None:
    assert names(two_layers(), text, "shape") == ["mm", "clamp"]


def test_ops_are_found_by_name_and_by_class() -> None:
    assert names(two_layers(), "clamp", "op") == ["clamp"]
    assert names(two_layers(), "ClampBackward", "op") == ["clamp"]
    assert names(two_layers(), "w1", "op") == []


def test_parameters_are_found_by_a_part_of_their_name() -> None:
    assert names(dynamic(), "middle_linear.w", "parameter") == ["middle_linear.weight"]
    assert names(two_layers(), "x", "parameter") == []


def test_a_module_is_found_by_the_last_part_of_its_path_or_its_class() -> None:
    graph = nested()
    assert names(graph, "attn", "module") == ["h.0.attn", "h.1.attn", "h.2.attn"]
    assert names(graph, "attn.c", "module") == ["h.0.attn.c_proj", "h.1.attn.c_proj", "h.2.attn.c_proj"]
    assert names(graph, "Block", "module") == ["h.0", "h.1", "h.2"]
    assert names(graph, "h.1", "module") == ["h.1"]


def test_nothing_is_found_by_nothing() -> None:
    for scope in SCOPES:
        assert names(dynamic(), "  ", scope) == []
        assert names(dynamic(), "no such thing", scope) == []


def test_the_index_is_made_once_for_a_graph() -> None:
    graph = two_layers()
    assert search_of(graph) is search_of(graph)
