"""Building, painting and panning graphs of 100 to 50,000 nodes, over one QGraphicsItem for each of their parts.

Whole paints of 100 nodes, measured: 1.7 for all of it, 2.2 at 100 % and 1.4 at 35 %.
"""

from __future__ import annotations

import statistics
import tracemalloc
from functools import partial
from time import process_time

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QTransform
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QGraphicsSimpleTextItem

from gradviz.appearance.palette import DARK
from gradviz.gui.scene.data.camera import Camera, fit_camera
from gradviz.gui.scene.data.node_states import EdgeStates, NodeState, NodeStates
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting.paint_caches import BackingStore, TextCache
from gradviz.gui.scene.painting.paint_context import PaintContext
from gradviz.gui.scene.painting.scene_painter import paint
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import brush, color
from gradviz.layout.geometry.placement import Placement
from gradviz.layout.layout import place
from gradviz.layout_process import messages
from gradviz.model.graph.folding import open_by_default
from gradviz.model.graph.graph import Graph, GraphCache
from gradviz.model.graph.search import SCOPES, search_of
from gradviz.protocol.events import GraphChanged
from gradviz.protocol.framing import encode, event_decoder
from tests.benchmarks.ratios import ratio, seconds
from tests.gui.placements import grid
from tests.helpers.graphs import repeated_blocks

WIDTH, HEIGHT = 1200, 700
SIZES = pytest.mark.parametrize("count", [100, 1_000, 10_000])
LARGE = 50_000
FRAME = 1 / 60


@pytest.fixture(autouse=True)
def installed(qapp) -> None:
    fonts.install()


def items(graph: Graph, placement: Placement) -> QGraphicsScene:
    """The same picture, an item a box, two texts in it, an item an edge."""
    scene = QGraphicsScene()
    title, second = fonts.ui(13, 600), fonts.mono(11)
    for node, (x, y, width, height) in zip(graph.nodes, placement.box_rect.tolist(), strict=True):
        path = QPainterPath()
        path.addRoundedRect(QRectF(0, 0, width, height), 7, 7)
        box = QGraphicsPathItem(path)
        box.setBrush(brush(DARK.node))
        box.setPen(color(DARK.line2))
        for text, font, top in ((node.name, title, 4), (node.type_name, second, 23)):
            words = QGraphicsSimpleTextItem(text, box)
            words.setFont(font)
            words.setBrush(brush(DARK.text))
            words.setPos(14, top)
        box.setPos(x, y)
        scene.addItem(box)
    for edge in range(len(placement.edge_source)):
        points = placement.points[placement.edge_start[edge] : placement.edge_start[edge + 1]].tolist()
        path = QPainterPath(QPointF(*points[0]))
        path.cubicTo(*points[1], *points[2], *points[3])
        line = QGraphicsPathItem(path)
        line.setPen(color(DARK.edge))
        scene.addItem(line)
    return scene


def picture() -> QImage:
    return QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)


def paint_ours(image: QImage, drawing: Drawing, camera: Camera, texts: TextCache, states: NodeStates) -> None:
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint(
        PaintContext(
            painter, drawing, camera, WIDTH, HEIGHT, DARK, texts, states, EdgeStates.plain(len(drawing.graph.edges))
        )
    )
    painter.end()


def paint_items(image: QImage, scene: QGraphicsScene, camera: Camera) -> None:
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.render(painter, QRectF(0, 0, WIDTH, HEIGHT), QRectF(*camera.seen(WIDTH, HEIGHT)))
    painter.end()


@SIZES
def test_building(count: int) -> None:
    graph, placement = grid(count)
    ratio(f"build {count} nodes", lambda: Drawing(graph, placement), lambda: items(graph, placement), rounds=3)


@SIZES
@pytest.mark.parametrize("zoom", ["all of it", "100 %", "35 %"])
def test_painting(count: int, zoom: str) -> None:
    graph, placement = grid(count)
    drawing, scene = Drawing(graph, placement), items(graph, placement)
    texts, states, image = TextCache(), NodeStates.all(count), picture()
    camera = {
        "all of it": fit_camera(drawing.width, drawing.height, (0, 0, WIDTH, HEIGHT)),
        "100 %": Camera(1.0, -300, -300),
        "35 %": Camera(0.35, -20, -20),
    }[zoom]
    ratio(
        f"paint {count} nodes, {zoom}",
        lambda: paint_ours(image, drawing, camera, texts, states),
        lambda: paint_items(image, scene, camera),
        rounds=31 if count == 100 else 5,
        clock=process_time,
    )


@SIZES
def test_hitting(count: int) -> None:
    graph, placement = grid(count)
    drawing, scene = Drawing(graph, placement), items(graph, placement)
    scene.itemAt(QPointF(0, 0), scene.views()[0].transform() if scene.views() else _identity())
    ratio(
        f"hit among {count} nodes, a thousand times",
        lambda: [drawing.box_at(x, x) for x in range(1000)],
        lambda: [scene.itemAt(QPointF(x, x), _identity()) for x in range(1000)],
        rounds=3,
    )


def _identity() -> QTransform:
    return QTransform()


@pytest.mark.timeout(200)
def test_a_large_graph_is_repainted_whole() -> None:
    graph, placement = grid(LARGE)
    drawing, scene = Drawing(graph, placement), items(graph, placement)
    texts, states, image = TextCache(), NodeStates.all(LARGE, NodeState.FORWARD_RAN), picture()
    camera = fit_camera(drawing.width, drawing.height, (0, 0, WIDTH, HEIGHT))
    ours = [seconds(lambda: paint_ours(image, drawing, camera, texts, states)) for _ in range(9)]
    theirs = [seconds(lambda: paint_items(image, scene, camera)) for _ in range(3)]
    best = min(ours)
    print(f"\nrepaint of {LARGE:,} nodes: {best * 1e3:.1f} ms, items {min(theirs) * 1e3:.0f} ms")
    assert best < 0.033


@pytest.mark.timeout(200)
@pytest.mark.parametrize("zoom", [1.0, 0.35, 0.2, 0.034])
def test_a_large_graph_pans_at_the_rate_of_the_screen(zoom: float) -> None:
    graph, placement = grid(LARGE)
    drawing, scene = Drawing(graph, placement), items(graph, placement)
    texts, states = TextCache(), NodeStates.all(LARGE)
    backing, view = BackingStore(), picture()

    # A hand that moves 900 pixels a second.
    ways = [Camera(zoom, -2000 * zoom - step * 12, -2000 * zoom - step * 9) for step in range(24)]
    times = [seconds(partial(_pan, backing, camera, drawing, texts, states)) for camera in ways]
    theirs = [seconds(partial(paint_items, view, scene, camera)) for camera in ways[:2]]
    ours = statistics.median(times[1:])
    print(f"\npan at {zoom:.0%}: {ours * 1e3:.1f} ms a frame, items painted anew {min(theirs) * 1e3:.1f} ms")
    assert ours < FRAME


def _pan(backing: BackingStore, camera: Camera, drawing: Drawing, texts: TextCache, states: NodeStates) -> None:
    edges = EdgeStates.plain(len(drawing.graph.edges))

    def part(painter: QPainter, rect: QRectF) -> None:
        exposed = (rect.x(), rect.y(), rect.width(), rect.height())
        paint(PaintContext(painter, drawing, camera, WIDTH, HEIGHT, DARK, texts, states, edges, exposed=exposed))

    backing.picture(QSize(WIDTH, HEIGHT), 1.0, camera, QColor("black"), part)


@pytest.mark.timeout(200)
@pytest.mark.parametrize("blocks, nodes, all_open", [(48, 64, True), (320, 50, True), (2000, 50, False)])
def test_memory_a_node(blocks: int, nodes: int, all_open: bool) -> None:
    """Everything that the window keeps of a graph that came as a message: records, model, placement, drawing."""
    graph = repeated_blocks(blocks, nodes)
    count = len(graph)
    data = encode(GraphChanged(1, 0, graph.signature, graph.record))
    opened = None if all_open else set(open_by_default(graph))
    packed = messages.pack(place(graph, open_clusters=opened))
    view = GraphView()
    view.resize(WIDTH, HEIGHT)
    view.show()
    tracemalloc.start(1)
    try:
        before = tracemalloc.get_traced_memory()[0]
        (event,) = event_decoder().feed(data)
        cache = GraphCache()
        cache.receive(event)
        del event
        placement = messages.unpack(packed)
        view.set_graph(cache.current, placement)
        view.framing.fit()
        view.grab()
        assert cache.current.incoming[0] == []
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
        view.deleteLater()
    print(f"\nmemory of {count:,} nodes in the window: {used / count:.0f} B a node")
    assert used / count < 1024


@pytest.mark.timeout(100)
@pytest.mark.parametrize(
    "blocks, nodes, all_open, budget", [(48, 64, False, 0.2), (48, 64, True, 0.5), (2000, 50, False, 3.0)]
)
def test_from_the_message_to_the_picture(blocks: int, nodes: int, all_open: bool, budget: float) -> None:
    """Our own time for a graph that arrives: reading it, folding, both ways to the worker, placing, painting."""
    graph = repeated_blocks(blocks, nodes)
    data = encode(GraphChanged(1, 0, graph.signature, graph.record))
    view = GraphView()
    view.resize(WIDTH, HEIGHT)
    view.show()
    view.grab()
    times = [seconds(lambda: _arrive(data, view, all_open=all_open)) for _ in range(3)]
    state = "all open" if all_open else "folded"
    print(f"\n{len(graph):,} nodes, {state}, from message to picture: {min(times) * 1e3:.0f} ms")
    view.deleteLater()
    assert min(times) < budget


def _arrive(data: bytes, view: GraphView, *, all_open: bool) -> None:
    (event,) = event_decoder().feed(data)
    graph = GraphCache().receive(event)
    opened = None if all_open else tuple(sorted(open_by_default(graph)))
    sent = messages.encode(messages.PlaceRequest(1, graph.signature, graph.record, opened))
    (request,) = messages.request_decoder().feed(sent)
    known = None if request.open_clusters is None else set(request.open_clusters)
    placement = place(Graph(request.graph), open_clusters=known)
    view.set_graph(graph, messages.unpack(messages.pack(placement)))
    view.grab()


def test_finding_among_many() -> None:
    graph = repeated_blocks(320, 50)
    seconds(lambda: search_of(graph).search("mm", "op"))
    took = seconds(lambda: [search_of(graph).search("h.17", scope) for scope in SCOPES])
    plain = seconds(lambda: graph.find("h.17"))
    print(f"\nfind among {len(graph):,} nodes: {took * 1e3:.2f} ms in all scopes, node by node {plain * 1e3:.1f} ms")
    assert took < 0.02
