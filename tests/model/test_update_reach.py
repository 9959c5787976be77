"""Parameters that no update changes as one would expect, and torch's own error texts as a search."""

from __future__ import annotations

import pytest

from gradviz.model.explanation.reach_errors import ERRORS, error_for
from gradviz.model.graph.graph import Graph
from gradviz.model.tables.reach_table import reach_table
from gradviz.model.tables.update_reach import matching, update_problems
from gradviz.protocol.explanations import HolderRecord
from gradviz.protocol.records import GraphRecord, ReachRecord

REACH = (
    ReachRecord(-1, ("a",), (2,)),
    ReachRecord(-2, ("frozen",), (2,), "", False, "frozen", "frozen: requires_grad is False"),
    ReachRecord(-3, ("lost",), (2,), "", False, "unused", "not used in this forward"),
)
HOLDERS = (
    HolderRecord(("a",), (("SGD", 0.1),), changed=False),
    HolderRecord(("b", "tied"), (("SGD", 0.1), ("Adam", 0.01))),
    HolderRecord(("c",), (("SGD", 0.0),), changed=False),
    HolderRecord(("d",)),
    HolderRecord(("e",), (("SGD", 0.1),), changed=True),
    HolderRecord(("frozen",)),
)


def table():  # type: ignore[no-untyped-def]
    return reach_table(Graph(GraphRecord("s", "autograd", (), (), reach=REACH)))


def test_each_problem_has_its_reason() -> None:
    found = {problem.names[0]: problem for problem in update_problems(HOLDERS, REACH)}
    assert {name: problem.reason for name, problem in found.items()} == {
        "a": "unchanged", "b": "two_optimizers", "c": "rate_zero", "d": "no_optimizer",
    }  # fmt: skip
    assert found["b"].text == "in 2 groups: SGD, Adam"


def test_what_was_measured_to_stay_counts_too() -> None:
    assert [p.names for p in update_problems(HOLDERS[4:5], (), ["e"])] == [("e",)]


def test_where_no_optimizer_is_known_nothing_is_missed() -> None:
    assert update_problems([HolderRecord(("a",)), HolderRecord(("b",))]) == []


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_is_found_by_its_text_alone_and_within_a_traceback(error) -> None:  # type: ignore[no-untyped-def]
    assert error_for(error.text) is error
    assert error_for(f"RuntimeError: {error.text}. This error ...\n") is error
    assert error_for(error.text[10:]) is error


def test_other_texts_are_no_errors() -> None:
    assert error_for("weight") is None and error_for("") is None


def test_an_error_means_its_parameters_and_a_word_those_that_have_it() -> None:
    problems = update_problems(HOLDERS, REACH)
    unused = "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True"
    assert matching(table(), problems, unused) == ({("lost",)}, set())
    assert matching(table(), problems, "some parameters appear in more than one parameter group")[1] == {("b", "tied")}
    assert matching(table(), problems, "tied") == (set(), {("b", "tied")})
    assert matching(table(), problems, "frozen")[0] == {("frozen",)}
