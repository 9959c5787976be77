"""Losses: none is lost, any stretch keeps its peaks, smoothing is the plain recurrence."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.errors import ProtocolError, UnknownNameError
from gradviz.model.growing_series import BLOCK, Series
from gradviz.model.loss_curves import Curve, Scalars, Smoother
from gradviz.protocol.records import MarkRecord

losses = st.floats(width=64, allow_nan=True, allow_infinity=True)
batches = st.lists(st.lists(losses, max_size=40), max_size=12)


def make_scalars(*values: float, run: int = 1, title: str = "Manual") -> Scalars:
    scalars = Scalars()
    scalars.begin(run, title)
    scalars.append(run, 0, values)
    return scalars


def make_series(values: list[float], cuts: list[int] | None = None) -> Series:
    series = Series()
    for batch in np.split(np.asarray(values, np.float64), sorted(cut % (len(values) + 1) for cut in cuts or [])):
        series.extend(batch)
    return series


def long_rows(seed: int, count: int) -> np.ndarray:
    """Numbers with some NaN, Inf, zeros among them; too many for hypothesis to draw one by one."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(count) * 10.0 ** rng.integers(-6, 7, count)
    places = rng.integers(0, count, count // 20)
    values[places] = rng.choice([np.nan, np.inf, -np.inf, 0.0], len(places))
    return values


@given(batches)
def test_no_point_is_lost_or_changed(parts: list[list[float]]) -> None:
    scalars = make_scalars()
    first = 0
    for part in parts:
        scalars.append(1, first, struct.pack(f"<{len(part)}d", *part))
        first += len(part)
    expected = [value for part in parts for value in part]
    assert scalars.curve(1).losses.tobytes() == np.asarray(expected, np.float64).tobytes()
    assert [row[3] for row in scalars.rows()] == pytest.approx(expected, nan_ok=True, rel=0, abs=0)


@given(st.lists(losses, max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_places_of_nan_inf_and_non_positive_are_those_of_the_whole(values: list[float], cuts: list[int]) -> None:
    series = make_series(values, cuts)
    whole = np.asarray(values, np.float64)
    assert series.broken.tolist() == np.flatnonzero(~np.isfinite(whole)).tolist()
    assert series.non_positive.tolist() == np.flatnonzero(np.isfinite(whole) & (whole <= 0)).tolist()


@given(st.data(), st.integers(0, 2**31), st.integers(0, 5000), st.booleans())
def test_extremes_of_any_stretch_equal_brute_force(data: st.DataObject, seed: int, count: int, positive: bool) -> None:
    values = long_rows(seed, count)
    series = make_series(values.tolist(), data.draw(st.lists(st.integers(0, count), max_size=4)))
    start = data.draw(st.integers(0, count))
    stop = data.draw(st.integers(start, count))
    stretch = values[start:stop]
    stretch = stretch[np.isfinite(stretch) & ((stretch > 0) | (not positive))]
    expected = (stretch.min(), stretch.max()) if len(stretch) else None
    assert series.extremes(start, stop, positive=positive) == expected


@given(st.data(), st.integers(0, 2**31), st.integers(1, 5000), st.integers(1, 300))
def test_polyline_keeps_ends_peaks_and_order_in_a_few_points_a_pixel(
    data: st.DataObject, seed: int, count: int, columns: int
) -> None:
    values = long_rows(seed, count)
    series = make_series(values.tolist())
    start = data.draw(st.integers(0, count - 1))
    stop = data.draw(st.integers(start + 1, count))
    line = series.polyline(start, stop, columns)
    assert (np.diff(line.steps) > 0).all()
    assert (values[line.steps] == line.values).all()
    assert len(line.steps) <= 2 * BLOCK * columns + 6
    stretch = values[start:stop]
    finite = np.flatnonzero(np.isfinite(stretch))
    if len(finite):
        assert line.values.min() == stretch[finite].min()
        assert line.values.max() == stretch[finite].max()
    for end in (start, stop - 1):
        assert (end in line.steps) == np.isfinite(values[end])


@given(st.integers(0, 2**31), st.integers(2, 3000), st.integers(1, 200))
def test_polyline_is_cut_exactly_where_a_point_is_not_finite(seed: int, count: int, columns: int) -> None:
    values = long_rows(seed, count)
    line = make_series(values.tolist()).polyline(0, count, columns)
    for joined, left, right in zip(line.joined, line.steps[:-1], line.steps[1:], strict=True):
        assert joined == np.isfinite(values[left:right]).all()


def test_polyline_of_a_million_points_reads_few_of_them() -> None:
    series = make_series(np.random.default_rng(0).standard_normal(1_000_000).tolist())
    assert len(series.polyline(0, 1_000_000, 1000).steps) <= 4 * 1000 + 6


def test_nothing_is_drawn_of_an_empty_stretch() -> None:
    series = make_series([1.0, 2.0])
    assert len(series.polyline(2, 5, 100).steps) == 0
    assert series.extremes(2, 5) is None
    assert make_series([]).extremes(0, 1) is None


@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(math.nan) | st.just(math.inf), max_size=300),
    st.floats(0.001, 0.999),
    st.lists(st.integers(0, 300), max_size=4),
)
def test_smoothing_in_batches_equals_the_plain_recurrence(values: list[float], factor: float, cuts: list[int]) -> None:
    smoother = Smoother(factor)
    parts = np.split(np.asarray(values, np.float64), sorted(cut % (len(values) + 1) for cut in cuts))
    found = np.concatenate([smoother.smooth(part) for part in parts])
    expected, mean, count = [], 0.0, 0
    for value in values:
        if math.isfinite(value):
            mean, count = factor * mean + (1 - factor) * value, count + 1
        expected.append(mean / (1 - factor**count) if math.isfinite(value) else math.nan)
    scale = max((abs(v) for v in values if math.isfinite(v)), default=1.0)
    # Weighting loses digits of denormal numbers, as any arithmetic on them does.
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=max(1e-9 * scale, 1e-300))


@given(st.floats(0, 0.999), st.floats(1e-300, 1e300))
def test_smoothing_leaves_a_constant_as_it_is(factor: float, constant: float) -> None:
    np.testing.assert_allclose(Smoother(factor).smooth(np.full(50, constant)), constant, rtol=1e-9)


def test_smoothed_series_grows_with_the_curve_and_is_kept_by_factor() -> None:
    scalars = make_scalars(4.0, 2.0)
    curve = scalars.curve(1)
    series = curve.smooth(0.5)
    scalars.append(1, 2, [1.0])
    assert curve.smooth(0.5) is series
    assert len(series) == 3
    assert curve.smooth(0) is curve.raw


@pytest.mark.parametrize("factor", [-0.1, 1.0, math.nan])
def test_a_smoothing_factor_outside_its_range_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="from 0 to less than 1"):
        make_scalars(1.0).curve(1).smooth(factor)


def test_an_overlapping_batch_adds_only_what_is_new() -> None:
    scalars = make_scalars(5.0, 4.0)
    scalars.append(1, 1, [99.0, 3.0])
    scalars.append(1, 0, [99.0])
    assert scalars.curve(1).losses.tolist() == [5.0, 4.0, 3.0]


def test_a_gap_raises_and_changes_nothing() -> None:
    scalars = make_scalars(5.0, 4.0)
    version = scalars.version
    with pytest.raises(ProtocolError, match="iteration 3, but 2"):
        scalars.append(1, 3, [1.0])
    assert len(scalars.curve(1)) == 2
    assert scalars.version == version


def test_an_unknown_run_raises_and_lists_the_known() -> None:
    scalars = make_scalars(1.0)
    for wish in (lambda: scalars.append(7, 0, [1.0]), lambda: scalars.remove(7), lambda: scalars.curve(7)):
        with pytest.raises(UnknownNameError, match="'7'; there is 1"):
            wish()


def test_the_run_that_began_last_is_current_and_a_removed_one_is_gone() -> None:
    scalars = make_scalars(1.0)
    scalars.begin(2, "SGD")
    assert scalars.current is scalars.curve(2)
    scalars.remove(2)
    assert scalars.current is scalars.curve(1)
    scalars.clear()
    assert scalars.current is None
    with pytest.raises(ValueError, match="began before"):
        (scalars.begin(3, ""), scalars.begin(3, ""))


def test_a_mark_can_say_what_the_run_is_called_from_now_on() -> None:
    scalars = make_scalars(1.0)
    mark = MarkRecord(200, "optimizer", "Manual → SGD, momentum 0.9")
    scalars.mark(1, mark, "SGD from 200")
    assert scalars.curve(1).marks == [mark]
    assert scalars.curve(1).title == "SGD from 200"


def test_every_change_and_nothing_else_changes_the_version() -> None:
    scalars = make_scalars(1.0)
    before = scalars.version
    scalars.append(1, 0, [1.0])
    scalars.curve(1).smooth(0.9)
    assert scalars.version == before
    scalars.append(1, 1, [1.0])
    assert scalars.version > before


def test_a_view_of_the_losses_cannot_be_written_and_keeps_while_the_curve_grows() -> None:
    scalars = make_scalars(1.0, 2.0)
    view = scalars.curve(1).losses
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 3.0
    scalars.append(1, 2, np.arange(1000.0))
    assert view.tolist() == [1.0, 2.0]
    assert scalars.curve(1).at(2) == 0.0
    assert scalars.curve(1).at(2000) is None
    assert scalars.curve(1).last == 999.0


def test_a_series_with_gaps_in_its_steps_is_drawn_and_read_at_them() -> None:
    series = Series(np.array([0, 10, 10, 50, 60]))
    series.extend(np.array([5.0, 4.0, 3.0, np.nan, 0.0]))
    line = series.polyline(20, 55, 100)
    assert line.steps.tolist() == [10, 60] and line.joined.tolist() == [False]
    assert series.polyline(0, 11, 100).steps.tolist() == [0, 10, 10]
    assert (series.at(10), series.at(11), series.reach) == (3.0, None, 61)
    assert (series.broken.tolist(), series.non_positive.tolist()) == ([50], [60])
    assert series.extremes(1, 51) == (3.0, 4.0)
    assert [series.nearest(step) for step in (-5, 4, 29, 31, 99)] == [0, 0, 10, 50, 60]
    assert [series.beyond(step, 1) for step in (-5, 0, 10, 60)] == [0, 10, 50, None]
    assert [series.beyond(step, -1) for step in (0, 11, 50, 99)] == [None, 10, 10, 60]
    assert [series.last_to(step) for step in (-1, 0, 49.9, 50, 99)] == [-1, 0, 10, 50, 60]


@given(st.lists(losses, max_size=60), st.integers(0, 70), st.integers(0, 70))
def test_steps_without_gaps_are_the_plain_ones(values: list[float], start: int, stop: int) -> None:
    plain, stepped = make_series(values), Series(np.arange(len(values)))
    stepped.extend(np.asarray(values, np.float64))
    assert plain.extremes(start, stop) == stepped.extremes(start, stop)
    assert plain.broken.tolist() == stepped.broken.tolist() and plain.reach == stepped.reach
    assert [plain.beyond(start, ahead) for ahead in (-1, 1)] == [stepped.beyond(start, ahead) for ahead in (-1, 1)]
    assert plain.nearest(start) == stepped.nearest(start) and plain.last_to(start) == stepped.last_to(start)


def test_a_recorded_curve_is_before_the_others_and_never_the_current_one() -> None:
    scalars = make_scalars(1.0)
    recorded = Curve(-1, 0, "SGD", name="mine", steps=np.array([3, 9]))
    recorded.raw.extend(np.array([2.0, 1.0]))
    scalars.add(recorded)
    assert [curve.run for curve in scalars.curves] == [-1, 1]
    assert scalars.current is scalars.curve(1)
    assert list(scalars.rows()) == [("mine", "SGD", 3, 2.0), ("mine", "SGD", 9, 1.0), (1, "Manual", 0, 1.0)]
