"""The table of breakpoint kinds: what forms and the prompt make of it, and that the engine can match every row."""

from __future__ import annotations

import pytest

from gradviz.errors import InvalidValueError
from gradviz.model.stepping.breakpoint_kinds import KINDS, read_condition
from gradviz.protocol.records import BreakpointRecord

Form = dict[str, str]


@pytest.mark.parametrize(
    ("kind", "entered", "record"),
    [
        ("op", {"op": " addmm ", "phase": "backward"}, BreakpointRecord(0, "op", "addmm", phase="backward")),
        ("module", {"module": "h.0.attn"}, BreakpointRecord(0, "module", "h.0.attn")),
        ("phase", {"which_phase": "update"}, BreakpointRecord(0, "phase", "update")),
        ("iteration", {"iteration": "46"}, BreakpointRecord(0, "iteration", number=46)),
        ("norm_above", {"norm": "1e3"}, BreakpointRecord(0, "norm_above", number=1000)),
        ("zero_grad", {"phase": "forward"}, BreakpointRecord(0, "zero_grad")),
        ("shape", {"shape": "(64, 100)"}, BreakpointRecord(0, "shape", "64x100")),
        ("shape", {"shape": "64 × 100"}, BreakpointRecord(0, "shape", "64x100")),
        ("shape", {"shape": "7"}, BreakpointRecord(0, "shape", "7")),
    ],
)
def test_a_form_is_read_as_it_was_meant(kind: str, entered: Form, record: BreakpointRecord) -> None:
    assert KINDS[kind].read(entered) == record


@pytest.mark.parametrize(
    ("kind", "entered"),
    [
        ("line", {"file": "", "line": "3"}),
        ("line", {"file": "a.py", "line": "0"}),
        ("line", {"file": "a.py", "line": "3", "use": "-1"}),
        ("op", {"op": "  "}),
        ("module", {}),
        ("iteration", {"iteration": "-1"}),
        ("iteration", {"iteration": "1.5"}),
        ("norm_below", {"norm": "nan"}),
        ("norm_above", {"norm": "-1"}),
        ("shape", {"shape": ""}),
        ("shape", {"shape": "64 x"}),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(kind: str, entered: Form) -> None:
    with pytest.raises(InvalidValueError, match=r"\.$"):
        KINDS[kind].read(entered)


def test_the_prompt_reads_conditions_and_leaves_names_of_places() -> None:
    assert read_condition("norm < 1e-6", "") == BreakpointRecord(0, "norm_below", number=1e-6)
    assert read_condition("Norm >= 2", "backward") == BreakpointRecord(0, "norm_above", number=2, phase="backward")
    assert read_condition("shape scalar", "") == BreakpointRecord(0, "shape")
    assert read_condition("update", "") == BreakpointRecord(0, "phase", "update")
    assert read_condition("it 3", "forward") == BreakpointRecord(0, "iteration", number=3)
    assert read_condition("normal", "") is None
    with pytest.raises(InvalidValueError, match="gradients, in backward, not in forward"):
        read_condition("zero", "forward")


def test_every_kind_describes_what_it_waits_for_and_where() -> None:
    for kind in KINDS.values():
        record = BreakpointRecord(0, kind.word, text="forward", file="/net/a.py", line=3)
        assert kind.title(record)
        assert kind.detail(record)


def test_the_engine_matches_every_kind_of_the_table() -> None:
    from gradviz.engine.gate import breakpoint_matching as engine

    families = {word: kind.family for word, kind in KINDS.items()}
    expected = dict.fromkeys(engine.AT_POINTS, "place") | dict.fromkeys(engine.AT_STARTS, "start")
    expected |= {word: "gradients" if c.gradients else "values" for word, c in engine.ON_VALUES.items()}
    assert families == expected
