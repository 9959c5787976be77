"""Stretches that hide what is in them, or compute it again: checkpoints, compiled, scripted and exported code."""

from __future__ import annotations

import linecache
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from gradviz.protocol.records import GraphRecord
from tests.engine.truth.expectations import captured, drawn, golden, reach, runner_of, unexplained
from tests.engine.truth.models import Model, total

torch.set_num_threads(1)


def layer(n: int = 3, m: int = 3) -> nn.Linear:
    return nn.Linear(n, m, bias=False)


def around(function: Callable[..., Any]) -> Callable[[], Any]:
    return lambda: (Model(function, first=layer(), inner=nn.Sequential(layer(), nn.Tanh())), torch.randn(2, 3), total)


def test_a_checkpoint_is_a_region_around_the_modules_in_it() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return checkpoint(m.inner, m.first(x), use_reentrant=False) * 2

    graph = captured(around(forward))
    assert drawn(graph) == golden("""
        first.weight parameter @first
        0 t TBackward0 @first <- first.weight
        x data
        1 mm MmBackward0 @first <- x, 0
        inner.0.weight parameter @inner.0
        2 t TBackward0 @inner.0 <- inner.0.weight
        3 mm MmBackward0 @inner.0 <- 1, 2
        4 tanh TanhBackward0 @inner.1 <- 3
        '2' stub (a number)
        5 mul MulBackward0 <- 4, '2'
        6 sum SumBackward0 <- 5
        loss <- 6
    """)
    assert [(c.path, c.kind, c.parent) for c in graph.clusters] == [
        ("first", "module", -1),
        ("checkpoint", "region", -1),
        ("inner", "module", 1),
        ("inner.0", "module", 2),
        ("inner.1", "module", 2),
    ]
    assert graph.clusters[1].note == "its activations are computed again during backward"
    assert reach(graph) == "first.weight reached\ninner.0.weight reached"


def test_checkpoints_of_one_module_are_counted_and_a_function_without_modules_is_one_too() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        for _ in range(2):
            x = checkpoint(lambda h: (h * m.first.weight.sum()).sin(), x, use_reentrant=False)
        return m.inner(x)

    graph = captured(around(forward))
    regions = [(c.path, c.use, c.uses) for c in graph.clusters if c.kind == "region"]
    assert regions == [("checkpoint", 1, 2), ("checkpoint", 2, 2)]
    inside = [graph.clusters[n.cluster].use for n in graph.nodes if n.name == "sin"]
    assert inside == [1, 2]


def test_a_checkpoint_within_a_module_lies_in_it() -> None:
    def block(m: Model, x: torch.Tensor) -> torch.Tensor:
        return checkpoint(m.dense, x, use_reentrant=False)

    def make() -> object:
        return nn.Sequential(Model(block, dense=layer()), Model(block, dense=layer())), torch.randn(2, 3)

    graph = captured(make)
    paths = [(c.path, c.kind) for c in graph.clusters]
    assert paths == [
        ("0", "module"), ("0.checkpoint", "region"), ("0.dense", "module"),
        ("1", "module"), ("1.checkpoint", "region"), ("1.dense", "module"),
    ]  # fmt: skip


def test_a_checkpoint_that_raises_leaves_no_region_open() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        try:
            checkpoint(lambda h: h.view(7), x, use_reentrant=False)
        except RuntimeError:
            x = x + 1
        return m.inner(m.first(x))

    assert not [c for c in captured(around(forward)).clusters if c.kind == "region"]


def test_a_reentrant_checkpoint_is_one_node_whose_parameters_only_backward_can_show() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return checkpoint(m.inner, m.first(x), use_reentrant=True)

    before = runner_of(around(forward))
    before.hold()
    assert before.graph is not None
    assert reach(before.graph.record) == golden("""
        first.weight reached
        inner.0.weight hidden: in a reentrant checkpoint: only backward can tell
    """)
    graph = captured(around(forward))  # as it is known after backward
    assert drawn(graph, sources=True) == golden("""
        first.weight parameter @first
        0 t TBackward0 @first | return checkpoint(m.inner, m.first(x), use_reentrant=True) <- first.weight
        x data
        1 mm MmBackward0 @first | return checkpoint(m.inner, m.first(x), use_reentrant=True) <- x, 0
        2 checkpoint CheckpointFunctionBackward opaque | return checkpoint(m.inner, m.first(x), use_reentrant=True) <- 1
        3 sum SumBackward0 | return output.sum() <- 2
        loss <- 3
    """)
    assert reach(graph) == "first.weight reached\ninner.0.weight reached"
    assert unexplained(graph) == [(2, "region")]


# -- compiled ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def compiling() -> Iterator[None]:
    """Fresh caches, and torch's own warnings as they are: the compiler's are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch._dynamo.reset()
        yield
        torch._dynamo.reset()


def compiled(make: Callable[[], Any]) -> GraphRecord:
    """Once compiled, all three runs find the same code."""
    warm = runner_of(make)
    warm.iterate()
    return captured(make)


@pytest.mark.usefixtures("compiling")
def test_compiled_code_is_one_opaque_node_at_the_line_that_calls_it() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return m.net(m.first(x)).exp()

    def make() -> object:
        net = torch.compile(nn.Sequential(layer(), nn.Tanh()), backend="aot_eager")
        return Model(forward, first=layer(), net=net), torch.randn(2, 3), total

    graph = compiled(make)
    assert drawn(graph) == golden("""
        first.weight parameter @first
        0 t TBackward0 @first <- first.weight
        x data
        1 mm MmBackward0 @first <- x, 0
        net._orig_mod.0.weight parameter @net
        2 compiled CompiledFunctionBackward opaque @net <- net._orig_mod.0.weight, 1
        3 exp ExpBackward0 <- 2
        4 sum SumBackward0 <- 3
        loss <- 4
    """)
    node = next(n for n in graph.nodes if n.name == "compiled")
    assert (node.op, linecache.getline(node.file, node.line).strip()) == (
        "torch.compile",
        "return m.net(m.first(x)).exp()",
    )
    assert reach(graph) == "first.weight reached\nnet._orig_mod.0.weight reached"
    assert unexplained(graph) == [(2, "region")]
    assert "call net._orig_mod to see inside" in graph.unexplained[0].text


@pytest.mark.usefixtures("compiling")
def test_compiling_under_the_window_compiles_what_it_compiles_without_it() -> None:
    """The mode and the hooks that look must not be compiled: losses are equal, and nothing is compiled anew."""

    def make() -> object:
        return torch.compile(nn.Sequential(layer(), nn.Tanh()), backend="aot_eager"), torch.randn(2, 3)

    losses, counts = [], []
    for looked_at in (False, True):
        torch._dynamo.reset()
        torch._dynamo.utils.counters.clear()
        runner = runner_of(make)
        losses.append([float(runner.iterate(captured=looked_at and step != 1)) for step in range(3)])
        counts.append({name: dict(counter) for name, counter in torch._dynamo.utils.counters.items()})
    assert losses[0] == losses[1]
    assert counts[0] == counts[1]
    assert counts[1]["stats"]["unique_graphs"] == 1


# -- scripted and exported ---------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:`torch.jit")
def test_traced_code_shows_its_nodes_and_reports_that_their_calls_were_not_seen() -> None:
    def make() -> object:
        traced = torch.jit.trace(nn.Sequential(layer(), nn.ReLU()), torch.zeros(2, 3))
        return Model(lambda m, x: m.traced(x) * 2, traced=traced), torch.randn(2, 3), total

    graph = captured(make)
    assert drawn(graph) == golden("""
        traced.0.weight parameter @traced
        0 t TBackward0 @traced <- traced.0.weight
        'constant' stub @traced (made inside TorchScript; autograd does not follow it)
        1 mm MmBackward0 @traced <- 'constant', 0
        2 relu ReluBackward0 @traced <- 1
        '2' stub (a number)
        3 mul MulBackward0 <- 2, '2'
        4 sum SumBackward0 <- 3
        loss <- 4
    """)
    assert {n.op for n in graph.nodes if n.name in ("mm", "relu")} == {"TorchScript"}
    assert reach(graph) == "traced.0.weight reached"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:`torch.jit")
def test_scripted_code_is_opaque_once_torch_has_fused_it() -> None:
    def make() -> object:
        return torch.jit.script(nn.Sequential(layer(), nn.ReLU())), torch.randn(2, 3), total

    graph = captured(make)
    kinds = {n.kind for n in graph.nodes if n.id >= 0 and n.name != "sum"}
    assert kinds in ({"opaque"}, {"function"})
    assert reach(graph) == "0.weight reached"


def test_an_exported_module_is_captured_like_any_other() -> None:
    def make() -> object:
        program = torch.export.export(nn.Sequential(layer(), nn.ReLU()), (torch.zeros(2, 3),))
        return program.module(), torch.randn(2, 3), total

    assert drawn(captured(make)) == golden("""
        0.weight parameter
        0 t TBackward0 <- 0.weight
        x data
        1 mm MmBackward0 <- x, 0
        2 relu ReluBackward0 <- 1
        3 sum SumBackward0 <- 2
        loss <- 3
    """)
