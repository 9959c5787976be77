"""A custom Function is one node, at the line of its apply, whatever it computes inside."""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd.function import once_differentiable

from tests.engine.truth.expectations import captured, drawn, golden
from tests.engine.truth.models import Model, total, weight


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, factor: float) -> torch.Tensor:
        ctx.factor = factor
        return (x * 2).mul_(factor).div(2)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        return grad * ctx.factor, None


class Maximum(torch.autograd.Function):
    """The largest in each column, and where it is."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> Any:
        values, places = x.max(0)
        ctx.mark_non_differentiable(places)
        ctx.save_for_backward(places)
        ctx.shape = x.shape
        return values, places

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor, _: Any) -> torch.Tensor:
        (places,) = ctx.saved_tensors
        return grad.new_zeros(ctx.shape).scatter(0, places[None], grad[None])


class Three(torch.autograd.Function):
    """Product, sum and difference."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, y: torch.Tensor) -> Any:
        ctx.save_for_backward(x, y)
        return x * y, x + y, x - y

    @staticmethod
    def backward(ctx: Any, a: torch.Tensor, b: torch.Tensor, c: torch.Tensor) -> Any:
        x, y = ctx.saved_tensors
        return a * y + b + c, a * x + b - c


class Exponential(torch.autograd.Function):
    """In the newer style, with `setup_context`."""

    @staticmethod
    def forward(x: torch.Tensor) -> torch.Tensor:
        return x.exp()

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: torch.Tensor) -> None:
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return grad * ctx.saved_tensors[0]


class Within(torch.autograd.Function):
    """A Function whose forward applies another."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return Scale.apply(x, 3.0)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return grad * 3


class Doubled(torch.autograd.Function):
    """In place, and marked dirty."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return grad * 2


def test_what_runs_inside_is_hidden_and_numbers_are_no_inputs() -> None:
    model = lambda m, x: Scale.apply(m.w, 2.0) * x  # noqa: E731
    graph = captured(lambda: (Model(model, w=weight(3)), torch.tensor(3.0), total))
    assert drawn(graph, sources=True) == golden("""
        w parameter
        0 Scale ScaleBackward custom | model = lambda m, x: Scale.apply(m.w, 2.0) * x  # noqa: E731 <- w
        x data
        1 mul MulBackward0 | model = lambda m, x: Scale.apply(m.w, 2.0) * x  # noqa: E731 <- 0, x
        2 sum SumBackward0 | return output.sum() <- 1
        loss <- 2
    """)


def test_an_output_that_is_marked_as_not_differentiable_is_a_stub_with_that_reason() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        values, places = Maximum.apply(m.w)
        return values * places

    assert drawn(captured(lambda: (Model(forward, w=weight(3, 2)), torch.ones(1), total))) == golden("""
        w parameter
        0 Maximum MaximumBackward custom <- w
        'Maximum' stub (put out by Maximum, which marks it as not differentiable)
        1 mul MulBackward0 <- 0:0, 'Maximum'
        2 sum SumBackward0 <- 1
        loss <- 2
    """)


def test_several_outputs_have_their_numbers() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        product, _, difference = Three.apply(m.w, x)
        return difference + product

    assert drawn(captured(lambda: (Model(forward, w=weight(3)), torch.randn(3), total))) == golden("""
        w parameter
        x data
        0 Three ThreeBackward custom <- w, x
        1 add AddBackward0 <- 0:2, 0:0
        2 sum SumBackward0 <- 1
        loss <- 2
    """)


def test_the_style_with_setup_context() -> None:
    model = lambda m, x: Exponential.apply(m.w) * Exponential.apply(x)  # noqa: E731
    assert drawn(captured(lambda: (Model(model, w=weight(3)), torch.randn(3), total))) == golden("""
        w parameter
        0 Exponential ExponentialBackward custom <- w
        'exp' stub (made from x by torch.Tensor.exp; nothing it was made from wants a gradient)
        1 mul MulBackward0 <- 0, 'exp'
        2 sum SumBackward0 <- 1
        loss <- 2
    """)


def test_a_function_within_a_function_is_not_seen() -> None:
    model = lambda m, x: Within.apply(m.w) + Scale.apply(m.w, 5.0)  # noqa: E731
    graph = captured(lambda: (Model(model, w=weight(3)), torch.ones(1), total))
    assert drawn(graph) == golden("""
        w parameter
        0 Within WithinBackward custom <- w
        1 Scale ScaleBackward custom <- w
        2 add AddBackward0 <- 0, 1
        3 sum SumBackward0 <- 2
        loss <- 3
    """)
    assert [node.op for node in graph.nodes if node.kind == "custom"] == ["Within.apply", "Scale.apply"]


def test_a_function_that_works_in_place() -> None:
    model = lambda m, x: Doubled.apply(m.w * x) * x  # noqa: E731
    assert drawn(captured(lambda: (Model(model, w=weight(3)), torch.ones(3), total))) == golden("""
        w parameter
        x data
        0 mul MulBackward0 <- w, x
        1 Doubled DoubledBackward custom <- 0
        2 mul MulBackward0 <- 1, x
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


class Rebound(torch.autograd.Function):
    """Whose forward gives its arguments' names to something else."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(w)
        x = x * 1
        x = x * w
        return x.abs()

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        return grad * ctx.saved_tensors[0], None


def test_each_call_of_a_function_has_its_line_and_inputs_whatever_its_forward_does_with_its_arguments() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        for _ in range(2):
            x = Rebound.apply(x, m.w)
        return Rebound.apply(x, m.v)

    graph = captured(lambda: (Model(forward, w=weight(3), v=weight(3)), torch.ones(3), total))
    assert drawn(graph, sources=True) == golden("""
        x data
        w parameter
        0 Rebound ReboundBackward custom | x = Rebound.apply(x, m.w) <- x, w
        1 Rebound ReboundBackward custom | x = Rebound.apply(x, m.w) <- 0, w
        v parameter
        2 Rebound ReboundBackward custom | return Rebound.apply(x, m.v) <- 1, v
        3 sum SumBackward0 | return output.sum() <- 2
        loss <- 3
    """)


class Inherits(Exponential):
    """Has its forward of another Function."""


def test_functions_that_have_one_forward_keep_their_names_and_lines() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        own = Exponential.apply(m.w)
        return Inherits.apply(own)

    graph = captured(lambda: (Model(forward, w=weight(3)), torch.ones(1), total))
    assert drawn(graph, sources=True) == golden("""
        w parameter
        0 Exponential ExponentialBackward custom | own = Exponential.apply(m.w) <- w
        1 Inherits InheritsBackward custom | return Inherits.apply(own) <- 0
        2 sum SumBackward0 | return output.sum() <- 1
        loss <- 2
    """)
    assert [node.op for node in graph.nodes if node.kind == "custom"] == ["Exponential.apply", "Inherits.apply"]


class Product(torch.autograd.Function):
    """In the style that vmap understands."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x * y

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> Any:
        x, y = ctx.saved_tensors
        return grad * y, grad * x


def test_a_function_that_vmap_maps_keeps_its_name_and_the_line_that_calls_it() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return torch.vmap(Product.apply, (0, None))(x, m.w)

    graph = captured(lambda: (Model(forward, w=weight(3)), torch.randn(2, 3, requires_grad=True), total))
    assert drawn(graph, sources=True) == golden("""
        x parameter
        w parameter
        0 Product VmappedProductBackward custom | return torch.vmap(Product.apply, (0, None))(x, m.w) <- x, w
        1 sum SumBackward0 | return output.sum() <- 0:0
        loss <- 1
    """)
