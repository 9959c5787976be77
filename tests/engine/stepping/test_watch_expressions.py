"""Expressions that are watched: what can be read, and that nothing else can be done."""

from __future__ import annotations

import pytest
import torch

from gradviz.engine.stepping.watch_expressions import evaluate
from gradviz.errors import GradvizError

NET = torch.nn.Sequential(torch.nn.Linear(3, 2))
H = torch.tensor([[1.0, -4.0], [2.0, 3.0]])
NAMED = {"0.weight": NET[0].weight, "w": torch.nn.Parameter(torch.full((2,), 2.0)), "block.bias": torch.ones(2)}
NAMED["w"].grad = torch.tensor([3.0, 4.0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("h.max()", 3.0),
        ("h[0, 1]", -4.0),
        ("h[:, 0].sum() - 1", 2.0),
        ("w.grad.norm()", 5.0),
        ("w.grad.norm() / w.norm()", 5.0 / 8.0**0.5),
        ("block.bias.sum()", 2.0),
        ("net[0].weight.shape[1]", 3.0),
        ("torch.abs(h).mean()", 2.5),
        ("(h > 0).float().mean()", 0.75),
        ("max(len(h), 1)", 2.0),
        ("-h.min() ** 2", -16.0),
        ("h.norm(p=1)", 10.0),
    ],
)
def test_an_expression_is_computed_from_variables_and_named_tensors(text: str, value: float) -> None:
    assert evaluate(text, NAMED, {"h": H, "net": NET}).item() == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["h.zero_()", "h.fill_(1)", "h.backward()", "net(h)", "open('x')", "().__class__", "h.__class__", "[x for x in h]",
     "(y := h)", "lambda: 1", "torch.rand(2)", "torch.manual_seed(1)", "torch.save(h, 'x')", "missing", "h @", "h[9]",
     "h.grad", "h.data.copy_(h)"],
)  # fmt: skip
def test_all_else_is_refused_in_a_sentence_and_changes_nothing(text: str) -> None:
    before, state = H.clone(), torch.get_rng_state()
    with pytest.raises(GradvizError) as refused:
        evaluate(text, NAMED, {"h": H, "net": NET})
    assert str(refused.value).endswith(".")
    assert torch.equal(H, before) and torch.equal(state, torch.get_rng_state())
