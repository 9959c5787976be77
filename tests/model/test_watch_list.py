"""Watched tensors: what they were before, and how two of them differ."""

from __future__ import annotations

import struct

import pytest
import torch
from msgspec.structs import replace

from gradviz.errors import GradvizError
from gradviz.model.graph.graph import Graph
from gradviz.model.tensor_choices import TensorChoice
from gradviz.model.watch_list import figure_of, from_text, subtract, to_text, watched_expression, watched_tensor
from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import GraphRecord, NodeRecord, StatisticsRecord
from tests.helpers.answers import answered


def sent(*values: float) -> TensorAnswered:
    data = struct.pack(f"<{len(values)}d", *values)
    return TensorAnswered(1, shape=(len(values),), values=((len(values),), data), slice=":")


def test_a_difference_has_its_norm_its_largest_element_and_is_relative_to_the_other() -> None:
    one = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    other = torch.tensor([[1.0, 2.0], [6.0, 0.0]])
    found = subtract(answered(one, values=True), answered(other, values=True))
    assert (found.norm, found.largest, found.element) == (5.0, 4.0, (1, 1))
    assert found.relative == pytest.approx(5 / other.norm().item())
    assert (found.compared, found.count) == (4, 4)


def test_of_a_large_tensor_what_was_sent_is_compared_and_counted() -> None:
    one = torch.zeros(100, 100)
    found = subtract(answered(one, values=True), answered(one + 1, values=True))
    assert found.count == 10_000 and 0 < found.compared <= 4096 and found.largest == -1.0


def test_a_nan_is_the_largest_difference_and_equal_infinities_are_none() -> None:
    found = subtract(sent(float("inf"), float("nan"), 1.0), sent(float("inf"), 0.0, 9.0))
    assert found.element == (1,) and found.largest != found.largest


def test_what_cannot_be_compared_says_why() -> None:
    with pytest.raises(GradvizError, match="different shapes"):
        subtract(sent(1.0), sent(1.0, 2.0))
    with pytest.raises(GradvizError, match="no values"):
        subtract(TensorAnswered(1, "freed"), sent(1.0))


GRAPH = Graph(GraphRecord("s", "autograd", (NodeRecord(-1, "parameter", "w", shape=(1,)),), ()))


def test_a_watched_tensor_knows_the_stop_before_and_the_iteration_before() -> None:
    row = watched_tensor("w", GRAPH, -1, TensorChoice("parameter"))
    for value, moment in ((1.0, (0, 3)), (2.0, (0, 4)), (2.5, (0, 4)), (3.0, (1, 0)), (4.0, (1, 1))):
        row.take(sent(value), moment)
    assert row.now == sent(4.0) and row.before == sent(3.0)
    assert row.last_iteration == sent(2.5)  # the answer after an edit at the same stop takes the place of the first


def test_a_tensor_that_is_gone_keeps_its_value_for_when_it_comes_again() -> None:
    row = watched_tensor("w", GRAPH, -1, TensorChoice("parameter_grad"))
    row.take(sent(1.0), (0, 9))
    row.take(TensorAnswered(2, "Not computed."), (1, 0))
    assert row.message == "Not computed." and row.now == sent(1.0)
    row.take(sent(2.0), (1, 5))
    assert row.message == "" and row.last_iteration == row.before == sent(1.0)


def test_another_graph_is_asked_for_the_tensor_only_if_the_node_is_the_same() -> None:
    row = watched_tensor("w", GRAPH, -1, TensorChoice("parameter"))
    other = Graph(GraphRecord("t", "autograd", (NodeRecord(-1, "parameter", "v"),), ()))
    asked = row.ask(GRAPH, None)
    assert asked is not None and asked.values and asked.node == -1
    assert row.ask(other, None) is None and row.message == "not in this graph"


def test_what_is_watched_outlives_the_window_and_is_found_again_by_its_name() -> None:
    rows = [watched_tensor("w, grad", GRAPH, -1, TensorChoice("parameter_grad")), watched_expression("h.max()")]
    again = from_text(to_text(rows))
    assert [row.what for row in again] == [row.what for row in rows] and to_text([]) == "" and from_text("[3") == []
    shifted = Graph(
        GraphRecord("t", "autograd", (NodeRecord(-1, "parameter", "v"), NodeRecord(-2, "parameter", "w")), ())
    )
    asked = again[0].ask(shifted, None)
    assert asked is not None and (asked.node, asked.what) == (-2, "parameter_grad") and again[0].node == -2
    expression = again[1].ask(None, None)
    assert expression is not None and (expression.what, expression.name) == ("expression", "h.max()")


def test_one_element_stands_for_itself_and_more_for_their_norm() -> None:
    one = replace(sent(-2.0), statistics=StatisticsRecord(-2, -2, -2, 0, 2, count=1))
    more = replace(sent(3.0, 4.0), statistics=StatisticsRecord(3, 4, 3.5, 0.5, 5, count=2))
    assert (figure_of(one), figure_of(more), figure_of(None)) == (-2, 5, None)
