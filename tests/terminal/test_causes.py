"""Where a NaN or Inf comes from, in JSON and at the prompt."""

from __future__ import annotations

import pytest

from gradviz.protocol.cause_records import BlameLink, ExtentRecord
from gradviz.protocol.events import Blamed
from gradviz.protocol.records import OptimizerChoice
from gradviz.terminal.text.cause_text import chain_lines
from tests.helpers.json_thread import JsonThread

NAN = "resources/examples/nan_in_backward.py"


def test_json_answers_the_chain_with_the_origin_first() -> None:
    with JsonThread(NAN) as talk:
        talk.ask("set_breakpoints", breakpoints=[{"kind": "nan"}])
        talk.ask("continue")
        chain = talk.ask("blame")["chain"]
        assert [link["name"] for link in chain] == ["sqrt", "sum", "pow"]
        origin = chain[0]
        assert (origin["phase"], origin["grad_fn"], origin["line"]) == ("backward", "SqrtBackward0", 20)
        assert origin["rows"] == [1, 2, 3, 4, 5, 6, 7]
        assert origin["outputs"][0]["infs"] == 7
        assert talk.ask("blame", node=chain[1]["node"])["chain"] == chain[:2]


def test_json_says_why_there_is_no_chain() -> None:
    with JsonThread("autograd") as talk:
        assert "Nothing has run in this iteration yet" in talk.ask("blame")["message"]
        talk.ask("step_in")
        assert "All that is kept of this iteration is finite" in talk.ask("blame")["message"]
        assert "no node 999" in talk.ask("blame", node=999)["message"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_overflow_of_a_network_by_hand_is_followed_through_its_own_backward() -> None:
    with JsonThread("numpy", optimizer=OptimizerChoice("Manual", {"lr": 1e9})) as talk:
        talk.ask("set_breakpoints", breakpoints=[{"kind": "nan"}])
        assert talk.ask("continue")["phase"] == "backward"
        origin, *_, last = talk.ask("blame")["chain"]
    assert (origin["op"], origin["phase"]) == ("numpy.ndarray.dot", "forward")
    assert "more than the largest number of float64" in origin["reason"]
    assert origin["row_count"] == origin["batch"] == 64
    assert "0 · ∞ and ∞ − ∞ are NaN" in last["reason"]


def test_the_prompt_writes_reason_range_rows_and_limits() -> None:
    inputs = (ExtentRecord("input", (4, 2), "float16", -1.0, 60000.0, count=8, headroom=1.09, subnormal=0.25),)
    link = BlameLink("Too large.", "forward", 3, 2, "exp", module="head", file="/a/model.py", line=7, inputs=inputs,
                     rows=(1, 3), row_count=2, batch=4)  # fmt: skip
    lines = ["".join(text for _, text in line) for line in chain_lines(Blamed(1, 5, (link,)), None, 200)]
    assert lines == [
        "Where it comes from, the origin first (1, iteration 5):",
        "  1 exp  forward · head · model.py:7",
        "    Too large.",
        "    −1 … 60000 · rows 1, 3 (2 of 4) · float16: 1.09 times what is there would overflow, 25.0% are below the "
        "smallest normal number",
    ]
