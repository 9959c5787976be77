"""Figures of tensors, against plain torch and by hand."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradviz.engine.tensors import tensor_replies as tensor_answers
from gradviz.engine.tensors import tensor_summary as tensors
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.records import SummaryRecord

arrays = hnp.arrays(np.float32, hnp.array_shapes(max_dims=3, max_side=6), elements=st.floats(-1e6, 1e6, width=32))


@given(arrays)
def test_statistics_agree_with_numpy(array: np.ndarray) -> None:
    figures = tensors.statistics(torch.from_numpy(array))
    double = array.astype(np.float64)
    assert figures.minimum == double.min()
    assert figures.maximum == double.max()
    assert figures.mean == pytest.approx(double.mean(), rel=1e-6, abs=1e-6)
    assert figures.std == pytest.approx(double.std(), rel=1e-6, abs=1e-3)
    assert figures.norm == pytest.approx(np.linalg.norm(double.reshape(-1)), rel=1e-9, abs=1e-9)
    assert figures.zeros == (array == 0).sum()


def test_nan_and_inf_are_counted_and_left_out_of_the_figures() -> None:
    figures = tensors.statistics(torch.tensor([1.0, math.nan, math.inf, -math.inf, 3.0]))
    assert (figures.nans, figures.infs, figures.minimum, figures.maximum, figures.mean) == (1, 2, 1.0, 3.0, 2.0)


def test_a_gradient_that_was_not_computed_has_no_figures() -> None:
    summary = tensors.summarize("grad", None)
    assert summary.norm is None
    assert summary.shape is None


def test_a_zero_gradient_is_not_a_missing_one() -> None:
    summary = tensors.summarize("grad", torch.zeros(3, 2))
    assert (summary.norm, summary.zeros, summary.shape) == (0.0, 6, (3, 2))


@given(arrays)
def test_the_histogram_counts_every_finite_value(array: np.ndarray) -> None:
    limit = tensors.limit_of(array)
    assert sum(tensors.histogram(array, limit).counts) == array.size


def test_few_values_beside_zeros_still_set_the_limit() -> None:
    sparse = torch.zeros(10_000)
    sparse[7] = 0.5
    assert tensors.limit_of(sparse) == 0.5


def test_a_picture_is_the_tensor_where_it_fits() -> None:
    matrix = torch.arange(6.0).reshape(2, 3)
    rows, columns, cells = tensors.picture(matrix, 100)
    assert (rows, columns) == (2, 3)
    assert struct.unpack("<6f", cells) == (0, 1, 2, 3, 4, 5)


def test_a_large_picture_is_means_of_blocks_and_shows_a_single_nan() -> None:
    matrix = torch.ones(1000, 7)
    matrix[500, 3] = math.nan
    rows, columns, cells = tensors.picture(matrix, 100)
    grid = np.frombuffer(cells, "<f4").reshape(rows, columns)
    assert grid.shape == (100, 7)
    assert np.isnan(grid).sum() == 1
    assert np.nanmax(grid) == np.nanmin(grid) == 1


@given(arrays, st.data())
def test_a_slice_means_what_numpy_means(array: np.ndarray, data: st.DataObject) -> None:
    parts = []
    for size in array.shape[: data.draw(st.integers(1, array.ndim))]:
        start, stop = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
        parts.append(data.draw(st.sampled_from([str(start), f"{start}:{stop}", ":", f"{start}:", f"::{stop}"])))
    index = tensor_answers.parse_slice(",".join(parts), array.shape)
    expected = eval(f"array[{','.join(parts)}]", {"array": array})
    np.testing.assert_array_equal(torch.from_numpy(array)[index].numpy(), expected)


@pytest.mark.parametrize("text", ["x", "7", "0,0,0", "::-1", "1.5", "[0]", "__import__('os')"])
def test_a_slice_that_does_not_fit_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"\.$"):
        tensor_answers.parse_slice(text, (3, 4))


def test_answering_leaves_the_tensor_and_the_random_numbers_alone() -> None:
    tensor = torch.randn(5, 4, 3, requires_grad=True)
    before, version, state = tensor.detach().clone(), tensor._version, torch.random.get_rng_state()
    answered = tensor_answers.answer(AskTensor(1, node=0, what="output", slice="1", values=True, picture=64), tensor)
    assert torch.equal(tensor, before)
    assert tensor._version == version
    assert torch.equal(torch.random.get_rng_state(), state)
    assert (answered.shape, answered.dtype, answered.requires_grad, answered.is_leaf) == (
        (5, 4, 3),
        "float32",
        True,
        True,
    )
    shape, data = answered.values
    np.testing.assert_array_equal(np.frombuffer(data, "<f8").reshape(shape), before[1].double().numpy())


@pytest.mark.parametrize(
    "value",
    [
        torch.tensor(3.0),
        torch.zeros(0, 4),
        torch.tensor([True, False]),
        torch.arange(5),
        torch.randn(3, dtype=torch.complex64),
        torch.randn(4).to(torch.bfloat16),
        torch.randn(4).to(torch.float8_e4m3fn),
        torch.eye(3).to_sparse(),
        torch.empty(2, 2, device="meta"),
        np.float64(2.5),
        np.arange(6).reshape(2, 3),
    ],
    ids=str,
)
def test_tensors_of_every_kind_are_answered(value: object) -> None:
    answered = tensor_answers.answer(AskTensor(1, node=0, what="output", values=True, picture=64), value)
    assert answered.message == ""
    assert answered.shape is not None
    assert tensors.summarize("value", value).shape == answered.shape


def test_numbers_that_are_yet_to_be_conjugated_are_written(tmp_path: Path) -> None:
    value = torch.tensor([1 + 2j, 3 - 4j])
    tensor_answers.save(str(tmp_path / "a.npy"), value.conj())
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), value.conj().resolve_conj().numpy())


@pytest.mark.parametrize("path", ["/nowhere/a.npy", "a\0.npy"])
def test_a_file_that_cannot_be_written_is_one_plain_sentence(path: str) -> None:
    with pytest.raises(GradvizError, match=r"cannot be written: [A-Za-z ]+\.$"):
        tensor_answers.save(path, torch.ones(2))


def test_a_class_that_torch_has_no_figures_of_is_named_by_its_shape_and_refused_in_a_sentence() -> None:
    class Odd(torch.Tensor):
        @classmethod
        def __torch_dispatch__(cls, func: object, types: object, args: object = (), kwargs: object = None) -> object:
            raise TypeError(f"no {func}\nmore")

    with torch._C.DisableTorchFunctionSubclass():
        odd = torch.Tensor._make_wrapper_subclass(Odd, (2, 3))
    odd.detach = lambda: odd
    assert tensors.summarize("x", odd) == SummaryRecord("x", (2, 3))
    assert not tensors.is_finite(odd)
    with pytest.raises(GradvizError, match=r"figures of a Odd: no [^\n]*$"):
        tensor_answers.answer(AskTensor(1, 0, "output", picture=4), odd)


def test_a_large_slice_is_cut_to_what_a_table_can_show() -> None:
    answered = tensor_answers.answer(AskTensor(1, node=0, what="output", values=True), torch.randn(300, 500))
    shape, data = answered.values
    assert len(data) // 8 == shape[0] * shape[1] <= tensor_answers.MOST_VALUES


@given(hnp.arrays(np.float32, hnp.array_shapes(min_dims=0, max_dims=3, max_side=9), elements=st.floats(width=32)))
def test_a_summary_in_single_precision_is_that_of_a_copy_in_double_bit_for_bit(array: np.ndarray) -> None:
    for single in (torch.from_numpy(array), torch.from_numpy(array).transpose(0, -1) if array.ndim else None):
        if single is not None:
            assert repr(tensors.summarize("x", single)) == repr(tensors.summarize("x", single.double()))


def test_known_figures_are_those_of_tensors_that_are_alive_and_unchanged() -> None:
    known = tensors.KnownFigures()
    tensor, figures = torch.ones(4), (2.0, 1.0, 1.0, 0)
    place = tensor.data_ptr(), 4, tensor.dtype
    known.note(place, tensor, figures)
    assert known.find(place) == figures
    tensor.add_(1)
    assert known.find(place) is None
    known.note(place, tensor, figures)
    del tensor  # its memory may be another's now
    assert known.find(place) is None


def test_a_norm_is_the_same_for_few_numbers_and_for_many_and_for_any_strides() -> None:
    for tensor in (torch.randn(300_000), torch.randn(70, 900).t(), torch.randn(9, 1).expand(9, 3000), torch.ones(())):
        summary = tensors.summarize("x", tensor)
        assert summary.norm == pytest.approx(float(tensor.double().norm()), rel=1e-12)
        assert (summary.minimum, summary.maximum) == (float(tensor.min()), float(tensor.max()))
