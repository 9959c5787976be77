"""Commands, names and breakpoints as they are typed, and what completion offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from gradviz.client.debug_state import DebugState
from gradviz.errors import GradvizError
from gradviz.model.stepping.breakpoints import Breakpoints
from gradviz.protocol.commands import Command
from gradviz.protocol.events import GraphChanged, Opened, Stopped
from gradviz.protocol.records import OptimizerChoice, ParameterRecord, PlaceRecord, PointRecord, SourceRecord
from gradviz.terminal.prompt.command_table import COMMANDS, find_command, split_line
from gradviz.terminal.prompt.line_readers import PromptCompleter, candidates
from gradviz.terminal.prompt.run_commands import count_of
from gradviz.terminal.text.breakpoint_text import breakpoint_lines, read_breakpoint, read_ids
from gradviz.terminal.text.name_grammar import read_name, read_node, title_of
from tests.helpers.graphs import dynamic

_LATE = (("late.weight",), ("norm.weight", "tied.weight"), ("norm1.weight",))
"""Names of the parameters that the graph lacks."""


@pytest.fixture
def debugger() -> DebugState:
    """Paused in backward of a network that uses `middle_linear` twice, before its second use's addmm."""
    sent: list[Command] = []
    made = DebugState(sent.append)
    made.begin(1)
    graph = dynamic(2)
    parameters = tuple(
        ParameterRecord((node.name,), (1,), "float32") for node in graph.nodes if node.kind == "parameter"
    )
    source = SourceRecord("/code/dynamic.py")
    late = [ParameterRecord(names, (1,), "float32") for names in _LATE]
    made.apply(Opened(1, "dynamic", "", "cpu", OptimizerChoice("SGD"), (), (), (*parameters, *late), source))
    made.apply(GraphChanged(1, 0, graph.signature, graph.record))
    node = next(n for n in graph.nodes if n.id >= 0)
    point = PointRecord(0, "backward", node.id, "f", node.type_name, file="/code/dynamic.py", line=5)
    made.apply(Stopped(1, 0, "step", point))
    return made


def test_every_command_but_help_is_implemented_and_words_are_unique() -> None:
    assert [c.name for c in COMMANDS if c.act is None] == ["help"]
    acts = [c.act for c in COMMANDS]
    assert len(acts) == len(set(acts))
    words = [word for c in COMMANDS for word in (c.name, *c.forms)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("s", "step"),
        ("n", "next"),
        ("c", "continue"),
        ("b", "break"),
        ("finish", "out"),
        ("w", "where"),
        ("ti", "timeline"),
        ("P", "print"),
        ("u", "until"),
        ("exp", "export"),
        ("exit", "quit"),
    ],
)
def test_commands_go_by_short_forms_and_beginnings(typed: str, name: str) -> None:
    assert find_command(typed).name == name


def test_a_wrong_command_is_answered_with_the_nearest() -> None:
    with pytest.raises(GradvizError, match="did you mean step"):
        find_command("stpe")
    with pytest.raises(GradvizError, match="help lists them"):
        find_command("xyzzy")
    with pytest.raises(GradvizError, match="write one more letter"):
        find_command("e")


def test_a_number_of_a_node_needs_no_blank_before_it() -> None:
    assert split_line("p#3.output") == ("p", "#3.output")
    assert split_line("#3") == ("print", "#3")
    assert split_line("? step") == ("help", "step")
    assert split_line("  until   #3 in backward ") == ("until", "#3 in backward")


def test_names_mean_tensors(debugger: DebugState) -> None:
    graph = debugger.graph
    assert graph is not None
    weight = next(n for n in graph.nodes if n.name == "middle_linear.weight")
    function = debugger.point.node if debugger.point is not None else None
    assert function is not None

    def meant(text: str) -> tuple[int, str, int, str, str]:
        wanted = read_name(text, debugger)
        return wanted.node, wanted.choice.what, wanted.choice.index, wanted.choice.name, wanted.slice

    assert meant("middle_linear.weight") == (weight.id, "parameter", 0, "", "")
    assert meant("middle_linear.weight.grad") == (weight.id, "parameter_grad", 0, "", "")
    assert meant("middle_linear.weight.update") == (weight.id, "update", 0, "", "")
    assert meant("middle_linear.weight.before") == (weight.id, "parameter_before", 0, "", "")
    assert meant("middle_linear.weight.after") == (weight.id, "parameter_after", 0, "", "")
    assert meant("middle_linear.weight[0:4, :]") == (weight.id, "parameter", 0, "", "0:4, :")
    assert meant(f"#{function}.input 1") == (function, "input", 1, "", "")
    assert meant(f"#{function}.saved mat1") == (function, "saved", 0, "mat1", "")
    assert meant(f"#{function} output") == (function, "output", 0, "", "")
    assert meant("grad") == (function, "grad_output", 0, "", "")
    assert meant("saved mask") == (function, "saved", 0, "mask", "")
    assert meant("loss")[1] == "output"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("#999", "There is no node #999"),
        ("clamp", r"nodes are called clamp: #"),
        ("#0.nonsense", "no part of a node"),
        ("#0.input x", "is no number"),
        ("saved", "Say which"),
    ],
)
def test_a_name_that_means_nothing_is_answered_in_a_sentence(typed: str, said: str, debugger: DebugState) -> None:
    with pytest.raises(GradvizError, match=said):
        read_name(typed, debugger)


def test_a_node_that_is_not_there_is_answered_with_the_nearest(debugger: DebugState) -> None:
    with pytest.raises(GradvizError, match=r"did you mean middle_linear\.weight"):
        read_node("mddle_linear.weight", debugger)


def test_names_outside_of_the_graph_mean_what_the_engine_knows_by_them(debugger: DebugState) -> None:
    def meant(text: str) -> tuple[int | None, str, str, str]:
        wanted = read_name(text, debugger)
        return wanted.node, wanted.choice.what, wanted.choice.name, wanted.slice

    assert meant("late.weight") == (None, "parameter", "late.weight", "")
    assert meant("tied.weight[0]") == (None, "parameter", "tied.weight", "0")
    assert meant("late.weight.grad") == (None, "parameter_grad", "late.weight", "")
    assert meant("norm.running_mean") == (None, "output", "norm.running_mean", "")
    assert meant("late.weight.update") == (None, "update", "late.weight", "")
    assert meant("late.weight.before") == (None, "parameter_before", "late.weight", "")
    with pytest.raises(GradvizError, match=r"norm\.running_mean is not in the graph, so it has no update"):
        read_name("norm.running_mean.update", debugger)


def test_before_there_is_a_graph_a_part_is_of_the_op_at_the_gate(debugger: DebugState) -> None:
    fresh = DebugState(lambda command: None)
    fresh.begin(1)
    assert debugger.opened is not None
    fresh.apply(debugger.opened)
    fresh.apply(Stopped(1, 0, "step", PointRecord(0, "forward", None, "torch.Tensor.mm")))
    wanted = read_name("input 1", fresh)
    assert (wanted.node, wanted.choice.what, wanted.choice.index, wanted.op) == (None, "input", 1, "mm")
    assert title_of(fresh.graph, wanted) == "mm, input 1"
    assert title_of(fresh.graph, read_name("late.weight", fresh)) == "late.weight"
    assert "late.weight" in candidates("print la", fresh)[0]
    with pytest.raises(GradvizError, match="Nothing has run yet"):
        read_name("out", fresh)


def test_without_a_graph_names_say_what_to_do() -> None:
    with pytest.raises(GradvizError, match="There is no graph yet; step once"):
        read_node("#1", DebugState(lambda command: None))


@pytest.mark.parametrize(
    ("typed", "kind", "field", "value"),
    [
        ("nan", "nan", "phase", ""),
        ("inf in forward", "inf", "phase", "forward"),
        ("zero", "zero_grad", "phase", ""),
        ("norm > 1e3", "norm_above", "number", 1000.0),
        ("norm<1e-6", "norm_below", "number", 1e-6),
        ("shape 64x100", "shape", "text", "64x100"),
        ("shape (64, 100)", "shape", "text", "64x100"),
        ("shape [64, 100]", "shape", "text", "64x100"),
        ("shape scalar", "shape", "text", ""),
        ("norm", "module", "text", "norm"),
        ("norm.weight", "node", "text", "norm.weight"),
        ("norm1", "module", "text", "norm1"),
        (":22", "line", "file", "/code/dynamic.py"),
        ("tied.weight", "node", "text", "norm.weight"),
        ("backward", "phase", "text", "backward"),
        ("phase update", "phase", "text", "update"),
        ("iteration 10", "iteration", "number", 10),
        ("dynamic.py:22", "line", "line", 22),
        ("22", "line", "file", "/code/dynamic.py"),
        ("middle_linear", "module", "text", "middle_linear"),
        ("clamp in backward", "op", "phase", "backward"),
        ("AddmmBackward0", "op", "text", "AddmmBackward0"),
        ("middle_linear.weight", "node", "text", "middle_linear.weight"),
        ("#0", "node", "phase", ""),
        ("late.weight", "node", "place", PlaceRecord(type_name="late.weight")),
    ],
)
def test_breakpoints_are_read(typed: str, kind: str, field: str, value: object, debugger: DebugState) -> None:
    record = read_breakpoint(typed, debugger)
    assert record.kind == kind
    assert getattr(record, field) == value


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("norm > x", "break norm > 1e3"),
        ("norm 3", "break norm > 1e3"),
        ("nan in update", "in forward and backward, not in update"),
        ("norm > 3 in forward", "in backward, not in forward"),
        ("loss", "Nothing runs at loss"),
        ("shape", "break shape 64x100"),
        ("iteration x", "break iteration 10"),
        ("nothing.py:3", "There is no file nothing.py"),
        ("unchanged within middle_liner", "parameter is called middle_liner; did you mean middle_linear"),
        ("middle_lineer", "did you mean middle_linear"),
        ("phase x", "break phase backward"),
        ("#77", "no node #77"),
    ],
)
def test_a_wrong_breakpoint_is_answered_with_how_it_is_written(typed: str, said: str, debugger: DebugState) -> None:
    with pytest.raises(GradvizError, match=said):
        read_breakpoint(typed, debugger)


def test_a_line_that_the_file_lacks_is_refused(tmp_path: Path, debugger: DebugState) -> None:
    file = tmp_path / "short.py"
    file.write_text("import torch\n")
    assert read_breakpoint(f"{file}:1", debugger).line == 1
    for line in (0, 2):
        with pytest.raises(GradvizError, match=f"short.py has no line {line}"):
            read_breakpoint(f"{file}:{line}", debugger)


def test_breakpoints_are_listed_and_meant_by_their_numbers(debugger: DebugState) -> None:
    known = debugger.breakpoints
    known.add(read_breakpoint("nan", debugger))
    second = known.add(read_breakpoint("clamp in backward", debugger))
    known.enable(second, False)
    text = ["".join(piece for _, piece in line) for line in breakpoint_lines(known)]
    assert "●  NaN appears" in text[0]
    assert "○  clamp" in text[1]
    assert read_ids("1, 2", known) == [1, 2]
    with pytest.raises(GradvizError, match="There is no breakpoint 7; there is 1, 2"):
        read_ids("7", known)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("conti", "continue"),
        ("p middle_linear.w", "middle_linear.weight"),
        ("p middle_linear.weight.g", "middle_linear.weight.grad"),
        ("p gra", "grad_output"),
        ("until #", "#0"),
        ("b middle", "middle_linear"),
        ("b dyn", "dynamic.py:"),
        ("b late", "late.weight"),
        ("b clamp in b", "clamp in backward"),
        ("until middle_linear.weight in u", "middle_linear.weight in update"),
        ("break norm", "norm"),
        ("help tim", "timeline"),
    ],
)
def test_completion_offers(typed: str, offered: str, debugger: DebugState) -> None:
    assert offered in candidates(typed, debugger)[0]
    document = Document(typed)
    completions = list(PromptCompleter(debugger).get_completions(document, CompleteEvent(completion_requested=True)))
    whole = {typed[: len(typed) + c.start_position] + c.text for c in completions}
    assert any(text.endswith(offered) for text in whole)


def test_numbers_of_what_has_a_name_are_not_offered(debugger: DebugState) -> None:
    assert all(word.removeprefix("#").isdigit() for word in candidates("until #", debugger)[0])


def test_completion_of_what_is_no_command_is_nothing(debugger: DebugState) -> None:
    assert candidates("xyzzy mid", debugger)[0] == []


@pytest.mark.parametrize("digits", ["9" * 30, "9" * 5000, "²", "٣"])
@pytest.mark.parametrize("words", ["iteration {}", "dynamic.py:{}", "#{}", "{}"])
def test_numbers_that_no_index_has_are_refused_in_a_sentence(debugger: DebugState, words: str, digits: str) -> None:
    with pytest.raises(GradvizError):
        read_breakpoint(words.format(digits), debugger)
    with pytest.raises(GradvizError):
        read_ids(digits, Breakpoints())
    with pytest.raises(GradvizError):
        count_of(digits, 1)
