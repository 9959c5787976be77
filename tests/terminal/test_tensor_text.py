"""Complex and sparse tensors at the prompt and in JSON: shown as what they are, and said how they are to be read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import HistogramRecord, StatisticsRecord, StoredRecord
from gradviz.terminal.json_events import tensor_event
from gradviz.terminal.text.tensor_text import tensor_lines


def data(*values: float, dtype: str = "<f8") -> bytes:
    return np.array(values, dtype=dtype).tobytes()


NAN, INF = float("nan"), float("inf")
COMPLEX = TensorAnswered(
    1,
    shape=(2, 2),
    dtype="complex64",
    device="cpu",
    statistics=StatisticsRecord(1, 5, 2, 1, 6, count=4),
    histogram=HistogramRecord(-5, 5, (0, 0, 3, 0, 1)),
    slice=":, :",
    values=((2, 2), data(3, -1, NAN, 0)),
    imaginary=data(4, -0.5, 0, 0),
    note="complex: statistics, histogram and picture are of the magnitudes",
)
ROWS = TensorAnswered(
    1,
    shape=(12, 2),
    dtype="float32",
    device="cpu",
    statistics=StatisticsRecord(0, 3, 0.5, 1, 6, zeros=20, count=24),
    slice=":, :",
    values=((12, 2), data(*range(24))),
    stored=StoredRecord(2, 3, data(5, 9, dtype="<i8"), (2, 2), data(1, 2, 3, NAN)),
    layout="sparse_coo",
    note="sparse_coo: 2 of 12 rows stored, summed from 3 entries, the rest is 0",
)
ELEMENTS = TensorAnswered(
    1,
    shape=(400, 3),
    dtype="complex128",
    device="cpu",
    stored=StoredRecord(90, 90, data(0, 1, 7, 2, dtype="<i8"), (2, 1), data(1, 2), data(0, -1)),
    layout="sparse_csr",
    note="sparse_csr: 90 of 1,200 elements stored, the rest is 0",
)


def plain(answered: TensorAnswered, width: int = 80, *, sliced: bool = False) -> list[str]:
    return ["".join(text for _, text in line) for line in tensor_lines("w", answered, width, sliced=sliced)]


def test_complex_numbers_are_written_with_both_parts_and_their_figures_are_said_to_be_magnitudes() -> None:
    lines = plain(COMPLEX)
    assert lines[1] == "  complex: statistics, histogram and picture are of the magnitudes"
    assert "-5" not in lines[4] and lines[4].startswith("  0 ")
    assert [line.split() for line in lines[-2:]] == [["0", "3+4j", "-1-0.5j"], ["1", "nan+0j", "0+0j"]]


def test_a_sparse_tensor_is_listed_by_what_it_stores_and_a_slice_of_it_as_any_other() -> None:
    lines = plain(ROWS)
    assert lines[1].strip() == ROWS.note
    assert [line.split() for line in lines[-3:]] == [["0", "1"], ["5", "1", "2"], ["9", "3", "nan"]]
    assert len(plain(ROWS, sliced=True)) > 12
    first, second, rest = plain(ELEMENTS)[-3:]
    assert (first.split(), second.split()) == (["0,", "1", "1+0j"], ["7,", "2", "2-1j"])
    assert rest == "  2 of 90 places that are stored"


@pytest.mark.parametrize("width", [40, 60, 120])
@pytest.mark.parametrize("answered", [COMPLEX, ROWS, ELEMENTS])
def test_no_line_is_wider_than_the_terminal(answered: TensorAnswered, width: int) -> None:
    assert max(map(len, plain(answered, width))) <= width


def shown(answered: TensorAnswered) -> dict[str, Any]:
    return tensor_event(answered, 3, "output", 0, "")


def test_json_gives_magnitudes_as_before_and_the_numbers_beside_them() -> None:
    event = shown(COMPLEX)
    assert event["values"] == [[5.0, pytest.approx(1.25**0.5)], ["NaN", 0.0]]
    assert event["complex_values"] == [[[3.0, 4.0], [-1.0, -0.5]], [["NaN", 0.0], [0.0, 0.0]]]
    assert (event["values_shape"], event["layout"], event["note"]) == ([2, 2], "strided", COMPLEX.note)
    assert "nnz" not in event


def test_json_gives_what_a_sparse_tensor_stores() -> None:
    event = shown(ROWS)
    assert (event["layout"], event["nnz"], event["stored"]) == ("sparse_coo", 3, 2)
    assert (event["indices"], event["stored_values"]) == ([[5], [9]], [[1.0, 2.0], [3.0, "NaN"]])
    assert np.shape(event["values"]) == (12, 2)
    event = shown(ELEMENTS)
    assert event["indices"] == [[0, 1], [7, 2]]
    assert event["complex_stored_values"] == [[[1.0, 0.0]], [[2.0, -1.0]]]
    empty = shown(TensorAnswered(1, shape=(2,), stored=StoredRecord(0, 0, b"", (0, 1)), layout="sparse_coo"))
    assert (empty["indices"], empty["stored_values"]) == ([], [])
    unasked = shown(TensorAnswered(1, shape=(2,), stored=StoredRecord(7, 9), layout="sparse_coo"))
    assert (unasked["nnz"], unasked["stored"]) == (9, 7) and "indices" not in unasked
