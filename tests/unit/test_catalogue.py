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


def test_every_file_is_there() -> None:
    assert all(entry.file.is_file() for entry in NETWORKS)
