"""Note the states of the random generators of Python, NumPy, torch and the device in 2 µs, and put them back; those of
the target's own beside them.

Their own calls take from 13 µs (Python) to 80 µs (NumPy), a tenth of a small iteration. Both keep a Mersenne Twister:
its words are read from memory, after a test on a generator of our own has shown that they are where they should be.
"""

from __future__ import annotations

import ctypes
import random
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from gradviz.engine.replay.own_generators import OwnGenerators, is_state, plain_state, put_state, state_from_plain
from gradviz.engine.torch_compat import device_generators

_WORDS = 624
_INDEX = 4
"""Bytes of the position in the words: before them in Python's generator, behind them in NumPy's."""
_SIZE = 4 * _WORDS + _INDEX


class RandomStates:
    """The states of the global generators, and of `own` ones, at one moment. Noting again replaces what was noted."""

    def __init__(self, own: OwnGenerators | None = None) -> None:
        self._own = own
        self._own_states: list[tuple[Any, Any]] = []
        self._python: Any = None
        self._gauss: Any = None
        """The number that Python's generator made in advance."""
        self._numpy: dict[str, Any] = {}
        self._numpy_words = b""
        self._numpy_generator: Any = None
        self._numpy_address = 0
        self._torch: torch.Tensor | None = None
        self._devices: list[tuple[Any, torch.Tensor]] = []

    def note(self) -> None:
        """Note the present states."""
        self._python = ctypes.string_at(_PYTHON_WORDS, _SIZE) if _PYTHON_WORDS else random.getstate()
        self._gauss = _GLOBAL.gauss_next  # type: ignore[attr-defined]
        self._note_numpy()
        self._torch = torch.default_generator.get_state()
        devices = device_generators()
        self._devices = [(generator, generator.get_state()) for generator in devices] if devices else []
        if self._own is not None and self._own.found:
            self._own_states = self._own.states()

    def put_back(self) -> None:
        """Put the generators back into the states that were noted."""
        if self._torch is None:
            return
        if isinstance(self._python, bytes):
            index, *words = struct.unpack(f"=i{_WORDS}I", self._python)
            random.setstate((3, (*words, index), self._gauss))
        else:
            random.setstate(self._python)
        np.random.set_state(self._numpy)
        torch.default_generator.set_state(self._torch)
        for generator, state in self._devices:
            generator.set_state(state)
        for generator, state in self._own_states:
            put_state(generator, state)

    def to_parts(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """Return what was noted as tensors and plain values, for a file."""
        assert self._torch is not None  # something was noted
        words = self._python
        if not isinstance(words, bytes):
            _, (*numbers, index), _ = words
            words = struct.pack(f"=i{_WORDS}I", index, *numbers)
        tensors = {"torch": self._torch, "python": torch.frombuffer(bytearray(words), dtype=torch.uint8)}
        tensors |= {f"device.{i}": state for i, (_, state) in enumerate(self._devices)}
        values = {"gauss": self._gauss, "own": [plain_state(state) for _, state in self._own_states]}
        if self._numpy["bit_generator"] == "MT19937":
            key = np.ascontiguousarray(self._numpy["state"]["key"], np.uint32)
            tensors["numpy"] = torch.frombuffer(bytearray(key.tobytes()), dtype=torch.uint8)
            values["numpy"] = [self._numpy["state"]["pos"], self._numpy["has_gauss"], self._numpy["gauss"]]
        return tensors, values

    @classmethod
    def from_parts(
        cls, tensors: dict[str, torch.Tensor], values: dict[str, Any], own: OwnGenerators | None = None
    ) -> RandomStates:
        """Return what `to_parts` gave; what it does not have is as it is now."""
        states = cls(own)
        states.note()
        states._torch, states._gauss = tensors["torch"], values["gauss"]
        states._python = tensors["python"].numpy().tobytes()
        if "numpy" in values:
            position, has_gauss, gauss = values["numpy"]
            key = np.frombuffer(tensors["numpy"].numpy().tobytes(), np.uint32)
            state = {"key": key, "pos": position}
            states._numpy = {"bit_generator": "MT19937", "state": state, "has_gauss": has_gauss, "gauss": gauss}
            states._numpy_words = b""
        states._devices = [
            (generator, tensors.get(f"device.{i}", state)) for i, (generator, state) in enumerate(states._devices)
        ]
        if len(values.get("own", ())) == len(states._own_states):
            pairs = zip(states._own_states, values["own"], strict=True)
            states._own_states = [(generator, state_from_plain(generator, kept)) for (generator, _), kept in pairs]
        return states

    @property
    def are_present(self) -> bool:
        """Return whether nothing was drawn since they were noted."""
        if self._torch is None or not torch.equal(self._torch, torch.default_generator.get_state()):
            return False
        now = ctypes.string_at(_PYTHON_WORDS, _SIZE) if _PYTHON_WORDS else random.getstate()
        if now != self._python or self._gauss != _GLOBAL.gauss_next:  # type: ignore[attr-defined]
            return False
        if not self._numpy_address or ctypes.string_at(self._numpy_address, _SIZE) != self._numpy_words:
            return False
        if not all(torch.equal(state, generator.get_state()) for generator, state in self._devices):
            return False
        return all(is_state(generator, state) for generator, state in self._own_states)

    def _note_numpy(self) -> None:
        """Ask NumPy only if its words have changed. A number made in advance is used up without that."""
        generator = _numpy_generator()
        if generator is not self._numpy_generator:
            self._numpy_generator = generator
            self._numpy_address = _words_of(generator)
        words = ctypes.string_at(self._numpy_address, _SIZE) if self._numpy_address else b""
        if not words or words != self._numpy_words or self._numpy["has_gauss"]:
            self._numpy = np.random.get_state(legacy=False)
            self._numpy_words = words


def _words_of(generator: Any) -> int:
    """Return where a generator of NumPy's keeps its words; 0 if it is of another kind."""
    return int(generator.ctypes.state_address) if isinstance(generator, np.random.MT19937) else 0


def _python_words() -> int:
    """Return where Python's global generator keeps position and words; 0 if this Python keeps them elsewhere."""
    known = random.Random(1)
    if random.Random.__mro__[1].__basicsize__ < object.__basicsize__ + _SIZE:
        return 0
    (*words, index) = known.getstate()[1]
    if ctypes.string_at(id(known) + object.__basicsize__, _SIZE) != struct.pack(f"=i{_WORDS}I", index, *words):
        return 0
    return id(_GLOBAL) + object.__basicsize__


_numpy_generator: Callable[[], Any] = np.random.get_bit_generator  # type: ignore[attr-defined]
_state: Callable[[], Any] = random.getstate
_GLOBAL: random.Random = _state.__self__  # type: ignore[attr-defined]
"""The generator behind the functions of `random`."""
_PYTHON_WORDS = _python_words()
