"""Values that a message can carry: text that UTF-8 can encode, and the builtin numbers."""

from __future__ import annotations

import numbers
import re
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct

T = TypeVar("T")

_ESCAPE = re.compile(r"\\u(d[89a-f][0-9a-f]{2})")
ESCAPE_START = "\\ud"
"""What every escape begins with."""


def escape_text(text: str) -> str:
    r"""Return `text` with its lone surrogates (undecodable bytes of a file name, for one) written out: `\udcff`."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def restore_text(text: str) -> str:
    """Return `text` with the surrogates that `escape_text` wrote out."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if ESCAPE_START in text else text


def plain_value(value: object) -> object:
    """Return a text, number or truth value of another type (a subclass, NumPy's scalars) as the builtin one.

    Anything else is returned as it is.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if getattr(value, "shape", None) == () and callable(getattr(value, "item", None)):
        item = value.item()  # type: ignore[attr-defined]
        return item if type(item) in (bool, int, float, str) else value
    return value


def escape(value: T) -> T:
    """Return a record, or a container of records, with every text in it escaped."""
    escaped: T = map_leaves(value, lambda leaf: escape_text(leaf) if isinstance(leaf, str) else leaf)
    return escaped


def restore(value: T) -> T:
    """Return a record, or a container of records, with every escaped text in it restored."""
    restored: T = map_leaves(value, lambda leaf: restore_text(leaf) if isinstance(leaf, str) else leaf)
    return restored


def map_leaves(value: Any, change: Callable[[Any], Any], stays: Callable[[Any], bool] = lambda part: False) -> Any:
    """Return a copy of `value` in which `change` was applied to all that is neither a record nor a container.

    A part for which `stays` holds is taken over as a whole.
    """
    if stays(value):
        return value
    if isinstance(value, Struct):
        fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return type(value)(**{name: map_leaves(each, change, stays) for name, each in fields})
    if isinstance(value, dict):
        return {map_leaves(key, change, stays): map_leaves(each, change, stays) for key, each in value.items()}
    if isinstance(value, list):
        return [map_leaves(each, change, stays) for each in value]
    if isinstance(value, tuple):
        return tuple(map_leaves(each, change, stays) for each in value)
    return change(value)
