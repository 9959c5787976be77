"""Networks that derive their gradients by hand: what they compute is recorded, forward and backward."""

from __future__ import annotations

import numpy as np
import pytest

from gradviz.engine.capture.numpy_recorder import HandRecording, RecordedArray
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.experiment import Experiment
from gradviz.model.derivative.derivatives import derivative, gradient_maker
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import GraphRecord
from gradviz.targets.target_spec import read_target


def opened(target: str) -> GraphRecord:
    runner = Runner(TargetSetup(read_target(target)))
    runner.hold()
    assert runner.graph is not None
    return runner.graph.record


def ops(graph: GraphRecord, phase: str) -> list[str]:
    return [n.name for n in graph.nodes if n.kind == "op" and n.phase == phase]


def test_numpy_records_forward_and_the_backward_written_by_hand() -> None:
    graph = opened("numpy")
    assert graph.kind == "recorded"
    assert ops(graph, "forward") == ["dot", "maximum", "dot", "subtract", "square", "sum"]
    assert ops(graph, "backward") == [
        "subtract", "multiply", "T", "dot", "T", "dot", "copy", "less", "setitem", "T", "dot",
    ]  # fmt: skip
    notes = [n.note for n in graph.nodes if n.note]
    assert notes == ["the gradient of w2", "the gradient of w1"]
    assert {n.name for n in graph.nodes if n.kind == "parameter"} == {"w1", "w2"}
    assert {n.name for n in graph.nodes if n.kind == "data"} == {"x", "y"}
    assert "by hand" in graph.notes[0]


@pytest.mark.parametrize("target", ["numpy", "tensors"])
def test_values_are_known_by_the_names_that_the_code_has_for_them(target: str) -> None:
    names = {n.variable for n in opened(target).nodes}
    assert {"h", "h_relu", "y_pred", "grad_y_pred", "grad_h"} <= names


def test_tensors_record_the_same_lesson_in_torchs_words() -> None:
    graph = opened("tensors")
    assert ops(graph, "forward") == ["mm", "clamp", "mm", "sub", "pow", "sum"]
    assert ops(graph, "backward")[-2:] == ["t", "mm"]
    assert [n.note for n in graph.nodes if n.note] == ["the gradient of w2", "the gradient of w1"]


@pytest.mark.parametrize("target", ["numpy", "tensors"])
def test_the_gradient_of_a_parameter_is_what_an_op_of_the_backward_made(target: str) -> None:
    graph = Graph(opened(target))
    w1 = next(n for n in graph.nodes if n.name == "w1")
    maker = gradient_maker(graph, w1)
    assert maker is not None and maker.phase == "backward" and maker.shape == w1.shape
    card = derivative(graph, w1.id)
    assert not card.known and card.note.startswith("Derived by hand") and f"line {maker.line}" in card.note


@pytest.mark.parametrize("target", ["numpy", "tensors"])
def test_every_value_leads_from_what_made_it_to_what_used_it(target: str) -> None:
    graph = opened(target)
    position = {n.id: i for i, n in enumerate(graph.nodes)}
    assert all(e.source in position and e.target in position for e in graph.edges)
    assert not [n for n in graph.nodes if n.kind == "stub"]
    assert all(n.line and n.file.endswith(f"{target}.py") for n in graph.nodes if n.kind == "op")
    loss = next(n for n in graph.nodes if n.kind == "loss")
    (last,) = [e for e in graph.edges if e.target == loss.id]
    assert next(n for n in graph.nodes if n.id == last.source).name == "sum"


def test_a_value_that_was_changed_in_place_comes_from_the_op_that_changed_it() -> None:
    graph = opened("numpy")
    setitem = next(n for n in graph.nodes if n.name == "setitem")
    users = [e.target for e in graph.edges if e.source == setitem.id]
    assert [n.note for n in graph.nodes if n.id in users] == ["the gradient of w1"]


def test_every_iteration_has_the_same_signature() -> None:
    runner = Runner(TargetSetup(read_target("numpy")))
    runner.hold()
    assert runner.graph is not None
    first = runner.graph.record
    runner.iterate()
    runner.iterate(captured=True)
    assert runner.graph.record == first


class Holder:
    def __init__(self, array: np.ndarray) -> None:
        self.a = array

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return x


def recording(array: np.ndarray) -> tuple[Holder, HandRecording]:
    holder = Holder(array)
    experiment = Experiment(holder, array, parameters=("a",), backward=lambda: None)
    return holder, HandRecording(experiment)


def test_a_recorded_array_computes_what_a_plain_one_computes() -> None:
    plain = np.linspace(-1, 1, 12).reshape(3, 4)
    holder, record = recording(plain.copy())
    calls = {
        "dot": lambda a: a.dot(a.T),
        "matmul": lambda a: a @ a.T,
        "sum": lambda a: a.sum(axis=0),
        "mean": lambda a: np.mean(a),
        "max": lambda a: a.max(),
        "exp": lambda a: np.exp(a, where=a > 0, out=np.zeros_like(a)),
        "reduce": lambda a: np.add.reduce(a, axis=1),
        "where": lambda a: np.where(a > 0, a, 0),
        "index": lambda a: a[a > 0],
        "stack": lambda a: np.concatenate([a, a]),
        "einsum": lambda a: np.einsum("ij,kj->ik", a, a),
        "clip": lambda a: a.clip(0, None),
        "tuple": lambda a: np.unique(a.round(1), return_counts=True)[1],
    }
    with record.phase("forward"):
        for name, call in calls.items():
            np.testing.assert_array_equal(np.asarray(call(holder.a)), call(plain), err_msg=name)
    assert len(record.capture.ops) >= len(calls)
    record.end()


def test_in_place_ops_reach_the_original_memory() -> None:
    original = np.zeros(3)
    holder, record = recording(original)
    with record.phase("forward"):
        holder.a += 1
        holder.a[0] = 5
        np.multiply(holder.a, 2, out=holder.a)
    record.end()
    assert holder.a is original
    assert original.tolist() == [10, 2, 2]


def test_nothing_is_recorded_without_a_listener() -> None:
    view = np.ones(3).view(RecordedArray)
    assert type(np.add(view, 1)) is np.ndarray
    assert type(view.copy()) is np.ndarray
