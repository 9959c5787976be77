"""What the card at a stop says: what has just happened, and why this point is the next one."""

from __future__ import annotations

import pytest

from gradviz.model.explanation.glossary import glossary_tip
from gradviz.model.explanation.next_point_text import reason_text
from gradviz.model.explanation.step_results import reduction_text, result_text, saved_text
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.events import NodeDetails
from gradviz.protocol.records import PassedRecord, PointRecord, SavedRecord, SummaryRecord
from tests.helpers.graphs import GraphBuilder, linear

HALF = SummaryRecord("output", (2, 4), 3.0, 0.0, 2.0, zeros=5)


def shared() -> Graph:
    """A layer that is used twice, a clamp between its uses, and a loss."""
    b = GraphBuilder()
    b.node("x", "data", shape=(64, 4))
    first = linear(b, "middle", "x", 4, 4)
    b.node("clamp", shape=(64, 4), type_name="ClampBackward1")
    b.edge(first, "clamp")
    second = linear(b, "middle", "clamp", 4, 4, call="2")
    b.node("loss", "loss", shape=())
    b.edge(second, "loss")
    return b.build()


GRAPH = shared()
IDS = {f"{node.name}{'' if node.id < 3 else ' 2'}": node.id for node in GRAPH.nodes}


def timeline(*ran: tuple[str, tuple[SummaryRecord, ...]], then: str = "") -> Timeline:
    """Nodes that have run in backward, and the one that is next."""
    made = Timeline()
    points = [PointRecord(i, "backward", IDS[name], grad_fn=_class(name)) for i, (name, _) in enumerate(ran)]
    made.append(PassedRecord(point, 1e-6, values) for point, (_, values) in zip(points, ran, strict=True))
    made.next = PointRecord(len(ran), "backward", IDS[then], grad_fn=_class(then)) if then else None
    return made


def _class(name: str) -> str:
    return GRAPH.node(IDS[name]).type_name or "AccumulateGrad"


def gradient(*shape: int, zeros: int = 0) -> SummaryRecord:
    return SummaryRecord("g", shape, 2.0, -1.0, 1.0, zeros=zeros)


LAST = ("addmm 2", (gradient(4), gradient(64, 4, zeros=6), gradient(4, 4)))


def why(ran: Timeline) -> str:
    assert ran.point is not None
    return reason_text(GRAPH, ran, ran.point)


def test_an_op_says_what_it_made_and_a_rectifier_how_much_of_it_is_0() -> None:
    ran = Timeline()
    ran.append([PassedRecord(PointRecord(0, "forward", 1, "torch.Tensor.clamp"), 1e-6, (HALF,))])
    text = "clamp made 2 × 4, norm 3.000. 5 of 8 entries are 0, where the input was not above 0."
    assert result_text(None, ran) == text


def test_zeros_of_other_ops_are_not_explained() -> None:
    ran = Timeline()
    ran.append([PassedRecord(PointRecord(0, "forward", 1, "torch.mul"), 1e-6, (HALF,))])
    assert result_text(None, ran) == "mul made 2 × 4, norm 3.000."


def test_a_node_says_which_gradients_it_made_and_which_terms_are_in() -> None:
    assert result_text(GRAPH, timeline(LAST)) == (
        "addmm made the gradient for middle.bias: 4, norm 2.000; for clamp: 64 × 4, norm 2.000; "
        "for t: 4 × 4, norm 2.000. 1 of 2 terms for middle.bias are in."
    )


def test_entries_that_were_0_before_are_not_counted_as_set_to_0() -> None:
    text = result_text(GRAPH, timeline(LAST, ("clamp", (gradient(64, 4, zeros=106),))))
    assert text == (
        "clamp made the gradient for addmm: 64 × 4, norm 2.000. "
        "It set 100 of 256 entries to 0, where the input was outside of the bounds."
    )


def test_what_a_node_had_saved_is_freed_once_it_ran_and_numbers_were_never_tensors() -> None:
    saved = (SavedRecord("mat1", (64, 4)), SavedRecord("alpha", is_tensor=False))
    held, freed = (NodeDetails("test", 1, state, saved) for state in ("held", "freed"))  # type: ignore[arg-type]
    assert saved_text(held) == "Saved in forward, and kept until this node has run: mat1 64 × 4."
    assert saved_text(freed) == "Saved in forward, and freed when this node had run: mat1 64 × 4."
    assert saved_text(NodeDetails("test", 1, "none")) == saved_text(None) == ""
    assert result_text(GRAPH, timeline(LAST), freed).endswith("What it had saved is freed: mat1.")
    assert "saved" not in result_text(GRAPH, timeline(LAST), held)


def test_a_shared_leaf_says_that_the_sum_of_its_terms_was_added() -> None:
    text = result_text(GRAPH, timeline(LAST, ("middle.bias", (gradient(4),))))
    assert (
        text
        == "The sum of 2 terms was added to middle.bias.grad, which is now 4, norm 2.000; norms of terms do not add."
    )
    text = result_text(GRAPH, timeline(LAST, ("middle.bias", (SummaryRecord("middle.bias.grad", lost=True),))))
    assert text == "A gradient was added to middle.bias.grad, and changed in place since."


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((), "w changed."),
        (
            tuple(SummaryRecord("w", (4,), norm) for norm in (2.0, 1.5, 0.5)),
            "w changed: norm 2.000 → 1.500, by a step of norm 0.5000.",
        ),
    ],
)
def test_a_parameter_says_its_step_and_its_value_before_and_after(values: tuple[SummaryRecord, ...], text: str) -> None:
    ran = Timeline()
    ran.append([PassedRecord(PointRecord(0, "update", -1, parameter="w"), 1e-6, values)])
    assert result_text(GRAPH, ran) == text


def test_looking_back_it_is_what_ran_before_the_point_that_is_shown() -> None:
    ran = timeline(LAST, ("clamp", (gradient(64, 4),)))
    ran.move(1)
    assert result_text(GRAPH, ran).startswith("addmm made")
    ran.move(0)
    assert result_text(GRAPH, ran) == ""


def test_backward_starts_with_a_one() -> None:
    assert why(timeline(then="addmm 2")) == "Backward starts here, with d loss / d loss = 1."


def test_of_two_nodes_that_are_ready_the_one_made_last_is_next() -> None:
    assert why(timeline(LAST, then="t 2")) == (
        "The gradient that it waits for is in, from addmm. "
        "Of the 2 nodes that are ready, the one that forward made last goes first."
    )


def test_a_node_that_alone_is_ready_is_next_because_its_gradient_is_in() -> None:
    ran = timeline(LAST, ("t 2", (gradient(4, 4),)), then="clamp")
    assert why(ran) == "The gradient that it waits for is in, from addmm."


def test_a_leaf_goes_first_when_all_its_terms_are_in_and_has_no_line() -> None:
    text = why(timeline(LAST, then="middle.bias"))
    assert text == (
        "All 2 gradients of middle.bias are in, and a leaf goes first. It has no line: no operation of forward made it."
    )


def test_forward_says_the_line_it_has_come_to_and_what_has_none() -> None:
    ran = Timeline()
    point = PointRecord(0, "forward", op="torch.nn.functional.linear", module="middle", use=2, file="/a/d.py", line=20)
    assert reason_text(None, ran, point) == "Forward begins with its first operation."
    ran.append([PassedRecord(point, 1e-6)])
    assert reason_text(None, ran, point) == "Forward has come to line 20 of d.py, for the use 2 of middle."
    outside = PointRecord(1, "forward", op="torch.nn.functional.mse_loss")
    assert "outside of the model's own code" in reason_text(None, ran, outside)


def test_an_update_by_hand_has_its_line_and_an_optimizer_none() -> None:
    by_hand = PointRecord(0, "update", -1, file="/a/d.py", line=41, parameter="w")
    assert reason_text(GRAPH, Timeline(), by_hand) == "Line 41 of d.py changes it."
    assert "with no line" in reason_text(GRAPH, Timeline(), PointRecord(0, "update", -1, parameter="w"))


@pytest.mark.parametrize(("number", "text"), [("1", "It is a mean here."), ("2", "It is a sum here, not a mean.")])
def test_a_loss_says_whether_it_is_a_sum_or_a_mean(number: str, text: str) -> None:
    kept = (SavedRecord("reduction", note=f"not a tensor: {number}", is_tensor=False),)
    assert reduction_text(NodeDetails("test", 1, "held", kept)) == text
    assert reduction_text(NodeDetails("test", 1, "held")) == reduction_text(None) == ""


def test_a_tip_explains_the_words_of_the_glossary_that_a_text_has() -> None:
    assert glossary_tip("float32 · strides 100, 1").startswith("strides: how many stored entries apart")
    assert [line.partition(":")[0] for line in glossary_tip("two norms of leaves, and ⊙").splitlines()] == ["norm", "⊙"]
    assert glossary_tip("reviewed, in a preview") == ""
