"""Which output of a node goes where: split, chunk, unbind, views changed in place, several roots."""

from __future__ import annotations

from typing import Any

import torch

from tests.engine.truth.expectations import captured, drawn, golden
from tests.engine.truth.models import Model, total, weight


def test_chunk_reports_which_output_and_leaves_the_unused_one_out() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        first, _, third = m.w.chunk(3)
        return third * first

    assert drawn(captured(lambda: (Model(forward, w=weight(6)), torch.ones(1), total))) == golden("""
        w parameter
        0 split SplitBackward0 <- w
        1 mul MulBackward0 <- 0:2, 0:0
        2 sum SumBackward0 <- 1
        loss <- 2
    """)


def test_split_into_unequal_parts() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        _, second = torch.split(m.w, [2, 4])
        return second * x

    graph = captured(lambda: (Model(forward, w=weight(6)), torch.ones(1), total))
    assert drawn(graph) == golden("""
        w parameter
        0 split_with_sizes SplitWithSizesBackward0 <- w
        x data
        1 mul MulBackward0 <- 0:1, x
        2 sum SumBackward0 <- 1
        loss <- 2
    """)
    assert [edge.shape for edge in graph.edges if edge.source == 0] == [(4,)]


def test_unbind() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        first, _, third = m.w.unbind(0)
        return first * third + third

    assert drawn(captured(lambda: (Model(forward, w=weight(3, 2)), torch.ones(1), total))) == golden("""
        w parameter
        0 unbind UnbindBackward0 <- w
        1 mul MulBackward0 <- 0:0, 0:2
        2 add AddBackward0 <- 1, 0:2
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


def test_an_op_in_place_on_a_view_makes_the_base_anew_and_the_view_again() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        h = m.w * 2
        view = h.view(2, 2)
        h[1:].mul_(x)
        view[0].add_(1)
        return view.sum() + h.sum()

    graph = captured(lambda: (Model(forward, w=weight(4)), torch.tensor(3.0), total))
    assert drawn(graph, sources=True) == golden("""
        w parameter
        '2' stub (a number)
        0 mul MulBackward0 | h = m.w * 2 <- w, '2'
        x data
        3 copy_slices CopySlices | h[1:].mul_(x) <- 0, x
        '1' stub (a number)
        7 copy_slices CopySlices | view[0].add_(1) <- 3, '1'
        9 as_strided AsStridedBackward0 | view = h.view(2, 2) <- 7
        10 sum SumBackward0 | return view.sum() + h.sum() <- 9
        11 sum SumBackward0 | return view.sum() + h.sum() <- 7
        12 add AddBackward0 | return view.sum() + h.sum() <- 10, 11
        13 sum SumBackward0 | return output.sum() <- 12
        loss <- 13
    """)


def test_an_op_in_place_brings_gradient_into_a_tensor_that_had_none() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        out = torch.zeros(2, 3)
        out[0] = m.w
        out[1] = 7.0
        return out * x

    assert drawn(captured(lambda: (Model(forward, w=weight(3)), torch.ones(3), total))) == golden("""
        'zeros' stub (made by torch.zeros; nothing it was made from wants a gradient)
        w parameter
        0 copy_slices CopySlices <- 'zeros', w
        '7' stub (a number)
        1 copy_slices CopySlices <- 0, '7'
        x data
        2 mul MulBackward0 <- 1, x
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


def test_as_strided() -> None:
    model = lambda m, x: m.w.as_strided((2, 2), (1, 1)) * x  # noqa: E731
    assert drawn(captured(lambda: (Model(model, w=weight(4)), torch.ones(2), total))) == golden("""
        w parameter
        0 as_strided AsStridedBackward0 <- w
        x data
        1 mul MulBackward0 <- 0, x
        2 sum SumBackward0 <- 1
        loss <- 2
    """)


def test_expand_and_broadcast() -> None:
    model = lambda m, x: m.w.expand(4, 3) + torch.broadcast_to(m.v, (4, 3)) * x + m.w  # noqa: E731
    graph = captured(lambda: (Model(model, w=weight(3), v=weight(1, 3)), torch.randn(4, 3), total))
    assert drawn(graph, shapes=True) == golden("""
        w parameter float32[3]
        0 expand ExpandBackward0 float32[4, 3] <- w
        v parameter float32[1, 3]
        1 expand ExpandBackward0 float32[4, 3] <- v
        x data float32[4, 3]
        2 mul MulBackward0 float32[4, 3] <- 1, x
        3 add AddBackward0 float32[4, 3] <- 0, 2
        4 add AddBackward0 float32[4, 3] <- 3, w
        5 sum SumBackward0 float32[] <- 4
        loss float32[] <- 5
    """)


def test_views_as_outputs_are_roots_of_their_own() -> None:
    def forward(m: Model, x: torch.Tensor) -> Any:
        h = m.w * x
        return h[0], h.t(), h.view(-1)

    graph = captured(lambda: (Model(forward, w=weight(3, 3)), torch.randn(3, 3), lambda out: out[0].sum()))
    assert drawn(graph) == golden("""
        w parameter
        x data
        0 mul MulBackward0 <- w, x
        1 select SelectBackward0 <- 0
        2 t TBackward0 <- 0
        3 view ViewBackward0 <- 0
        4 sum SumBackward0 <- 1
        output[1] <- 2
        output[2] <- 3
        loss <- 4
    """)


def test_every_output_with_a_grad_fn_that_the_loss_does_not_use_is_a_root() -> None:
    def forward(m: Model, x: torch.Tensor) -> Any:
        first, second = m.w.chunk(2)
        return {"used": first * x, "not": second.exp(), "none": None, "a": [m.v.sin(), "text", 3]}

    graph = captured(lambda: (Model(forward, w=weight(4), v=weight(1)), torch.ones(2), lambda out: out["used"].sum()))
    assert drawn(graph) == golden("""
        w parameter
        0 split SplitBackward0 <- w
        x data
        1 mul MulBackward0 <- 0:0, x
        2 exp ExpBackward0 <- 0:1
        v parameter
        3 sin SinBackward0 <- v
        4 sum SumBackward0 <- 1
        output.not <- 2
        output.a[0] <- 3
        loss <- 4
    """)


def test_one_tensor_put_out_twice_is_one_root() -> None:
    def forward(m: Model, x: torch.Tensor) -> Any:
        h = m.w.exp()
        return x * m.w, h, h

    graph = captured(lambda: (Model(forward, w=weight(2)), torch.ones(2), lambda out: out[0].sum()))
    assert drawn(graph) == golden("""
        w parameter
        0 exp ExpBackward0 <- w
        x data
        1 mul MulBackward0 <- x, w
        2 sum SumBackward0 <- 1
        output <- 0
        loss <- 2
    """)


def test_a_second_output_of_a_node_whose_first_the_loss_used_is_a_root() -> None:
    graph = captured(lambda: (Model(lambda m, x: m.w.chunk(2), w=weight(4)), torch.ones(1), lambda out: out[0].sum()))
    assert drawn(graph) == golden("""
        w parameter
        0 split SplitBackward0 <- w
        1 sum SumBackward0 <- 0:0
        output <- 0:1
        loss <- 1
    """)
