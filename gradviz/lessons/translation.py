"""The translation of texts, until `gradviz.language` is there."""

from __future__ import annotations


def translate(_context: str, text: str) -> str:
    """Return the text."""
    return text
