"""Fixtures of the engine's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from tests.helpers.engine_thread import EngineThread


@pytest.fixture
def one_torch_thread() -> Iterator[None]:
    """Sums come out the same, whatever this machine has."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def engine() -> Iterator[EngineThread]:
    """An engine in a thread of this process."""
    with EngineThread() as thread:
        yield thread
