"""The words of autograd that the window uses, each explained in a sentence: one table for every tip."""

from __future__ import annotations

import re

from gradviz.language import tr, translatable

GLOSSARY = {
    translatable("norm"): translatable("the length of a tensor: the square root of the sum of its squared entries."),
    translatable("leaf"): translatable("a tensor that no recorded operation made, such as a parameter."),
    translatable("AccumulateGrad"): translatable("the node of a leaf: it adds the gradient that comes in to its grad."),
    translatable("strides"): translatable("how many stored entries apart two neighbours are, along each dimension."),
    translatable("version"): translatable(
        "how often a tensor was changed in place. Backward refuses a saved tensor that was changed since."
    ),
    translatable("view"): translatable("a tensor on the entries of another one, in another shape; nothing is copied."),
    translatable("⊙"): translatable("the product of the entries at equal places."),
    translatable("reach"): translatable("which parameters the gradient of the loss comes to, and where it is lost."),
}
"""Word → what it means, both in English; they are translated where they are shown."""


def glossary_tip(text: str) -> str:
    """Return the meanings of the glossary's words that occur in `text`, a line each; empty where none does."""
    found = []
    for word, meaning in GLOSSARY.items():
        shown = tr(word)
        pattern = rf"\b{re.escape(shown)}s?\b" if shown.isascii() else re.escape(shown)
        if re.search(pattern, text, re.IGNORECASE):
            found.append(f"{shown}: {tr(meaning)}")
    return "\n".join(found)
