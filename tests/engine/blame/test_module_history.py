"""Modules are ranked against their own history."""

from __future__ import annotations

import math

from gradviz.engine.blame.module_history import ModuleHistory


def test_the_module_that_moves_more_than_it_used_to_is_first() -> None:
    history = ModuleHistory()
    for _ in range(5):
        history.add_gradients({"a.weight": 3.0, "a.bias": 4.0, "b.weight": 1.0})
        history.add_ratios({"a.weight": 0.5, "a.bias": 0.1, "b.weight": 0.01})
    history.add_ratios({"a.weight": 0.6, "b.weight": 0.1})
    first, second = history.ranked({}, {})
    assert (first.path, first.ratio, first.usual_ratio) == ("b", 0.1, 0.01)
    assert (second.path, second.gradient, second.usual_gradient, second.ratio) == ("a", 5.0, 5.0, 0.6)


def test_what_is_not_finite_is_farthest_above() -> None:
    history = ModuleHistory()
    for _ in range(3):
        history.add_gradients({"a.w": 1.0, "b.w": 1.0})
    assert history.ranked({"a.w": 1.0, "b.w": math.nan}, {})[0].path == "b"


def test_without_a_history_the_largest_is_first() -> None:
    ranked = ModuleHistory().ranked({"a.w": 1.0, "b.w": 2.0, "c": 0.5}, {})
    assert [(module.path, module.usual_gradient) for module in ranked] == [("b", None), ("a", None), ("", None)]
