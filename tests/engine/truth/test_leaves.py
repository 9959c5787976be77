"""Who a leaf is: shared, tied, frozen, detached, unused, used twice in one op, without dimensions, changed in place."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tests.engine.truth.expectations import captured, drawn, golden
from tests.engine.truth.models import Model, total, weight


def test_a_module_used_twice_has_two_calls_and_one_weight() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return m.layer(m.layer(x).relu())

    graph = captured(lambda: (Model(forward, layer=nn.Linear(3, 3, bias=False)), torch.randn(2, 3), total))
    assert drawn(graph) == golden("""
        layer.weight parameter
        0 t TBackward0 @layer#1 <- layer.weight
        x data
        1 mm MmBackward0 @layer#1 <- x, 0
        2 relu ReluBackward0 <- 1
        3 t TBackward0 @layer#2 <- layer.weight
        4 mm MmBackward0 @layer#2 <- 2, 3
        5 sum SumBackward0 <- 4
        loss <- 5
    """)


def test_a_tied_embedding_is_one_leaf_with_both_names_and_both_uses() -> None:
    def make() -> object:
        model = Model(
            lambda m, x: m.head(m.embedding(x)), embedding=nn.Embedding(5, 3), head=nn.Linear(3, 5, bias=False)
        )
        model.head.weight = model.embedding.weight
        return model, torch.tensor([0, 1, 2]), lambda out: nn.functional.cross_entropy(out, torch.tensor([1, 2, 3]))

    graph = captured(make)
    assert drawn(graph) == golden("""
        embedding.weight=head.weight parameter
        x data
        0 embedding EmbeddingBackward0 @embedding <- embedding.weight=head.weight, x
        1 t TBackward0 @head <- embedding.weight=head.weight
        2 mm MmBackward0 @head <- 0, 1
        3 log_softmax LogSoftmaxBackward0 <- 2
        'tensor' stub (made by torch.tensor; nothing it was made from wants a gradient)
        4 nll_loss NllLossBackward0 <- 3, 'tensor'
        loss <- 4
    """)


def test_detached_frozen_and_unused_branches_are_stubs_leaves_and_nothing() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return m.detached(x).detach() * m.trained(x) + m.frozen(x)

    def make() -> object:
        names = "detached trained frozen unused"
        layers: dict[str, Any] = {name: nn.Linear(3, 3) for name in names.split()}
        model = Model(forward, **layers)
        model.frozen.requires_grad_(False)
        return model, torch.randn(2, 3), total

    assert drawn(captured(make)) == golden("""
        trained.weight parameter @trained
        2 t TBackward0 @trained <- trained.weight
        trained.bias parameter @trained
        x data
        3 addmm AddmmBackward0 @trained <- trained.bias, x, 2
        'detached' stub (detached: no gradient flows past here)
        4 mul MulBackward0 <- 'detached', 3
        'linear' stub (made from x, frozen.weight, frozen.bias by torch.nn.functional.linear; nothing it was made from wants a gradient)
        5 add AddBackward0 <- 4, 'linear'
        6 sum SumBackward0 <- 5
        loss <- 6
    """)  # noqa: E501


def test_a_frozen_bias_is_where_the_op_takes_it() -> None:
    def make() -> object:
        model = nn.Linear(3, 2)
        model.bias.requires_grad_(False)
        return model, torch.randn(2, 3), total

    assert drawn(captured(make)) == golden("""
        weight parameter
        0 t TBackward0 <- weight
        bias leaf
        x data
        1 addmm AddmmBackward0 <- bias, x, 0
        2 sum SumBackward0 <- 1
        loss <- 2
    """)


@pytest.mark.parametrize(("weight_wants", "bias_wants"), [(False, True), (False, False)])
def test_a_frozen_weight_is_where_the_op_takes_it(weight_wants: bool, bias_wants: bool) -> None:
    def make() -> object:
        model = Model(lambda m, x: m.layer(x * m.scale), layer=nn.Linear(3, 2), scale=weight(3))
        model.layer.weight.requires_grad_(weight_wants)
        model.layer.bias.requires_grad_(bias_wants)
        return model, torch.randn(2, 3), total

    kind = "parameter @layer" if bias_wants else "leaf @layer"
    assert drawn(captured(make)) == golden(f"""
        x data
        scale parameter
        0 mul MulBackward0 <- x, scale
        layer.bias {kind}
        layer.weight leaf @layer
        1 addmm AddmmBackward0 @layer <- layer.bias, 0, layer.weight
        2 sum SumBackward0 <- 1
        loss <- 2
    """)


def test_what_several_nodes_of_an_op_take_without_a_gradient_is_at_the_node_that_fits() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return 2 / (nn.functional.prelu(x, m.slope) @ m.frozen)

    def make() -> object:
        return Model(forward, slope=weight(3), frozen=nn.Parameter(torch.ones(4), False)), torch.randn(2, 3, 4), total

    assert drawn(captured(make)) == golden("""
        slope parameter
        0 view ViewBackward0 <- slope
        x data
        1 prelu_kernel PreluKernelBackward0 <- x, 0
        2 view ViewBackward0 <- 1
        frozen leaf
        3 mv MvBackward0 <- 2, frozen
        4 unsafe_view UnsafeViewBackward0 <- 3
        5 reciprocal ReciprocalBackward0 <- 4
        '2' stub (a number)
        6 mul MulBackward0 <- 5, '2'
        7 sum SumBackward0 <- 6
        loss <- 7
    """)


def test_a_norm_over_instances_takes_data_as_its_input() -> None:
    graph = captured(lambda: (nn.InstanceNorm1d(3, affine=True), torch.randn(2, 3, 4), total))
    assert "native_batch_norm NativeBatchNormBackward0 <- x, " in drawn(graph)


def test_a_parameter_used_several_times_in_one_op_has_an_edge_for_each() -> None:
    graph = captured(lambda: (Model(lambda m, x: (m.w @ m.w) * (m.w * m.w), w=weight(3, 3)), torch.ones(1), total))
    assert drawn(graph) == golden("""
        w parameter
        0 mm MmBackward0 <- w, w
        1 mul MulBackward0 <- w, w
        2 mul MulBackward0 <- 0, 1
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


def test_parameters_without_dimensions() -> None:
    model = lambda m, x: m.scale * x + m.scale  # noqa: E731
    graph = captured(lambda: (Model(model, scale=nn.Parameter(torch.tensor(2.0))), torch.randn(3), total))
    assert drawn(graph, shapes=True) == golden("""
        scale parameter float32[]
        x data float32[3]
        0 mul MulBackward0 float32[3] <- scale, x
        1 add AddBackward0 float32[3] <- 0, scale
        2 sum SumBackward0 float32[] <- 1
        loss float32[] <- 2
    """)


def test_a_leaf_changed_in_place_under_no_grad_shows_nothing_of_it() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            m.w.clamp_(-1, 1)
            m.w[0] = 0.5
        return m.w * x

    assert drawn(captured(lambda: (Model(forward, w=weight(3)), torch.randn(3), total))) == golden("""
        w parameter
        x data
        0 mul MulBackward0 <- w, x
        1 sum SumBackward0 <- 0
        loss <- 1
    """)


def test_a_leaf_that_the_forward_makes_reports_where() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        noise = torch.zeros(3).requires_grad_()
        return m.w * x + noise

    graph = captured(lambda: (Model(forward, w=weight(3)), torch.randn(3), total))
    assert drawn(graph) == golden("""
        w parameter
        x data
        0 mul MulBackward0 <- w, x
        zeros parameter
        1 add AddBackward0 <- 0, zeros
        2 sum SumBackward0 <- 1
        loss <- 2
    """)
    leaf = next(node for node in graph.nodes if not node.names and node.kind == "parameter")
    assert "requires_grad_" in leaf.note
    assert leaf.line


def test_one_constant_that_many_ops_take_is_named_at_each() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        mask = x > 0
        return m.w.masked_fill(mask, 0.0) + (m.w * 2).masked_fill(mask, 1.0)

    assert drawn(captured(lambda: (Model(forward, w=weight(3)), torch.randn(3), total))) == golden("""
        w parameter
        'gt' stub (made from x by torch.Tensor.gt; nothing it was made from wants a gradient)
        0 masked_fill MaskedFillBackward0 <- w, 'gt'
        '2' stub (a number)
        1 mul MulBackward0 <- w, '2'
        'gt' stub (made from x by torch.Tensor.gt; nothing it was made from wants a gradient)
        2 masked_fill MaskedFillBackward0 <- 1, 'gt'
        3 add AddBackward0 <- 0, 2
        4 sum SumBackward0 <- 3
        loss <- 4
    """)
