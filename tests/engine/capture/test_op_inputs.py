"""The quick ways through a capture give what the thorough ones do."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from gradviz.engine.capture.autograd_nodes import OutputReader, outputs_of, reachable
from gradviz.engine.capture.ops import flat, flatten
from gradviz.engine.capture.tensor_flow import TensorFlow, Value, all_known, collect_inputs


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {}),
        ((1, "a", None), {"dim": 0, "keepdim": True}),
        (([1, (2, 3)], slice(1, None)), {"size": {"a": [4, 5]}}),
        ((object,), {"dtype": torch.float32}),
    ],
)
def test_flat_gives_what_flatten_does(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    assert flat(args, kwargs) == list(flatten((args, kwargs)))


def test_what_an_op_takes_is_values_numbers_and_nones() -> None:
    parameter, made = nn.Parameter(torch.ones(2)), torch.ones(2, requires_grad=True) * 2
    flow = TensorFlow()
    values, tensors, seen = collect_inputs([parameter, 0.5, None, object(), made], {}, flow, recorded=True)
    assert [type(value) for value in values] == [Value, float, type(None), Value]
    assert values[3].node is made.grad_fn
    assert tensors[0] is parameter
    assert tensors[1] is made
    assert not seen
    again = collect_inputs([made, parameter], {made.grad_fn}, flow, recorded=True)
    assert again == ([values[3], values[0]], [made, parameter], True)


def test_a_tensor_in_place_is_another_value() -> None:
    flow = TensorFlow()
    tensor = torch.ones(2, requires_grad=True) * 2
    (before,), _, _ = collect_inputs([tensor], {}, flow, recorded=True)
    tensor.add_(1)
    (after,), _, _ = collect_inputs([tensor], {}, flow, recorded=True)
    assert before is not after
    assert before.node is not after.node


def test_only_nodes_that_are_known_are_seen() -> None:
    made = torch.ones(2, requires_grad=True) * 2
    assert made.grad_fn is not None
    assert not all_known([made], (), TensorFlow(), recorded=True)
    assert all_known([made, nn.Parameter(torch.ones(1))], {made.grad_fn}, TensorFlow(), recorded=True)
    assert not all_known([torch.ones(1)], (), TensorFlow(), recorded=True)  # a wrapper may have one beneath


def test_reading_the_outputs_of_all_nodes_gives_those_of_each() -> None:
    x = torch.randn(4, 6, requires_grad=True)
    low, high = x.double().chunk(2, dim=1)
    loss = (low.float() @ x.T[:3]).sum() + high.max(dim=0).values.sum().float() + x.to(torch.complex64).abs().sum()
    assert loss.grad_fn is not None
    nodes = reachable([loss.grad_fn])
    assert OutputReader().of_all(nodes) == [outputs_of(node) for node in nodes]
