"""The sentences on a run that goes back to an iteration of its past."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.protocol.past_events import Branched, Repeated


def repeated_text(event: Repeated) -> str:
    """Return how far the iterations that run again have come."""
    if event.back:
        text = tr("Going back to iteration {to}: at {step}")
    else:
        text = tr("Iterations run again up to {to}, with the same losses: at {step}")
    return text.format(to=f"{event.to:,}", step=f"{event.step:,}")


def branched_text(event: Branched) -> str:
    """Return that the run is another one from here on, and why."""
    text = tr("From iteration {step} on this is run {run}; run {of} stays as it was.")
    tail = text.format(step=f"{event.step:,}", run=event.run, of=event.of)
    return f"{event.message} {tail}" if event.message else tail
