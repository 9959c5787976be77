"""Numbers of every layout, type and class are read as they are, by figures, conditions and answers alike."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.tensors import reductions as figures
from gradviz.engine.tensors import tensor_summary as tensors
from gradviz.engine.tensors.tensor_replies import answer
from gradviz.engine.tensors.value_cache import ValueCache, size_of
from gradviz.errors import GradvizError
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.framing import encode, event_decoder
from gradviz.protocol.records import BreakpointRecord
from tests.helpers.tensor_kinds import DTYPES, LAYOUTS, Loud, Numbers, made

REAL = st.sampled_from([0.0, 0.0, 1.0, -2.5, 3.0, 100.0, math.nan, math.inf, -math.inf])
WHOLE = st.integers(0, 100)
with warnings.catch_warnings():  # torch warns once that it is experimental
    warnings.simplefilter("ignore")
    torch.zeros(1, dtype=torch.complex32)
QUIET = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)


@st.composite
def matrices(draw: st.DrawFn) -> torch.Tensor:
    dtype = draw(st.sampled_from(DTYPES))
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    if not (dtype.is_floating_point or dtype.is_complex):
        values: list[Any] = draw(st.lists(WHOLE, min_size=rows * columns, max_size=rows * columns))
        return torch.tensor(values).reshape(rows, columns).to(dtype)
    values = draw(st.lists(REAL, min_size=rows * columns, max_size=rows * columns))
    if not dtype.is_complex:
        return torch.tensor(values, dtype=torch.float64).reshape(rows, columns).to(dtype)
    other = draw(st.lists(REAL, min_size=rows * columns, max_size=rows * columns))
    pairs = torch.complex(torch.tensor(values, dtype=torch.float64), torch.tensor(other, dtype=torch.float64))
    return pairs.reshape(rows, columns).to(dtype)


def finite(numbers: Numbers) -> Numbers:
    return np.abs(numbers[np.isfinite(numbers)])


def norm_of(numbers: Numbers) -> float:
    return float(np.sqrt(np.square(np.abs(numbers).reshape(-1)).sum()))


@QUIET
@given(matrices(), st.sampled_from(LAYOUTS))
def test_figures_and_conditions_see_the_numbers_of_every_layout(dense: torch.Tensor, layout: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = made(layout, dense)
    assume(found is not None)
    assert found is not None
    value, numbers = found
    with np.errstate(all="ignore"):
        nans, infs = int(np.isnan(numbers).sum()), int((np.isinf(numbers) & ~np.isnan(numbers)).sum())
        Loud.heard.clear()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            summary = tensors.summarize("x", value)
            record = tensors.statistics(value)
            exact = figures.norm(value)
        assert not Loud.heard
        assert (summary.nans, summary.infs) == (nans, infs) == (record.nans, record.infs)
        assert (record.count, record.zeros) == (numbers.size, int((numbers == 0).sum()))
        assert summary.norm == pytest.approx(norm_of(numbers), nan_ok=True)
        assert (summary.minimum is None) == np.iscomplexobj(numbers)
        if exact is not None:
            assert float(exact) == pytest.approx(norm_of(numbers), rel=1e-2, nan_ok=True)
        if finite(numbers).size:
            # Of complex numbers, magnitudes.
            plain = finite(numbers) if np.iscomplexobj(numbers) else numbers[np.isfinite(numbers)]
            assert record.norm == pytest.approx(norm_of(plain))
            assert (record.minimum, record.maximum) == pytest.approx((plain.min(), plain.max()))
            assert (record.mean, record.std) == pytest.approx((plain.mean(), plain.std()), abs=1e-9)
        assert not (tensors.is_finite(value) and (nans or infs))
        conditions = BreakpointSet([BreakpointRecord(1, "nan"), BreakpointRecord(2, "inf")])
        hit = conditions.on_values("backward", [("x", value)])
        assert (None if hit is None else hit[0].id) == (1 if nans else 2 if infs else None)
        above = BreakpointSet([BreakpointRecord(1, "norm_above", number=4.0)])
        assert (above.on_values("backward", [("x", value)]) is not None) == (not norm_of(numbers) <= 4.0)
        assert not conditions.unchecked and not above.unchecked


@QUIET
@given(matrices(), st.sampled_from(LAYOUTS), st.booleans())
@example(torch.tensor([[complex(0, float("nan"))]]), "coo_rows", True)
def test_what_is_shown_is_what_is_there_and_explains_how_it_is_to_be_read(
    dense: torch.Tensor, layout: str, sliced: bool
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = made(layout, dense)
    assume(found is not None and not layout.startswith("masked"))
    assert found is not None
    value, numbers = found
    version = value._version if isinstance(value, torch.Tensor) and not value.is_inference() else 0
    ask = AskTensor(1, 0, "output", slice="0, 0:1" if sliced else "", values=True, picture=64)
    (answered,) = event_decoder().feed(encode(answer(ask, value)))
    expected = numbers[0, 0:1] if sliced else numbers
    if layout == "array_backwards":
        expected = numbers[::-1][0, 0:1] if sliced else numbers[::-1]
    assert answered.values is not None
    shape, data = answered.values
    shown = np.frombuffer(data, "<f8").reshape(shape)
    if np.iscomplexobj(numbers):
        imaginary = np.frombuffer(answered.imaginary, "<f8").reshape(shape)
        np.testing.assert_array_equal(imaginary, expected.imag)
        assert "magnitudes" in answered.note
        expected, pictured = expected.real, np.abs(expected)
    else:
        assert answered.imaginary == b"" and answered.picture_parts is None
        pictured = expected
    np.testing.assert_array_equal(shown, expected)
    assert answered.picture is not None
    rows, columns, cells = answered.picture
    with np.errstate(all="ignore"):
        drawn = np.frombuffer(cells, "<f4").reshape(rows, columns)
        np.testing.assert_allclose(drawn, np.atleast_2d(pictured), rtol=1e-5)
    plain = layout in ("strided", "transposed", "expanded", "conjugated", "subclass", "loud", "parameter", "inference")
    assert (answered.layout == "strided") == (plain or layout.startswith("array"))
    assert answered.layout == "strided" or answered.note
    assert (answered.stored is not None) == (layout[:3] in ("coo", "csr", "csc", "bsr"))
    if isinstance(value, torch.Tensor) and not value.is_inference():
        assert value._version == version


@st.composite
def sparse_tensors(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """A sparse tensor whose places may be stored several times, and the same numbers dense."""
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    dims = draw(st.integers(1, len(shape)))
    count = draw(st.integers(0, 6))
    places = [[draw(st.integers(0, size - 1)) for _ in range(count)] for size in shape[:dims]]
    numbers = st.integers(-3, 3).map(float)
    size = count * math.prod(shape[dims:])
    values = torch.tensor(draw(st.lists(numbers, min_size=size, max_size=size)), dtype=torch.float32)
    values = values.reshape(count, *shape[dims:])
    if draw(st.booleans()):
        values = torch.complex(values, values.flip(0))
    indices = torch.tensor(places, dtype=torch.int64).reshape(dims, count)
    value = torch.sparse_coo_tensor(indices, values, shape, check_invariants=True)
    return value, value.to_dense()


@st.composite
def slices(draw: st.DrawFn, shape: tuple[int, ...]) -> str:
    parts = []
    for size in shape[: draw(st.integers(0, len(shape)))]:
        start, stop = draw(st.integers(-size, size - 1)), draw(st.integers(-size, size))
        parts.append(draw(st.sampled_from([str(start), f"{start}:{stop}", ":", f"{start}:", "::2", f":{stop}:3"])))
    return ", ".join(parts)


@QUIET
@given(sparse_tensors(), st.data(), st.integers(1, 4))
def test_a_sparse_tensor_is_sliced_and_drawn_as_the_dense_one(
    tensor: tuple[torch.Tensor, torch.Tensor], data: st.DataObject, largest: int
) -> None:
    value, dense = tensor
    ask = AskTensor(1, 0, "output", slice=data.draw(slices(value.shape)), values=True, picture=largest)
    sparse, plain = answer(ask, value), answer(ask, dense)
    assert (sparse.shape, sparse.slice, sparse.values, sparse.imaginary) == (
        plain.shape, plain.slice, plain.values, plain.imaginary,
    )  # fmt: skip
    assert (sparse.picture is None) == (plain.picture is None)
    for ours, theirs in zip(drawn_parts(sparse), drawn_parts(plain), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    assert sparse.statistics is not None and plain.statistics is not None
    for name in ("minimum", "maximum", "mean", "std", "norm", "zeros", "count"):
        assert getattr(sparse.statistics, name) == pytest.approx(getattr(plain.statistics, name), abs=1e-6)
    assert sparse.histogram is not None and sum(sparse.histogram.counts) == dense.numel()
    assert sparse.stored is not None
    rebuilt = torch.zeros_like(dense)
    sent, each = sparse.stored.values_shape
    indices = np.frombuffer(sparse.stored.indices, "<i8").reshape(sent, value.sparse_dim())
    real = np.frombuffer(sparse.stored.values, "<f8").reshape(sent, each)
    imaginary = np.frombuffer(sparse.stored.imaginary, "<f8").reshape(sent, each) if dense.is_complex() else 0 * real
    for place, numbers in zip(indices.tolist(), real + 1j * imaginary, strict=True):
        part = torch.tensor(numbers if dense.is_complex() else numbers.real)
        rebuilt[tuple(place)] = part.to(dense.dtype).reshape(dense.shape[len(place) :])
    assert torch.equal(rebuilt, dense)
    assert (sparse.stored.places, sparse.stored.entries) == (sent, value._nnz())


def drawn_parts(answered: Any) -> list[Numbers]:
    if answered.picture is None:
        return []
    rows, columns, cells = answered.picture
    return [np.frombuffer(part, "<f4").reshape(rows, columns) for part in (cells, *(answered.picture_parts or ()))]


def test_a_sparse_tensor_too_large_to_be_dense_is_looked_at_by_what_it_stores() -> None:
    values = torch.tensor([[1.0, 2], [3, math.nan], [1, 1]])
    wide = torch.sparse_coo_tensor([[5, 3_000_000_000, 5]], values, (2**40, 2), check_invariants=True)
    summary = tensors.summarize("x", wide)
    assert (summary.nans, summary.zeros) == (1, 2 * 2**40 - 4)
    answered = answer(AskTensor(1, 0, "output", slice="2999999999:3000000001", values=True, picture=8), wide)
    assert answered.values is not None
    np.testing.assert_array_equal(np.frombuffer(answered.values[1], "<f8"), [0, 0, 3, math.nan])
    assert answered.note == f"sparse_coo: 2 of {2**40:,} rows stored, summed from 3 entries, the rest is 0"


def test_a_sparse_tensor_counts_for_looking_back_by_what_it_stores() -> None:
    value = torch.sparse_coo_tensor([[5, 3]], torch.ones(2, 4), (2**40, 4), check_invariants=True)
    assert size_of(value) == 2 * 8 + 2 * 4 * 4
    for layout in ("csr", "csc", "bsr"):
        found = made(layout, torch.eye(4))
        assert found is not None and 0 < size_of(found[0]) < 1000
    cache = ValueCache(budget=100)
    assert cache.store((0, "output", 0), value) and torch.equal(cache.get((0, "output", 0))._values(), torch.ones(2, 4))


class Raising(torch.Tensor):
    """A class of its own that answers no function."""

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise KeyError(f"no {func}")


def raising() -> torch.Tensor:
    with torch._C.DisableTorchFunctionSubclass():
        return torch.Tensor._make_wrapper_subclass(Raising, (2, 3))


def without_memory() -> torch.Tensor:
    tensor = torch.ones(4)
    tensor.untyped_storage().resize_(0)
    return tensor


def fake() -> torch.Tensor:
    from torch._subclasses.fake_tensor import FakeTensorMode

    return FakeTensorMode().from_tensor(torch.ones(2))


UNREADABLE = {
    "meta": (lambda: torch.ones(2, device="meta"), "on the device meta holds no numbers"),
    "fake": (fake, "A FakeTensor holds no numbers"),
    "jagged_meta": (
        lambda: torch.nested.nested_tensor([torch.ones(1), torch.ones(2)], layout=torch.jagged).to("meta"),
        "holds no numbers",
    ),
    "bits": (lambda: torch.empty(3, dtype=torch.bits8), "figures of a tensor of bits8"),
    "raising": (raising, "figures of a Raising"),
    "lazy": (torch.nn.UninitializedParameter, "before its first forward"),
    "without_memory": (without_memory, "memory was given back"),
    "objects": (lambda: np.array([object(), None]), "array of object is no array of numbers"),
    "text": (lambda: np.array(["a", "b"]), "is no array of numbers"),
}
WITHOUT_NUMBERS = ("meta", "fake", "jagged_meta", "lazy", "text")


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_has_no_numbers_is_said_to_have_none_and_conditions_say_once_that_they_were_not_tried(kind: str) -> None:
    make, said = UNREADABLE[kind]
    value = make()
    assert tensors.summarize("x", value).norm is None
    assert figures.norm(value) is None and figures.mean_and_std(value) is None
    assert (said in tensors.why_no_figures(value)) == (kind not in WITHOUT_NUMBERS)
    conditions = BreakpointSet([BreakpointRecord(1, "nan"), BreakpointRecord(2, "zero_grad")])
    for _ in range(3):
        assert conditions.on_values("backward", [("gradient of w", value)], "MulBackward0") is None
    start = "No condition of a breakpoint could be tried on the gradient of w of MulBackward0. "
    assert [sentence.startswith(start) and said in sentence for sentence in conditions.unchecked] == [True] * (
        kind not in WITHOUT_NUMBERS
    )
    shapes = BreakpointSet([BreakpointRecord(1, "shape", text="7")])
    assert shapes.on_values("forward", [("output", value)]) is None and not shapes.unchecked
    try:
        answered = answer(AskTensor(1, 0, "output", values=True, picture=8), value)
    except GradvizError as error:
        assert said in str(error)
    else:
        assert said in answered.note and answered.statistics is None and answered.shape is not None


def test_nothing_and_the_empty_are_not_taken_for_unreadable() -> None:
    conditions = BreakpointSet([BreakpointRecord(1, "nan")])
    for value in (None, torch.zeros(0, 3), torch.arange(3), np.zeros((0,)), torch.zeros(0, 2).to_sparse()):
        assert conditions.on_values("forward", [("output", value)]) is None
    assert not conditions.unchecked


def test_a_quantized_tensor_is_read_as_what_it_represents() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = torch.quantize_per_channel(
            torch.tensor([[1.0, -2.0], [30.0, 0.0]]), torch.tensor([0.5, 1.0]), torch.tensor([0, 0]), 0, torch.qint8
        )
    answered = answer(AskTensor(1, 0, "output", values=True, picture=8), value)
    assert answered.values is not None
    assert np.frombuffer(answered.values[1], "<f8").tolist() == [1.0, -2.0, 30.0, 0.0]
    assert (answered.layout, answered.note) == ("quantized", "quantized (qint8): shown as what it stands for")


def test_what_a_mask_hides_counts_for_nothing_and_is_shown_as_nan() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = torch.masked.masked_tensor(torch.tensor([1.0, math.inf, 3.0]), torch.tensor([True, False, True]))
    answered = answer(AskTensor(1, 0, "output", values=True, picture=8), value)
    assert answered.values is not None and answered.statistics is not None
    np.testing.assert_array_equal(np.frombuffer(answered.values[1], "<f8"), [1, math.nan, 3])
    assert (answered.statistics.infs, answered.statistics.nans, answered.statistics.count) == (0, 0, 2)
    assert answered.note == "masked: 2 of 3 elements count, the others are shown as NaN"


def test_reading_leaves_a_nested_tensor_and_the_random_numbers_alone() -> None:
    value = torch.nested.nested_tensor([torch.ones(1, 2), torch.ones(3, 2)], layout=torch.jagged)
    before, state = dict(value._metadata_cache), torch.random.get_rng_state()
    answered = answer(AskTensor(1, 0, "output", values=True, picture=8), value)
    assert (answered.shape, answered.layout) == ((4, 2), "jagged")
    assert answered.note == "nested: 2 rows of 1 to 3, shown end to end"
    assert value._metadata_cache == before
    assert torch.equal(torch.random.get_rng_state(), state)


def test_very_many_numbers_of_double_precision_are_not_taken_for_infinite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensors, "_LARGE", 2)
    summary = tensors.summarize("x", torch.tensor([1e300, 1.0, 2.0], dtype=torch.float64))
    assert (summary.infs, summary.maximum) == (0, 1e300)
