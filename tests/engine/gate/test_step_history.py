"""The history of an iteration gives no figures of what was changed since, and says that there was a value."""

from __future__ import annotations

import torch

from gradviz.engine.gate.step_history import StepHistory
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.protocol.records import PointRecord


def test_a_gradient_that_was_clipped_since_is_lost_and_one_that_was_not_computed_is_none() -> None:
    history = StepHistory(ValueCache())
    kept, clipped = torch.ones(3), torch.ones(3)
    results = [("kept", kept), ("clipped", clipped), ("absent", None)]
    history.add(PointRecord(0, "backward", 4), 1e-6, "grad_input", results)
    clipped.mul_(0.5)
    (record,) = history.records()
    assert [(value.name, value.norm is not None, value.lost) for value in record.values] == [
        ("kept", True, False),
        ("clipped", False, True),
        ("absent", False, False),
    ]
