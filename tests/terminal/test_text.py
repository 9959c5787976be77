"""The terminal's text: it fits the width, keeps to the stream's characters, has colors on a terminal only."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest

import gradviz
from gradviz.client.debug_state import DebugState
from gradviz.client.user_frames import users_part
from gradviz.model.derivative.gradient_terms import terms
from gradviz.model.graph.graph import Graph
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.events import GraphChanged, Stopped, TensorAnswered
from gradviz.protocol.records import (
    GraphRecord,
    HistogramRecord,
    NodeRecord,
    PassedRecord,
    Phase,
    PointRecord,
    ReachRecord,
    StatisticsRecord,
    SummaryRecord,
)
from gradviz.terminal.prompt.command_table import show_help
from gradviz.terminal.text.code_text import excerpt, source_line
from gradviz.terminal.text.graph_text import graph_lines, reach_lines, rule_lines, sum_lines
from gradviz.terminal.text.line_writer import (
    Line,
    Screen,
    columns_of,
    drop_parts,
    fit,
    number,
    table,
    width_of,
    wrap_text,
)
from gradviz.terminal.text.stop_text import duration, module_text, ran_lines, stop_lines, timeline_lines, where_lines
from gradviz.terminal.text.tensor_text import tensor_lines
from tests.helpers.graphs import dynamic, two_layers


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Utf8(io.StringIO):
    encoding = "utf-8"


class Ascii(io.StringIO):
    encoding = "ascii"


def plain(lines: Iterable[Line | str]) -> list[str]:
    return [line if isinstance(line, str) else "".join(text for _, text in line) for line in lines]


COLORS = {"TERM": "xterm-256color", "COLUMNS": "80"}


def test_only_a_terminal_gets_colors_and_no_color_is_respected() -> None:
    line: Line = [("forward", "forward"), ("", " 3")]
    for environment, colored in ((COLORS, True), ({**COLORS, "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        stream = Terminal()
        Screen(stream, environment).write(line)
        assert ("\x1b[" in stream.getvalue()) == colored
    stream = io.StringIO()
    Screen(stream, COLORS).write(line)
    assert stream.getvalue() == "forward 3\n"


def test_a_stream_that_has_no_box_characters_gets_plain_ones() -> None:
    stream = Ascii()
    Screen(stream, {}).write([("", "╭─▶ 64×100 → x…")], "│ ▁█")
    assert stream.getvalue().isascii()
    assert stream.getvalue().startswith("+-> 64x100 > x~")


def test_lines_are_cut_to_the_width_and_text_is_not() -> None:
    assert plain([fit([("bold", "abcdef"), ("", "ghij")], 8)]) == ["abcdefg…"]
    assert columns_of("漢字é") == 5
    assert wrap_text("one two three", 7) == ["one two", "three"]
    assert plain([drop_parts([(0, ("", "keep")), (2, ("", " first")), (1, ("", " second"))], 12)]) == ["keep second"]


def test_a_table_leaves_out_columns_until_it_fits() -> None:
    rows = [["1", "addmm", "model.py:21", "64×100"], ["12", "mm", "model.py:2", "5"]]
    styles = ["", "", "", ""]
    assert plain(table(rows, styles, frozenset((0,)))) == [
        "   1  addmm  model.py:21  64×100",
        "  12  mm     model.py:2   5     ",
    ]
    assert plain(table(rows, styles, width=20, without=(2,)))[0].rstrip() == "  1   addmm  64×100"


def test_names_in_a_table_that_is_too_wide_keep_their_ends_and_the_other_columns() -> None:
    rows = [["1", "encoder.layers.11.attention.linear1.weight", "64×100"], ["12", "mm", "5"]]
    first, second = plain(table(rows, ["", "", ""], width=40, names=1))
    assert columns_of(first) == 40
    assert first.endswith("linear1.weight  64×100")
    assert second.startswith("  12  mm ")
    numberless = plain(table(rows, ["", "", ""], width=40, without=(0,), names=1))
    assert [columns_of(line) for line in numberless] == [40, 40]


def test_a_stop_at_a_long_name_keeps_its_end_and_its_shape() -> None:
    debugger = DebugState(lambda command: None)
    debugger.begin(1)
    name = "encoder.layers.11.self_attention.linear1.weight"
    graph = GraphRecord("s", "autograd", (NodeRecord(-1, "parameter", name, "AccumulateGrad", shape=(64, 100)),), ())
    debugger.apply(GraphChanged(1, 0, "s", graph))
    debugger.apply(Stopped(1, 0, "step", PointRecord(0, "backward", -1, grad_fn="AccumulateGrad")))
    point_line = plain(stop_lines(debugger, 40, colored=False))[1]
    assert columns_of(point_line) <= 40
    assert point_line.startswith("▶ …") and point_line.endswith("linear1.weight.grad  64×100")


def test_parameters_with_long_names_keep_their_shapes() -> None:
    reach = (ReachRecord(-1, ("encoder.layers.11.self_attention.linear1.weight",), (64, 100)),)
    text = plain(reach_lines(GraphRecord("s", "autograd", (), (), reach=reach), 40))
    assert columns_of(text[1].rstrip()) <= 40
    assert text[1].rstrip().endswith("linear1.weight  64×100")


def test_what_user_code_prints_comes_by_the_line_behind_a_bar() -> None:
    stream = Utf8()
    screen = Screen(stream, {})
    screen.write_output("hel", "dim")
    screen.write("ours")
    screen.write_output("lo\nname? ", "dim")
    screen.write_output("warning\n", "error")
    assert stream.getvalue() == "ours\n│ hello\n│ name? \n│ warning\n"


def test_a_progress_bar_of_user_code_passes_by_on_a_terminal_only() -> None:
    piped, terminal = io.StringIO(), Terminal()
    for stream in (piped, terminal):
        screen = Screen(stream, COLORS)
        screen.write_output("\r10%\r20%\r", "dim")
        screen.write("done")
    assert piped.getvalue() == "done\n"
    assert terminal.getvalue().endswith("\r\x1b[Kdone\n")


@pytest.mark.parametrize("width", [40, 60, 120])
def test_every_view_fits_the_width(width: int) -> None:
    graph, timeline = stepped()
    stream = Terminal()
    screen = Screen(stream, {"NO_COLOR": "1", "COLUMNS": str(width), "LINES": "24"})
    for node in graph.nodes:
        screen.write(*graph_lines(graph, node.id, timeline, width))
        screen.write(*rule_lines(graph, node.id, width))
    for about in ("", "names", "break", "continue"):
        show_help(screen, about)
    screen.write(*timeline_lines(timeline, graph, 20, width))
    screen.write(*ran_lines(timeline.passed, graph, width))
    screen.write(*tensor_lines("w", answer(), width, sliced=True))
    assert max(map(columns_of, stream.getvalue().splitlines())) <= width


def test_what_raised_does_not_come_next() -> None:
    graph, timeline = stepped()
    timeline.next = PointRecord(9, "forward", None, "torch.Tensor.mm")
    timeline.move(None)
    assert plain(timeline_lines(timeline, graph, 1, 80))[-1].endswith("comes next")
    assert plain(timeline_lines(timeline, graph, 1, 80, raised=True))[-1].endswith("raised")


def test_the_neighbourhood_shows_what_comes_in_and_goes_out_with_shapes_and_gradients() -> None:
    graph, timeline = stepped()
    node = next(n for n in graph.nodes if n.name == "addmm")
    text = plain(graph_lines(graph, node.id, timeline, 100))
    assert any("input_linear.weight" in line for line in text)
    assert any(f"#{node.id} addmm" in line and "│" in line for line in text)
    above = text.index(next(line for line in text if "▼" in line))
    assert all(line.rstrip()[-1] in "╮┤▼" for line in text[: above + 1])
    assert len({len(line.rstrip()) for line in text[: above + 1]}) == 1  # the corners are in one column
    assert any("─▶" in line and "clamp" in line for line in text)


def test_a_sum_is_listed_term_by_term() -> None:
    graph, timeline = stepped()
    weight = next(n for n in graph.nodes if n.name == "middle_linear.weight")
    text = plain(sum_lines(graph, terms(graph, timeline, weight.id)))
    assert "gradient of middle_linear.weight: a sum of 2 terms" in text[0]
    assert len(text) == 3


def test_a_tensor_is_shown_in_figures_histogram_and_corner() -> None:
    text = plain(tensor_lines("w1", answer(), 80, sliced=False))
    assert text[0].startswith("w1  3×4  float32  cpu")
    assert any("min" in line and "norm" in line for line in text)
    assert any("█" in line for line in text)
    rows = [line for line in text if line.startswith("  0 ") or line.startswith("  2 ")]
    assert "nan" in rows[0]
    assert len({columns_of(row) for row in rows}) == 1


def test_no_figure_is_cut_where_the_terminal_is_narrow() -> None:
    wide, narrow = (
        plain(tensor_lines("first.layer.attention.weight", answer(), width, sliced=False)) for width in (80, 40)
    )
    assert narrow[:2] == ["first.layer.attention.weight", "  3×4  float32  cpu"]
    words = ("min", "max", "mean", "std", "norm", "zeros")
    assert [word for word in words if not any(f" {word} " in line for line in narrow)] == []
    assert not any("…" in line for line in (*wide, *narrow))


@pytest.mark.parametrize(
    ("zeros", "said"),
    [(0, "0"), (20, "20 (<1%)"), (4500, "4500 (45%)"), (9999, "9999 (>99%)"), (10000, "10000 (100%)")],
)
def test_few_zeros_are_not_none_and_nearly_all_are_not_all(zeros: int, said: str) -> None:
    figures = StatisticsRecord(-1.5, 1.0, 0.2, 0.5, 2.0, zeros, 0, 0, 10_000)
    shown = TensorAnswered(1, shape=(100, 100), dtype="float32", device="cpu", statistics=figures)
    assert plain(tensor_lines("w", shown, 80, sliced=False))[2].split("zeros")[1].strip() == said


@pytest.mark.parametrize(
    ("phase", "op", "said"),
    [("forward", "torch.relu", "called by torch"), ("backward", "", "Autograd does"), ("update", "", "The optimizer")],
)
def test_what_no_line_made_names_its_origin(phase: Phase, op: str, said: str) -> None:
    text = plain(where_lines(PointRecord(0, phase, op=op), None, 80, colored=False))
    assert said in text[-1]


def test_how_often_a_module_is_called_is_not_shown_before_the_forward_is_over() -> None:
    graph = dynamic(2)
    said = [module_text(PointRecord(0, phase, module="middle_linear"), graph) for phase in ("forward", "backward")]
    assert said == ["middle_linear, use 1", "middle_linear, use 1 of 2"]


def test_a_scalar_and_an_empty_tensor_are_short() -> None:
    one = TensorAnswered(1, shape=(), dtype="float32", device="cpu", statistics=StatisticsRecord(count=1),
                         values=((), struct.pack("<d", 620.6344604492188)))  # fmt: skip
    assert plain(tensor_lines("loss", one, 80, sliced=False)) == ["loss  scalar  float32  cpu", "  620.63446"]
    empty = TensorAnswered(1, shape=(0, 3), dtype="float32", device="cpu", statistics=StatisticsRecord(count=0))
    assert plain(tensor_lines("x", empty, 80, sliced=False))[-1] == "  It is empty."


def test_a_rule_has_its_shapes_put_in_and_letters_raised() -> None:
    graph = two_layers()
    node = next(n for n in graph.nodes if n.type_name == "MmBackward0")
    text = "\n".join(plain(rule_lines(graph, node.id, 100)))
    assert "ᵀ" in text
    assert "→" in text
    assert "^{" not in text


def test_parameters_that_get_no_gradient_come_first_with_the_reason() -> None:
    reach = (
        ReachRecord(-1, ("a",), (2,)),
        ReachRecord(-2, ("b", "c"), (3,), reached=False, reason="detached", text="behind detach", file="/m.py", line=4),
    )
    text = plain(reach_lines(GraphRecord("s", "autograd", (), (), reach=reach), 80))
    assert text[0] == "1 of 2 parameters get a gradient"
    assert "✗ b = c" in text[1] and "behind detach m.py:4" in text[1]
    assert "✓ a" in text[2]


def test_a_traceback_begins_with_the_users_frame_and_leaves_out_ours() -> None:
    ours = str(Path(gradviz.__file__).parent / "engine" / "capture.py")
    users = ['  File "/home/m.py", line 3, in forward', "    y = x @ x", "        ~~^~~"]
    before = ["Traceback (most recent call last):", f'  File "{ours}", line 1, in f', "    f()"]
    after = [f'  File "{ours}", line 2, in call', "    g()", "RuntimeError: no"]
    assert users_part("\n".join([*before, *users, *after])) == [*users, "RuntimeError: no"]


def test_code_is_read_from_its_file_and_highlighted_only_if_asked(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("import os\n\n\ndef f():\n    return 'x'\n")
    path = str(tmp_path / "m.py")
    assert plain([source_line(path, 5, colored=False) or []]) == ["return 'x'"]
    colored = source_line(path, 5, colored=True) or []
    assert ("keyword", "return") in colored
    assert [line for line, _ in excerpt(path, 1, 2, colored=False)] == [1, 2, 3]
    assert source_line("/nowhere.py", 1, colored=False) is None


def test_numbers_and_times_are_short() -> None:
    assert [number(v) for v in (None, 620.6344, 1e-7, float("nan"))] == ["-", "620.6", "1e-07", "nan"]
    assert [duration(s) for s in (2.345, 0.0031, 4.2e-5)] == ["2.35 s", "3.1 ms", "42 µs"]


def stepped() -> tuple[Graph, Timeline]:
    """A network of which forward and half of backward have run."""
    graph = dynamic(2)
    timeline = Timeline(0)
    functions = [node for node in graph.nodes if node.id >= 0]
    half = functions[::-1][: len(functions) // 2]
    points = [(node, "forward") for node in functions] + [(node, "backward") for node in half]
    for index, (node, phase) in enumerate(points):
        point = PointRecord(
            index, phase, node.id, node.name, node.type_name, file="/home/somebody/a_long_name.py", line=21
        )  # type: ignore[arg-type]
        values = tuple(SummaryRecord(f"gradient of {i}", (64, 100), 12.5) for i in range(3))
        timeline.append([PassedRecord(point, 0.002, values)])
    timeline.expected["backward"] = len(functions)
    return graph, timeline


def answer() -> TensorAnswered:
    values = [float("nan"), -1.5, 0.0, 1e-9, *(i / 7 for i in range(8))]
    return TensorAnswered(
        1,
        shape=(3, 4),
        dtype="float32",
        device="cpu",
        statistics=StatisticsRecord(-1.5, 1.0, 0.2, 0.5, 2.0, 1, 1, 0, 12),
        histogram=HistogramRecord(-1.5, 1.5, (1, 0, 0, 5, 9, 3, 1, 0)),
        values=((3, 4), struct.pack("<12d", *values)),
    )


def test_width_of_a_line_is_that_of_its_pieces() -> None:
    assert width_of([("bold", "ab"), ("", "漢")]) == 4
