"""The sentences about the check of a derivative, for every client: whether it is right, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz.language import join_sentences, tr, translatable
from gradviz.model.number_text import complex_text, short, significant
from gradviz.protocol.explanations import CheckedElementRecord, CheckedInputRecord, CheckRecord

_CAUSES = {
    "wrong_formula": translatable("The backward of {op} is wrong"),
    "kink": translatable(
        "The derivative is right up to kinks: some elements are at one, where the slopes to the left and to the right"
        " differ and backward takes one of them."
    ),
    "kink_near": translatable(
        "The derivative is right: at the elements that differ, a kink is closer than the difference that was taken."
    ),
    "low_precision": translatable(
        "The formula is right, but the forward computes in single precision inside, so small differences are lost."
    ),
    "nondeterministic": translatable(
        "{op} gives another result for the same inputs, so its derivative cannot be checked: it draws numbers of its"
        " own, or keeps something from call to call."
    ),
    "saved_changed": translatable(
        "The formula is right, but what forward had saved was changed before backward used it: the run's own gradient"
        " is another one."
    ),
    "nonfinite": translatable("The derivative is not finite at some elements: they are at the edge of the domain."),
    "raised": translatable("The backward of {op} raised: {message}"),
}
_LOSSY = 1e-2
"""A share of the gradient that is lost to the run's own type."""


def check_text(record: CheckRecord) -> str:
    """Return in a sentence or two whether the derivative is right, and what else differs."""
    op = _name_of(record)
    if record.cause == "wrong_formula":
        return f"{tr(_CAUSES['wrong_formula']).format(op=op)}{_how_wrong(record)}"
    if record.cause:
        return tr(_CAUSES[record.cause]).format(op=op, message=record.message)
    sentences = [tr("The derivative of {op} is right: analytic and numeric agree.").format(op=op)]
    if record.torch_agrees is False:
        text = tr("torch.autograd.gradcheck objects all the same: {message}")
        sentences.append(text.format(message=record.torch_message))
    if record.rounding is not None and record.rounding > _LOSSY:
        text = tr("In the run's own precision it is off by {share}.")
        sentences.append(text.format(share=f"{100 * record.rounding:.2g} %"))
    return join_sentences(sentences)


def _how_wrong(record: CheckRecord) -> str:
    """Return the end of the sentence on a wrong formula."""
    wrong = [given for given in record.inputs if given.wrong]
    of = ""
    if len(wrong) < len(record.inputs):
        of = tr(" for {names}").format(names=", ".join(map(input_name, wrong)))
    if record.factor is None:
        return of + "."
    if all(abs(part) < 1e-9 for part in record.factor):
        return tr("{of}: it gives 0, where the derivative is not 0.").format(of=of)
    where = _where_wrong(wrong)
    if len(record.factor) == 1 and abs(record.factor[0] + 1) < 1e-3:
        return tr("{of}: its sign is the opposite {where}.").format(of=of, where=where)
    text = tr("{of}: it gives {factor} times the derivative {where}.")
    return text.format(of=of, factor=_factor(record.factor), where=where)


def _where_wrong(wrong: Sequence[CheckedInputRecord]) -> str:
    """Return in which elements a formula is wrong: everywhere, in so many, or, as in one branch of it, in a range."""
    some = [given for given in wrong if given.right_extent is not None]
    if not some:
        return tr("everywhere")
    given = some[0]
    counts = {"wrong": f"{given.wrong:,}", "compared": f"{given.compared:,}"}
    bad, good = given.wrong_extent, given.right_extent
    if bad is None or good is None or (bad[0] <= good[1] and good[0] <= bad[1]):
        return tr("in {wrong} of {compared} elements").format(**counts)
    text = tr("in {wrong} of {compared} elements, from {low} to {high}; from {first} to {last} it is right")
    ends = zip(("low", "high", "first", "last"), map(short, (*bad, *good)), strict=True)
    return text.format(**counts, **dict(ends))


def notes_of(record: CheckRecord) -> list[str]:
    """Return how it was checked, in short sentences."""
    compared = sum(given.compared for given in record.inputs)
    total = sum(_size(given) for given in record.inputs)
    notes = []
    if record.inputs and compared:
        if compared >= total:
            text = tr("All {total} elements, in {dtype}, on a copy.")
        else:
            text = tr("{compared} of {total} elements, and all at once, in {dtype}, on a copy.")
        notes.append(text.format(compared=f"{compared:,}", total=f"{total:,}", dtype=record.dtype))
    if record.nodes > 1:
        notes.append(tr("The op made {count} nodes, which are checked as one.").format(count=record.nodes))
    if record.random:
        notes.append(tr("It draws random numbers: the same ones at each evaluation."))
    for first, second in record.alike:
        text = tr("Inputs {first} and {second} share memory; each was varied alone.")
        notes.append(text.format(first=first, second=second))
    return notes


def input_name(given: CheckedInputRecord) -> str:
    """Return the name of an input, or which one it is."""
    return given.name or tr("input {index}").format(index=given.position)


def element_name(record: CheckRecord, element: CheckedElementRecord) -> str:
    """Return `weight[0, 3]`; of a parameter, the last part of the name is enough beside its op."""
    name = input_name(record.inputs[element.input]).rpartition(".")[2]
    return f"{name}[{', '.join(map(str, element.index))}]" if element.index else name


def element_numbers(element: CheckedElementRecord) -> tuple[str, str, str]:
    """Return the analytic and the numeric derivative and their difference, as text."""
    return _number(element.analytic), _number(element.numeric), significant(element.difference, 2)


def _number(parts: tuple[float, ...], digits: int = 4) -> str:
    return significant(parts[0], digits) if len(parts) == 1 else complex_text(parts[0], parts[1], digits)


def _name_of(record: CheckRecord) -> str:
    return record.op.removesuffix(".apply").rpartition(".")[2]


def _size(given: CheckedInputRecord) -> int:
    size = 1
    for length in given.shape:
        size *= length
    return size


def _factor(parts: tuple[float, ...]) -> str:
    return f"{parts[0]:.3g}".replace("-", "−") if len(parts) == 1 else _number(parts, 3)
