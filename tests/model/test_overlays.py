"""What the graph can be colored by: values of nodes and folded boxes, places on a bar, texts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.errors import ProtocolError, UnknownNameError
from gradviz.model.graph.graph import Graph
from gradviz.model.number_text import value_text
from gradviz.model.overlay.overlay_scale import Limits, Mark, limits_of, places, ticks
from gradviz.model.overlay.overlay_table import MEASURED, OVERLAYS, overlay
from gradviz.model.overlay.overlay_values import (
    MOST_GROUPS,
    OTHER,
    Column,
    Measurements,
    Rollup,
    by_kind,
    by_module,
    gather,
    sizes,
)
from gradviz.protocol.events import Measured
from gradviz.protocol.records import ClusterRecord, ColumnRecord, GraphRecord, NodeRecord


def column(*values: float | None) -> Column:
    array = np.array([math.nan if value is None else value for value in values], float)
    return Column(array, np.array([value is not None for value in values], bool))


def the(name: str):
    found = overlay(name)
    assert found is not None
    return found


def measured(signature: str, step: int, values: dict[int, float], kind="grad_norm") -> Measured:
    ids = np.array(list(values), "<i4").tobytes()
    return Measured(1, step, signature, (ColumnRecord(kind, ids, np.array(list(values.values()), "<f8").tobytes()),))


def graph_of(homes: list[int], clusters: list[ClusterRecord], signature: str = "g") -> Graph:
    nodes = tuple(NodeRecord(i, "function", f"op{i}", cluster=home) for i, home in enumerate(homes))
    return Graph(GraphRecord(signature, "autograd", nodes, (), tuple(clusters)))


# Values


def test_values_align_with_their_nodes_and_what_is_missing_is_not_measured() -> None:
    graph = graph_of([-1, -1, -1], [])
    known = Measurements()
    known.add(measured("g", 39, {2: 5.0, 0: 0.0}))
    found = known.column("grad_norm", graph)
    assert found.measured.tolist() == [True, False, True]
    assert found.values[0] == 0.0 and math.isnan(found.values[1]) and found.values[2] == 5.0
    assert found.step == 39


def test_a_nan_that_was_measured_is_not_the_same_as_nothing() -> None:
    known = Measurements()
    known.add(measured("g", 0, {0: math.nan, 1: math.inf}))
    assert known.column("grad_norm", graph_of([-1] * 3, [])).measured.tolist() == [True, True, False]


def test_an_older_quantity_keeps_its_values_and_iteration_while_another_is_measured() -> None:
    graph, known = graph_of([-1], []), Measurements()
    known.add(measured("g", 3, {0: 1.0}))
    known.add(measured("g", 9, {0: 2.0}, "time_forward"))
    assert (known.column("grad_norm", graph).step, known.column("time_forward", graph).step) == (3, 9)


def test_values_of_another_structure_are_not_taken_for_this_one() -> None:
    known = Measurements()
    known.add(measured("other", 3, {0: 1.0}))
    assert known.column("grad_norm", graph_of([-1], [])).empty


def test_graphs_that_were_not_seen_for_long_are_forgotten() -> None:
    known = Measurements()
    for k in range(40):
        known.add(measured(f"g{k}", k, {0: 1.0}))
    assert known.column("grad_norm", graph_of([-1], [], "g0")).empty
    assert not known.column("grad_norm", graph_of([-1], [], "g39")).empty


def test_ids_that_the_graph_lacks_are_passed_over() -> None:
    known = Measurements()
    known.add(measured("g", 0, {7: 1.0}))
    assert known.column("grad_norm", graph_of([-1], [])).empty


def test_a_column_that_does_not_fit_its_nodes_is_refused() -> None:
    bad = Measured(1, 0, "g", (ColumnRecord("grad_norm", np.zeros(2, "<i4").tobytes(), np.zeros(1).tobytes()),))
    with pytest.raises(ProtocolError, match="1 values of 2 nodes"):
        Measurements().add(bad)


def test_an_output_size_is_in_bytes_by_its_type() -> None:
    nodes = (
        NodeRecord(0, "function", "a", shape=(2, 3), dtype="float32"),
        NodeRecord(1, "function", "b", shape=(2, 3), dtype="bfloat16"),
        NodeRecord(2, "function", "c", shape=(), dtype="complex128"),
        NodeRecord(3, "function", "d", shape=None, dtype="float32"),
        NodeRecord(4, "function", "e", shape=(1,), dtype="of_tomorrow"),
    )
    found = sizes(Graph(GraphRecord("s", "autograd", nodes, ())))
    assert found.values[:3].tolist() == [24, 12, 16]
    assert found.measured.tolist() == [True, True, True, False, False]


# Folded


def test_a_sum_reaches_every_branch_around_and_a_largest_keeps_its_sign() -> None:
    tree = Rollup([0, 1, 1, 2, -1], [-1, 0, 1])
    assert tree.over(column(1, 2, 3, 4, 100), "sum").values.tolist() == [10, 9, 4]
    assert tree.over(column(1, 2, -3, 0.5, 100), "largest").values.tolist() == [-3, -3, 0.5]


def test_a_branch_in_which_nothing_was_measured_is_not_zero() -> None:
    found = Rollup([0, 1], [-1, -1]).over(column(None, 0.0), "sum")
    assert found.measured.tolist() == [False, True] and found.values[1] == 0.0


@pytest.mark.parametrize("how", ["sum", "largest"])
def test_a_nan_inside_shows_outside(how) -> None:
    assert math.isnan(Rollup([1, 1], [-1, 0]).over(column(1.0, math.nan), how).values[0])


@given(st.lists(st.tuples(st.integers(-1, 5), st.one_of(st.none(), st.floats(-1e6, 1e6))), max_size=40))
def test_gathering_agrees_with_adding_by_hand(pairs) -> None:
    slots = np.array([slot for slot, _ in pairs], np.intp).reshape(-1)
    found = gather(column(*(value for _, value in pairs)), slots, 6, "sum")
    for slot in range(6):
        inside = [value for at, value in pairs if at == slot and value is not None]
        assert found.measured[slot] == bool(inside)
        if inside:
            assert found.values[slot] == pytest.approx(sum(inside), abs=1e-6)


# The bar


def test_a_logarithmic_bar_ends_at_decades_and_leaves_out_zero_and_what_is_not_finite() -> None:
    limits = limits_of(the("grad_norm"), column(3e-6, 0.7, 0.0, math.nan, math.inf, None))
    assert limits is not None
    assert (limits.low, limits.high) == pytest.approx((1e-6, 1.0))


def test_bytes_go_by_powers_of_two() -> None:
    limits = limits_of(the("saved_bytes"), column(600, 1e6))
    assert limits == Limits(512, 2**20)
    assert [tick.text for tick in ticks(the("saved_bytes"), Limits(2**9, 2**31)) if tick.text] == [
        "1 KiB", "32 KiB", "1 MiB", "32 MiB", "1 GiB",
    ]  # fmt: skip


def test_means_are_about_zero() -> None:
    limits = limits_of(the("activation_mean"), column(-0.31, 0.12))
    assert limits == Limits(-limits.high, limits.high)
    place, _ = places(the("activation_mean"), column(0.0, -limits.high, limits.high), limits)
    assert place.tolist() == [0.5, 0.0, 1.0]


def test_dead_units_are_always_shown_from_none_to_all() -> None:
    assert limits_of(the("dead_units"), column(0.2)) == Limits(0.0, 1.0)
    place, mark = places(the("dead_units"), column(0.0, 1.0), Limits(0, 1))
    assert place.tolist() == [0, 1] and set(mark.tolist()) == {Mark.VALUE}


def test_each_kind_of_value_has_its_mark() -> None:
    values = column(1e-3, 0.0, None, math.nan, -math.inf, 1e9)
    _, mark = places(the("grad_norm"), values, Limits(1e-6, 1.0))
    assert mark.tolist() == [Mark.VALUE, Mark.ZERO, Mark.MISSING, Mark.NOT_FINITE, Mark.NOT_FINITE, Mark.BEYOND]


def test_where_all_is_zero_there_is_no_bar_but_zeros_are_known() -> None:
    values = column(0.0, 0.0)
    assert limits_of(the("grad_norm"), values) is None
    assert places(the("grad_norm"), values, None)[1].tolist() == [Mark.ZERO, Mark.ZERO]


def test_limits_only_grow_when_they_are_joined() -> None:
    assert Limits(1, 10).join(Limits(0.1, 5)) == Limits(0.1, 10)
    assert Limits(1, 10).join(None) == Limits(1, 10)


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=30))
def test_what_lies_on_the_bar_is_between_its_ends_and_in_order(values) -> None:
    shown = the("grad_norm")
    limits = limits_of(shown, column(*values))
    assert limits is not None
    place, mark = places(shown, column(*sorted(values)), limits)
    assert ((place >= 0) & (place <= 1)).all() and (np.diff(place) >= 0).all()
    assert set(mark.tolist()) <= {Mark.VALUE, Mark.BEYOND}
    texts = [tick.text for tick in ticks(shown, limits) if tick.text]
    assert len(texts) <= 7


def test_ticks_say_powers_of_ten_or_units() -> None:
    norms = [tick.text for tick in ticks(the("grad_norm"), Limits(1e-6, 1.0)) if tick.text]
    assert norms == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"]
    times = [tick.text for tick in ticks(the("time_forward"), Limits(1e-6, 1e-2)) if tick.text]
    assert times == ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms"]
    assert ticks(the("dead_units"), Limits(0, 1))[2].text == "50 %"


# Words


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.34e-3, "", "1.3e−03"),
        (0.0, "s", "0"),
        (1.23e-5, "s", "12.3 µs"),
        (9.9999e-4, "s", "1.00 ms"),
        (12.0, "s", "12.0 s"),
        (25_600, "B", "25.0 KiB"),
        (640, "B", "640 B"),
        (1.05e6, "FLOP", "1.05 MFLOP"),
        (0.125, "share", "12 %"),
        (0.001, "share", "< 1 %"),
        (math.nan, "s", "NaN"),
        (-math.inf, "", "−Inf"),
    ],
)
def test_values_are_written_short_with_their_unit(value: float, unit: str, text: str) -> None:
    assert value_text(value, unit) == text


def test_every_overlay_is_known_by_its_id_and_states_how_folding_sums_up() -> None:
    assert overlay("none") is None
    with pytest.raises(UnknownNameError):
        overlay("colour of the moon")
    for shown in OVERLAYS:
        assert overlay(shown.id) is shown
        assert shown.aggregate != "none" or shown.is_categorical
        assert shown.measure is None or (shown.heading and shown.meaning)
    assert {shown.id for shown in MEASURED.values() if shown.aggregate == "sum"} == {
        "time_forward", "time_backward", "flops", "saved_bytes",
    }  # fmt: skip


# Groups


def decoder(blocks: int) -> Graph:
    clusters, homes = [ClusterRecord("wte", "Embedding")], [0]
    for block in range(blocks):
        clusters.append(ClusterRecord(f"h.{block}", "Block"))
        at = len(clusters) - 1
        clusters += [ClusterRecord(f"h.{block}.attn", "Attention", at), ClusterRecord(f"h.{block}.mlp", "MLP", at)]
        homes += [at, at + 1, at + 1, at + 1, at + 2, at + 2]
    return graph_of([*homes, -1], clusters)


def test_blocks_are_alike_and_what_holds_nearly_all_is_split() -> None:
    groups = by_module(decoder(12))
    assert groups.names == ("h.*.attn", "h.*.mlp", "h.*", "wte")
    assert groups.counts == (36, 24, 12, 1)
    assert groups.of_node[-1] == -1  # in no module
    assert groups.names[groups.of_cluster[2]] == "h.*.attn"
    assert groups.of_cluster[1] == -1  # a block holds several


def test_more_groups_than_colors_share_the_last() -> None:
    clusters = [ClusterRecord(f"part_{chr(97 + k)}", "Part") for k in range(20)]
    groups = by_module(graph_of(list(range(20)), clusters))
    assert len(groups.names) == MOST_GROUPS and groups.names[-1] == OTHER
    assert groups.counts[-1] == 20 - (MOST_GROUPS - 1)


def test_a_module_without_modules_inside_stays_whole() -> None:
    groups = by_module(graph_of([0, 0, 0], [ClusterRecord("only", "Linear")]))
    assert groups.names == ("only",) and groups.of_cluster.tolist() == [0]


def test_kinds_are_groups_of_nodes_alone() -> None:
    groups = by_kind(decoder(1))
    assert groups.names == ("function",) and set(groups.of_cluster.tolist()) == {-1}
