"""The graphs of the lessons, node by node, and of models that other tools get wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from gradviz.engine.capture.named_tensors import TensorNames
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.graph.graph_builder import CapturedGraph, assemble
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.experiment import Experiment
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord
from gradviz.targets.target_spec import read_target


def opened(target: str, **hyperparameters: Any) -> GraphRecord:
    runner = Runner(TargetSetup(read_target(target), hyperparameters))
    runner.hold()
    assert runner.graph is not None
    return runner.graph.record


def captured(model: Callable[..., Any], inputs: Any, parameters: Any = None, **options: Any) -> CapturedGraph:
    experiment = Experiment(model, inputs, parameters=parameters, **options)
    capture = Capture(experiment.module)
    with capture.watching():
        output = experiment.forward()
        loss = experiment.compute_loss(output)
    return assemble(capture, TensorNames(experiment), loss, output)


def graph_of(model: Callable[..., Any], inputs: Any, parameters: Any = None, **options: Any) -> GraphRecord:
    return captured(model, inputs, parameters, **options).record


def edges(graph: GraphRecord) -> list[tuple[str, str]]:
    """Labels, with the id where a name alone would not do."""
    labels = {n.id: n.name if n.id < 0 else f"{n.name}#{n.id}" for n in graph.nodes}
    return [(labels[e.source], labels[e.target]) for e in graph.edges]


def node(graph: GraphRecord, name: str) -> NodeRecord:
    return next(n for n in graph.nodes if n.name == name)


def lines(graph: GraphRecord) -> list[tuple[str, str]]:
    """Each function's name and the text of its source line."""
    found = []
    for n in graph.nodes:
        if n.line:
            with open(n.file) as source:  # noqa: PTH123
                found.append((n.name, source.read().splitlines()[n.line - 1].strip()))
    return found


def test_autograd() -> None:
    graph = opened("autograd")
    assert [(n.kind, n.name) for n in graph.nodes] == [
        ("data", "x"),
        ("parameter", "w1"),
        ("function", "mm"),
        ("function", "clamp"),
        ("parameter", "w2"),
        ("function", "mm"),
        ("data", "y"),
        ("function", "sub"),
        ("function", "pow"),
        ("function", "sum"),
        ("loss", "loss"),
    ]
    assert edges(graph) == [
        ("x", "mm#0"),
        ("w1", "mm#0"),
        ("mm#0", "clamp#1"),
        ("clamp#1", "mm#2"),
        ("w2", "mm#2"),
        ("mm#2", "sub#3"),
        ("y", "sub#3"),
        ("sub#3", "pow#4"),
        ("pow#4", "sum#5"),
        ("sum#5", "loss"),
    ]
    assert lines(graph) == [
        ("mm", "h = x.mm(w1)"),
        ("clamp", "h_relu = h.clamp(min=0)"),
        ("mm", "return h_relu.mm(w2)"),
        ("sub", "return (y_pred - y).pow(2).sum()"),
        ("pow", "return (y_pred - y).pow(2).sum()"),
        ("sum", "return (y_pred - y).pow(2).sum()"),
    ]
    mm = node(graph, "mm")
    assert (mm.id, mm.type_name, mm.op, mm.shape, mm.dtype, mm.device) == (
        0,
        "MmBackward0",
        "torch.Tensor.mm",
        (64, 100),
        "float32",
        "cpu",
    )
    assert [e.shape for e in graph.edges][:3] == [(64, 1000), (1000, 100), (64, 100)]
    assert node(graph, "x").note == "data, no gradient"
    assert graph.clusters == ()


def test_function_has_one_custom_node_at_the_line_of_apply() -> None:
    graph = opened("function")
    relu = node(graph, "MyReLU")
    assert (relu.kind, relu.id, relu.type_name, relu.op) == ("custom", 1, "MyReLUBackward", "MyReLU.apply")
    assert ("MyReLU", "h_relu = MyReLU.apply(h)") in lines(graph)
    assert len([n for n in graph.nodes if n.id >= 0]) == 6


def test_nn_has_a_cluster_for_each_module() -> None:
    graph = opened("nn")
    assert [(c.path, c.class_name, c.parent, c.use, c.uses) for c in graph.clusters] == [
        ("0", "Linear", -1, 1, 1),
        ("1", "ReLU", -1, 1, 1),
        ("2", "Linear", -1, 1, 1),
    ]
    inside = {n.name: n.cluster for n in graph.nodes}
    assert (inside["0.weight"], inside["2.bias"], inside["relu"]) == (0, 2, 1)
    assert (inside["x"], inside["y"], inside["mse_loss"], inside["loss"]) == (-1, -1, -1, -1)
    assert node(graph, "addmm").op == "torch.nn.functional.linear"


@pytest.mark.parametrize("uses", [0, 1, 3])
def test_dynamic_counts_the_uses_of_its_middle(uses: int) -> None:
    graph = opened("dynamic", layers_min=uses, layers_max=uses)
    middle = [c for c in graph.clusters if c.path == "middle_linear"]
    assert [(c.use, c.uses) for c in middle] == [(k, uses) for k in range(1, uses + 1)]
    weights = [n for n in graph.nodes if n.name == "middle_linear.weight"]
    assert len(weights) == (1 if uses else 0)
    if uses > 1:
        # It belongs to all its uses, so it lies outside of each, with an edge to every one.
        assert weights[0].cluster == -1
        assert sum(e.source == weights[0].id for e in graph.edges) == uses
    assert ("addmm", "h = self.middle_linear(h).clamp(min=0)") in lines(graph) or not uses


def test_equal_structure_has_equal_ids_and_signature_whatever_came_before() -> None:
    runner = Runner(TargetSetup(read_target("dynamic")))
    graphs: dict[str, GraphRecord] = {}
    for _ in range(20):
        runner.iterate(captured=True)
        assert runner.graph is not None
        record = runner.graph.record
        assert graphs.setdefault(record.signature, record) == record
    assert len(graphs) == 4
    again = opened("dynamic", layers_min=2, layers_max=2)
    assert any(again.nodes == record.nodes for record in graphs.values())


def test_sizes_and_names_are_part_of_the_signature() -> None:
    assert opened("nn").signature != opened("nn", h=50).signature
    assert opened("autograd").signature != opened("function").signature


def w(*shape: int) -> torch.Tensor:
    return torch.ones(*shape, requires_grad=True)


def test_parallel_edges_count() -> None:
    a = w(3)
    graph = graph_of(lambda x: (a * a).sum(), torch.ones(3), {"a": a}, loss=lambda out: out)
    assert edges(graph) == [("a", "mul#0"), ("a", "mul#0"), ("mul#0", "sum#1"), ("sum#1", "loss")]
    assert [e.input_nr for e in graph.edges[:2]] == [0, 1]


def test_edges_of_a_node_with_several_outputs_say_which() -> None:
    a = w(6)

    def model(x: torch.Tensor) -> torch.Tensor:
        first, _, third = a.chunk(3)
        return (first * third).sum()

    graph = graph_of(model, torch.ones(1), {"a": a}, loss=lambda out: out)
    split = next(n for n in graph.nodes if n.id == 0)
    assert split.outputs == 3
    assert [(e.output_nr, e.input_nr, e.shape) for e in graph.edges if e.source == 0] == [(0, 0, (2,)), (2, 1, (2,))]


def test_a_chain_of_five_thousand_ops_is_walked_without_recursion() -> None:
    a = w(1)

    def model(x: torch.Tensor) -> torch.Tensor:
        for _ in range(5000):
            x = x + a
        return x.sum()

    graph = graph_of(model, torch.ones(1), {"a": a}, loss=lambda out: out)
    assert sum(n.kind == "function" for n in graph.nodes) == 5001
    assert sum(e.target == 4999 for e in graph.edges) == 2


def test_tied_weights_are_one_leaf_with_both_names() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    model[1].weight = model[0].weight
    graph = graph_of(model, torch.ones(2, 4))
    tied = [n for n in graph.nodes if "0.weight" in n.names]
    assert [n.names for n in tied] == [("0.weight", "1.weight")]
    assert sum(e.source == tied[0].id for e in graph.edges) == 2


def test_an_input_without_gradient_and_without_name_is_a_stub_with_its_reason() -> None:
    a = w(3)

    def model(x: torch.Tensor) -> torch.Tensor:
        return (a * x.exp() + a * 2.5 + a * a.detach()).sum()

    graph = graph_of(model, torch.ones(3), {"a": a}, loss=lambda out: out)
    stubs = {n.name: n.note for n in graph.nodes if n.kind == "stub"}
    assert stubs == {
        "exp": "made from x by torch.Tensor.exp; nothing it was made from wants a gradient",
        "2.5": "a number",
        "detached": "detached: no gradient flows past here",
    }


def test_a_tensor_of_the_surrounding_code_is_called_as_that_code_calls_it() -> None:
    target, weights = torch.tensor([1, 0]), torch.ones(2)

    def loss(out: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(out * weights, target)

    graph = graph_of(nn.Linear(3, 2), torch.ones(2, 3), loss=loss)
    stubs = {n.name: n.note for n in graph.nodes if n.kind == "stub"}
    assert stubs == {"weights": "made without requires_grad", "target": "made without requires_grad"}


def test_a_frozen_parameter_is_a_leaf() -> None:
    model = nn.Linear(3, 2)
    model.bias.requires_grad_(False)
    graph = graph_of(model, torch.ones(2, 3))
    bias = node(graph, "bias")
    assert (bias.kind, bias.note) == ("leaf", "frozen: requires_grad is False")
    assert node(graph, "x").kind == "data"


def test_a_convolution_without_bias_has_no_stub_for_it() -> None:
    graph = graph_of(nn.Conv2d(1, 2, 3, bias=False), torch.ones(1, 1, 5, 5))
    assert [n.kind for n in graph.nodes if n.kind == "stub"] == []


def test_an_op_in_place_on_a_view_is_seen_and_belongs_to_its_line() -> None:
    a = w(4)

    def model(x: torch.Tensor) -> torch.Tensor:
        h = a * 2
        h[0] = 7.0
        h[1:].mul_(3)
        return h.sum()

    graph = graph_of(model, torch.ones(4), {"a": a}, loss=lambda out: out)
    copies = [n for n in graph.nodes if n.type_name == "CopySlices"]
    assert [n.op for n in copies] == ["torch.Tensor.__setitem__", "torch.Tensor.mul_"]
    assert [text for name, text in lines(graph) if name == "copy_slices"] == ["h[0] = 7.0", "h[1:].mul_(3)"]


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.mul(2).clone()

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        return grad * 2


def test_calls_of_one_custom_function_keep_their_own_lines() -> None:
    a = w(4)

    def model(x: torch.Tensor) -> torch.Tensor:
        first = Twice.apply(a)
        second = Twice.apply(first)
        return second.sum()

    graph = graph_of(model, torch.ones(4), {"a": a}, loss=lambda out: out)
    assert lines(graph)[:2] == [("Twice", "first = Twice.apply(a)"), ("Twice", "second = Twice.apply(first)")]


def test_an_output_that_the_loss_does_not_use_is_a_root_too() -> None:
    a = w(4)
    graph = graph_of(
        lambda x: {"main": a * 2, "other": a.exp()}, torch.ones(1), {"a": a}, loss=lambda o: o["main"].sum()
    )
    assert [(n.kind, n.name) for n in graph.nodes if n.kind in ("output", "loss")] == [
        ("output", "output"),
        ("loss", "loss"),
    ]
    assert ("exp#1", "output") in edges(graph)


def test_nested_modules_are_nested_clusters_and_calls_without_nodes_are_left_out() -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Sequential(nn.Linear(3, 3), nn.Identity(), nn.Tanh())

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.inner(x) + x

    graph = graph_of(nn.Sequential(Block(), Block()), torch.ones(2, 3))
    paths = [(c.path, graph.clusters[c.parent].path if c.parent >= 0 else "") for c in graph.clusters]
    assert paths[:4] == [("0", ""), ("0.inner", "0"), ("0.inner.0", "0.inner"), ("0.inner.2", "0.inner")]
    assert len(paths) == 8
    assert all(c.parent < i for i, c in enumerate(graph.clusters))


def test_a_loss_that_needs_no_gradient_explains_why_there_is_no_graph() -> None:
    graph = graph_of(lambda x: x * 2, torch.ones(3))
    assert graph.kind == "recorded"
    assert [n.name for n in graph.nodes] == ["x", "mul", "square", "mean", "loss"]
    assert "no parameter wants a gradient" in graph.notes[0]


@pytest.mark.parametrize("target", ["nn", "dynamic", "digits", "attention", "module"])
def test_every_edge_joins_nodes_that_exist_and_execution_order_holds(target: str) -> None:
    graph = opened(target)
    position = {n.id: i for i, n in enumerate(graph.nodes)}
    assert len(position) == len(graph.nodes)
    assert all(position[e.source] < position[e.target] for e in graph.edges)
    assert [n.id for n in graph.nodes if n.id >= 0] == list(range(sum(n.id >= 0 for n in graph.nodes)))
    assert EdgeRecord(graph.edges[-1].source, node(graph, "loss").id, shape=()) == graph.edges[-1]
    assert all(n.shape is not None for n in graph.nodes if n.kind in ("function", "parameter"))


def test_values_are_known_by_the_variables_of_the_code_where_they_are_used_first() -> None:
    graph = opened("dynamic", layers_min=1, layers_max=1)
    assert [n.variable for n in graph.nodes if n.name == "clamp"] == ["h", "h"]
    assert [n.variable for n in graph.nodes if n.name == "addmm"] == ["", "", "output"]
