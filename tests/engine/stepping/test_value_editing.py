"""Edits of tensors that are complex, or hold no single elements: done as meant, or refused in a sentence."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradviz.engine.stepping.value_editing import evaluate_edit
from gradviz.errors import InvalidValueError
from gradviz.protocol.commands import Edit
from tests.helpers.tensor_kinds import LAYOUTS, made

PARTS = st.floats(-100, 100, width=32)


def element(text: str, *index: int) -> Edit:
    return Edit(0, "parameter", text, element=index)


@given(PARTS, PARTS)
def test_an_element_of_complex_numbers_takes_both_parts(real: float, imaginary: float) -> None:
    number = complex(real, imaginary)
    for text in (str(number), str(number).strip("()"), str(number).replace("-", "−")):
        assert evaluate_edit(element(text, 1), torch.zeros(2, dtype=torch.complex64)).tolist() == [0, number]


def test_an_expression_may_give_one_complex_number_for_all() -> None:
    old = torch.zeros(2, dtype=torch.complex64)
    assert evaluate_edit(Edit(0, "parameter", "1 + 2j"), old).tolist() == [1 + 2j, 1 + 2j]
    with pytest.raises(InvalidValueError, match="complex"):
        evaluate_edit(Edit(0, "parameter", "1 + 2j"), torch.zeros(2))
    with pytest.raises(InvalidValueError, match="'1j' is not a number"):
        evaluate_edit(element("1j", 0), torch.zeros(2))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_layout_raises_anything_but_a_sentence(layout: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: Any = made(layout, torch.ones(3, 2))
        for edit in (element("2", 0, 0), element("x", 0, 0), element("2", 9), Edit(0, "parameter", "g * 2")):
            try:
                evaluate_edit(edit, found[0])
            except InvalidValueError as error:
                assert str(error).endswith(".") and "\n" not in str(error)


def test_one_element_of_a_sparse_tensor_is_refused_by_name() -> None:
    with pytest.raises(InvalidValueError, match="One element of a sparse_coo tensor cannot be set"):
        evaluate_edit(element("2", 0, 0), torch.eye(2).to_sparse())
