"""Which tensors of a node can be chosen, and which are shown side by side at first."""

from __future__ import annotations

from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.model.tensor_choices import OF_PARAMETER, TensorChoice, ask_for, side_by_side, tensor_choices
from gradviz.protocol.records import EdgeRecord, GraphRecord, NodeRecord, PassedRecord, PointRecord, SavedRecord

GRAPH = Graph(
    GraphRecord(
        "g",
        "autograd",
        (
            NodeRecord(-1, "parameter", "w"),
            NodeRecord(-2, "data", "x"),
            NodeRecord(0, "function", "mm", "MmBackward0"),
            NodeRecord(1, "op", "mm"),
        ),
        (EdgeRecord(-2, 0), EdgeRecord(-1, 0, input_nr=1)),
    )
)


def test_a_function_has_values_then_gradients() -> None:
    saved = [SavedRecord("self"), SavedRecord("dims", note="not a tensor: [0, 1]", is_tensor=False)]
    found = tensor_choices(GRAPH, 0, saved)
    assert [(c.what, c.index, c.name) for c in found] == [
        ("output", 0, ""),
        ("input", 0, ""),
        ("input", 1, ""),
        ("saved", 0, "self"),
        ("grad_output", 0, ""),
        ("grad_input", 1, ""),
    ]
    assert [c.note for c in found if c.what == "input"] == ["x", "w"]


def test_data_has_its_value_alone() -> None:
    assert [c.what for c in tensor_choices(GRAPH, -2)] == ["output"]
    assert len(side_by_side(tensor_choices(GRAPH, -2))) == 1


def test_value_and_incoming_gradient_are_side_by_side() -> None:
    assert [c.what for c in side_by_side(tensor_choices(GRAPH, 0))] == ["output", "grad_output"]


def test_in_the_update_a_parameter_is_beside_the_step_taken() -> None:
    choices = tensor_choices(GRAPH, -1)
    assert [c.what for c in choices] == list(OF_PARAMETER)
    assert [c.what for c in side_by_side(choices, "update")] == ["parameter", "update"]
    assert [c.what for c in side_by_side(choices, "backward")] == ["parameter", "parameter_grad"]


def test_a_recorded_op_has_no_gradients_of_its_own() -> None:
    assert not any(c.is_gradient for c in tensor_choices(GRAPH, 1))


def test_looking_back_at_what_runs_next_its_inputs_are_there_and_its_output_is_not() -> None:
    timeline = Timeline()
    timeline.append(PassedRecord(PointRecord(i, "forward", i), 1e-6, ()) for i in range(2))
    timeline.move(1)
    asked = ask_for(timeline, 1, TensorChoice("input"))
    assert asked is not None and asked.point == 1
    assert ask_for(timeline, 1, TensorChoice("output")) is None
    assert ask_for(timeline, 0, TensorChoice("input")).point == 0
