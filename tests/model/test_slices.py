"""Slices laid out in rows and columns name the right elements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.errors import InvalidValueError
from gradviz.model.slices import blocks, plane

PARTS = st.sampled_from(["0", "-1", ":", "1:", ":2", "::2", "0:3"])


@given(st.lists(st.tuples(st.integers(1, 5), PARTS), max_size=4))
def test_every_cell_of_a_plane_is_the_element_that_numpy_finds(dims: list[tuple[int, str]]) -> None:
    shape = [size for size, _ in dims]
    text = ", ".join(part for _, part in dims)
    whole = np.arange(int(np.prod(shape))).reshape(shape)
    part = eval(f"whole[{text}]") if dims else whole
    found = plane(text, shape)
    table = np.asarray(part).reshape(found.shape)
    for row in range(found.shape[0]):
        for column in range(found.shape[1]):
            assert whole[found.element(row, column)] == table[row, column]


def test_rows_carry_the_indices_of_all_dimensions_but_the_last() -> None:
    found = plane("1, 2:4, ::2, :", (3, 5, 4, 2))
    assert found.shape == (4, 2)
    assert [found.row_label(row) for row in range(4)] == ["2, 0", "2, 2", "3, 0", "3, 2"]
    assert found.element(3, 1) == (1, 3, 2, 1)


def test_what_was_cut_still_names_its_elements() -> None:
    found = plane("1:, 2:", (100, 100)).cut((3, 2))
    assert found.shape == (3, 2)
    assert found.element(2, 1) == (3, 3)
    assert found.column_label(0) == "2"


def test_a_vector_is_one_row_and_a_scalar_one_cell() -> None:
    assert plane("", (7,)).shape == (1, 7)
    assert plane("", ()).shape == (1, 1)
    assert plane("", ()).element(0, 0) == ()
    assert plane("", (7,)).row_label(0) == ""


@pytest.mark.parametrize(
    ("text", "shape"), [("a", (3,)), ("5", (3,)), (":, :", (3,)), ("1:2:3:4", (3,)), ("::0", (3,))]
)
def test_what_is_not_a_slice_is_refused(text: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidValueError):
        plane(text, shape)


@given(st.integers(1, 500), st.integers(1, 200))
def test_blocks_cover_all_rows_once(size: int, cells: int) -> None:
    parts = blocks(size, min(size, cells))
    assert [i for part in parts for i in part] == list(range(size))
    assert min(map(len, parts)) >= 1
