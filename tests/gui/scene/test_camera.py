"""The camera: what is under the cursor stays there, fit has its limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.gui.scene.data.camera import FIT_MAX, MAX_ZOOM, MIN_ZOOM, Camera, center_camera, fit_camera, step

lengths = st.floats(1, 1e5)
points = st.floats(-1e4, 1e4)
zooms = st.floats(MIN_ZOOM, MAX_ZOOM)


@given(zooms, zooms, points, points, points, points)
def test_zooming_keeps_the_point_under_the_cursor(before, after, dx, dy, x, y) -> None:
    camera = Camera(before, dx, dy)
    scene = camera.to_scene(x, y)
    # At 100 % the offset is rounded to whole pixels.
    assert camera.zoomed(after, x, y).to_view(*scene) == pytest.approx((x, y), abs=0.51, rel=1e-6)


@given(zooms, points, points, points, points)
def test_view_and_scene_are_inverse(zoom, dx, dy, x, y) -> None:
    camera = Camera(zoom, dx, dy)
    assert camera.to_view(*camera.to_scene(x, y)) == pytest.approx((x, y), abs=1e-5)


@given(lengths, lengths, st.floats(50, 3000), st.floats(50, 3000))
def test_fit_shows_all_and_never_enlarges_above_its_limit(width, height, wide, high) -> None:
    camera = fit_camera(width, height, (10, 20, wide, high))
    assert camera.zoom <= FIT_MAX
    if camera.zoom > MIN_ZOOM:
        left, top = camera.to_view(0, 0)
        right, bottom = camera.to_view(width, height)
        assert left >= 9.4 and top >= 19.4
        assert right <= 10.6 + wide and bottom <= 20.6 + high


def test_fit_prefers_sharp_to_slightly_larger() -> None:
    assert fit_camera(100, 100, (0, 0, 107, 300)).zoom == 1


def test_zoom_stays_within_limits() -> None:
    assert Camera().zoomed(1000, 0, 0).zoom == MAX_ZOOM
    assert Camera().zoomed(1e-9, 0, 0).zoom == MIN_ZOOM


def test_at_one_hundred_percent_offsets_are_whole_pixels() -> None:
    camera = Camera(0.7, 3.3, 4.4).zoomed(1.0, 17, 23)
    assert camera.dx == round(camera.dx)
    assert camera.dy == round(camera.dy)


def test_steps_go_through_round_zooms_and_stop_at_the_ends() -> None:
    assert step(1.0, 1) == 1.25
    assert step(0.93, 1) == 1.0
    assert step(0.93, -1) == 0.8
    assert step(MAX_ZOOM, 1) == MAX_ZOOM
    assert step(MIN_ZOOM, -1) == MIN_ZOOM


def test_centerd_puts_the_point_in_the_middle() -> None:
    assert center_camera(0.5, 40, 60, (0, 0, 200, 100)).to_view(40, 60) == pytest.approx((100, 50))


def test_a_pan_begins_and_ends_where_it_should() -> None:
    start, end = Camera(1, 0, 0), Camera(0.5, 10, 20)
    assert start.between(end, 0) == start
    assert start.between(end, 1) == end
