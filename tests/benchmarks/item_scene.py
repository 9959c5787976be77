"""The picture that `gui/scene/painting` paints, in the usual way of Qt: an item for each thing that can be seen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsPolygonItem, QGraphicsRectItem, QGraphicsScene
from PySide6.QtWidgets import QGraphicsSimpleTextItem as TextItem

from gradviz.appearance import text_styles as styles
from gradviz.appearance.boxes import ONLY_LINE, SECOND_LINE, TITLE_LINE
from gradviz.appearance.palette import DARK
from gradviz.gui.scene.data.camera import Camera
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.painting import paint_context as levels
from gradviz.gui.scene.painting.box_styles import outline
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import brush, color
from gradviz.layout.geometry import metrics as m


def item_scene(drawing: Drawing, zoom: float = 1.0) -> QGraphicsScene:
    """Make items of what is painted of functions that have not run at this zoom, and of the edges between them."""
    scene = QGraphicsScene()
    for edge in range(len(drawing.placement.edge_source)):
        _add_edge(scene, drawing, edge, zoom)
    for box in range(len(drawing)):
        _add_box(scene, drawing, box, zoom)
    if zoom >= levels.SECOND_LINES:
        for edge in range(len(drawing.placement.edge_source)):
            _add_label(scene, drawing, edge)
    return scene


def paint_items(image: QImage, scene: QGraphicsScene, camera: Camera) -> None:
    """Paint the part that the camera sees."""
    wide, high = image.width(), image.height()
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.render(painter, QRectF(0, 0, wide, high), QRectF(*camera.seen(wide, high)))
    painter.end()


def _add_edge(scene: QGraphicsScene, drawing: Drawing, edge: int, zoom: float) -> None:
    line = QGraphicsPathItem(drawing.lines.path(edge))
    line.setPen(QPen(color(DARK.edge), 1.5 * min(1.0, max(zoom, 0.6)) / zoom))
    scene.addItem(line)
    if zoom >= levels.CLUSTER_CONTENTS:
        head = QGraphicsPolygonItem(drawing.lines.arrowhead(edge), line)
        head.setPen(Qt.PenStyle.NoPen)
        head.setBrush(brush(DARK.edge))


def _add_box(scene: QGraphicsScene, drawing: Drawing, box: int, zoom: float) -> None:
    x, y, width, height = drawing.rect[box].tolist()
    item = QGraphicsPathItem(outline(int(drawing.kind[box]), width, height, -0.5))
    pen = QPen(color(DARK.line2), 1.0)
    pen.setCosmetic(True)
    item.setPen(pen)
    item.setBrush(brush(DARK.node))
    item.setPos(x, y)
    scene.addItem(item)
    if zoom < levels.CLUSTER_CONTENTS:
        return
    middle, pad, two = height / 2, m.NODE_PAD / 2, zoom >= levels.SECOND_LINES
    baseline = middle + (TITLE_LINE if two else ONLY_LINE)
    strong, small = fonts.font(styles.STRONG), fonts.font(styles.CODE_SMALL)
    _add_text(item, drawing.title(box), strong, pad, baseline, color(DARK.text))
    if two:
        _add_text(item, drawing.subtitle(box), small, pad, middle + SECOND_LINE, color(DARK.text3))
    if zoom >= levels.VIEW_TITLES:
        number = f"#{drawing.graph.nodes[box].id}"
        left = width - 10 - QFontMetricsF(small).horizontalAdvance(number)
        _add_text(item, number, small, left, baseline, color(DARK.text3))


def _add_label(scene: QGraphicsScene, drawing: Drawing, edge: int) -> None:
    text, (x, y) = drawing.labels.text(edge), drawing.placement.label_position[edge].tolist()
    font = fonts.font(styles.CODE_SMALL)
    ground = QGraphicsRectItem(QRectF(-1, -10, QFontMetricsF(font).horizontalAdvance(text) + 2, 13))
    ground.setPen(Qt.PenStyle.NoPen)
    ground.setBrush(brush(DARK.canvas))
    ground.setPos(QPointF(x, y + 4))
    scene.addItem(ground)
    _add_text(ground, text, font, 0, 0, color(DARK.text3))


def _add_text(parent: QGraphicsItem, text: str, font: QFont, x: float, baseline: float, shade: QColor) -> None:
    words = TextItem(text, parent)
    words.setFont(font)
    words.setBrush(shade)
    words.setPos(x, baseline - QFontMetricsF(font).ascent())
