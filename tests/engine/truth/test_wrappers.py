"""What is around or beneath a module: transforms of functions, parametrizations, plain lists, wrappers."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils import parametrizations

from tests.engine.truth.expectations import captured, drawn, golden, reach, unexplained
from tests.engine.truth.models import Model, total, weight

torch.set_num_threads(1)


def layer(n: int = 3, m: int = 3) -> nn.Linear:
    return nn.Linear(n, m, bias=False)


def test_vmap_shows_the_batched_nodes_by_the_ops_inside() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return torch.vmap(lambda row: m.a(row).sin())(x)

    graph = captured(lambda: (Model(forward, a=layer(3, 2)), torch.randn(4, 3), total))
    assert drawn(graph) == golden("""
        a.weight parameter @a
        0 t TBackward0 @a <- a.weight
        x data
        1 mm MmBackward0 @a <- x, 0
        2 unsafe_view UnsafeViewBackward0 @a <- 1
        3 squeeze SqueezeBackward5 @a <- 2
        4 sin SinBackward0 <- 3
        5 sum SumBackward0 <- 4
        loss <- 5
    """)
    assert {n.op for n in graph.nodes if n.id in (1, 2, 3)} == {"torch.nn.functional.linear"}
    assert unexplained(graph) == []


def test_jacrev_shows_the_forward_and_the_backward_that_it_took() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return torch.func.jacrev(lambda row: m.a(row).tanh())(x)

    graph = captured(lambda: (Model(forward, a=layer(3, 2)), torch.randn(3), total))
    names = [n.name for n in graph.nodes if n.id >= 0]
    assert names[:4] == ["t", "mm", "squeeze", "tanh"]
    assert "tanh_backward" in names
    weight_uses = [e for e in graph.edges if e.source == next(n.id for n in graph.nodes if n.name == "a.weight")]
    assert len(weight_uses) == 1
    assert len([e for e in graph.edges if e.source == 0]) == 2  # the forward's product, and the derivative's
    assert next(n.op for n in graph.nodes if n.name == "tanh_backward") == "torch.autograd.grad"
    assert reach(graph) == "a.weight reached"
    assert unexplained(graph) == []


def test_functional_call_takes_the_tensors_it_was_given() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(m.a, {"weight": m.w * 2}, (x,))

    graph = captured(lambda: (Model(forward, a=layer(3, 2), w=weight(2, 3)), torch.randn(4, 3), total))
    assert drawn(graph) == golden("""
        w parameter
        '2' stub (a number)
        0 mul MulBackward0 <- w, '2'
        1 t TBackward0 @a <- 0
        x data
        2 mm MmBackward0 @a <- x, 1
        3 sum SumBackward0 <- 2
        loss <- 3
    """)
    assert reach(graph) == "w reached\na.weight unused: not used in this forward"


def test_data_parallel_without_devices_hands_on() -> None:
    graph = captured(lambda: (nn.DataParallel(nn.Sequential(layer(), nn.ReLU())), torch.randn(2, 3), total))
    assert drawn(graph) == golden("""
        module.0.weight parameter @module.0
        0 t TBackward0 @module.0 <- module.0.weight
        x data
        1 mm MmBackward0 @module.0 <- x, 0
        2 relu ReluBackward0 @module.1 <- 1
        3 sum SumBackward0 <- 2
        loss <- 3
    """)


def test_modules_in_plain_lists_have_names_and_it_is_said_that_no_optimizer_finds_them() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        for module in m.layers:
            x = module(x)
        return m.a(x) * m.scales["out"]

    def make() -> object:
        model = Model(forward, a=layer())
        model.layers = [layer(), nn.Sequential(nn.Tanh(), layer())]
        model.scales = {"out": weight(3)}
        return model, torch.randn(2, 3), total

    graph = captured(make)
    assert drawn(graph) == golden("""
        layers[0].weight parameter @layers[0]
        0 t TBackward0 @layers[0] <- layers[0].weight
        x data
        1 mm MmBackward0 @layers[0] <- x, 0
        2 tanh TanhBackward0 @layers[1].0 <- 1
        layers[1].1.weight parameter @layers[1].1
        3 t TBackward0 @layers[1].1 <- layers[1].1.weight
        4 mm MmBackward0 @layers[1].1 <- 2, 3
        a.weight parameter @a
        5 t TBackward0 @a <- a.weight
        6 mm MmBackward0 @a <- 4, 5
        scales['out'] parameter
        7 mul MulBackward0 <- 6, scales['out']
        8 sum SumBackward0 <- 7
        loss <- 8
    """)
    assert reach(graph) == golden("""
        a.weight reached
        layers[0].weight reached
        layers[1].1.weight reached
        scales['out'] reached
    """)
    said = [record.text for record in graph.unexplained if record.what == "input"]
    assert len(said) == 3
    assert all("use nn.ModuleList" in text for text in said)


def test_identity_and_dropout_of_nothing_make_no_nodes() -> None:
    model = lambda: nn.Sequential(nn.Identity(), layer(), nn.Dropout(0.0), nn.Identity())  # noqa: E731
    assert drawn(captured(lambda: (model(), torch.randn(2, 3), total))) == golden("""
        1.weight parameter @1
        0 t TBackward0 @1 <- 1.weight
        x data
        1 mm MmBackward0 @1 <- x, 0
        2 sum SumBackward0 <- 1
        loss <- 2
    """)


def test_weight_norm_is_a_parametrization_with_two_parameters() -> None:
    graph = captured(lambda: (parametrizations.weight_norm(layer()), torch.randn(2, 3), total))
    assert drawn(graph) == golden("""
        parametrizations.weight.original1 parameter @parametrizations.weight.0
        parametrizations.weight.original0 parameter @parametrizations.weight.0
        0 weight_norm_interface WeightNormInterfaceBackward0 @parametrizations.weight.0 <- \
parametrizations.weight.original1, parametrizations.weight.original0
        1 t TBackward0 <- 0
        x data
        2 mm MmBackward0 <- x, 1
        3 sum SumBackward0 <- 2
        loss <- 3
    """)
    assert reach(graph) == golden("""
        parametrizations.weight.original0 reached
        parametrizations.weight.original1 reached
    """)


def test_spectral_norm_advances_its_vectors_as_often_as_the_forward_does() -> None:
    """`captured` compares the buffers after every phase."""
    graph = captured(lambda: (parametrizations.spectral_norm(layer()), torch.randn(2, 3), total))
    assert reach(graph) == "parametrizations.weight.original reached"
    assert [n.name for n in graph.nodes if n.id >= 0] == ["mv", "vdot", "div", "t", "mm", "sum"]
    made_from = [n.note for n in graph.nodes if n.kind == "stub"]
    assert any("_v" in note for note in made_from)
    assert any("_u" in note for note in made_from)
