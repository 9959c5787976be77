"""The traps that are set, and what they remember of the iterations before."""

from __future__ import annotations

from collections.abc import Iterable

from gradviz.engine.torch_compat import DisableTorchFunction
from gradviz.engine.traps.iteration_figures import IterationFigures
from gradviz.engine.traps.trap_kinds import TRAPS, Memory, Trap, TrapFinding, is_trap
from gradviz.protocol.records import BreakpointRecord

_SAMPLED = 10
"""One iteration in so many is looked at only to know how much modules usually move: to copy the weights costs about as
much as the update of a small network."""


class TrapSet:
    """The traps among the enabled breakpoints."""

    def __init__(self) -> None:
        self.records: tuple[BreakpointRecord, ...] = ()
        self.needs_update = False
        """Whether a trap looks at each update."""
        self.keeps_history = False
        """Whether it is kept how much each module moves, to explain a spike by."""
        self.held = 0
        """How many bytes were kept at most to run an iteration again."""
        self._memories: dict[tuple[object, ...], Memory] = {}
        self._asked: tuple[tuple[BreakpointRecord, Trap, bool, Memory], ...] = ()
        """Each trap, whether it looks at the update, and what it remembers."""

    def set(self, records: Iterable[BreakpointRecord]) -> None:
        """Replace the traps. Those that are there already keep what they remember."""
        self.records = tuple(record for record in records if is_trap(record))
        self.held = self.held if self.records else 0
        self.keeps_history = any(record.kind == "spike" for record in self.records)
        self.needs_update = any(TRAPS[record.kind].needs_update(record) for record in self.records)
        self._memories = {_key(record): self._memories.get(_key(record), {}) for record in self.records}
        kinds = [(record, TRAPS[record.kind]) for record in self.records]
        self._asked = tuple((r, trap, trap.needs_update(r), self._memories[_key(r)]) for r, trap in kinds)

    def samples(self, step: int) -> bool:
        """Return whether iteration `step` is one of those of which it is kept how much each module moves."""
        return self.keeps_history and (step < _SAMPLED or step % _SAMPLED == 0)

    def wants_update(self, step: int) -> bool:
        """Return whether the weights before the update of iteration `step` must be copied."""
        return self.needs_update or self.samples(step)

    def note_held(self, size: int) -> bool:
        """Note how many bytes are kept now; return whether there were never as many."""
        grows = size > self.held
        self.held = max(size, self.held)
        return grows

    def forget(self) -> None:
        """Remember nothing of the run that is over."""
        self.held = 0
        for memory in self._memories.values():
            memory.clear()

    def memory(self, record: BreakpointRecord) -> Memory:
        """Return what a trap remembers of the iterations since the run began, or went back."""
        return self._memories.get(_key(record), {})

    def check(self, figures: IterationFigures) -> list[tuple[BreakpointRecord, TrapFinding]]:
        """Return which traps the figures meet, and what each found. All are asked: they remember the figures."""
        after, hits = figures.before is not None, []
        with DisableTorchFunction():
            for record, trap, needs_update, memory in self._asked:
                if needs_update == after and (found := trap.check(record, figures, memory)) is not None:
                    hits.append((record, found))
        return hits


def _key(record: BreakpointRecord) -> tuple[object, ...]:
    return record.kind, record.text, record.within, record.number, record.other
