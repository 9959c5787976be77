"""Which updates the traps that are set look at."""

from __future__ import annotations

from gradviz.engine.traps.trap_set import TrapSet
from gradviz.protocol.records import BreakpointRecord


def of(*records: BreakpointRecord) -> TrapSet:
    traps = TrapSet()
    traps.set(records)
    return traps


def test_a_trap_on_updates_looks_at_each() -> None:
    traps = of(BreakpointRecord(1, "unchanged"))
    assert all(traps.wants_update(step) for step in range(200))


def test_a_spike_of_the_loss_looks_at_the_first_updates_and_then_at_one_in_ten() -> None:
    traps = of(BreakpointRecord(1, "spike", text="loss", number=10, other=50))
    assert all(traps.wants_update(step) for step in range(10))
    assert [step for step in range(10, 60) if traps.wants_update(step)] == [10, 20, 30, 40, 50]


def test_a_trap_on_gradients_looks_at_no_update() -> None:
    traps = of(BreakpointRecord(1, "nonfinite", text="gradient"))
    assert not any(traps.wants_update(step) for step in range(200))
