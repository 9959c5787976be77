"""The sentences on a run that goes back to an iteration of its past, and on states that are kept of it."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.model.number_text import size_text
from gradviz.model.stepping.breakpoint_kinds import title_of
from gradviz.protocol.past_events import Branched, CheckpointMade, FirstFound, Repeated


def repeated_text(event: Repeated) -> str:
    """Return how far the iterations that run again have come."""
    if event.back:
        text = tr("Going back to iteration {to}: at {step}")
    else:
        text = tr("Iterations run again up to {to}, with the same losses: at {step}")
    return text.format(to=f"{event.to:,}", step=f"{event.step:,}")


def checkpoint_text(event: CheckpointMade) -> str:
    """Return that a state was kept, how large it is, and where."""
    if not event.kept_in:
        return tr("This run is not recorded, so no checkpoint can be kept; record runs, and reset it.")
    text = tr("Checkpoint of iteration {step} kept: {size}, in run {run}.")
    return text.format(step=f"{event.step:,}", size=size_text(event.size), run=event.kept_in)


def branched_text(event: Branched) -> str:
    """Return that the run is another one from here on, and why."""
    text = tr("From iteration {step} on this is run {run}; run {of} stays as it was.")
    tail = text.format(step=f"{event.step:,}", run=event.run, of=event.of)
    return f"{event.message} {tail}" if event.message else tail


def found_text(event: FirstFound) -> str:
    """Return in which iteration a condition was met first, and how near to that the iterations before came."""
    last, title = event.end - 1, title_of(event.condition)
    if event.step is not None:
        text = tr("First in iteration {step}: {found}.")
        if event.first:
            text = tr("First in iteration {step}, from {first} on: {found}.")
    elif event.interrupted:
        text = tr("The search ended before iteration {end}; not met from {first} to there: {title}.")
    else:
        text = tr("In no iteration from {first} to {last}: {title}.")
    found = event.message or title
    sentence = text.format(
        step=_whole(event.step or 0), first=_whole(event.first), last=_whole(last), end=_whole(event.end),
        found=found, title=title,
    )  # fmt: skip
    return f"{sentence} {_nearest(event)}".rstrip()


def _nearest(event: FirstFound) -> str:
    if event.before is None:
        return ""
    if event.condition.kind.endswith("_below"):
        text = tr("Before: {value:.4g} at least.") if event.step is not None else tr("{value:.4g} at least.")
    else:
        text = tr("Before: {value:.4g} at most.") if event.step is not None else tr("{value:.4g} at most.")
    return text.format(value=event.before)


def _whole(number: int) -> str:
    return f"{number:,}"
