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


def test_figures_of_memory_that_was_written_since_are_found_anew_and_those_of_a_view_are_not() -> None:
    history = StepHistory(ValueCache())
    whole = torch.arange(6.0).reshape(2, 3)
    history.add(PointRecord(0, "forward"), 1e-6, "output", [("whole", whole)])
    (before,) = history.records()
    history.add(PointRecord(1, "forward"), 1e-6, "output", [("turned", whole.t()), ("part", whole[0])])
    (views,) = history.records()
    turned, part = views.values
    assert (turned.shape, turned.norm, turned.maximum) == ((3, 2), before.values[0].norm, 5.0)
    assert (part.shape, part.maximum, part.zeros) == ((3,), 2.0, 1)
    whole.mul_(2)
    history.add(PointRecord(2, "forward"), 1e-6, "output", [("written", whole.t())])
    (after,) = history.records()
    assert after.values[0].maximum == 10.0
