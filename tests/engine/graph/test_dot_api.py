"""`gradviz.dot`: what torchviz's users expect, from our own walk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import graphviz
import pytest
import torch
from torch import nn

import gradviz
from gradviz.errors import InvalidValueError


def test_parameters_have_their_names_and_shapes():
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
    drawing = gradviz.dot(model(torch.randn(2, 4)), params=dict(model.named_parameters()))
    assert isinstance(drawing, graphviz.Digraph)
    assert r"0.weight\n3 × 4" in drawing.source and r"addmm\nAddmmBackward0" in drawing.source


def test_params_may_be_pairs_as_named_parameters_gives_them():
    model = nn.Linear(2, 2)
    assert "weight" in gradviz.dot(model(torch.ones(1, 2)), params=model.named_parameters()).source


@dataclass
class Result:
    loss: torch.Tensor
    text: str


def test_trees_of_tensors_have_all_their_roots():
    w = torch.ones(2, requires_grad=True)
    source = gradviz.dot({"a": [w * 2], "b": Result(w.exp(), "fine"), "c": None}).source
    assert "mul" in source and "exp" in source and "output.b.loss" in source


def test_a_chain_of_20000_ops_needs_no_recursion():
    y = torch.ones(1, requires_grad=True)
    for _ in range(20_000):
        y = y + 1
    assert gradviz.dot(y).source.count("AddBackward0") == 20_000


def test_drawing_reads_no_saved_tensor():
    unpacked = []

    def unpack(tensor: torch.Tensor) -> torch.Tensor:
        unpacked.append(tensor)
        return tensor

    w = torch.ones(3, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: tensor, unpack):
        loss = (w.exp() * w).sum()
    gradviz.dot(loss)
    assert unpacked == []


def test_a_freed_graph_can_still_be_drawn():
    w = torch.ones(3, requires_grad=True)
    loss = w.exp().sum()
    loss.backward()
    assert "ExpBackward0" in gradviz.dot(loss).source


def test_both_edges_of_a_square_are_drawn_and_outputs_have_their_numbers():
    a, b = torch.ones(4, requires_grad=True).chunk(2)
    source = gradviz.dot(a * b).source
    assert "taillabel=0" in source and "taillabel=1" in source


def test_a_tensor_without_a_graph_is_said_so():
    with pytest.raises(InvalidValueError, match="requires_grad"):
        gradviz.dot(torch.ones(1))


def test_without_a_dot_program_the_graphviz_that_pip_installed_draws(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    w = torch.ones(2, requires_grad=True)
    drawing = gradviz.dot((w * w).sum(), params={"w": w})
    assert b"MulBackward0" in drawing.pipe("svg") and "MulBackward0" in drawing.pipe(format="svg", encoding="utf-8")
    path = Path(drawing.render("graph", tmp_path, format="png"))
    assert path == tmp_path / "graph.png" and path.read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "graph").read_text() == drawing.source
    path = Path(drawing.render(outfile=tmp_path / "other.pdf", cleanup=True))
    assert path == tmp_path / "other.pdf" and path.read_bytes().startswith(b"%PDF")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["graph", "graph.png", "other.pdf"]
    assert "image/svg+xml" in drawing._repr_mimebundle_()
