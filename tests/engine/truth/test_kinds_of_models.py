"""Models of other types, layouts and classes than plain float32 tensors in plain modules."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from gradviz.engine.capture.named_tensors import parameter_records
from gradviz.engine.optimizing.run_builder import build
from tests.engine.truth.expectations import _Target, captured, drawn, golden, reach, runner_of, unexplained
from tests.engine.truth.models import Model, total

torch.set_num_threads(1)


def layer(n: int = 3, m: int = 3) -> nn.Linear:
    return nn.Linear(n, m, bias=False)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_other_types_are_said(dtype: torch.dtype) -> None:
    def make() -> object:
        return nn.Sequential(layer(), nn.LayerNorm(3)).to(dtype), torch.randn(2, 3, dtype=dtype), total

    graph = captured(make)
    name = str(dtype).removeprefix("torch.")
    assert {node.dtype for node in graph.nodes} == {name}
    assert {record.dtype for record in graph.reach} == {name}
    assert drawn(graph) == golden("""
        0.weight parameter @0
        0 t TBackward0 @0 <- 0.weight
        x data
        1 mm MmBackward0 @0 <- x, 0
        1.weight parameter @1
        1.bias parameter @1
        2 native_layer_norm NativeLayerNormBackward0 @1 <- 1, 1.weight, 1.bias
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


def test_autocast_shows_where_it_casts_and_casts_no_more_than_without_the_window() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return (m.a(x).relu() @ m.a.weight).float()

    graph = captured(lambda: (Model(forward, a=layer()), torch.randn(2, 3), total))
    assert drawn(graph, shapes=True) == golden("""
        a.weight parameter @a float32[3, 3]
        0 to_copy ToCopyBackward0 @a bfloat16[3, 3] <- a.weight
        1 t TBackward0 @a bfloat16[3, 3] <- 0
        x data float32[2, 3]
        2 mm MmBackward0 @a bfloat16[2, 3] <- x, 1
        3 relu ReluBackward0 bfloat16[2, 3] <- 2
        4 mm MmBackward0 bfloat16[2, 3] <- 3, 0
        5 to_copy ToCopyBackward0 float32[2, 3] <- 4
        6 sum SumBackward0 float32[] <- 5
        loss float32[] <- 6
    """)


def test_a_jagged_tensor_has_no_shape_and_breaks_nothing() -> None:
    def make() -> object:
        parts = [torch.randn(2, 3), torch.randn(4, 3)]
        model = Model(lambda m, x: m.a(x).sin(), a=nn.Linear(3, 2))
        return model, torch.nested.nested_tensor(parts, layout=torch.jagged), lambda output: output.values().sum()

    graph = captured(make)
    assert reach(graph) == "a.weight reached\na.bias reached"
    assert drawn(graph) == golden("""
        x data
        a.weight parameter @a
        a.bias parameter @a
        0 linear LinearBackward0 @a <- x, a.weight, a.bias
        1 sin SinBackward0 <- 0
        2 nested_get_values NestedGetValuesBackward0 <- 1
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_a_nested_tensor_of_the_older_layout_breaks_nothing() -> None:
    def make() -> object:
        nested = torch.nested.nested_tensor([torch.randn(2, 3), torch.randn(4, 3)])
        model = Model(lambda m, x: torch.nested.to_padded_tensor(m.a(x), 0.0), a=nn.Linear(3, 2))
        return model, nested, total

    graph = captured(make)
    assert [node.name for node in graph.nodes if node.id >= 0] == ["linear", "to_padded_tensor", "sum"]


class Counting(torch.Tensor):
    """Counts how often torch asks it."""

    asked = 0

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        Counting.asked += 1
        return super().__torch_function__(func, types, args, kwargs or {})


def test_a_subclass_of_tensor_does_not_see_that_it_is_looked_at() -> None:
    def make() -> object:
        model = Model(lambda m, x: m.a(x).sin().sum(), a=layer())
        return model, torch.randn(2, 3).as_subclass(Counting), lambda output: output

    counts = []
    for looks in (False, True):
        runner = runner_of(make)
        Counting.asked = 0
        runner.forward(captured=looks)
        counts.append(Counting.asked)
    assert counts[0] == counts[1] > 0
    graph = captured(make)
    # Each result is made a Counting again, by an alias.
    assert [node.name for node in graph.nodes if node.id >= 0] == ["t", "mm", "alias", "sin", "alias", "sum", "alias"]


def test_a_subclass_of_tensor_does_not_see_that_it_is_stepped_through() -> None:
    def forward(m: Model, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        before = Counting.asked
        hidden = m.a(x.as_subclass(Counting)).sin()
        return hidden, torch.tensor(float(Counting.asked - before))

    captured(lambda: (Model(forward, a=layer()), torch.ones(2, 3), lambda output: output[0].sum()))


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_quantized_tensors_are_gone_through_like_others() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        hidden = m.a(x)
        return hidden + torch.quantize_per_tensor(hidden.detach(), 0.1, 0, torch.qint8).dequantize()

    assert reach(captured(lambda: (Model(forward, a=layer()), torch.randn(2, 3), total))) == "a.weight reached"


def lazy() -> tuple[nn.Module, torch.Tensor]:
    return nn.Sequential(nn.LazyLinear(4), nn.Dropout(0.5), nn.LazyBatchNorm1d(), nn.LazyLinear(2)), torch.randn(8, 3)


def test_lazy_modules_get_their_parameters_by_one_forward_as_in_a_plain_script() -> None:
    torch.manual_seed(0)
    model, inputs = lazy()
    with torch.no_grad():
        model(inputs)  # torch: "perform a dry run before the optimizer is made"
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    losses = []
    for _ in range(3):
        loss = model(inputs).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    runner = runner_of(lazy)
    assert [float(runner.iterate(captured=step == 1)) for step in range(3)] == losses
    names = [record.names[0] for record in parameter_records(runner.experiment)]
    assert names == ["0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias"]


def test_it_is_said_that_lazy_modules_were_given_their_parameters() -> None:
    target = _Target(lazy)
    build(target, 0, "cpu", None)  # type: ignore[arg-type]
    assert any("lazy modules" in note for note in target.notes)
    graph = captured(lazy)
    assert all(record.reached for record in graph.reach)
    assert unexplained(graph) == unexplained(captured(lambda: (materialized(), torch.randn(8, 3))))


def materialized() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.BatchNorm1d(4), nn.Linear(4, 2))


class DistributedDataParallel(nn.Sequential):
    """Replaces torch's, which needs other processes."""


def test_it_is_said_of_a_distributed_model_that_others_are_not_shown() -> None:
    target = _Target(lambda: (DistributedDataParallel(layer()), torch.randn(2, 3)))
    build(target, 0, "cpu", None)  # type: ignore[arg-type]
    assert any("other processes" in note for note in target.notes)


def test_a_dispatch_mode_of_the_users_sees_the_ops_of_the_network_alone() -> None:
    class Counting(TorchDispatchMode):
        seen_calls = 0

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            self.seen_calls += 1
            return func(*args, **(kwargs or {}))

    def forward(m: Model, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        with Counting() as counting:
            hidden = m.a(x).sin()
        return hidden, torch.tensor(float(counting.seen_calls))

    captured(lambda: (Model(forward, a=nn.Linear(3, 2)), torch.ones(2, 3), lambda output: output[0].sum()))
