"""Building, painting and panning a graph of 100, 1,000, 10,000 nodes, over one QGraphicsItem for each of its parts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene, QGraphicsSimpleTextItem

from gradviz.gui import fonts
from gradviz.gui.palette import DARK, color
from gradviz.gui.scene.camera import Camera, fitted
from gradviz.gui.scene.drawing import Drawing
from gradviz.gui.scene.frame import Frame
from gradviz.gui.scene.inks import brush
from gradviz.gui.scene.scene_painter import paint
from gradviz.gui.scene.states import EdgeStates, NodeStates
from gradviz.gui.scene.texts import Texts
from gradviz.layout.placement import Placement
from gradviz.model.graph import Graph
from tests.benchmarks.ratios import ratio
from tests.gui.placements import grid

WIDTH, HEIGHT = 1200, 700
SIZES = pytest.mark.parametrize("count", [100, 1_000, 10_000])


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


def paint_ours(image: QImage, drawing: Drawing, camera: Camera, texts: Texts, states: NodeStates) -> None:
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    paint(
        Frame(painter, drawing, camera, WIDTH, HEIGHT, DARK, texts, states, EdgeStates.plain(len(drawing.graph.edges)))
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
    texts, states, image = Texts(), NodeStates.all(count), picture()
    camera = {
        "all of it": fitted(drawing.width, drawing.height, (0, 0, WIDTH, HEIGHT)),
        "100 %": Camera(1.0, -300, -300),
        "35 %": Camera(0.35, -20, -20),
    }[zoom]
    ratio(
        f"paint {count} nodes, {zoom}",
        lambda: paint_ours(image, drawing, camera, texts, states),
        lambda: paint_items(image, scene, camera),
        rounds=5,
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


def _identity():
    from PySide6.QtGui import QTransform

    return QTransform()
