"""The catalogue: names, ranges, sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.errors import InvalidValueError, UnknownNameError
from gradviz.networks.catalogue import NETWORKS, network


def test_an_unknown_network_is_told_all_names() -> None:
    with pytest.raises(UnknownNameError) as caught:
        network("resnet")
    assert all(entry.id in str(caught.value) for entry in NETWORKS)


def test_an_unknown_hyperparameter_is_told_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="d_in"):
        network("nn").parse({"width": 3})


@given(st.integers(1, 65_536))
def test_a_size_in_range_is_taken_as_number_or_text(size: int) -> None:
    assert network("nn").parse({"h": size})["h"] == size == network("nn").parse({"h": str(size)})["h"]


@pytest.mark.parametrize("value", [0, -1, 65_537, "", "ten", 2.5, None, True])
def test_a_size_that_is_none_is_refused_in_a_sentence(value: object) -> None:
    with pytest.raises(InvalidValueError, match=r"^h must be .*\.$"):
        network("nn").parse({"h": value})


def test_a_range_of_layers_must_not_be_empty() -> None:
    with pytest.raises(InvalidValueError, match="must not exceed"):
        network("dynamic").parse({"layers_min": 3, "layers_max": 1})


def test_the_heads_must_divide_the_width() -> None:
    with pytest.raises(InvalidValueError, match="multiple of heads"):
        network("attention").parse({"width": 30, "heads": 4})


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.integers())))
def test_whatever_is_given_is_a_number_in_range_or_refused(value: object) -> None:
    try:
        assert 1 <= network("nn").parse({"n": value})["n"] <= 65_536
    except InvalidValueError as error:
        assert "\n" not in str(error)


def test_what_is_not_given_takes_its_default() -> None:
    assert network("dynamic").parse({"layers_max": 1}) == {
        "n": 64, "d_in": 1000, "h": 100, "d_out": 10, "layers_min": 0, "layers_max": 1,
    }  # fmt: skip


def test_every_file_is_there() -> None:
    assert all(entry.file.is_file() for entry in NETWORKS)
