"""What updates each parameter, beside what its gradient reaches: who holds it, and whether it changed; and a search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradviz.language import tr
from gradviz.model.explanation.reach_errors import error_for
from gradviz.model.tables.reach_table import ReachTable, name_of
from gradviz.protocol.explanations import HolderRecord
from gradviz.protocol.records import ReachRecord


@dataclass(frozen=True, slots=True)
class UpdateProblem:
    """A parameter that no update changes as one would expect."""

    reason: str
    """`no_optimizer`, `two_optimizers`, `rate_zero` or `unchanged`."""
    names: tuple[str, ...]
    text: str


def update_problems(
    holders: Sequence[HolderRecord], reach: Sequence[ReachRecord] = (), still: Iterable[str] = ()
) -> list[UpdateProblem]:
    """Return the parameters that are in no optimizer, in two, at a learning rate of 0, or that the last update did not
    change. Frozen ones count only where an optimizer has them; `still`: names of those that were measured to stay."""
    frozen = {name for record in reach if record.reason == "frozen" for name in record.names}
    if not any(holder.groups for holder in holders):
        return []  # the update is written by hand, or no optimizer is known yet
    unmoved = set(still)
    found = []
    for holder in holders:
        if (reason := _reason(holder, frozen, unmoved)) is not None:
            found.append(UpdateProblem(reason, holder.names, _text(reason, holder)))
    return found


def _reason(holder: HolderRecord, frozen: set[str], still: set[str]) -> str | None:
    if not holder.groups:
        return None if frozen.intersection(holder.names) else "no_optimizer"
    if len(holder.groups) > 1:
        return "two_optimizers"
    if holder.groups[0][1] == 0:
        return "rate_zero"
    return "unchanged" if holder.changed is False or still.intersection(holder.names) else None


def _text(reason: str, holder: HolderRecord) -> str:
    return {
        "no_optimizer": tr("in no optimizer, so nothing updates it"),
        "two_optimizers": tr("in {count} groups: {names}").format(
            count=len(holder.groups), names=", ".join(name for name, _ in holder.groups)
        ),
        "rate_zero": tr("its learning rate is 0"),
        "unchanged": tr("the last update did not change it"),
    }[reason]


def matching(
    table: ReachTable, problems: Sequence[UpdateProblem], text: str
) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """Return the names of the records and of the problems that a search means: by name or reason, or by an error text
    of torch's."""
    error, wanted = error_for(text), text.strip().lower()
    if error is not None:
        records = {r.names for r in table.records if r.reason in error.reasons}
        return records, {p.names for p in problems if p.reason in error.reasons}
    records = {r.names for r in table.records if wanted in f"{name_of(r)} {' '.join(r.names)} {r.text}".lower()}
    return records, {p.names for p in problems if wanted in f"{' '.join(p.names)} {p.text}".lower()}
