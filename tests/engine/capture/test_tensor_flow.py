"""The nodes of views: read where that changes nothing, and left alone where autograd would make another, or raise."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gradviz.engine.capture.autograd_nodes import is_leaf, node_of
from gradviz.engine.capture.tensor_flow import TensorFlow, can_make_nodes


def parameter() -> nn.Parameter:
    return nn.Parameter(torch.randn(3, 2))


def view_under_no_grad(weight: nn.Parameter) -> torch.Tensor:
    with torch.no_grad():
        return weight.view(-1).mul_(2)


def view_in_inference_mode(weight: nn.Parameter) -> torch.Tensor:
    with torch.inference_mode():
        return weight.view(-1).mul_(2)


def one_of_several_views(weight: nn.Parameter) -> torch.Tensor:
    base = weight * 1
    view, _ = base.unbind(1)
    base.mul_(2)
    return view


def row_whose_base_is_written(weight: nn.Parameter) -> torch.Tensor:
    with torch.no_grad():
        row = weight[0]
        weight.add_(1)
    return row


REFUSED = (view_under_no_grad, view_in_inference_mode, one_of_several_views, row_whose_base_is_written)


@pytest.mark.parametrize("made", REFUSED)
@pytest.mark.parametrize("recorded", [True, False])
def test_a_view_that_autograd_refuses_to_follow_has_no_node(made, recorded: bool) -> None:
    view = made(parameter())
    with pytest.raises(RuntimeError):
        view.grad_fn  # noqa: B018 - to read it is what raises
    flow = TensorFlow()
    assert flow.node_of(view, recorded=recorded) is None
    assert node_of(view) is None
    assert not is_leaf(view)
    value = flow.of(view)
    assert (value.node, value.requires_grad) == (None, True)


def numbers_used(looks) -> int:
    before = torch._C._autograd._get_sequence_nr()
    looks()
    return torch._C._autograd._get_sequence_nr() - before


def test_a_view_that_was_written_gets_its_node_only_from_an_op_that_is_recorded() -> None:
    weight = parameter()
    view = weight.view(-1)
    flow = TensorFlow()
    first = flow.node_of(view, recorded=True)
    assert first is view.grad_fn
    assert flow.node_of(view, recorded=False) is first
    with torch.no_grad():
        view.mul_(2)
    assert numbers_used(lambda: flow.node_of(view, recorded=False)) == 0
    assert flow.node_of(view, recorded=False) is None
    assert numbers_used(lambda: is_leaf(view)) == 0
    assert not is_leaf(view)
    again = flow.node_of(view, recorded=True)
    assert again is not None and again is not first
    assert flow.node_of(view, recorded=False) is again


def test_a_view_of_data_that_wants_a_gradient_is_a_leaf() -> None:
    points = torch.linspace(0, 1, 4)[:, None].requires_grad_()
    assert is_leaf(points)
    assert TensorFlow().node_of(points, recorded=False) is None
    assert not is_leaf(parameter() * 2)


@pytest.mark.parametrize(
    ("name", "makes"),
    [
        ("torch.Tensor.mul", True),
        ("torch.Tensor.T.__get__", True),
        ("torch.Tensor.grad_fn.__get__", True),
        ("torch.Tensor.shape.__get__", False),
        ("torch.Tensor.data.__set__", False),
        ("torch.Tensor.size", False),
        ("torch.Tensor.detach", False),
        ("torch.Tensor.gt", False),
    ],
)
def test_ops_that_only_ask_make_no_node(name: str, makes: bool) -> None:
    assert can_make_nodes(name) is makes
