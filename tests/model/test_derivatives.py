"""The derivative card: rules, shapes, where each gradient goes."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gradviz.model.derivative.derivative_rules import RULES
from gradviz.model.derivative.derivatives import Hop, derivative, formula_text, rule_of, tokens
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord


def linear(uses: int = 1) -> Graph:
    """`uses` applications of one linear layer, 64×100 → 64×100, in a row, as autograd records them."""
    nodes = [
        NodeRecord(-1, "parameter", "weight", "AccumulateGrad", shape=(100, 100)),
        NodeRecord(-2, "parameter", "bias", shape=(100,)),
    ]
    nodes.append(NodeRecord(-3, "data", "x", shape=(64, 100)))
    edges = []
    last = -3
    for use in range(uses):
        t, addmm = 2 * use, 2 * use + 1
        nodes.append(NodeRecord(t, "function", "t", "TBackward0", shape=(100, 100)))
        nodes.append(NodeRecord(addmm, "function", "addmm", "AddmmBackward0", shape=(64, 100)))
        edges += [
            EdgeRecord(-1, t, shape=(100, 100)),
            EdgeRecord(-2, addmm, input_nr=0, shape=(100,)),
            EdgeRecord(last, addmm, input_nr=1, shape=(64, 100)),
            EdgeRecord(t, addmm, input_nr=2, shape=(100, 100)),
        ]
        last = addmm
    return Graph(GraphRecord("signature", "autograd", tuple(nodes), tuple(edges)))


def test_the_shapes_of_the_node_fill_the_rule() -> None:
    card = derivative(linear(), 1)
    by_input = {line.input: line for line in card.gradients}
    assert card.forward_shapes == "100 + 64×100 · 100×100 → 64×100"
    assert by_input["mat1"].shapes == "64×100 · 100×100 → 64×100"
    assert by_input["mat2"].shapes == "100×64 · 64×100 → 100×100"
    assert by_input["input"].shapes == "64×100 → 100"


def test_a_gradient_names_the_node_it_goes_to() -> None:
    card = derivative(linear(), 1)
    assert {line.input: line.target for line in card.gradients} == {"mat1": None, "mat2": 0, "input": -2}


def test_the_last_use_of_a_shared_parameter_gives_the_first_term() -> None:
    graph = linear(uses=2)
    assert derivative(graph, 3).gradients[-1].term == (1, 2)
    assert derivative(graph, 1).gradients[-1].term == (2, 2)


def test_a_gradient_is_followed_through_a_view_to_the_parameter_behind_it() -> None:
    by_input = {line.input: line for line in derivative(linear(uses=2), 3).gradients}
    assert by_input["mat2"].route == (Hop("t"), Hop("weight", (1, 2)))
    assert by_input["mat1"].route == (Hop("addmm"),)
    assert by_input["input"].route == (Hop("bias", (1, 2)),)


def test_an_input_that_wants_no_gradient_has_no_route() -> None:
    by_input = {line.input: line for line in derivative(linear(), 1).gradients}
    assert by_input["mat1"].route == ()


def test_a_leaf_adds_up_what_arrives() -> None:
    card = derivative(linear(), -1)
    assert "".join(token.text for token in card.forward) == "leaf.grad = leaf.grad + grad"
    assert card.gradients == ()


def test_a_recorded_op_of_a_forward_has_the_rule_of_what_it_computes() -> None:
    nodes = (
        NodeRecord(-1, "data", "x", shape=(64, 1000)),
        NodeRecord(-2, "parameter", "w1", shape=(1000, 100)),
        NodeRecord(0, "op", "dot", op="numpy.ndarray.dot", shape=(64, 100)),
        NodeRecord(1, "op", "dot", op="numpy.ndarray.dot", shape=(64, 100), phase="backward"),
    )
    edges = (EdgeRecord(-1, 0, shape=(64, 1000)), EdgeRecord(-2, 0, input_nr=1, shape=(1000, 100)))
    graph = Graph(GraphRecord("recorded", "recorded", nodes, edges))
    assert derivative(graph, 0).gradients[1].shapes == "1000×64 · 64×100 → 1000×100"
    assert not derivative(graph, 1).known


@pytest.mark.parametrize(
    ("kind", "given", "formula"),
    [
        ("ConvolutionBackward0", 2, "out = input ∗ weight"),
        ("ConvolutionBackward0", 3, "out = input ∗ weight + bias"),
        ("NativeBatchNormBackward0", 1, "out = x̂,  x̂ = (input − μ) / s"),
    ],
)
def test_a_formula_has_no_parameter_that_the_layer_has_not(kind: str, given: int, formula: str) -> None:
    leaves = tuple(NodeRecord(-1 - i, "parameter", name) for i, name in enumerate(("x", "weight", "bias")[:given]))
    edges = tuple(EdgeRecord(leaf.id, 0, 0, i) for i, leaf in enumerate(leaves))
    found = derivative(Graph(GraphRecord("s", "autograd", (*leaves, NodeRecord(0, "function", "f", kind)), edges)), 0)
    assert formula_text(found.forward) == formula


def test_an_operation_without_a_rule_is_marked_and_claims_nothing() -> None:
    graph = Graph(GraphRecord("s", "autograd", (NodeRecord(0, "custom", "MyOp", "MyOpBackward"),), ()))
    card = derivative(graph, 0)
    assert not card.known
    assert not card.gradients


def test_the_number_behind_the_class_does_not_matter() -> None:
    assert rule_of("ClampBackward1") is rule_of("ClampBackward0") is not None


def test_variables_are_set_apart_from_functions_and_words() -> None:
    pieces = tokens("grad ⊙ exp(x) where mask2 · mat2^{T}", ("mat2",))
    assert [piece.text for piece in pieces if piece.style == "variable"] == ["grad", "x", "mat2"]
    assert pieces[-1].style == "raised"


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_is_whole(name: str) -> None:
    rule = RULES[name]
    assert rule.forward
    assert rule.gradients
    known = {*rule.inputs, *(f"{i}ᵀ" for i in rule.inputs), "grad", "out"}
    for template in (rule.shapes, *(gradient.shapes for gradient in rule.gradients)):
        assert template.count("{") == template.count("}")
        assert all(part.split("}")[0] in known for part in template.split("{")[1:])
    for text in (rule.forward, *(gradient.formula for gradient in rule.gradients)):
        assert text.count("(") == text.count(")")
        assert text.count("{") == text.count("}")


def test_the_forward_is_written_with_the_networks_own_names_too() -> None:
    graph = Graph(
        GraphRecord(
            "named",
            "autograd",
            (
                NodeRecord(-1, "parameter", "layer.weight", "AccumulateGrad", shape=(4, 3)),
                NodeRecord(-2, "data", "x", shape=(2, 3)),
                NodeRecord(-3, "parameter", "layer.bias", "AccumulateGrad", shape=(4,)),
                NodeRecord(0, "function", "t", "TBackward0", shape=(3, 4)),
                NodeRecord(1, "function", "addmm", "AddmmBackward0", shape=(2, 4)),
                NodeRecord(2, "function", "select", "SelectBackward0", shape=(4,)),
                NodeRecord(3, "function", "exp", "ExpBackward0", shape=(4,)),
            ),
            (
                EdgeRecord(-1, 0),
                EdgeRecord(-3, 1),
                EdgeRecord(-2, 1, input_nr=1),
                EdgeRecord(0, 1, input_nr=2),
                EdgeRecord(1, 2),
                EdgeRecord(2, 3),
            ),
        )
    )
    named = [derivative(graph, node).named for node in (1, 3)]
    written = ["".join(f"^{t.text}" if t.style == "raised" else t.text for t in formula) for formula in named]
    replaced = [replace(node, variable="z") if node.id == 2 else node for node in graph.nodes]
    own = derivative(Graph(GraphRecord("own", "autograd", tuple(replaced), graph.record.edges)), 3).named
    assert "".join(token.text for token in own) == "out = exp(z)", "the code's own name goes first"
    # What a view selects is not the whole of what it is a view of, and is called by its own name.
    assert written == ["out = layer.bias + x · layer.weight^T", "out = exp(select)"]


def test_a_backward_by_hand_reads_a_value_and_gives_no_term_of_its_gradient() -> None:
    nodes = (
        NodeRecord(-1, "parameter", "w"),
        NodeRecord(0, "op", "dot", op="numpy.dot"),
        NodeRecord(1, "op", "T", op="numpy.T", phase="backward"),
    )
    graph = Graph(GraphRecord("by hand", "recorded", nodes, (EdgeRecord(-1, 0, input_nr=1), EdgeRecord(-1, 1))))
    assert [line.term for line in derivative(graph, 0).gradients] == [(1, 1)]
