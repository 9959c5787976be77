"""The sentence on the memory that traps take."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.model.number_text import size_text


def held_text(size: int) -> str:
    """Return the sentence on the bytes that are kept to run an iteration again."""
    return tr("To run an iteration again for a trap, up to {size} are kept.").format(size=size_text(size))
