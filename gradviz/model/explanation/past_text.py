"""The sentences on a run that goes back to an iteration of its past, and on states that are kept of it."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.model.number_text import size_text
from gradviz.protocol.past_events import Branched, CheckpointMade, Repeated


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
