"""Seed the three generators that networks draw from, and restore their states."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from gradviz.errors import InvalidValueError

# The largest that all three take: numpy's legacy generator has 32 bits.
LARGEST_SEED = 2**32 - 1


def check_seed(seed: int) -> int:
    """Return `seed` itself.

    Raises:
        InvalidValueError: it is negative, or more than 32 bits long.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise InvalidValueError(f"The seed must be between 0 and {LARGEST_SEED}, not {seed}.")
    return seed


def seed_everything(seed: int) -> None:
    """Seed `random`, `numpy.random` and torch (all devices), in that order."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


@dataclass(frozen=True, slots=True)
class Generators:
    """The states of all global generators at one moment."""

    of_python: Any
    of_numpy: Any
    of_torch: torch.Tensor
    of_cuda: tuple[torch.Tensor, ...]

    @classmethod
    def remember(cls) -> Generators:
        """Return the present states."""
        # Reading the state of an untouched CUDA would initialize it, which takes seconds and memory.
        is_initialized: Callable[[], bool] = torch.cuda.is_initialized
        cuda = tuple(torch.cuda.get_rng_state_all()) if is_initialized() else ()
        return cls(random.getstate(), np.random.get_state(), torch.get_rng_state(), cuda)

    def restore(self) -> None:
        """Restore these states."""
        random.setstate(self.of_python)
        np.random.set_state(self.of_numpy)
        torch.set_rng_state(self.of_torch)
        if self.of_cuda:
            torch.cuda.set_rng_state_all(list(self.of_cuda))
