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
        ("nonfinite", {"any_phase": "update"}, BreakpointRecord(0, "nonfinite", phase="update")),
        ("norm_above", {"norm": "10", "weights": "*"}, BreakpointRecord(0, "norm_above", number=10, within="*")),
        (
            "zeros_above",
            {"share": "90 %", "within": "h.0"},
            BreakpointRecord(0, "zeros_above", number=0.9, within="h.0"),
        ),
        ("value_outside", {"low": "−5", "high": "5"}, BreakpointRecord(0, "value_outside", number=-5, other=5)),
        (
            "spike",
            {"of": "gradient", "times": "10", "last": "50"},
            BreakpointRecord(0, "spike", "gradient", number=10, other=50),
        ),
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
        ("spike", {"of": "loss", "times": "0.5", "last": "50"}),
        ("spike", {"of": "loss", "times": "2", "last": "0"}),
        ("zeros_above", {"share": "1.5"}),
        ("dead_above", {"share": "110%"}),
        ("not_falling", {"for": "many"}),
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


@pytest.mark.parametrize(
    ("typed", "record"),
    [
        ("nonfinite", BreakpointRecord(0, "nonfinite")),
        ("spike 10 of 50", BreakpointRecord(0, "spike", "loss", number=10, other=50)),
        ("spike update 2.5 of 9", BreakpointRecord(0, "spike", "update", number=2.5, other=9)),
        ("norm > 10 within *", BreakpointRecord(0, "norm_above", number=10, within="*")),
        ("ratio < 1e-6 within Fc.weight", BreakpointRecord(0, "update_ratio_below", number=1e-6, within="Fc.weight")),
        ("unchanged", BreakpointRecord(0, "unchanged")),
        ("zeros > 90%", BreakpointRecord(0, "zeros_above", number=0.9)),
        ("dead > 0.5", BreakpointRecord(0, "dead_above", number=0.5)),
        ("outside -5 to 5", BreakpointRecord(0, "value_outside", number=-5, other=5)),
        ("not_falling 100", BreakpointRecord(0, "not_falling", number=100)),
        ("skipped", BreakpointRecord(0, "step_skipped")),
    ],
)
def test_the_prompt_reads_traps(typed: str, record: BreakpointRecord) -> None:
    assert read_condition(typed, "") == record


@pytest.mark.parametrize("typed", ["spike", "spike x of 3", "ratio = 3", "outside 5", "not_falling", "zeros > 200%"])
def test_a_trap_that_cannot_be_read_shows_how_it_is_written(typed: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^Write .*break "):
        read_condition(typed, "")


def test_what_is_asked_of_a_whole_iteration_is_not_narrowed_to_a_phase() -> None:
    with pytest.raises(InvalidValueError, match="a whole iteration, not in forward"):
        read_condition("spike 10 of 50", "forward")
    with pytest.raises(InvalidValueError, match="cannot be narrowed to a module"):
        read_condition("not_falling 10 within fc", "")


def test_every_example_of_a_condition_is_read_as_its_kind() -> None:
    for kind in KINDS.values():
        for typed, _ in kind.examples if kind.prompt else ():
            record = read_condition(typed, "")
            assert record is not None and KINDS[record.kind].prompt == kind.prompt


def test_a_form_shows_a_record_as_it_reads_it() -> None:
    for kind in KINDS.values():
        for typed, _ in kind.examples if kind.prompt else ():
            record = read_condition(typed, "")
            assert record is not None
            fields = KINDS[record.kind].fields
            assert KINDS[record.kind].read({field.name: field.text_of(record) for field in fields}) == record


def test_every_kind_describes_what_it_waits_for_and_where() -> None:
    for kind in KINDS.values():
        record = BreakpointRecord(0, kind.word, text="forward", file="/net/a.py", line=3)
        assert kind.title(record)
        assert kind.detail(record)


def test_the_engine_matches_every_kind_of_the_table() -> None:
    from gradviz.engine.gate import breakpoint_matching as engine
    from gradviz.engine.traps.trap_kinds import TRAPS

    families = {word: kind.family for word, kind in KINDS.items()}
    expected = dict.fromkeys(TRAPS, "iteration")
    expected |= dict.fromkeys(engine.AT_POINTS, "place") | dict.fromkeys(engine.AT_STARTS, "start")
    conditions = {word: c for word, c in engine.ON_VALUES.items() if word != "nonfinite"}
    expected |= {word: "gradients" if c.gradients else "values" for word, c in conditions.items()}
    assert families == expected


def test_a_spike_of_the_loss_is_not_narrowed_to_a_part_of_the_model() -> None:
    with pytest.raises(InvalidValueError, match="can be within encoder"):
        KINDS["spike"].read({"of": "loss", "times": "10", "last": "50", "within": "encoder"})
    with pytest.raises(InvalidValueError, match="The loss is that of the whole model"):
        KINDS["spike"].record(text="loss", number=10, other=50, within="encoder")
    assert KINDS["spike"].read({"of": "gradient", "times": "10", "last": "50", "within": "encoder"}).within == "encoder"
