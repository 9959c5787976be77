"""The sentences about an optimizer's step, for every client."""

from __future__ import annotations

from gradviz.language import join_sentences, tr, translatable
from gradviz.model.number_text import significant
from gradviz.protocol.explanations import UpdateRecord

PARTS = {
    "gradient": translatable("gradient"),
    "momentum": translatable("momentum"),
    "decay": translatable("weight decay"),
}
"""Where a term comes from → its name."""
_MUCH = 1e-3
"""A share of the step that no rounding explains."""


def update_text(record: UpdateRecord) -> str:
    """Return in a sentence or two what the step is, and what makes most of it."""
    if not record.formulas:
        return record.note
    largest = max(record.terms, key=lambda term: term.norm, default=None)
    moves = tr("It moved by a norm of {norm}.") if record.ran else tr("It will move by a norm of {norm}.")
    sentences = [moves.format(norm=significant(record.step, 3))] if record.step is not None else []
    if largest is not None and sum(term.norm > 0 for term in record.terms) > 1:
        text = tr("The largest of its terms is the {part}; the terms add up, their norms do not.")
        sentences.append(text.format(part=tr(PARTS[largest.part])))
    if record.rounding is not None and record.rounding > _MUCH:
        text = tr("That differs from the formula by {share}: something else changed the parameter during its step.")
        sentences.append(text.format(share=f"{100 * record.rounding:.2g} %"))
    return join_sentences(sentences)


def update_title(record: UpdateRecord) -> str:
    """Return the optimizer, and which of its steps it is where it counts them: `Adam, step 3`."""
    step = next((value for _, name, value in record.scalars if name == "step"), None)
    if step is None:
        return record.optimizer
    return tr("{optimizer}, step {step}").format(optimizer=record.optimizer, step=f"{step:,.0f}")
