"""Pictures of a graph: each format is what its name states, and the JSON holds everything."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import msgspec
import pygraphviz
import pytest

from gradviz.errors import InvalidValueError, UnknownNameError
from gradviz.export.overlay_shading import LegendContent, Shade, Shading
from gradviz.export.picture_style import PictureStyle
from gradviz.export.render import clusters_to_open, draw, render
from gradviz.layout.layout import place
from gradviz.model.graph.folding import open_by_default
from gradviz.model.graph.graph import Graph
from gradviz.protocol.records import ClusterRecord, EdgeRecord, GraphRecord, NodeRecord
from tests.helpers.graphs import dynamic, make_graph, repeated_blocks, two_layers


@pytest.mark.parametrize(
    ("fmt", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml"), ("dot", b"digraph")]
)
def test_each_format_begins_as_its_kind_does(fmt: str, start: bytes):
    assert draw(two_layers(), fmt).startswith(start)


def test_the_svg_holds_the_texts_as_text():
    wanted = {"addmm", "AddmmBackward0", "middle_linear.weight", "100 × 100", "use 1 of 2", "64 × 1000"}
    assert wanted <= set(svg_texts(dynamic(2)))


def test_words_in_the_head_of_a_module_break_the_edges_that_pass_there():
    parts = list(ElementTree.fromstring(draw(dynamic(2), "svg")))
    last_edge = max(i for i, part in enumerate(parts) if part.get("fill") == "none")
    use = next(i for i, part in enumerate(parts) if part.text == "use 1 of 2")
    back = parts[use - 1]
    assert use > last_edge
    assert back.tag.endswith("rect") and back.get("fill") == back.get("stroke")
    assert (
        float(back.get("x", ""))
        < float(parts[use].get("x", ""))
        < float(back.get("x", "")) + float(back.get("width", ""))
    )


def svg_texts(graph: Graph) -> list[str]:
    return [e.text or "" for e in ElementTree.fromstring(draw(graph, "svg")).iter("{http://www.w3.org/2000/svg}text")]


def test_the_dark_theme_changes_the_ground():
    assert b"#121419" in draw(two_layers(), "svg", style=PictureStyle(theme="dark"))
    assert b"#121419" not in draw(two_layers(), "svg")


def test_the_dot_source_is_read_by_graphviz_with_every_node_and_edge():
    graph = dynamic(2)
    read = pygraphviz.AGraph(string=draw(graph, "dot").decode())
    assert read.number_of_nodes() == len(graph) and read.number_of_edges() == len(graph.edges)
    assert len([s for s in read.subgraphs() if s.name.startswith("cluster")]) == 4


def test_parallel_edges_are_all_in_the_dot_source():
    read = pygraphviz.AGraph(string=draw(make_graph("a -> mul; a -> mul"), "dot").decode(), strict=False)
    assert read.number_of_edges() == 2


def test_the_json_is_always_the_full_graph():
    graph = dynamic(2)
    assert draw(graph, "json", depth=0) == draw(graph, "json")
    data = json.loads(draw(graph, "json"))
    assert len(data["nodes"]) == len(graph) and len(data["edges"]) == len(graph.edges)
    weight = next(node for node in data["nodes"] if node["name"] == "input_linear.weight")
    assert weight["kind"] == "parameter" and weight["module"] == "input_linear" and weight["shape"] == [100, 1000]
    assert {"source", "target", "output_nr"} <= data["edges"][0].keys()


def test_lines_from_a_node_with_several_outputs_say_which():
    graph = make_graph("split -> mm -> add -> loss; split -> add")
    parts = [msgspec.structs.replace(node, outputs=2) if node.name == "split" else node for node in graph.nodes]
    edges = [msgspec.structs.replace(e, output_nr=7) if e.target == 2 and e.source == 0 else e for e in graph.edges]
    texts = svg_texts(Graph(msgspec.structs.replace(graph.record, nodes=tuple(parts), edges=tuple(edges))))
    assert [text for text in texts if text in ("0", "7")] == ["0", "7"]
    assert not {"0", "7"} & set(svg_texts(graph))


def test_depth_zero_folds_everything_and_full_opens_everything():
    graph = dynamic(2)
    assert b">t<" not in draw(graph, "svg", depth=0)
    assert b">t<" in draw(graph, "svg", depth=1)
    assert clusters_to_open(repeated_blocks(100, 12)) == open_by_default(repeated_blocks(100, 12)) == set()
    assert clusters_to_open(repeated_blocks(100, 12), full=True) is None


def test_names_with_quotes_and_angle_brackets_are_drawn_as_they_are():
    graph = make_graph('a"<b>\\ & é -> loss')
    assert 'a"<b>\\ & é' in [
        e.text for e in ElementTree.fromstring(draw(graph, "svg")).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert pygraphviz.AGraph(string=draw(graph, "dot").decode()).number_of_nodes() == 2


def test_an_unknown_format_or_theme_names_the_known_ones():
    with pytest.raises(UnknownNameError, match="svg"):
        draw(two_layers(), "gif")
    with pytest.raises(UnknownNameError, match="light and dark"):
        draw(two_layers(), "svg", style=PictureStyle(theme="pink"))


def test_a_negative_depth_is_refused():
    with pytest.raises(InvalidValueError, match="-1"):
        draw(two_layers(), "svg", depth=-1)


def test_a_stack_is_drawn_with_its_count_and_its_range():
    texts = svg_texts(repeated_blocks(60, 12))
    assert {"Block × 60", "12 nodes each", "0", "59"} <= set(texts) and "mm" not in texts


def shaded(graph: Graph, shades: dict[int, Shade], legend: LegendContent) -> ElementTree.Element:
    return ElementTree.fromstring(render(graph, place(graph), "svg", shading=Shading(shades, legend)))


def test_an_overlay_gives_boxes_their_colors_and_values_and_a_legend_under_the_drawing():
    graph = two_layers()
    placed = place(graph)
    mm, w1 = (placed.box_title.index(name) for name in ("mm", "w1"))
    legend = LegendContent("Gradient norm", "L2, of each output", ("#112233", "#445566"), ((0.0, "0.1"), (1.0, "10")),
                    ((Shade(hatched=True), "not measured"),), "iteration 39")  # fmt: skip
    shades = {mm: Shade("#123456", "#fedcba", "#654321", value="2.5e+00"), w1: Shade(hatched=True)}
    drawn = shaded(graph, shades, legend)
    (body,) = drawn.iterfind("{*}rect[@fill='#123456']")
    assert body.get("stroke") == "#654321" and body.get("width") == f"{placed.box_rect[mm, 2]:.1f}"
    value = next(text for text in drawn.iterfind("{*}text") if text.text == "2.5e+00")
    assert value.get("fill") == "#fedcba"
    assert next(drawn.iterfind("{*}polygon[@stroke-dasharray]")).get("fill") == "#F4F5F8"
    words = [text for text in drawn.iterfind("{*}text") if float(text.get("y", "")) > placed.height]
    wanted = ["Gradient norm", "L2, of each output", "0.1", "10", "not measured", "iteration 39"]
    assert [text.text for text in words] == wanted
    assert max(float(text.get("y", "")) for text in words) < float(drawn.get("height", ""))
    bar = [rect.get("fill") for rect in drawn.iterfind("{*}rect") if float(rect.get("y", "")) > placed.height]
    assert bar[0] == "#112233" and bar[-2] == "#445566", "the last is the sample"


def test_a_drawing_narrower_than_the_legend_is_in_the_middle():
    graph = make_graph("a -> loss")
    placed = place(graph)
    drawn = shaded(graph, {0: Shade("#123456")}, LegendContent("Kind", "of each node"))
    wide, body = float(drawn.get("width", "")), next(drawn.iterfind("{*}rect[@fill='#123456']"))
    assert wide > placed.width
    assert float(body.get("x", "")) == pytest.approx(placed.box_rect[0, 0] + (wide - placed.width) / 2, abs=0.1)


def test_the_cells_of_a_stack_have_the_colors_of_its_members():
    graph = repeated_blocks(60, 12)
    placed = place(graph, open_clusters=set())
    cells = tuple("" if number == 7 else f"#0000{number:02x}" for number in range(60))
    shading = Shading({0: Shade(value="1 to 2", cells=cells)}, LegendContent("Gradient norm", ""))
    drawn = ElementTree.fromstring(render(graph, placed, "svg", shading=shading))
    fills = [rect.get("fill") for rect in drawn.iterfind("{*}rect") if rect.get("rx") == "3"]
    assert len(fills) == 60 and [fill for fill in fills if fill in cells] == [cell for cell in cells if cell]
    assert "1 to 2" in [text.text for text in drawn.iterfind("{*}text")]


@pytest.mark.parametrize("fmt", ["png", "pdf"])
def test_the_legend_makes_a_picture_larger_in_the_other_formats_too(fmt: str):
    graph = two_layers()
    legend = LegendContent("Gradient norm", "L2", ("#112233", "#445566"), ((0.0, "10⁻³"),))
    plain = render(graph, place(graph), fmt)
    assert len(render(graph, place(graph), fmt, shading=Shading({0: Shade("#123456")}, legend))) > len(plain)


@pytest.mark.parametrize("fmt", ["svg", "png", "pdf"])
def test_what_is_folded_is_drawn_in_every_format(fmt: str):
    assert len(draw(repeated_blocks(60, 12), fmt, open_clusters={30})) > 2000


def test_a_region_has_a_dashed_border_and_its_note_as_a_tip():
    graph = dynamic(2)
    note = "Recomputed in backward <again> & again."
    clusters = [
        msgspec.structs.replace(c, kind="region", note=note) if c.path == "middle_linear" else c for c in graph.clusters
    ]
    picture = draw(Graph(msgspec.structs.replace(graph.record, clusters=tuple(clusters))), "svg")
    drawn = ElementTree.fromstring(picture)
    assert [tip.text for tip in drawn.iter("{http://www.w3.org/2000/svg}title")] == [note, note]
    dashed = [e for e in drawn.iter("{http://www.w3.org/2000/svg}rect") if e.get("stroke-dasharray")]
    assert len(dashed) == 2 + 2, "two uses of the region, x and y"


def test_one_line_represents_the_many_outputs_that_a_stack_takes():
    nodes = [NodeRecord(0, "function", "unbind", outputs=40)]
    nodes += [NodeRecord(1 + 10 * k + i, "function", f"op{i}", cluster=k) for k in range(40) for i in range(10)]
    edges = [EdgeRecord(0, 1 + 10 * k, k) for k in range(40)]
    edges += [EdgeRecord(1 + 10 * k + i, 2 + 10 * k + i) for k in range(40) for i in range(9)]
    clusters = tuple(ClusterRecord(f"h.{k}", "Block") for k in range(40))
    graph = Graph(GraphRecord("many", "autograd", tuple(nodes), tuple(edges), clusters))
    drawn = ElementTree.fromstring(draw(graph, "svg", depth=0))
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}path"))) == 2, "one line and one chevron"


def test_a_title_stands_above_the_graph_and_the_loss_says_its_value():
    graph = two_layers()
    style = PictureStyle(title="dynamic, iteration 46", loss="229.08")
    plain, drawn = (ElementTree.fromstring(draw(graph, "svg", style=one)) for one in (PictureStyle(), style))
    texts = {e.text: e for e in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"dynamic, iteration 46", "229.08"} <= set(texts)
    assert float(drawn.get("height", "")) == float(plain.get("height", "")) + 36
    others = [float(e.get("y", "")) for text, e in texts.items() if text != "dynamic, iteration 46"]
    assert float(texts["dynamic, iteration 46"].get("y", "")) < min(others)


def test_a_part_is_as_large_as_asked_but_without_the_empty_canvas_around_the_graph():
    graph = two_layers()
    placed = place(graph)
    asked = PictureStyle(part=(-50, 20, placed.width + 300, placed.height))
    part = ElementTree.fromstring(render(graph, placed, "svg", asked))
    size = float(part.get("width", "")), float(part.get("height", ""))
    assert size == pytest.approx((placed.width, placed.height - 20), abs=0.5)


def test_a_part_inside_of_the_graph_is_as_large_as_asked_and_a_bitmap_as_fine():
    graph = two_layers()
    placed = place(graph)
    part = ElementTree.fromstring(render(graph, placed, "svg", PictureStyle(part=(10, 20, 300, 200))))
    assert (float(part.get("width", "")), float(part.get("height", ""))) == (300, 200)
    widths = [
        int.from_bytes(render(graph, placed, "png", PictureStyle(scale=scale, part=(0, 0, 300, 200)))[16:20], "big")
        for scale in (1, 3)
    ]
    assert widths == pytest.approx([300, 900], abs=2)
