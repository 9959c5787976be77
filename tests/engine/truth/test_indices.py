"""What autograd does not follow: indices, masks, class targets, lengths, integer buffers. They are drawn as inputs
beyond those that it follows."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from gradviz.experiment import Experiment
from tests.engine.truth.expectations import captured, drawn, golden
from tests.engine.truth.models import Model, total, weight


def test_embedding_indices_and_class_targets_are_data() -> None:
    def make() -> Experiment:
        model = nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 4))
        return Experiment(model, torch.tensor([0, 1]), targets=torch.tensor([3, 2]), loss=F.cross_entropy)

    graph = captured(make)
    assert drawn(graph) == golden("""
        0.weight parameter @0
        x data
        0 embedding EmbeddingBackward0 @0 <- 0.weight, x
        1.weight parameter @1
        1 t TBackward0 @1 <- 1.weight
        1.bias parameter @1
        2 addmm AddmmBackward0 @1 <- 1.bias, 0, 1
        3 log_softmax LogSoftmaxBackward0 <- 2
        y data
        4 nll_loss NllLossBackward0 <- 3, y
        loss <- 4
    """)
    assert [node.dtype for node in graph.nodes if node.kind == "data"] == ["int64", "int64"]
    assert [node.note for node in graph.nodes if node.kind == "data"] == ["data, no gradient"] * 2


def test_the_weights_of_classes_are_a_buffer_of_the_loss() -> None:
    def forward(m: Model, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(x * m.w, y, weight=m.classes, label_smoothing=0.1)

    def make() -> object:
        model = Model(forward, {"classes": torch.tensor([1.0, 2.0, 3.0])}, w=weight(3))
        return model, (torch.randn(2, 3), torch.tensor([0, 2])), lambda out: out

    assert drawn(captured(make)) == golden("""
        x[0] data
        w parameter
        0 mul MulBackward0 <- x[0], w
        1 log_softmax LogSoftmaxBackward0 <- 0
        x[1] data
        2 nll_loss NllLossBackward0 <- 1, x[1]
        classes leaf
        3 mul MulBackward0 <- 1, classes
        4 sum SumBackward1 <- 3
        5 neg NegBackward0 <- 4
        6 masked_fill MaskedFillBackward0 <- 5
        7 sum SumBackward0 <- 6
        'constant' stub (made inside torch.nn.functional.cross_entropy; autograd does not follow it)
        8 div DivBackward0 <- 7, 'constant'
        9 mul MulBackward1 <- 8
        10 mul MulBackward1 <- 2
        11 add AddBackward0 <- 10, 9
        loss <- 11
    """)


def test_a_sparse_embedding() -> None:
    make = lambda: (nn.Embedding(5, 3, sparse=True), torch.tensor([1, 2, 1]), total)  # noqa: E731
    assert drawn(captured(make)) == golden("""
        weight parameter
        x data
        0 embedding EmbeddingBackward0 <- weight, x
        1 sum SumBackward0 <- 0
        loss <- 1
    """)


def test_words_and_offsets_of_a_bag_are_beyond_the_weights_that_a_gradient_could_reach() -> None:
    make = lambda: (nn.EmbeddingBag(5, 3), (torch.tensor([1, 2, 1]), torch.tensor([0, 2])), total)  # noqa: E731
    assert drawn(captured(make)) == golden("""
        weight parameter
        x[0] data
        x[1] data
        0 embedding_bag EmbeddingBagBackward0 <- weight, -, x[0], x[1]
        1 sum SumBackward0 <- 0
        loss <- 1
    """)


def test_integer_buffers_are_inputs_of_the_ops_that_index_with_them() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        h = m.w[m.rows].masked_fill(m.mask[:, None], 0.0)
        return torch.where(m.mask[:, None], h, x)

    def make() -> object:
        buffers = {"rows": torch.tensor([0, 2]), "mask": torch.tensor([True, False])}
        return Model(forward, buffers, w=weight(5, 3)), torch.randn(2, 3), total

    assert drawn(captured(make)) == golden("""
        w parameter
        rows leaf
        0 index IndexBackward0 <- w, rows
        'getitem' stub (made from mask by torch.Tensor.__getitem__; nothing it was made from wants a gradient)
        1 masked_fill MaskedFillBackward0 <- 0, 'getitem'
        x data
        'getitem' stub (made from mask by torch.Tensor.__getitem__; nothing it was made from wants a gradient)
        2 where WhereBackward0 <- 1, x, 'getitem'
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


def test_index_put_where_masked_ops_and_gather() -> None:
    def forward(m: Model, x: torch.Tensor, i: torch.Tensor) -> torch.Tensor:
        h = m.w * 2
        h[i] = m.v
        h.index_put_((i + 1,), x[:1])
        h = torch.where(x > 0, h, m.w)
        picked = h.masked_select(x > -9)
        scattered = h.masked_scatter(x > 0, m.w)
        return picked.sum() + scattered.sum() + h[x > 0].sum() + h.gather(0, i).sum() + h.index_select(0, i).sum()

    make = lambda: (Model(forward, w=weight(3), v=weight(1)), (torch.randn(3), torch.tensor([1])), total)  # noqa: E731
    assert drawn(captured(make)) == golden("""
        w parameter
        '2' stub (a number)
        0 mul MulBackward0 <- w, '2'
        v parameter
        1 view ViewBackward0 <- v
        x[1] data
        2 index_put IndexPutBackward0 <- 0, 1, x[1]
        'getitem' stub (made from x[0] by torch.Tensor.__getitem__; nothing it was made from wants a gradient)
        'add' stub (made from x[1] by torch.Tensor.add; nothing it was made from wants a gradient)
        3 index_put IndexPutBackward0 <- 2, 'getitem', 'add'
        'gt' stub (made from x[0] by torch.Tensor.gt; nothing it was made from wants a gradient)
        4 where WhereBackward0 <- 3, w, 'gt'
        'gt' stub (made from x[0] by torch.Tensor.gt; nothing it was made from wants a gradient)
        5 masked_select MaskedSelectBackward0 <- 4, 'gt'
        'gt' stub (made from x[0] by torch.Tensor.gt; nothing it was made from wants a gradient)
        6 masked_scatter MaskedScatterBackward0 <- 4, w, 'gt'
        7 sum SumBackward0 <- 5
        8 sum SumBackward0 <- 6
        9 add AddBackward0 <- 7, 8
        'gt' stub (made from x[0] by torch.Tensor.gt; nothing it was made from wants a gradient)
        10 index IndexBackward0 <- 4, 'gt'
        11 sum SumBackward0 <- 10
        12 add AddBackward0 <- 9, 11
        13 gather GatherBackward0 <- 4, x[1]
        14 sum SumBackward0 <- 13
        15 add AddBackward0 <- 12, 14
        16 index_select IndexSelectBackward0 <- 4, x[1]
        17 sum SumBackward0 <- 16
        18 add AddBackward0 <- 15, 17
        19 sum SumBackward0 <- 18
        loss <- 19
    """)


def test_scatter_takes_its_source_where_autograd_follows_it_and_its_index_beyond() -> None:
    model = lambda m, x, i: m.w.scatter(0, i, x) + m.w.scatter_add(0, i, m.w)  # noqa: E731
    make = lambda: (Model(model, w=weight(3)), (torch.randn(3), torch.tensor([2, 0, 1])), total)  # noqa: E731
    assert drawn(captured(make)) == golden("""
        w parameter
        x[0] data
        x[1] data
        0 scatter ScatterBackward0 <- w, x[0], x[1]
        1 scatter_add ScatterAddBackward0 <- w, w, x[1]
        2 add AddBackward0 <- 0, 1
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


def test_an_integer_operand_is_where_the_op_takes_it() -> None:
    model = lambda m, x, i: m.w * i + i * m.w  # noqa: E731
    make = lambda: (Model(model, w=weight(3)), (torch.randn(3), torch.tensor([2, 0, 1])), total)  # noqa: E731
    assert drawn(captured(make)) == golden("""
        w parameter
        x[1] data
        0 mul MulBackward0 <- w, x[1]
        1 mul MulBackward0 <- x[1], w
        2 add AddBackward0 <- 0, 1
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


def test_cat_of_many_keeps_the_place_of_each() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([m.w, x, m.w * 2, torch.zeros(2), m.v, x]) * torch.stack([x, m.w, x, m.w, x]).flatten()

    make = lambda: (Model(forward, w=weight(3), v=weight(1)), torch.randn(3), total)  # noqa: E731
    assert drawn(captured(make)) == golden("""
        w parameter
        '2' stub (a number)
        0 mul MulBackward0 <- w, '2'
        x data
        'zeros' stub (made by torch.zeros; nothing it was made from wants a gradient)
        v parameter
        1 cat CatBackward0 <- w, x, 0, 'zeros', v, x
        2 stack StackBackward0 <- x, w, x, w, x
        3 view ViewBackward0 <- 2
        4 mul MulBackward0 <- 1, 3
        5 sum SumBackward0 <- 4
        loss <- 5
    """)


def test_an_argmax_that_chooses_has_no_gradient_and_is_reported_as_such() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        best = (m.w * x).argmax()
        return m.w[best] * (m.w > 0)

    assert drawn(captured(lambda: (Model(forward, w=weight(3)), torch.randn(3), total))) == golden("""
        w parameter
        'argmax' stub (made by torch.Tensor.argmax, which has no derivative: no gradient flows past here)
        1 select SelectBackward0 <- w, 'argmax'
        'gt' stub (made from w by torch.Tensor.gt, which has no derivative: no gradient flows past here)
        2 mul MulBackward0 <- 1, 'gt'
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


def test_indices_beside_values_do_not_imply_that_their_op_has_no_derivative() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        values, chosen = (x * m.w).topk(2)
        return values + (x * m.w).gather(1, chosen)

    graph = captured(lambda: (Model(forward, w=weight(3)), torch.randn(4, 3), total))
    indices = next(node for node in graph.nodes if node.kind == "stub")
    assert indices.note == "the integers that torch.Tensor.topk gives: no gradient flows past here"
